"""Names, birth dates, phone numbers and the like, taken out before anything is kept.

Masking goes by shape and by the words in front, in English and Spanish. A bare name without
such words stays, so this lowers what is kept and does not promise anonymity. Medical numbers
(T12, 40 mg, 10/10, two years, 38.5 °C) stay.
"""

import re
from enum import StrEnum
from typing import NamedTuple


class Detail(StrEnum):
    """A kind of identifying detail. Its value is what the mask says, in brackets."""

    EMAIL = "email"
    DATE = "date"
    RECORD_NUMBER = "record number"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


NOTICE = "masking.noticed"  # what a person is told when something was masked


class Masked(NamedTuple):
    """The text with every detail replaced by its mask, and the kinds that were found."""

    text: str
    found: frozenset[Detail]


_IS = r"(?:\s+(?:is|was|es|fue|on|el))*[\s:=#.,-]{1,3}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[^\W\d_]*\.?"
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{2,4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
)
_CODE = r"(?=(?:[^\d\n]{0,8}\d){4})[A-Za-z]{0,4}[ -]?\d[\dA-Za-z]*(?:[ /-]?\d[\dA-Za-z]*){0,6}"
_DIGITS = r"[(+]?\d(?:[\s().-]{0,2}\d)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_NAME = (
    rf"{_CAPITAL}(?:[ \t]+(?:(?:de|del|la|las|los|van|von|der|da|dos|y)[ \t]+)*{_CAPITAL}){{0,3}}"
)
_WORD = r"[^\W\d_][\w'’.-]*"
_TITLE = r"(?i:dra?|doctora?|mrs?|ms|miss|mx|prof|professor|sra?|srta|don|doña)\b\.?"


def _after(words: str, value: str, *, number: bool = False) -> re.Pattern[str]:
    """`value` behind one of `words`, whatever their case; with `number`, also "… number"."""
    more = r"(?:\s+(?:number|no|nr|num|número|n[ºo°]|id)\b\.?)?" if number else ""
    return re.compile(rf"(?i:\b(?:{words})\b\.?{more}{_IS})(?P<it>{value})")


_RULES: tuple[tuple[Detail, re.Pattern[str]], ...] = (
    (Detail.EMAIL, re.compile(r"(?P<it>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")),
    (
        Detail.DATE,
        _after(
            r"born(?:\s+on)?|birth\s?(?:date|day)|date\s+of\s+birth|d\.?o\.?b|naci\w*|f\.?n"
            r"|fecha\s+de\s+nacimiento",
            rf"(?i:{_DATE})",
        ),
    ),
    (Detail.DATE, re.compile(r"(?<![\d/.-])(?P<it>\d{1,2}([./-])\d{1,2}\2(?:19|20)\d{2})(?!\d)")),
    (
        Detail.RECORD_NUMBER,
        _after(
            r"nhs|mrn|(?:hospital|patient|record|chart|insurance|policy|membership|passport|case)"
            r"(?:\s+(?:card|record))?|medicare|medicaid|social\s+security|ssn|reference|ref|dni|nie"
            r"|nif|historia(?:\s+clínica)?|expediente|seguridad\s+social|seguro|póliza|poliza|cip"
            r"|tarjeta(?:\s+sanitaria)?|nuhsa",
            _CODE,
            number=True,
        ),
    ),
    (
        Detail.RECORD_NUMBER,
        re.compile(r"\b(?P<it>\d{3}[ -]\d{3}[ -]\d{4}|\d{3}-\d{2}-\d{4}|\d{11,19})\b"),
    ),
    (Detail.RECORD_NUMBER, re.compile(r"\b(?P<it>(?:\d{8}|[XYZ]-?\d{7})-?[A-Z])\b")),
    (
        Detail.PHONE,
        _after(
            r"tel|tel[eé]fono|telephone|phone|mobile|m[oó]vil|celular|cell|(?:call|ring)\s+me(?:\s+(?:on|at))?",
            rf"{_DIGITS}{{5,14}}",
            number=True,
        ),
    ),
    (
        Detail.PHONE,
        re.compile(r"(?<![\w.,/])(?P<it>(?:\+|\(?0)\d?(?:[\s().-]{0,2}\d){8,14})(?!\d)"),
    ),
    (
        Detail.PHONE,
        re.compile(
            r"(?<![\w.,/])(?P<it>\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{3,4}|\d{3}(?:[ .-]?\d{2}){3})(?!\d)"
        ),
    ),
    (
        Detail.ADDRESS,
        re.compile(
            rf"\b(?P<it>\d{{1,5}}[a-zA-Z]?,?\s+(?:{_WORD}\s+){{1,3}}(?i:street|st|road|rd|avenue|ave"
            r"|lane|drive|close|crescent|court|place|terrace|gardens|boulevard|square)\b)"
        ),
    ),
    (
        Detail.ADDRESS,
        re.compile(
            rf"\b(?P<it>(?i:calle|avenida|avda|plaza|paseo|carretera|camino)\.?\s+(?:{_WORD},?\s+)"
            r"{1,5}?(?:(?i:n[ºo°]|número)\.?\s*)?\d{1,5}[a-zA-Z]?\b)"
        ),
    ),
    (Detail.ADDRESS, re.compile(r"\b(?P<it>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b")),
    (
        Detail.ADDRESS,
        _after(
            r"zip(?:\s+code)?|post\s?code|postal\s+code|c[óo]digo\s+postal",
            r"[A-Za-z0-9]{2,5}(?:[ -]?\d[A-Za-z0-9]{1,3})?",
        ),
    ),
    (
        Detail.NAME,
        _after(
            r"my\s+(?:full\s+|first\s+|last\s+|sur|maiden\s+)?name(?:['’]?s|\s+is)|i(?:\s+a|['’])m\s+called"
            r"|patient(?:\s+name)?|name|(?:kind|best)\s+regards|yours\s+sincerely|nombre(?:\s+es)?"
            r"|me\s+llamo|atentamente|saludos",
            rf"(?:{_TITLE}\s+)?{_NAME}",
        ),
    ),
    (Detail.NAME, _after(r"my\s+name(?:['’]?s|\s+is)|mi\s+nombre\s+es|me\s+llamo", r"[^\W\d_]+")),
    (Detail.NAME, re.compile(rf"\b{_TITLE}\s+(?P<it>{_NAME})")),
)


def mask(text: str) -> Masked:
    """`text` with each identifying detail replaced by a mask such as `[phone]`.

    Masking what is masked changes nothing. A mask has no length of what it stands for.
    """
    found = set()
    for detail, pattern in _RULES:
        parts, end = [], 0
        for match in pattern.finditer(text):
            parts += [text[end : match.start("it")], f"[{detail}]"]
            end = match.end("it")
            found.add(detail)
        text = "".join([*parts, text[end:]])
    return Masked(text, frozenset(found))
