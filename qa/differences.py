"""Do two sources say the same? Figures that cannot both hold, and words that oppose each other.

Nothing is decided here: where two quotes differ, both are shown and the reader is told. The
opposites are data, in `differences.toml`.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from index.words import terms
from qa.answer import Difference, DifferenceKind, Quote

SAME_THING = 0.4  # of the terms of two quotes: less, and they speak of different things
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_VALUE = rf"(?:\d+(?:[.,]\d+)*|{'|'.join(_WORDS)})"
_UNITS = {
    "%": r"%|per ?cent",
    "money": r"dollars|pounds|euros",
    "minutes": r"min(?:ute)?s?",
    "hours": r"hours?",
    "days": r"days?",
    "weeks": r"weeks?",
    "months": r"months?",
    "years": r"years?",
    "mg": r"mg",
    "mm": r"mm|millimet(?:er|re)s?",
    "cm": r"cm|centimet(?:er|re)s?",
    "Gy": r"gy|gray",
    "sessions": r"sessions?|fractions?",
}
_NAMED_UNITS = "|".join(f"(?P<u{n}>(?:{unit})(?![a-z]))" for n, unit in enumerate(_UNITS.values()))
_QUANTITY = re.compile(
    rf"(?P<sign>[$£€]\s?)?\b(?P<low>{_VALUE})(?:\s?(?:[-–]|to|and|or)\s?[$£€]?(?P<high>{_VALUE}))?"
    rf"\s?-?(?:{_NAMED_UNITS})?",
    re.IGNORECASE,
)


class Quantity(NamedTuple):
    """A figure with its unit, `low` and `high` being equal when it is no range."""

    unit: str
    low: float
    high: float


class Opposites(NamedTuple):
    """Two ways to speak of one thing that cannot both hold."""

    one: re.Pattern[str]
    other: re.Pattern[str]


def differences(quotes: Sequence[Quote]) -> tuple[Difference, ...]:
    """The pairs of quotes from different documents, on the same thing, that cannot both hold."""
    numbered = combinations(enumerate(quotes), 2)
    found = []
    for (first, one), (second, other) in numbered:
        kind = difference(_focus(one), _focus(other))
        if kind and one.doc_id != other.doc_id and share_of_terms(one, other) >= SAME_THING:
            found.append(Difference(first, second, kind))
    return tuple(found)


def share_of_terms(one: Quote, other: Quote) -> float:
    """How much two quotes speak of the same, 0 to 1: terms in common as a share of the fewer."""
    here, there = (
        {*terms(" ".join((q.source.title, *q.section, _focus(q))))} for q in (one, other)
    )
    return len(here & there) / (min(len(here), len(there)) or 1)


def _focus(quote: Quote) -> str:
    start = quote.span.start
    return quote.text[quote.focus.start - start : quote.focus.end - start]


def difference(one: str, other: str) -> DifferenceKind | None:
    """What two statements on the same thing differ in; nothing when both can hold."""
    if _oppose(one, other):
        return DifferenceKind.ADVICE
    return DifferenceKind.FIGURES if _figures_differ(one, other) else None


def quantities(text: str) -> Iterator[Quantity]:
    """The figures of `text` that have a unit."""
    for found in _QUANTITY.finditer(text):
        named = (unit for n, unit in enumerate(_UNITS) if found[f"u{n}"])
        unit = next(named, "money" if found["sign"] else None)
        if unit:
            low = _value(found["low"])
            high = _value(found["high"]) if found["high"] else low
            yield Quantity(unit, min(low, high), max(low, high))


def _value(text: str) -> float:
    plain = text.lower().replace(",", "").rstrip(".")
    return float(_WORDS.index(plain) + 1) if plain in _WORDS else float(plain)


def _figures_differ(one: str, other: str) -> bool:
    """Whether both give one figure of some unit, and the two have no value in common."""
    here, there = list(quantities(one)), list(quantities(other))
    for unit in {quantity.unit for quantity in here}:
        own = [quantity for quantity in here if quantity.unit == unit]
        theirs = [quantity for quantity in there if quantity.unit == unit]
        if len(own) == len(theirs) == 1:
            return own[0].high < theirs[0].low or theirs[0].high < own[0].low
    return False


def _oppose(one: str, other: str) -> bool:
    for pair in _opposites():
        sides = [(bool(pair.one.search(t)), bool(pair.other.search(t))) for t in (one, other)]
        if sides in ([(True, False), (False, True)], [(False, True), (True, False)]):
            return True
    return False


@cache
def _opposites() -> tuple[Opposites, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Opposites(re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
        for one, other in table["opposites"]
    )
