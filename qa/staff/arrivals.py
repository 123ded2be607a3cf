"""Somebody who signed on at the provider becomes an account here, with the role it gives."""

import re
from hashlib import sha256

import sqlalchemy as sa

from qa.ledger.entries import now
from qa.ledger.tables import staff
from qa.staff.accounts import Account, Accounts, about, end_sessions, shown_name
from qa.staff.acts import act
from qa.staff.errors import NotAllowed, SignOnFailed
from qa.staff.roles import Person
from qa.staff.sign_on import Arrival


def account_of(accounts: Accounts, arrival: Arrival) -> Account:
    """The account of somebody who arrived, made or given its role of today.

    Known again by who they are at the provider alone: a name that somebody has here already is
    never taken over. Raises `SignOnFailed` for an account that was shut out.
    """
    name = _known(accounts, arrival.subject)
    if name is None:
        name = _add(accounts, arrival)
    account = accounts.account(name)
    if account.disabled_at is not None:
        raise SignOnFailed("your account here was shut out; ask an admin")
    if account.role is not arrival.role:
        _change_role(accounts, account, arrival)
    return accounts.account(name)


def _known(accounts: Accounts, subject: str) -> str | None:
    with accounts.ledger.transaction() as connection:
        query = sa.select(staff.c.name).where(staff.c.subject == subject)
        return connection.execute(query).scalar()


def _add(accounts: Accounts, arrival: Arrival) -> str:
    mark = sha256(arrival.subject.encode()).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9._@+-]+", "-", arrival.name.lower()).strip("-._@+")[:50] or "person"
    taken = {account.name for account in accounts.all()}
    name = plain if plain not in taken else f"{plain}+{mark}"
    try:
        shown = shown_name(arrival.shown[:80])
    except NotAllowed:
        shown = name
    row = {"name": name, "shown": shown, "role": arrival.role.value, "password": ""}
    row |= {"subject": arrival.subject, "added_at": now()}
    facts = {"new_role": arrival.role.value, "by_sign_on": True}
    act(
        accounts.ledger,
        Person(name, shown, arrival.role),
        "account added",
        about(name),
        facts,
        also=lambda connection: connection.execute(sa.insert(staff).values(row)),
    )
    return name


def _change_role(accounts: Accounts, account: Account, arrival: Arrival) -> None:
    def change(connection: sa.Connection) -> None:
        here = sa.update(staff).where(staff.c.name == account.name)
        connection.execute(here.values(role=arrival.role.value))
        end_sessions(connection, account.name)

    facts = {"old_role": account.role.value, "new_role": arrival.role.value, "by_sign_on": True}
    person = account.person._replace(role=arrival.role)
    act(accounts.ledger, person, "role changed", about(account.name), facts, also=change)
