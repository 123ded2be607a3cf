"""The staff's pages over a small real library: the parts that their tests share."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.assistant import Assistant
from qa.ledger import tables
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.staff import passwords
from qa.staff.passwords import password_hash
from qa.staff.roles import TERMINAL, Role
from qa.ui.recorder import Recorder
from qa.ui.staff.app import staff_app
from qa.ui.staff.desk import StaffDesk, open_desk
from qa.ui.staff.door import COOKIE

HERE = "http://testserver"
PAGE = {"accept": "text/html"}
ClientAs = Callable[..., TestClient]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 as cheap as it can be: what it costs is no matter of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        yield


@pytest.fixture
def desk(assistant_of: Callable[..., Assistant]) -> Iterator[StaffDesk]:
    """A desk over a library of two lines, with nobody in it."""
    assistant = assistant_of({"scan.md": "# Scan\n\nThe scan does not hurt.\n"})
    ledger = Ledger(assistant.settings.home)
    clerk = Clerk(ledger, assistant.library, retain_days=30)
    yield open_desk(assistant.settings, assistant, Recorder(assistant.settings, clerk))
    ledger.close()


@pytest.fixture
def client_as(desk: StaffDesk) -> ClientAs:
    """Makes a browser of somebody with this role, or of nobody; they are called as their role."""

    def client(role: Role | None) -> TestClient:
        made = browser_of(desk)
        if role is not None:
            made.cookies.set(COOKIE, cookie_of(desk, role), path="/staff")
        return made

    return client


def browser_of(desk: StaffDesk) -> TestClient:
    """A browser that has opened no page yet."""
    outer = FastAPI()
    outer.mount("/staff", staff_app(desk))
    return TestClient(outer, base_url=HERE, follow_redirects=False, headers=PAGE)


def cookie_of(desk: StaffDesk, role: Role) -> str:
    """The cookie of a new session of an account called as its role, made when it is not there."""
    if role.value not in [account.name for account in desk.accounts.all()]:
        desk.accounts.add(TERMINAL, role.value, role.value.title(), role)
        own = {"password": kept_password(role), "one_time_until": None}
        with desk.ledger.transaction(writes=True) as connection:
            here = sa.update(tables.staff).where(tables.staff.c.name == role.value)
            connection.execute(here.values(own))
    return desk.sessions.cookie(desk.sessions.begin(desk.accounts.account(role.value).person))


def password_of(role: Role) -> str:
    """The password of the account called as its role."""
    return f"horse battery {list(Role).index(role)} staple"


@cache
def kept_password(role: Role) -> str:
    """What is kept of it; made once, for it takes its time."""
    return password_hash(password_of(role))


def token_in(html: str) -> str:
    """The token that the forms of a page hold."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert found
    return found.group(1)


def send(client: TestClient, path: str, values: dict[str, str], page: str = ""):
    """Fill in the form of the page at `page` (else `/staff/own`) and send it to `path`."""
    token = token_in(client.get(f"/staff{page or '/own'}").text)
    return client.post(f"/staff{path}", data={"token": token, **values})
