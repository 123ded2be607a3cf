"""What was done here and by whom: the acts in the ledger, newest first, sought by a few words."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from qa.ledger.entries import Kind, canonical
from qa.ledger.ledger import Ledger
from qa.ledger.tables import entries

CHUNK = 500  # entries read at a time
SIGNED_IN = "signed in"
_TOLD = {Kind.HANDLED: "finding dealt with", Kind.FORGOTTEN: "words forgotten"}
_KINDS = (Kind.ACT, *_TOLD)
_SHOWN_APART = ("what", "by", "role")


class Deed(NamedTuple):
    """One act: its number in the ledger, when, what was done to what, by whom as what.

    `role` is empty where none was noted; `facts` are all others that were.
    """

    number: int
    at: str
    what: str
    about: str
    by: str
    role: str
    facts: dict[str, Any]


class Sought(NamedTuple):
    """Which acts are looked for; what is empty leaves out none.

    `text` stands in what was done or what it was done to. `since` and `until` are days, both
    included, as ISO dates in UTC.
    """

    by: str = ""
    text: str = ""
    since: str = ""
    until: str = ""

    def fits(self, deed: Deed) -> bool:
        """Whether it is looked for, by whom and what."""
        words = f"{deed.what} {deed.about}".casefold()
        return self.by in ("", deed.by) and self.text.strip().casefold() in words


def deeds(ledger: Ledger, sought: Sought, before: int | None = None) -> Iterator[Deed]:
    """Acts that are looked for, newest first; with `before` only those with a lower number."""
    query = sa.select(
        entries.c.number, entries.c.kind, entries.c.at, entries.c.about, entries.c.body
    )
    query = query.where(entries.c.kind.in_(_KINDS)).order_by(entries.c.number.desc()).limit(CHUNK)
    if sought.since:
        query = query.where(entries.c.at >= sought.since)
    if sought.until:
        query = query.where(entries.c.at < f"{sought.until}U")  # "U" comes after "T"
    while True:
        further = query if before is None else query.where(entries.c.number < before)
        with ledger.transaction() as connection:
            rows = connection.execute(further).all()
        for row in rows:
            deed = _deed(row)
            if sought.fits(deed):
                yield deed
        if len(rows) < CHUNK:
            return
        before = rows[-1].number


def _deed(row: sa.Row[Any, Any, Any, Any, Any]) -> Deed:
    facts = json.loads(row.body)["facts"]
    others = {name: value for name, value in facts.items() if name not in _SHOWN_APART}
    told = str(facts.get("what") or _TOLD.get(Kind(row.kind), row.kind))
    by, role = str(facts.get("by", "")), str(facts.get("role", ""))
    return Deed(row.number, row.at, told, row.about, by, role, others)


def last_signed_in(ledger: Ledger) -> dict[str, str]:
    """When each account was last signed in to, by what acts on it are about."""
    query = (
        sa.select(entries.c.about, sa.func.max(entries.c.at))
        .where(entries.c.kind == Kind.ACT, entries.c.body.contains(f'"what":"{SIGNED_IN}"'))
        .group_by(entries.c.about)
    )
    with ledger.transaction() as connection:
        return {about: at for about, at in connection.execute(query)}


def deeds_csv(found: Iterator[Deed]) -> Iterator[str]:
    """The acts as lines of CSV, beginning with the names of the columns."""
    yield _line(Deed._fields)
    for deed in found:
        yield _line([*deed[:-1], canonical(deed.facts)])


def deeds_json(found: Iterator[Deed]) -> Iterator[str]:
    """The acts as lines of JSON."""
    for deed in found:
        yield f"{canonical(deed._asdict())}\n"


def _line(cells: Any) -> str:  # noqa: ANN401  whatever a row holds
    """One line; what a spreadsheet would take for a formula begins with an apostrophe."""
    aside = io.StringIO()
    texts = [str(cell) for cell in cells]
    csv.writer(aside).writerow(
        [f"'{t}" if t.startswith(("=", "+", "-", "@", "\t")) else t for t in texts]
    )
    return aside.getvalue()
