"""Which answers rest on a document, and what a new version would do to what they quote.

Everything is looked up before anything is switched.
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.compare import Compared, State, Successor, nowhere
from qa.ledger.ledger import Ledger
from qa.ledger.tables import answers, quotes
from sources.document import Document, Span
from sources.errors import UnknownDocument
from sources.library import Library

SHOWN = 5  # answers named of each place


class Place(NamedTuple):
    """A place that was quoted, by so many answers, and when last. `last` is UTC, ISO 8601."""

    doc_id: str
    version: str
    start: int
    end: int
    answers: int
    last: str

    @property
    def span(self) -> Span:
        """The place in its version."""
        return Span(self.start, self.end)


class Touched(NamedTuple):
    """What a new version does to a quoted place; `words` are what was quoted."""

    place: Place
    words: str
    section: tuple[str, ...]
    compared: Compared


class Resting:
    """How many answers quote each document; only those that are new since are counted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._counts: Counter[str] = Counter()
        self._counted = 0  # up to the entry of this number
        self._lock = Lock()

    def answers(self) -> Mapping[str, int]:
        """The number of answers by document, as of now."""
        head = self._ledger.head().number
        with self._lock:
            q = quotes.c
            new = (q.number > self._counted) & (q.number <= head)
            each = sa.select(q.doc_id, q.number).where(new).distinct().subquery()
            query = sa.select(each.c.doc_id, sa.func.count()).group_by(each.c.doc_id)
            with self._ledger.transaction() as connection:
                for doc_id, count in connection.execute(query):
                    self._counts[doc_id] += int(count)
            self._counted = max(head, self._counted)
            return dict(self._counts)


def places(ledger: Ledger, doc_id: str) -> list[Place]:
    """Every place that was quoted from any version of a document, the most quoted first."""
    q = quotes.c
    place = (q.doc_id, q.version, q.start, q.end)
    count = sa.func.count(q.number.distinct())
    query = (
        sa.select(*place, count.label("answers"), sa.func.max(answers.c.at).label("last"))
        .join(answers, answers.c.number == q.number)
        .where(q.doc_id == doc_id)
        .group_by(*place)
        .order_by(count.desc(), *place)
    )
    with ledger.transaction() as connection:
        return [Place(**row._asdict()) for row in connection.execute(query)]


def answers_at(ledger: Ledger, place: Place, most: int = SHOWN) -> list[str]:
    """The ids of the last answers that quote a place, newest first."""
    q = quotes.c
    here = (q.doc_id == place.doc_id) & (q.version == place.version)
    here &= (q.start == place.start) & (q.end == place.end)
    query = (
        sa.select(answers.c.answer_id)
        .where(answers.c.number.in_(sa.select(q.number).where(here)))
        .order_by(answers.c.number.desc())
    )
    with ledger.transaction() as connection:
        return list(connection.execute(query.limit(most)).scalars())


def touched(ledger: Ledger, library: Library, new: Document) -> list[Touched]:
    """What `new` would do to every place quoted from its document, the most severe first."""
    successor, found = Successor(new), []
    for place in places(ledger, new.doc_id):
        try:
            old = library.document(place.doc_id, place.version)
        except UnknownDocument:
            found.append(Touched(place, "", (), nowhere(State.LOST)))
            continue
        section = old.block_at(place.start).heading_path
        compared = successor.compare(old, place.span)
        found.append(Touched(place, place.span.of(old.text), section, compared))
    return sorted(found, key=lambda one: (-one.compared.severity, -one.place.answers))
