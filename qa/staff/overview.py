"""What the overview shows: the figures of a period in columns that can be drawn and told."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from qa.answer import Outcome
from qa.ledger.figures import Day, Figures, figures, quantile, quoted_documents
from qa.ledger.ledger import Ledger
from qa.staff.period import Period
from sources.library import Library

SEARCHED = (Outcome.ANSWERED.value, Outcome.CLOSEST.value, Outcome.NOT_IN_LIBRARY.value)
"""The outcomes that have a probability."""
MOST_DAYS, MOST_WEEKS = 92, 106  # columns of a day, of a week; beyond that a month
PERCENTS = 5  # percent of probability in a column
TIMES = 24  # columns of time up to the 99th percentile
SHARES = (0.5, 0.95, 0.99)


class Column(NamedTuple):
    """Some days, the first and the last counted, and how many answers of each outcome they had."""

    first: date
    last: date
    outcomes: Mapping[str, int]

    @property
    def answers(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())


class Bin(NamedTuple):
    """How many answers had a value from `low` to `high`, both counted; none: no upper end."""

    low: int
    high: int | None
    answers: int


class Shelved(NamedTuple):
    """A document that may be quoted, or was; `title` is none when the library has it no more."""

    doc_id: str
    title: str | None
    answers: int


class Overview(NamedTuple):
    """A period in figures. `every` says how long a column is: day, week or month.

    `quantiles` are of the time to an answer in ms, at `SHARES`. `never` was quoted by no answer
    of the period, `never_at_all` by none of any time.
    """

    figures: Figures
    every: str
    columns: Sequence[Column]
    probability: Sequence[Bin]
    times: Sequence[Bin]
    quantiles: Mapping[float, int | None]
    quoted: Sequence[Shelved]
    never: Sequence[Shelved]
    never_at_all: frozenset[str]


def overview(ledger: Ledger, library: Library, period: Period) -> Overview:
    """Everything about a period."""
    counted = figures(ledger, period.time, SEARCHED)
    every, columns = columns_of(counted.days, period)
    titles = {held.doc_id: held.source.title for held in library.entries() if held.current}
    may = {held.doc_id for held in library.quotable().values()}
    here, ever = {row.doc_id for row in counted.documents}, quoted_documents(ledger)
    return Overview(
        figures=counted,
        every=every,
        columns=columns,
        probability=percents(counted.percents),
        times=times(counted.times),
        quantiles={share: quantile(counted.times, share) for share in SHARES},
        quoted=[Shelved(row[0], titles.get(row[0]), row[1]) for row in counted.documents],
        never=[Shelved(doc_id, titles[doc_id], 0) for doc_id in sorted(may - here)],
        never_at_all=frozenset(may - ever),
    )


def columns_of(days: Sequence[Day], period: Period) -> tuple[str, list[Column]]:
    """Days, weeks or months of a period without a gap, and which of them they are.

    An open side ends where the answers end.
    """
    known = [date.fromisoformat(row.day) for row in days]
    first, last = period.first or min(known, default=None), period.last or max(known, default=None)
    if first is None or last is None or first > last:
        return "day", []
    count = (last - first).days + 1
    every = "day" if count <= MOST_DAYS else "week" if count <= 7 * MOST_WEEKS else "month"
    held: dict[date, dict[str, int]] = {}
    for day, row in zip(known, days, strict=True):
        column = held.setdefault(_begin(day, every), {})
        column[row.outcome] = column.get(row.outcome, 0) + row.answers
    begins = list(_begins(first, last, every))
    ends = [after - timedelta(days=1) for after in begins[1:]] + [last]
    return every, [
        Column(max(begin, first), end, held.get(begin, {}))
        for begin, end in zip(begins, ends, strict=True)
    ]


def _begin(day: date, every: str) -> date:
    if every == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if every == "month" else day


def _begins(first: date, last: date, every: str) -> Sequence[date]:
    found = [_begin(first, every)]
    while True:
        step = {"day": 1, "week": 7, "month": 32}[every]
        after = _begin(found[-1] + timedelta(days=step), every)
        if after > last:
            return found
        found.append(after)


def percents(counts: Mapping[int, int]) -> list[Bin]:
    """Whole percents in columns of `PERCENTS`; 100 belongs to the last."""
    found = [0] * (100 // PERCENTS)
    for percent, count in counts.items():
        found[min(max(percent, 0) // PERCENTS, len(found) - 1)] += count
    return [
        Bin(PERCENTS * at, PERCENTS * (at + 1) - (at + 1 < len(found)), count)
        for at, count in enumerate(found)
    ]


def times(counts: Mapping[int, int]) -> list[Bin]:
    """Whole milliseconds in even columns up to the 99th percentile; one column for the rest."""
    slow = quantile(counts, SHARES[-1])
    if slow is None:
        return []
    width = max(1, -(-(slow + 1) // TIMES))
    found = [0] * -(-(slow + 1) // width)
    rest = 0
    for took, count in counts.items():
        at = max(took, 0) // width
        if at < len(found):
            found[at] += count
        else:
            rest += count
    bins = [Bin(width * at, width * (at + 1) - 1, count) for at, count in enumerate(found)]
    return [*bins, Bin(width * len(found), None, rest)] if rest else bins
