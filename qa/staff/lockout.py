"""Waiting after failed tries to sign in: for the name that was tried, and for the address.

Names that have no account are counted alike, so that nobody can tell them apart. What is kept are
keyed hashes, for somebody may type a password where the name belongs.
"""

import time
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.ledger import Ledger
from qa.ledger.tables import staff_failures
from qa.staff.accounts import Clock
from qa.staff.key import StaffKey

FIRST_WAIT_S = 15.0  # after the first try beyond those that are free; each further one doubles it
LONGEST_WAIT_S = 900.0
FORGET_S = 86400.0  # after so long without a try they count no more
_LOCK = 7_305_808_869  # any number that is ours: PostgreSQL lets one try at a time be counted


class _Counted(NamedTuple):
    """Something that tries are counted for, and how many of them bring no wait."""

    who: str
    free: int


class Turn(NamedTuple):
    """Whether a try may be made: how long to wait first, and whether it is the last before a wait.

    `wait_s` is 0 when it may.
    """

    wait_s: float
    last: bool


class Lockout:
    """Counts tries before they are looked at, so that many at once find no gap."""

    def __init__(self, ledger: Ledger, key: StaffKey, clock: Clock = time.time) -> None:
        self._ledger, self._key, self._clock = ledger, key, clock

    def _counted(self, name: str, address: str) -> tuple[_Counted, _Counted]:
        own = _Counted(self._key.digest(f"name {name}"), 5)
        return own, _Counted(self._key.digest(f"address {address}"), 30)

    def turn(self, name: str, address: str) -> Turn:
        """Whether a try may be made now. One that may is counted as failed until `succeeded`."""
        moment = self._clock()
        counted = self._counted(name, address)
        with self._ledger.transaction(writes=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            old = staff_failures.c.last_at < moment - FORGET_S
            connection.execute(sa.delete(staff_failures).where(old))
            # A clock that was set back must not keep anybody out until it has caught up.
            ahead = sa.update(staff_failures).where(staff_failures.c.last_at > moment)
            connection.execute(ahead.values(last_at=moment))
            found = self._found(connection, counted)
            left = max(_left(one, found.get(one.who), moment) for one in counted)
            if left <= 0:
                for one in counted:
                    _count(connection, one.who, found.get(one.who), moment)
        own = counted[0]
        count = found.get(own.who, (0, 0.0))[0] + 1
        return Turn(max(left, 0.0), left <= 0 and wait_after(count, own.free) > 0)

    def succeeded(self, name: str, address: str) -> None:
        """Take the last try back: it was right. The name starts anew, the address does not."""
        own, place = self._counted(name, address)
        with self._ledger.transaction(writes=True) as connection:
            connection.execute(sa.delete(staff_failures).where(staff_failures.c.who == own.who))
            query = sa.update(staff_failures).where(staff_failures.c.who == place.who)
            connection.execute(query.values(count=staff_failures.c.count - 1))

    def forgive(self, name: str) -> None:
        """Forget the failed tries of a name."""
        own, _ = self._counted(name, "")
        with self._ledger.transaction(writes=True) as connection:
            connection.execute(sa.delete(staff_failures).where(staff_failures.c.who == own.who))

    @staticmethod
    def _found(
        connection: sa.Connection, counted: tuple[_Counted, ...]
    ) -> dict[str, tuple[int, float]]:
        whose = [one.who for one in counted]
        query = sa.select(staff_failures).where(staff_failures.c.who.in_(whose))
        return {who: (count, last_at) for who, count, last_at in connection.execute(query)}


def wait_after(failures: int, free: int) -> float:
    """Seconds to wait after so many failures of which `free` bring no wait."""
    over = failures - free
    return 0.0 if over < 0 else min(FIRST_WAIT_S * 2.0 ** min(over, 30), LONGEST_WAIT_S)


def _left(one: _Counted, found: tuple[int, float] | None, moment: float) -> float:
    if found is None:
        return 0.0
    count, last_at = found
    return last_at + wait_after(count, one.free) - moment


def _count(
    connection: sa.Connection, who: str, found: tuple[int, float] | None, moment: float
) -> None:
    if found is None:
        row = {"who": who, "count": 1, "last_at": moment}
        connection.execute(sa.insert(staff_failures).values(row))
        return
    query = sa.update(staff_failures).where(staff_failures.c.who == who)
    connection.execute(query.values(count=found[0] + 1, last_at=moment))
