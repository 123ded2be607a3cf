"""Forgetting: words older than their time are deleted, facts and hashes stay."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from qa.ledger.entries import Kind, new_entry
from qa.ledger.ledger import Ledger
from qa.ledger.tables import entries, words


def forget(ledger: Ledger, days: int, today: datetime | None = None) -> int:
    """Delete the words of entries older than `days`; how many lost theirs.

    The act is recorded first, so that a chain without the words still verifies, and an act that
    was cut off is finished by the next one.
    """
    moment = (today or datetime.now(UTC)) - timedelta(days=days)
    before = moment.isoformat(timespec="milliseconds")
    aged = sa.select(entries.c.number).where(entries.c.at < before)
    old = words.c.number.in_(aged)
    with ledger.transaction() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(words).where(old))
        found = int(count.scalar_one())
    if not found:
        return 0
    act = new_entry(Kind.FORGOTTEN, "", {"before": before, "days": days})
    number = ledger.append([act])[0]
    covered = words.c.number < number  # what comes in later is forgotten by a later act
    with ledger.transaction(writes=True) as connection:
        gone = connection.execute(sa.delete(words).where(old, covered)).rowcount
    ledger.scrub()
    return int(gone)
