"""What staff must look at: findings of the last re-checks, by severity and by who saw them."""

import json
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.chain import copies_of
from qa.ledger.compare import State
from qa.ledger.entries import Kind
from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, entries, findings, quotes, rechecks, words


class Finding(NamedTuple):
    """What became of one quoted place. `new` is where its words, or the nearest, stand now.

    `diff` is as `qa.ledger.compare.word_diff` gives it. `version` is the one that was quoted,
    `to_version` the one that it was compared with.
    """

    finding_id: str
    doc_id: str
    version: str
    start: int
    end: int
    to_version: str
    state: State
    severity: int
    new: tuple[int, int] | None
    similarity: float
    diff: list[tuple[str, str]]


class Concern(NamedTuple):
    """A finding nobody has dealt with.

    So many `answers` quoted the place; `showings` counts how often they were shown: once each,
    and once more each time that one was opened again.
    """

    finding: Finding
    answers: int
    showings: int


class Handled(NamedTuple):
    """A finding that a person has dealt with: when, who, and a note, none when it is forgotten."""

    finding: Finding
    at: str
    by: str
    note: str | None


_LATER = rechecks.alias("later")
_SAME_PLACE = (
    (quotes.c.doc_id == rechecks.c.doc_id)
    & (quotes.c.version == findings.c.version)
    & (quotes.c.start == findings.c.start)
    & (quotes.c.end == findings.c.end)
)


def _last_findings() -> sa.Select[tuple[object, ...]]:
    """Findings of the last re-check of each document, done or under way."""
    later = sa.select(_LATER.c.recheck_id).where(
        _LATER.c.doc_id == rechecks.c.doc_id, _LATER.c.asked_at > rechecks.c.asked_at
    )
    return (
        sa.select(findings, rechecks.c.doc_id, rechecks.c.to_version)
        .join(rechecks, rechecks.c.recheck_id == findings.c.recheck_id)
        .where(~later.exists())
    )


def inbox(ledger: Ledger, most: int = 200) -> list[Concern]:
    """The findings that ask for a person, the most severe and then the most seen first."""
    handled = sa.select(entries.c.number).where(
        entries.c.about == findings.c.finding_id, entries.c.kind == Kind.HANDLED
    )
    opened = (
        sa.select(entries.c.about, sa.func.count().label("times"))
        .where(entries.c.kind == Kind.OPENED)
        .group_by(entries.c.about)
        .subquery()
    )
    quoting = (  # an answer that quotes the place twice counts once
        sa.select(findings.c.finding_id, quotes.c.number)
        .select_from(findings)
        .join(rechecks, rechecks.c.recheck_id == findings.c.recheck_id)
        .join(quotes, _SAME_PLACE)
        .where(findings.c.severity > 0)
        .distinct()
        .subquery()
    )
    seen = (
        sa.select(
            quoting.c.finding_id,
            sa.func.count().label("answers"),
            (sa.func.count() + sa.func.coalesce(sa.func.sum(opened.c.times), 0)).label("showings"),
        )
        .join(answers, answers.c.number == quoting.c.number)
        .outerjoin(opened, opened.c.about == answers.c.answer_id)
        .group_by(quoting.c.finding_id)
        .subquery()
    )
    query = (
        _last_findings()
        .add_columns(seen.c.answers, seen.c.showings)
        .join(seen, seen.c.finding_id == findings.c.finding_id)
        .where(findings.c.severity > 0, ~handled.exists())
        .order_by(findings.c.severity.desc(), seen.c.showings.desc(), findings.c.finding_id)
        .limit(most)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    return [Concern(_finding(row), int(row.answers), int(row.showings)) for row in rows]


def finding_of(ledger: Ledger, finding_id: str) -> Finding | None:
    """A finding by its id, from whichever re-check; none when there is none."""
    query = (
        sa.select(findings, rechecks.c.doc_id, rechecks.c.to_version)
        .join(rechecks, rechecks.c.recheck_id == findings.c.recheck_id)
        .where(findings.c.finding_id == finding_id)
    )
    with ledger.transaction() as connection:
        row = connection.execute(query).first()
    return None if row is None else _finding(row)


def handled(ledger: Ledger, most: int = 100) -> list[Handled]:
    """What people have dealt with, the last first."""
    query = (
        sa.select(findings, rechecks.c.doc_id, rechecks.c.to_version)
        .add_columns(entries.c.at, entries.c.body, words.c.said)
        .join(rechecks, rechecks.c.recheck_id == findings.c.recheck_id)
        .join(entries, entries.c.about == findings.c.finding_id)
        .outerjoin(words, words.c.number == entries.c.number)
        .where(entries.c.kind == Kind.HANDLED)
        .order_by(entries.c.number.desc())
        .limit(most)
    )
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    return [
        Handled(_finding(row), row.at, str(json.loads(row.body)["facts"]["by"]), row.said)
        for row in rows
    ]


def standing(ledger: Ledger, answer_id: str) -> list[Finding | None]:
    """For each quote of an answer, in order, what the last re-check found; none: it stands.

    Raises `UnknownAnswer`.
    """
    rows = copies_of(ledger.entry(answer_id).link.body).quotes
    found = []
    with ledger.transaction() as connection:
        for row in rows:
            query = _last_findings().where(
                rechecks.c.doc_id == row["doc_id"],
                *(findings.c[name] == row[name] for name in ("version", "start", "end")),
            )
            hit = connection.execute(query).first()
            found.append(None if hit is None else _finding(hit))
    return found


def affected(ledger: Ledger, finding: Finding) -> list[str]:
    """The ids of the answers that quote the place of a finding, newest first."""
    there = sa.select(quotes.c.number).where(
        quotes.c.doc_id == finding.doc_id,
        *(quotes.c[name] == getattr(finding, name) for name in ("version", "start", "end")),
    )
    query = sa.select(answers.c.answer_id).where(answers.c.number.in_(there))
    query = query.order_by(answers.c.number.desc())
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def _finding(row: "sa.Row[tuple[object, ...]]") -> Finding:
    return Finding(
        finding_id=row.finding_id,
        doc_id=row.doc_id,
        version=row.version,
        start=row.start,
        end=row.end,
        to_version=row.to_version,
        state=State(row.state),
        severity=row.severity,
        new=None if row.new_start is None else (row.new_start, row.new_end),
        similarity=row.similarity,
        diff=[(what, text) for what, text in json.loads(row.diff)],
    )
