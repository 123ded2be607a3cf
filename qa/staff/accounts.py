"""Accounts of the staff, in the ledger's database. Each change is one act in the ledger."""

import re
import time
from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from qa.ledger.entries import now
from qa.ledger.ledger import Ledger
from qa.ledger.tables import staff, staff_sessions
from qa.staff.acts import act
from qa.staff.errors import NotAllowed, UnknownAccount
from qa.staff.passwords import (
    nobodys,
    one_time_password,
    outdated,
    password_fits,
    password_hash,
    refuse_poor,
)
from qa.staff.roles import TERMINAL, Person, Role

__all__ = ["Account", "Accounts", "Person"]

ONE_TIME_S = 7 * 86400.0  # how long a one-time password holds
FIRST = "admin"  # the name of the account that a first start makes
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_SHOWN_LONGEST = 80
Clock = Callable[[], float]


class Account(NamedTuple):
    """An account as it may be looked at. Without a password it signs on at the provider.

    `one_time` is whether its password must be changed first; `added_at` and `disabled_at` are
    UTC as entries have it.
    """

    name: str
    shown: str
    role: Role
    has_password: bool
    one_time: bool
    added_at: str
    disabled_at: str | None

    @property
    def person(self) -> Person:
        """Whom the account is of."""
        return Person(self.name, self.shown, self.role)


class Accounts:
    """The accounts over a ledger's database. `clock` gives seconds since 1970."""

    def __init__(self, ledger: Ledger, clock: Clock = time.time) -> None:
        self.ledger = ledger
        self._clock = clock
        nobodys()  # made now, so that the first unknown name takes no longer than a known one

    def all(self) -> list[Account]:
        """Every account by name."""
        with self.ledger.transaction() as connection:
            rows = connection.execute(sa.select(staff).order_by(staff.c.name)).all()
        return [_account(row) for row in rows]

    def account(self, name: str) -> Account:
        """The account of this name. Raises `UnknownAccount`."""
        with self.ledger.transaction() as connection:
            return _account(_row(connection, name))

    def first_admin(self) -> str | None:
        """Make the first account when there is none; its one-time password, to be shown once."""
        if self.all():
            return None
        try:
            return self.add(TERMINAL, FIRST, "Administrator", Role.ADMIN, first=True)
        except NotAllowed:  # another process was first
            return None

    def add(self, by: Person, name: str, shown: str, role: Role, *, first: bool = False) -> str:
        """A new account; its one-time password. With `first` only when there is no other."""
        name, shown = name_of(name), shown_name(shown)
        password = one_time_password()
        kept = password_hash(password)

        def change(connection: sa.Connection) -> None:
            if first and connection.execute(sa.select(staff.c.name)).first():
                raise NotAllowed("there are accounts already; add one by name")
            if _rows(connection, name):
                raise NotAllowed(f"there is an account {name!r} already; choose another name")
            row = _new_row(name, shown, role)
            until = self._clock() + ONE_TIME_S
            row |= {"password": kept, "one_time_until": until}
            connection.execute(sa.insert(staff).values(row))

        act(self.ledger, by, "account added", about(name), {"new_role": role.value}, also=change)
        return password

    def set_role(self, by: Person, name: str, role: Role) -> None:
        """Give an account another role; its sessions end."""

        def change(connection: sa.Connection) -> None:
            found = _account(_row(connection, name))
            if not found.has_password:
                raise NotAllowed(
                    f"{name} signs on at the provider, which gives the role; change it there"
                )
            if role is not Role.ADMIN:
                _keep_an_admin(connection, found)
            _update(connection, name, {"role": role.value})
            end_sessions(connection, name)

        before = self.account(name).role
        if before is not role:
            facts = {"old_role": before.value, "new_role": role.value}
            act(self.ledger, by, "role changed", about(name), facts, also=change)

    def reset_password(self, by: Person, name: str) -> str:
        """A new one-time password for an account; its sessions end."""
        password = one_time_password()
        kept = password_hash(password)

        def change(connection: sa.Connection) -> None:
            if not _account(_row(connection, name)).has_password:
                raise NotAllowed(
                    f"{name} signs on at the provider and has no password here; reset it there"
                )
            until = self._clock() + ONE_TIME_S
            _update(connection, name, {"password": kept, "one_time_until": until})
            end_sessions(connection, name)

        act(self.ledger, by, "password reset", about(name), {}, also=change)
        return password

    def change_password(self, person: Person, old: str, new: str) -> None:
        """The person's own new password; all of their sessions end. Raises `NotAllowed`."""
        refuse_poor(new, person.name)
        kept = self._kept(person.name)
        if not password_fits(old, kept):
            raise NotAllowed("the present password is not right; type it again")
        if password_fits(new, kept):
            raise NotAllowed("that is the present password; choose another one")
        fresh = password_hash(new)

        def change(connection: sa.Connection) -> None:
            if _row(connection, person.name).password != kept:
                raise NotAllowed("the password was changed meanwhile; sign in again")
            _update(connection, person.name, {"password": fresh, "one_time_until": None})
            end_sessions(connection, person.name)

        act(self.ledger, person, "password changed", about(person.name), {}, also=change)

    def set_disabled(self, by: Person, name: str, *, disabled: bool) -> None:
        """Shut an account out, its sessions ended, or let it in again."""

        def change(connection: sa.Connection) -> None:
            found = _account(_row(connection, name))
            if disabled:
                _keep_an_admin(connection, found)
                end_sessions(connection, name)
            _update(connection, name, {"disabled_at": now() if disabled else None})

        if (self.account(name).disabled_at is not None) is not disabled:
            what = "account disabled" if disabled else "account enabled"
            act(self.ledger, by, what, about(name), {}, also=change)

    def with_password(self, name: str, password: str) -> Account | None:
        """The account that this name and password open; none otherwise, after the same time."""
        with self.ledger.transaction() as connection:
            rows = _rows(connection, name)
        row = rows[0] if rows else None
        fits = password_fits(password, row.password if row else "")
        if row is None or not fits or row.disabled_at is not None:
            return None
        if row.one_time_until is not None and row.one_time_until < self._clock():
            return None
        if outdated(row.password):
            fresh = password_hash(password)
            with self.ledger.transaction(writes=True) as connection:
                same = staff.c.password == row.password
                query = sa.update(staff).where(staff.c.name == name, same)
                connection.execute(query.values(password=fresh))
        return _account(row)

    def _kept(self, name: str) -> str:
        with self.ledger.transaction() as connection:
            return str(_row(connection, name).password)


def name_of(text: str) -> str:
    """The name of an account as it is kept. Raises `NotAllowed` when it can be none."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise NotAllowed(
            "a name has 1 to 64 characters: a to z, digits and . _ @ + -, beginning with a letter "
            "or digit; choose another one"
        )
    return name


def shown_name(text: str) -> str:
    """The name that is shown for somebody. Raises `NotAllowed`."""
    shown = " ".join(text.split())
    if not shown or len(shown) > _SHOWN_LONGEST or not shown.isprintable():
        raise NotAllowed(
            f"the name to show has 1 to {_SHOWN_LONGEST} characters that can be seen; correct it"
        )
    return shown


def about(name: str) -> str:
    """What an act on an account is about."""
    return f"account:{name}"


def end_sessions(connection: sa.Connection, name: str) -> None:
    """End every session of an account."""
    connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.name == name))


def _rows(connection: sa.Connection, name: str) -> list[sa.Row[tuple[object, ...]]]:
    if not _NAME.fullmatch(name):  # whatever it holds, no database is asked about it
        return []
    return list(connection.execute(sa.select(staff).where(staff.c.name == name)))


def _row(connection: sa.Connection, name: str) -> sa.Row[tuple[object, ...]]:
    rows = _rows(connection, name)
    if not rows:
        raise UnknownAccount(f"there is no account {name!r}; `quotewell staff list` lists them")
    return rows[0]


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(
        row.name,
        row.shown,
        Role(row.role),
        bool(row.password),
        row.one_time_until is not None,
        row.added_at,
        row.disabled_at,
    )


def _new_row(name: str, shown: str, role: Role) -> dict[str, object]:
    return {"name": name, "shown": shown, "role": role.value, "password": "", "added_at": now()}


def _update(connection: sa.Connection, name: str, values: dict[str, object]) -> None:
    connection.execute(sa.update(staff).where(staff.c.name == name).values(values))


def _keep_an_admin(connection: sa.Connection, leaving: Account) -> None:
    """Raise `NotAllowed` when nobody else could look after people any more."""
    others = sa.select(staff.c.name).where(
        staff.c.role == Role.ADMIN.value,
        staff.c.disabled_at.is_(None),
        staff.c.name != leaving.name,
    )
    if leaving.role is Role.ADMIN and not connection.execute(others).first():
        raise NotAllowed(f"{leaving.name} is the only admin; make somebody else one first")
