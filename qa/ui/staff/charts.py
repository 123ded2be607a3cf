"""The geometry of the staff's charts: columns, bars and lines on a field of 100 by 100.

Templates draw it. The field is stretched to its place, so only its shapes are drawn in it; words
and figures stand around it as text, and are as large on a phone as anywhere.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

FIELD = 100.0
GAP = 0.16  # of a column's place


class Piece(NamedTuple):
    """A part of a column, measured from the top left; `kind` says in which colour."""

    kind: str
    y: float
    height: float


class Upright(NamedTuple):
    """One column: where it stands, what it is made of, what it tells, where it leads."""

    x: float
    width: float
    pieces: Sequence[Piece]
    told: str
    address: str


class Chart(NamedTuple):
    """Columns under an axis that ends at `top`."""

    columns: Sequence[Upright]
    top: int


class Told(NamedTuple):
    """What a column is to show: counts by kind, in the order in which they are stacked."""

    counts: Mapping[str, int]
    told: str
    address: str = ""


def chart(columns: Sequence[Told]) -> Chart:
    """Columns side by side, the first kind of each at the bottom."""
    top = round_up(max((sum(column.counts.values()) for column in columns), default=0))
    step = FIELD / max(len(columns), 1)
    gap = GAP * step if len(columns) < 120 else 0.0
    width = round(step - gap, 3)
    drawn = [
        Upright(round(n * step + gap / 2, 3), width, _stacked(one, top), one.told, one.address)
        for n, one in enumerate(columns)
    ]
    return Chart(drawn, top)


def _stacked(column: Told, top: int) -> list[Piece]:
    pieces, floor = [], FIELD
    for kind, count in column.counts.items():
        if count:
            height = count / top * FIELD
            floor -= height
            pieces.append(Piece(kind, round(floor, 3), round(height, 3)))
    return pieces


def round_up(value: float) -> int:
    """The next whole number of one figure, or of 25 with noughts, that is not less."""
    size = 1
    while True:
        for step in (1, 2, 2.5, 3, 4, 5, 6, 8):
            top = step * size
            if top >= value and top == int(top):
                return int(top)
        size *= 10


class Bar(NamedTuple):
    """A bar on a field; `kind` says whether it leads to the right ("for") or left ("against")."""

    x: float
    width: float
    kind: str


class Steps(NamedTuple):
    """Values added up one after the other: a bar for each, and where nought stands."""

    bars: Sequence[Bar]
    nought: float


def steps(values: Sequence[float]) -> Steps:
    """Each bar begins where the one before it ends; the field holds nought and every sum."""
    sums = [0.0, *accumulate(values)]
    low, spread = min(sums), (max(sums) - min(sums)) or 1.0
    places = [(one - low) / spread * FIELD for one in sums]
    bars = [
        Bar(
            round(min(begin, end), 2),
            round(abs(end - begin), 2),
            "against" if end < begin else "for",
        )
        for begin, end in pairwise(places)
    ]
    return Steps(bars, round(places[0], 2))


def line(values: Sequence[float], low: float, high: float) -> str:
    """Points of a line through values, evenly apart, between `low` at the bottom and `high`."""
    step = FIELD / max(len(values) - 1, 1)
    spread = (high - low) or 1.0
    return " ".join(
        f"{round(at * step, 2)},{round(FIELD - (value - low) / spread * FIELD, 2)}"
        for at, value in enumerate(values)
    )
