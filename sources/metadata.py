"""Who answers for a document: from its front matter, its own properties, or a sidecar.

A sidecar `NAME.meta.yaml` lies beside the file `NAME.*`, wins over what the file says of
itself, and may not hold a key we do not know. Front matter is other people's, so its
unknown keys are passed over; a known key with a value that makes no sense is an error in both.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import cast

import yaml

from sources.document import Audience, Source, Status, Wording
from sources.errors import BadMetadata

_ALSO_WRITTEN = {
    "license": "licence",
    "author": "publisher",
    "review_status": "status",
    "last_reviewed": "reviewed",
    "due": "review_due",
    "next_review": "review_due",
    "lang": "language",
    "id": "doc_id",
}
SECTION_GAP = " > "  # between a heading and the one below it, where `asked_as` names a section
DECLARED = tuple(status for status in Status if status is not Status.DUE)
_TAG_ERRORS = (AttributeError, LookupError, TypeError)  # PyYAML on `!!int ''` and its like
_DOC_ID = re.compile(r"[\w][\w.-]{0,119}")


def parse_yaml(text: str, name: str, first_line: int = 1) -> dict[str, object]:
    """The mapping in a YAML text, with our spelling of its keys; an empty text is no mapping.

    Raises `BadMetadata` when it does not parse or is not a mapping, with the line counted from
    `first_line`, where the text begins in its file.
    """
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, *_TAG_ERRORS) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + first_line})" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise BadMetadata(
            f"the metadata of {name} does not parse{where}: {problem}; correct it or remove it"
        ) from error
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadMetadata(f"the metadata of {name} is not a list of `key: value` lines; correct it")
    return {_our_key(str(key)): entry for key, entry in value.items()}


def _our_key(key: str) -> str:
    plain = re.sub(r"[\s-]+", "_", key.strip().lower())
    return _ALSO_WRITTEN.get(plain, plain)


def read_sidecar(path: Path) -> dict[str, object]:
    """What the sidecar at `path` declares. An unknown key is refused with the nearest known one."""
    try:
        declared = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise BadMetadata(f"{path.name} is not UTF-8 text; save it as UTF-8") from error
    known = [*_FIELDS, "doc_id"]
    for key in declared:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            raise BadMetadata(f"{path.name} has an unknown key {key!r}; {hint}")
    return declared


def doc_id_from(declared: Mapping[str, object], stem: str) -> str:
    """The document's stable id: the declared `doc_id`, else the file's stem made safe."""
    wanted = declared.get("doc_id")
    if wanted is None:
        return re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:120] or "document"
    if not _DOC_ID.fullmatch(str(wanted)):
        raise BadMetadata(
            f"the doc_id of {stem} is {wanted!r}; it may only hold letters, digits, '-', '_' and "
            "'.', up to 120 of them; correct it"
        )
    return str(wanted)


def source_from(declared: Mapping[str, object], title: str, name: str) -> Source:
    """A `Source` from declared values, `title` being the fallback when none is declared."""
    values: dict[str, object] = {"title": title}
    for key, read in _FIELDS.items():
        value = declared.get(key)
        if value is None or value == "":
            continue
        try:
            values[key] = read(value)
        except ValueError as error:
            raise BadMetadata(f"{name}: {key} is {value!r}, {error}; correct it") from error
    return Source(**values)  # type: ignore[arg-type]  # each value comes from its field's reader


def _words(value: object) -> str:
    if isinstance(value, Mapping | list):
        raise ValueError("which is not a line of text")
    return " ".join(str(value).split())


def _url(value: object) -> str:
    text = _words(value)
    if not re.match(r"https?://[^\s<>\"']+$", text):
        raise ValueError("which does not start with http:// or https://")
    return text


def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("which is not a date like 2026-11-21") from None


def _audience(value: object) -> Audience:
    try:
        return Audience(_words(value).lower())
    except ValueError:
        raise ValueError(f"which is not one of: {', '.join(Audience)}") from None


def _status(value: object) -> Status:
    text = re.sub(r"[_-]", " ", _words(value).lower())
    if text not in DECLARED:
        raise ValueError(f"which is not one of: {', '.join(DECLARED)}")
    return Status(text)


def _language(value: object) -> str:
    text = _words(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError("which is not a language tag like en or en-GB")
    return text


def _references(value: object) -> tuple[str, ...]:
    rows = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple(_words(row) for row in rows)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("which is neither true nor false")
    return value


def _asked_as(value: object) -> tuple[Wording, ...]:
    if not isinstance(value, Mapping):
        raise ValueError("which is not a list of sections, each with questions")
    return tuple(
        Wording(tuple(str(section).split(SECTION_GAP)), text)
        for section, texts in value.items()
        for text in _references(texts)
    )


_FIELDS: dict[str, Callable[[object], object]] = {
    "title": _words,
    "publisher": _words,
    "url": _url,
    "licence": _words,
    "audience": _audience,
    "language": _language,
    "status": _status,
    "reviewed": _date,
    "review_due": _date,
    "references": _references,
    "asked_as": _asked_as,
    "glossary": _truth,
}
