"""Does the chain hold? Walks every row of the ledger and names each that does not fit.

What is found, and what somebody who can write everywhere could still do, is told in
`docs/ledger.md`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from qa.ledger.chain import Copies, Fault, Row, copies_of, link_hash, words_hash
from qa.ledger.entries import Kind, Words
from qa.ledger.errors import LedgerDamaged
from qa.ledger.ledger import NOTHING, Ledger
from qa.ledger.recheck import recheck_faults
from qa.ledger.seal import Head
from qa.ledger.tables import answers, entries, head, quotes, traces, words

CHUNK = 2000  # entries read at a time
Seen = Callable[[int, int], None]
_SATELLITES = (answers, quotes, words, traces)


def verify(ledger: Ledger, seen: Seen = lambda _done, _of: None) -> list[Fault]:
    """Every fault of the chain and of the tables that repeat it, in order; none when it holds."""
    faults = []
    witnessed = None
    try:
        witnessed = ledger.witness.read()  # before the rows are read: it may only lag behind
    except LedgerDamaged as error:
        faults.append(Fault(0, str(error)))
    with ledger.transaction(frozen=True) as connection:
        walk = _Walk(connection, faults)
        walk.all_entries(seen)
        walk.ends()
        faults.extend(recheck_faults(connection))
        if witnessed:
            walk.meets(witnessed)
        elif walk.last.number and not ledger.witness.path.exists():
            walk.fault(0, f"{ledger.witness.path} is missing: nobody can tell if the end was cut")
    return sorted(set(faults))


class _Walk:
    """One way through the rows, from the first to the last."""

    def __init__(self, connection: sa.Connection, faults: list[Fault]) -> None:
        self.connection = connection
        self.faults = faults
        self.last = NOTHING
        self._also: str | None = None  # what the last link's hash would be if it was changed
        self._forgotten = self._acts_of_forgetting()

    def fault(self, number: int, what: str) -> None:
        self.faults.append(Fault(number, what))

    def _acts_of_forgetting(self) -> list[tuple[int, str]]:
        """Number and moment of each: words older than the moment may be gone."""
        query = sa.select(entries.c.number, entries.c.body).where(entries.c.kind == Kind.FORGOTTEN)
        found = []
        for number, body in self.connection.execute(query):
            try:
                found.append((int(number), str(json.loads(body)["facts"]["before"])))
            except (ValueError, KeyError, TypeError):
                continue  # the walk reports that it was changed
        return found

    def all_entries(self, seen: Seen) -> None:
        """Walk every entry, and the rows of the other tables beside it."""
        of = self.connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar_one()
        done, after = 0, None
        while True:
            query = sa.select(entries).order_by(entries.c.number).limit(CHUNK)
            if after is not None:
                query = query.where(entries.c.number > after)
            rows = self.connection.execute(query).mappings().all()
            to = rows[-1]["number"] if len(rows) == CHUNK else None
            beside = {table: self._beside(table, after, to) for table in _SATELLITES}
            for row in rows:
                self._entry(row, {t: found.pop(row["number"], []) for t, found in beside.items()})
            for table, left in beside.items():
                for number in left:
                    self.fault(number, f"the table {table.name} has a row of no entry")
            done += len(rows)
            seen(done, of)
            if to is None:
                return
            after = to

    def _beside(
        self, table: sa.Table, after: int | None, to: int | None
    ) -> dict[int, list[sa.RowMapping]]:
        query = sa.select(table)
        if after is not None:
            query = query.where(table.c.number > after)
        if to is not None:
            query = query.where(table.c.number <= to)
        found = defaultdict(list)
        for row in self.connection.execute(query).mappings():
            found[row["number"]].append(row)
        return found

    def _entry(
        self, row: sa.RowMapping, beside: Mapping[sa.Table, Sequence[sa.RowMapping]]
    ) -> None:
        number, expected = row["number"], self.last.number + 1
        if number > expected:
            which = f"entry {expected} is" if number == expected + 1 else _range(expected, number)
            self.fault(expected, f"{which} missing")
            self._also = None
        computed = link_hash(row["previous"], row["body"])
        follows = number > expected or row["previous"] in (self.last.hash, self._also)
        self.last, self._also = Head(number, row["hash"]), computed
        if computed != row["hash"]:
            self.fault(number, f"entry {number} was changed")
            return
        if not follows:
            self.fault(number, f"entry {number} does not follow the one before it")
        values = json.loads(row["body"])
        for what in _unlike(copies_of(row["body"]), row, beside):
            self.fault(number, f"{what} of entry {number} was changed")
        self._words(number, values, beside[words])
        stored = [sha256(found["data"]).hexdigest() for found in beside[traces]]
        if stored != ([values["trace"]] if values["trace"] else []):
            self.fault(number, f"the trace of entry {number} was changed or removed")

    def _words(self, number: int, values: dict[str, Any], kept: Sequence[sa.RowMapping]) -> None:
        if kept:
            found = words_hash(kept[0]["salt"], Words(kept[0]["said"], kept[0]["made"]))
            if found != values["words"]:
                self.fault(number, f"the words of entry {number} were changed")
        elif values["words"] and not any(
            number < at and values["at"] < before for at, before in self._forgotten
        ):
            self.fault(number, f"the words of entry {number} are gone and were never forgotten")

    def ends(self) -> None:
        """The head says how long the chain is: rows cut off its end are missed here."""
        found = [tuple(row) for row in self.connection.execute(sa.select(head))]
        if found == [(1, *self.last)]:
            return
        if len(found) == 1 and found[0][1] > self.last.number:
            gone = _range(self.last.number + 1, found[0][1] + 1)
            self.fault(self.last.number + 1, f"{gone} missing at the end")
        else:
            self.fault(0, "the head of the chain was changed or removed")

    def meets(self, witnessed: Head) -> None:
        """The chain must hold the link that `ledger.head` has signed."""
        number = witnessed.number
        query = sa.select(entries.c.hash).where(entries.c.number == number)
        found = self.connection.execute(query).scalar()
        if found == witnessed.hash or witnessed == NOTHING:
            return
        if found is None and number > self.last.number:
            gone = _range(self.last.number + 1, number + 1)
            self.fault(self.last.number + 1, f"{gone} missing at the end, as ledger.head shows")
        elif found is not None:
            self.fault(number, f"entry {number} is not the one that ledger.head has signed")


def _range(first: int, beyond: int) -> str:
    last = beyond - 1
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _unlike(
    copies: Copies, row: sa.RowMapping, beside: Mapping[sa.Table, Sequence[sa.RowMapping]]
) -> Iterator[str]:
    """Which of the rows that repeat a body do not say what it says."""
    if any(row[name] != value for name, value in copies.entry.items()):
        yield "a column"
    if [dict(found) for found in beside[answers]] != ([copies.answer] if copies.answer else []):
        yield "the listed answer"

    def by_place(quote: Row) -> Any:  # noqa: ANN401  a place may have been changed to anything
        return str(quote["place"])

    found = sorted((dict(quote) for quote in beside[quotes]), key=by_place)
    if found != sorted(copies.quotes, key=by_place):
        yield "a listed quote"
