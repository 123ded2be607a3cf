"""What the library lacked: questions without a sure answer, and what people said of answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from qa.ledger.chain import unpacked_trace
from qa.ledger.entries import Facts, Kind
from qa.ledger.figures import HELPED, NOT_HELPED, Time
from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, entries, traces, words


class Unanswered(NamedTuple):
    """A question that was not answered, or not surely. `question` is none when it is forgotten."""

    number: int
    answer_id: str
    at: str
    outcome: str
    probability: float
    question: str | None


class Opinion(NamedTuple):
    """What a person said of an answer, which may be unknown where the ledger was damaged.

    `comment` and `question` are masked, and none when there are none or they are forgotten.
    """

    number: int
    at: str
    answer_id: str
    helpful: bool | None
    reason: str | None
    comment: str | None
    question: str | None
    outcome: str | None


def unanswered(
    ledger: Ledger, time: Time, outcomes: Sequence[str], below: float, most: int
) -> list[Unanswered]:
    """The newest questions that ended in one of `outcomes`, or `answered` with less than `below`.

    `below` is a probability, 0 to 1.
    """
    weak = sa.and_(answers.c.outcome == "answered", answers.c.probability < below)
    query = (
        sa.select(
            *(answers.c[name] for name in Unanswered._fields if name != "question"),
            words.c.said.label("question"),
        )
        .outerjoin(words, words.c.number == answers.c.number)
        .where(sa.or_(answers.c.outcome.in_(outcomes), weak), *time.holds(answers.c.at))
        .order_by(answers.c.number.desc())
        .limit(most)
    )
    with ledger.transaction() as connection:
        return [Unanswered(**row._asdict()) for row in connection.execute(query)]


def last_change(ledger: Ledger) -> tuple[int | None, ...]:
    """What is another as soon as a question came or was forgotten; told in no time."""
    forgotten = entries.c.kind == Kind.FORGOTTEN
    query = sa.select(
        sa.select(sa.func.max(answers.c.number)).scalar_subquery(),
        sa.select(sa.func.min(words.c.number)).scalar_subquery(),
        sa.select(sa.func.max(entries.c.number)).where(forgotten).scalar_subquery(),
    )
    with ledger.transaction() as connection:
        return tuple(connection.execute(query).one())


def nearest_documents(ledger: Ledger, numbers: Sequence[int]) -> dict[int, list[str]]:
    """For answers by number: the documents of their candidates, the nearest first, each once."""
    query = sa.select(traces.c.number, traces.c.data).where(traces.c.number.in_(numbers))
    with ledger.transaction() as connection:
        rows = connection.execute(query).all()
    return {row.number: _documents(unpacked_trace(row.data)) for row in rows}


def _documents(trace: Facts) -> list[str]:
    return list(dict.fromkeys(one["doc_id"] for one in trace["passages"]))


def opinions(
    ledger: Ledger,
    time: Time,
    *,
    helpful: bool | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Opinion]:
    """What people said of answers, newest first; `before` as in `qa.ledger.search.Wanted`."""
    said, asked = words.alias("said"), words.alias("asked")
    tests = time.holds(entries.c.at)
    if helpful is not None:
        tests.append(entries.c.body.contains(HELPED if helpful else NOT_HELPED, autoescape=True))
    if before is not None:
        tests.append(entries.c.number < before)
    query = (
        sa.select(
            entries.c.number,
            entries.c.at,
            entries.c.about,
            entries.c.body,
            said.c.said.label("comment"),
            asked.c.said.label("question"),
            answers.c.outcome,
        )
        .outerjoin(said, said.c.number == entries.c.number)
        .outerjoin(answers, answers.c.answer_id == entries.c.about)
        .outerjoin(asked, asked.c.number == answers.c.number)
        .where(entries.c.kind == Kind.FEEDBACK, *tests)
        .order_by(entries.c.number.desc())
        .limit(most)
    )
    with ledger.transaction() as connection:
        return [_opinion(dict(row)) for row in connection.execute(query).mappings()]


def _opinion(row: Mapping[str, Any]) -> Opinion:
    facts = json.loads(row["body"])["facts"]
    return Opinion(
        number=row["number"],
        at=row["at"],
        answer_id=row["about"],
        helpful=facts.get("helpful"),
        reason=facts.get("reason"),
        comment=row["comment"],
        question=row["question"],
        outcome=row["outcome"],
    )
