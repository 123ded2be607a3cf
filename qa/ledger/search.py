"""Finding answers in the ledger: newest first, by time, outcome, document, rule and words."""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa

from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, quotes, words


class Wanted(NamedTuple):
    """Which answers; a field that is none asks for nothing. Times are UTC, ISO 8601.

    `since` counts, `until` does not any more. `text` is looked for in the masked question,
    in either case. `before` is the number of the last answer of the page before.
    """

    since: str | None = None
    until: str | None = None
    outcome: str | None = None
    rule: str | None = None
    doc_id: str | None = None
    text: str | None = None
    before: int | None = None


class Listed(NamedTuple):
    """An answer in a list. `question` is none when it is forgotten."""

    number: int
    answer_id: str
    at: str
    outcome: str
    rule: str | None
    reader: str
    language: str
    probability: float
    took_ms: float
    question: str | None


def find_answers(ledger: Ledger, wanted: Wanted, most: int = 50) -> list[Listed]:
    """The newest answers that are wanted, at most so many."""
    query = (
        sa.select(
            *(answers.c[name] for name in Listed._fields if name != "question"),
            words.c.said.label("question"),
        )
        .outerjoin(words, words.c.number == answers.c.number)
        .where(*_conditions(wanted))
        .order_by(answers.c.number.desc())
        .limit(most)
    )
    with ledger.transaction() as connection:
        return [Listed(**row._asdict()) for row in connection.execute(query)]


def count_answers(ledger: Ledger, wanted: Wanted) -> int:
    """How many answers are wanted."""
    query = sa.select(sa.func.count()).select_from(answers)
    if wanted.text is not None:
        query = query.join(words, words.c.number == answers.c.number)
    with ledger.transaction() as connection:
        return int(connection.execute(query.where(*_conditions(wanted))).scalar_one())


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    quoted = sa.select(quotes.c.number)
    tests: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "since": lambda moment: answers.c.at >= moment,
        "until": lambda moment: answers.c.at < moment,
        "outcome": lambda outcome: answers.c.outcome == outcome,
        "rule": lambda rule: answers.c.rule == rule,
        "doc_id": lambda doc_id: answers.c.number.in_(quoted.where(quotes.c.doc_id == doc_id)),
        "text": lambda text: words.c.said.icontains(text, autoescape=True),
        "before": lambda number: answers.c.number < number,
    }
    asked = wanted._asdict()
    return [test(asked[name]) for name, test in tests.items() if asked[name] is not None]
