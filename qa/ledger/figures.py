"""Figures over many answers: a day, an outcome, a probability, a time, a document. Counted by SQL.

No row of an answer is read into the program: what comes back has a line for each day, percent,
millisecond, rule or document.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.entries import Kind
from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, entries, quotes

HELPED, NOT_HELPED = '"helpful":true', '"helpful":false'
"""How feedback says it in its entry's body, which is canonical JSON."""


class Time(NamedTuple):
    """From when until when, in UTC, ISO 8601; a side that is none is open. `until` is outside."""

    since: str | None = None
    until: str | None = None

    def holds(self, at: sa.Column[str]) -> list[sa.ColumnElement[bool]]:
        """The conditions that a column's time is within it."""
        since = [] if self.since is None else [at >= self.since]
        return since if self.until is None else [*since, at < self.until]


class Day(NamedTuple):
    """So many answers of one outcome on a day, `YYYY-MM-DD`."""

    day: str
    outcome: str
    answers: int


class RuleCount(NamedTuple):
    """How often a red-flag rule warned, and when last."""

    rule: str
    answers: int
    last: str


class DocumentCount(NamedTuple):
    """How many answers quoted a document, in any version."""

    doc_id: str
    answers: int


class Opinions(NamedTuple):
    """How often people said that an answer helped, and that it did not."""

    helped: int
    not_helped: int


class Figures(NamedTuple):
    """All figures of a time. `days` in order; rules and documents the most frequent first.

    `percents` counts answers that were searched by their probability in whole percent, `times`
    all by their time in whole milliseconds.
    """

    days: Sequence[Day]
    percents: Mapping[int, int]
    times: Mapping[int, int]
    rules: Sequence[RuleCount]
    documents: Sequence[DocumentCount]
    opinions: Opinions

    @property
    def answers(self) -> int:
        """How many answers there were."""
        return sum(row.answers for row in self.days)

    def by_outcome(self) -> dict[str, int]:
        """How many answers of each outcome."""
        found: dict[str, int] = {}
        for row in self.days:
            found[row.outcome] = found.get(row.outcome, 0) + row.answers
        return found


def figures(ledger: Ledger, time: Time, searched: Sequence[str]) -> Figures:
    """Count everything of a time. `searched` are the outcomes that have a probability."""
    with ledger.transaction(frozen=True) as connection:
        return Figures(
            days=_days(connection, time),
            percents=_percents(connection, time, searched),
            times=_times(connection, time),
            rules=_rules(connection, time),
            documents=_documents(connection, time),
            opinions=_opinions(connection, time),
        )


def quoted_documents(ledger: Ledger) -> set[str]:
    """The ids of all documents that any answer ever quoted."""
    with ledger.transaction() as connection:
        return set(connection.execute(sa.select(quotes.c.doc_id).distinct()).scalars())


def rules_that_warned(ledger: Ledger) -> list[str]:
    """The names of all rules that any answer warned by, in order."""
    query = sa.select(answers.c.rule).where(answers.c.rule.is_not(None)).distinct()
    with ledger.transaction() as connection:
        return sorted(map(str, connection.execute(query).scalars()))


def languages_shown(ledger: Ledger) -> list[str]:
    """The languages of the pages that answers were shown on, in order."""
    with ledger.transaction() as connection:
        return sorted(connection.execute(sa.select(answers.c.language).distinct()).scalars())


def _days(connection: sa.Connection, time: Time) -> list[Day]:
    day = sa.func.substr(answers.c.at, 1, 10).label("day")
    query = (
        sa.select(day, answers.c.outcome, sa.func.count().label("answers"))
        .where(*time.holds(answers.c.at))
        .group_by(day, answers.c.outcome)
    )
    return sorted(Day(*row) for row in connection.execute(query))


def _percents(connection: sa.Connection, time: Time, searched: Sequence[str]) -> dict[int, int]:
    percent = _whole(100 * answers.c.probability)
    return _counted(connection, percent, time, answers.c.outcome.in_(searched))


def _times(connection: sa.Connection, time: Time) -> dict[int, int]:
    return _counted(connection, _whole(answers.c.took_ms), time)


def _whole(value: sa.ColumnElement[float]) -> sa.ColumnElement[int]:
    """To the nearest whole number; to cast alone would cut in one database and round in another."""
    return sa.cast(sa.func.round(value), sa.Integer)


def _counted(
    connection: sa.Connection,
    value: sa.ColumnElement[int],
    time: Time,
    *tests: sa.ColumnElement[bool],
) -> dict[int, int]:
    query = sa.select(value.label("value"), sa.func.count())
    query = query.where(*time.holds(answers.c.at), *tests).group_by("value")
    return dict(sorted((int(row[0]), int(row[1])) for row in connection.execute(query)))


def _rules(connection: sa.Connection, time: Time) -> list[RuleCount]:
    query = (
        sa.select(answers.c.rule, sa.func.count(), sa.func.max(answers.c.at))
        .where(answers.c.rule.is_not(None), *time.holds(answers.c.at))
        .group_by(answers.c.rule)
    )
    found = [RuleCount(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda row: (-row.answers, row.rule))


def _documents(connection: sa.Connection, time: Time) -> list[DocumentCount]:
    each = sa.select(quotes.c.doc_id, quotes.c.number).distinct()
    if tests := time.holds(answers.c.at):
        each = each.join(answers, answers.c.number == quotes.c.number).where(*tests)
    pairs = each.subquery()
    query = sa.select(pairs.c.doc_id, sa.func.count()).group_by(pairs.c.doc_id)
    found = [DocumentCount(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda row: (-row.answers, row.doc_id))


def _opinions(connection: sa.Connection, time: Time) -> Opinions:
    said = [
        sa.func.count(sa.case((entries.c.body.contains(sign, autoescape=True), 1)))
        for sign in (HELPED, NOT_HELPED)
    ]
    query = sa.select(*said).where(entries.c.kind == Kind.FEEDBACK, *time.holds(entries.c.at))
    row = connection.execute(query).one()
    return Opinions(int(row[0]), int(row[1]))


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The least value that at least `share`, 0 to 1, of what was counted does not exceed.

    None where nothing was counted.
    """
    needed, seen = share * sum(counts.values()), 0
    for value, count in sorted(counts.items()):
        seen += count
        if seen >= needed:
            return value
    return None
