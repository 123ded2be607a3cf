"""Finding an answer again by its id or its code, written or still waiting to be."""

from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.code import ANSWER_ID, id_start
from qa.ledger.entries import Facts
from qa.ledger.errors import UnknownAnswer
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.tables import answers


class Saved(NamedTuple):
    """An answer as it was recorded. `said` is the masked question, none once it is forgotten."""

    answer_id: str
    at: str
    facts: Facts
    said: str | None


def find_saved(ledger: Ledger, outbox: Outbox, name: str) -> Saved:
    """The answer whose id or code is `name`.

    Raises `UnknownAnswer`, and `LedgerUnreachable` when only the database could tell.
    """
    start = name if ANSWER_ID.fullmatch(name) else id_start(name)
    if start is None:
        raise UnknownAnswer("that is neither the id nor the code of an answer; check it")
    # What leaves the outbox is in the ledger by then, so looking there second misses nothing.
    waiting = outbox.find(start)
    if waiting is not None:
        said = waiting.words.said if waiting.words else None
        return Saved(waiting.entry_id, waiting.at, waiting.facts, said)
    with ledger.transaction() as connection:
        query = sa.select(answers.c.answer_id).where(
            answers.c.answer_id >= start, answers.c.answer_id <= f"{start:f<24}"
        )
        answer_id = connection.execute(query).scalar()
    if answer_id is None:
        raise UnknownAnswer("the ledger has no such answer; check the id or code")
    found = ledger.entry(answer_id)
    return Saved(answer_id, found.at, found.facts, found.words.said if found.words else None)
