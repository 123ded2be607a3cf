"""Sessions of the staff: a signed cookie holds an id, the database says whose it is.

So a session ends at once, everywhere, when it is taken out of the database.
"""

import secrets
import time
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.ledger import Ledger
from qa.ledger.tables import staff, staff_sessions
from qa.staff.accounts import Clock, end_sessions
from qa.staff.key import StaffKey
from qa.staff.roles import Person, Role

LONGEST_S = 12 * 3600.0  # a working day
AHEAD_S = 60.0  # how far a clock may have been set back before its sessions are refused
NOTED_S = 60.0  # least time between two notes that a session is in use
_COOKIE, _FORM, _SIGNED_IN = "cookie", "form", "s."


class Session(NamedTuple):
    """Somebody who is signed in. `one_time`: the password must be changed before anything else.

    `begun_at` and `seen_at` are seconds since 1970.
    """

    person: Person
    one_time: bool
    begun_at: float
    seen_at: float


class Sessions:
    """The sessions in a ledger's database. `idle_s`: an unused one ends after so many seconds."""

    def __init__(
        self, ledger: Ledger, key: StaffKey, idle_s: float, clock: Clock = time.time
    ) -> None:
        self.key = key
        self._ledger, self._idle_s, self._clock = ledger, idle_s, clock

    def begin(self, person: Person) -> str:
        """A new session; the id that its cookie holds."""
        session, moment = _SIGNED_IN + secrets.token_urlsafe(32), self._clock()
        row = {"session": _kept(session), "name": person.name}
        with self._ledger.transaction(writes=True) as connection:
            old = staff_sessions.c.begun_at < moment - LONGEST_S
            connection.execute(sa.delete(staff_sessions).where(old))
            row_of_now = {**row, "begun_at": moment, "seen_at": moment}
            connection.execute(sa.insert(staff_sessions).values(row_of_now))
        return session

    @staticmethod
    def stranger() -> str:
        """An id for somebody who has not signed in yet, so that their forms can be known again."""
        return secrets.token_urlsafe(32)

    def find(self, session: str) -> Session | None:
        """Who is signed in by this id; none when it has ended, or the account is shut out."""
        moment = self._clock()
        s = staff_sessions
        query = (
            sa.select(staff, s.c.begun_at, s.c.seen_at)
            .join(s, s.c.name == staff.c.name)
            .where(s.c.session == _kept(session), staff.c.disabled_at.is_(None))
        )
        with self._ledger.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if moment > min(row.begun_at + LONGEST_S, row.seen_at + self._idle_s):
            return None
        if moment < row.seen_at - AHEAD_S:  # the clock was set back: nobody knows how old it is
            return None
        if row.one_time_until is not None and row.one_time_until < moment:
            return None
        if moment > row.seen_at + NOTED_S:
            with self._ledger.transaction(writes=True) as connection:
                seen = sa.update(s).where(s.c.session == _kept(session))
                connection.execute(seen.values(seen_at=moment))
        person = Person(row.name, row.shown, Role(row.role))
        return Session(person, row.one_time_until is not None, row.begun_at, row.seen_at)

    def end(self, session: str) -> None:
        """Sign out."""
        with self._ledger.transaction(writes=True) as connection:
            gone = sa.delete(staff_sessions).where(staff_sessions.c.session == _kept(session))
            connection.execute(gone)

    def end_others(self, name: str, session: str) -> int:
        """End every session of an account but this one; how many they were."""
        with self._ledger.transaction(writes=True) as connection:
            others = sa.delete(staff_sessions).where(
                staff_sessions.c.name == name, staff_sessions.c.session != _kept(session)
            )
            return connection.execute(others).rowcount

    def end_all(self, name: str) -> None:
        """End every session of an account."""
        with self._ledger.transaction(writes=True) as connection:
            end_sessions(connection, name)

    def of(self, name: str) -> list[tuple[float, float]]:
        """When the sessions of an account began and were last used, the newest first."""
        s = staff_sessions
        query = sa.select(s.c.begun_at, s.c.seen_at).where(s.c.name == name)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query.order_by(s.c.begun_at.desc())).all()
        return [(row.begun_at, row.seen_at) for row in rows]

    def cookie(self, session: str) -> str:
        """What a cookie holds for an id."""
        return self.key.signed(session, _COOKIE)

    def from_cookie(self, cookie: str) -> str | None:
        """The id in a cookie; none when it was not made here."""
        return self.key.unsigned(cookie, _COOKIE)

    def form_token(self, session: str) -> str:
        """What a form holds, so that only our own pages can send it."""
        return self.key.digest(f"{_FORM} {session}")


def was_signed_in(session: str) -> bool:
    """Whether an id was given to somebody who had signed in."""
    return session.startswith(_SIGNED_IN)


def _kept(session: str) -> str:
    return sha256(session.encode("utf-8", "replace")).hexdigest()
