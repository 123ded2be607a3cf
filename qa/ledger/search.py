"""Finding answers in the ledger: newest first, by time, outcome, document, rule, reader, words."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from qa.ledger.entries import Kind
from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, entries, quotes, words

ANY_RULE = "any"
"""Asked for as a rule: answers that warned, whichever rule it was."""
STEP = 500  # answers read at once when all are wanted


class Wanted(NamedTuple):
    """Which answers; a field that is none asks for nothing. Times are UTC, ISO 8601.

    `since` counts, `until` does not any more. `text` is looked for in the masked question,
    in either case. `before` is the number of the last answer of the page before, `after` that
    of the first answer of the page behind.
    """

    since: str | None = None
    until: str | None = None
    outcome: str | None = None
    rule: str | None = None
    doc_id: str | None = None
    text: str | None = None
    reader: str | None = None
    language: str | None = None
    before: int | None = None
    after: int | None = None


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
    """The answers that are wanted, the newest first, at most so many.

    They are the newest of all, or with `after` the next ones above that number.
    """
    forward = wanted.after is not None
    query = (
        sa.select(
            *(answers.c[name] for name in Listed._fields if name != "question"),
            words.c.said.label("question"),
        )
        .outerjoin(words, words.c.number == answers.c.number)
        .where(*_conditions(wanted))
        .order_by(answers.c.number.asc() if forward else answers.c.number.desc())
        .limit(most)
    )
    with ledger.transaction() as connection:
        found = [Listed(**row._asdict()) for row in connection.execute(query)]
    return found[::-1] if forward else found


def all_answers(ledger: Ledger, wanted: Wanted) -> Iterator[list[Listed]]:
    """Every answer that is wanted, newest first, in steps that are read when they are asked for."""
    while some := find_answers(ledger, wanted, STEP):
        yield some
        wanted = wanted._replace(before=some[-1].number)


def quotes_of(ledger: Ledger, numbers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The quotes of answers by their numbers: where each stands, and the hash of its words."""
    columns = [quotes.c[name] for name in ("doc_id", "version", "start", "end", "sha256")]
    query = sa.select(quotes.c.number, *columns).where(quotes.c.number.in_(numbers))
    found: dict[int, list[dict[str, Any]]] = {number: [] for number in numbers}
    with ledger.transaction() as connection:
        for row in connection.execute(query.order_by(quotes.c.place)).mappings():
            found[row["number"]].append({name: row[name] for name in row if name != "number"})
    return found


def count_answers(ledger: Ledger, wanted: Wanted) -> int:
    """How many answers are wanted."""
    query = sa.select(sa.func.count()).select_from(answers)
    if wanted.text is not None:
        query = query.join(words, words.c.number == answers.c.number)
    with ledger.transaction() as connection:
        return int(connection.execute(query.where(*_conditions(wanted))).scalar_one())


def openings(ledger: Ledger, answer_id: str) -> list[str]:
    """When an answer was opened again, oldest first."""
    query = (
        sa.select(entries.c.at)
        .where(entries.c.about == answer_id, entries.c.kind == Kind.OPENED)
        .order_by(entries.c.number)
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query).scalars())


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    quoted = sa.select(quotes.c.number)
    tests: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "since": lambda moment: answers.c.at >= moment,
        "until": lambda moment: answers.c.at < moment,
        "outcome": lambda outcome: answers.c.outcome == outcome,
        "rule": _warned,
        "reader": lambda reader: answers.c.reader == reader,
        "language": lambda language: answers.c.language == language,
        "doc_id": lambda doc_id: answers.c.number.in_(quoted.where(quotes.c.doc_id == doc_id)),
        "text": lambda text: words.c.said.icontains(text, autoescape=True),
        "before": lambda number: answers.c.number < number,
        "after": lambda number: answers.c.number > number,
    }
    asked = wanted._asdict()
    return [test(asked[name]) for name, test in tests.items() if asked[name] is not None]


def _warned(rule: str) -> sa.ColumnElement[bool]:
    return answers.c.rule.is_not(None) if rule == ANY_RULE else answers.c.rule == rule
