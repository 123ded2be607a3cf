"""Accounts, sessions and waits in SQLite and a real PostgreSQL; jumping clocks, two processes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from qa.ledger.ledger import Ledger
from qa.ledger.tables import staff, staff_failures
from qa.ledger.verify import verify
from qa.staff import accounts as accounts_module
from qa.staff import passwords
from qa.staff.accounts import Accounts, name_of, shown_name
from qa.staff.activity import Sought, deeds
from qa.staff.errors import KeyUnusable, NotAllowed, UnknownAccount
from qa.staff.key import StaffKey
from qa.staff.lockout import LONGEST_WAIT_S, Lockout, wait_after
from qa.staff.passwords import one_time_password, password_fits, password_hash, refuse_poor
from qa.staff.roles import TERMINAL, Role
from qa.staff.sessions import LONGEST_S, Sessions
from tests.postgres_server import PATIENCE_S

ROOT = Path(__file__).parents[1]
GOOD = "correct horse battery"


class Clock:
    """A clock that a test sets."""

    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def ledger(tmp_path, database):
    ledger = Ledger(tmp_path, database)
    yield ledger
    ledger.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(ledger, clock):
    return Accounts(ledger, clock)


@pytest.fixture
def sessions(ledger, clock, tmp_path):
    return Sessions(ledger, StaffKey(tmp_path), 3600.0, clock)


def told(ledger):
    return [(deed.by, deed.what, deed.about) for deed in deeds(ledger, Sought())]


def test_the_first_admin_is_made_once_and_must_choose_a_password(accounts, clock):
    password = accounts.first_admin()
    assert accounts.first_admin() is None
    found = accounts.with_password("admin", password)
    assert (found.role, found.one_time) == (Role.ADMIN, True)
    accounts.change_password(found.person, password, GOOD)
    assert accounts.with_password("admin", password) is None
    assert accounts.with_password("admin", GOOD).one_time is False
    assert told(accounts.ledger) == [
        ("admin", "password changed", "account:admin"),
        ("(terminal)", "account added", "account:admin"),
    ]
    assert verify(accounts.ledger) == []


def test_a_one_time_password_holds_for_a_week(accounts, clock):
    password = accounts.add(TERMINAL, "Anna ", "Anna  Novak", Role.VIEWER)
    assert accounts.account("anna").shown == "Anna Novak"
    clock.now += accounts_module.ONE_TIME_S + 1
    assert accounts.with_password("anna", password) is None
    again = accounts.reset_password(TERMINAL, "anna")
    assert accounts.with_password("anna", again) is not None


def test_a_change_ends_the_sessions_of_its_account_at_once(accounts, sessions):
    one_time = accounts.add(TERMINAL, "anna", "Anna", Role.ADMIN)
    accounts.add(TERMINAL, "bo", "Bo", Role.ADMIN)
    anna, bo = (accounts.account(name).person for name in ("anna", "bo"))
    other = sessions.begin(bo)
    for change in (
        lambda: accounts.set_role(bo, "anna", Role.VIEWER),
        lambda: accounts.change_password(anna, one_time, GOOD),
        lambda: accounts.reset_password(bo, "anna"),
        lambda: accounts.set_disabled(bo, "anna", disabled=True),
    ):
        session = sessions.begin(anna)
        assert sessions.find(session) is not None
        change()
        assert sessions.find(session) is None
    assert sessions.find(sessions.begin(anna)) is None  # shut out
    accounts.set_disabled(bo, "anna", disabled=False)
    mine = sessions.begin(anna)
    assert sessions.end_others("anna", mine) == 1
    assert sessions.find(mine).person.role is Role.VIEWER
    sessions.end(mine)
    assert sessions.find(mine) is None
    assert sessions.find(other).person == bo


def test_the_last_admin_stays(accounts):
    accounts.first_admin()
    for change in (
        lambda: accounts.set_role(TERMINAL, "admin", Role.VIEWER),
        lambda: accounts.set_disabled(TERMINAL, "admin", disabled=True),
    ):
        with pytest.raises(NotAllowed, match="is the only admin"):
            change()
    assert accounts.account("admin").role is Role.ADMIN
    assert len(told(accounts.ledger)) == 1  # what did not happen is no act


def test_what_changes_nothing_is_no_act(accounts):
    accounts.first_admin()
    accounts.set_role(TERMINAL, "admin", Role.ADMIN)
    accounts.set_disabled(TERMINAL, "admin", disabled=False)
    assert len(told(accounts.ledger)) == 1


def test_names_that_are_taken_or_unknown_are_told(accounts):
    accounts.add(TERMINAL, "anna", "Anna", Role.VIEWER)
    with pytest.raises(NotAllowed, match="there is an account 'anna' already"):
        accounts.add(TERMINAL, "ANNA", "Anna", Role.VIEWER)
    for name in ("bo", "\x00", "a" * 100_000):
        with pytest.raises(UnknownAccount, match="there is no account"):
            accounts.set_role(TERMINAL, name, Role.ADMIN)


def test_a_session_ends_when_it_lies_idle_grows_old_or_the_clock_is_set_back(
    accounts, sessions, clock
):
    accounts.first_admin()
    person = accounts.account("admin").person
    start = clock.now
    idle = sessions.begin(person)
    clock.now = start + 3599
    assert sessions.find(idle) is not None  # which is noted
    clock.now += 3599
    assert sessions.find(idle) is not None
    clock.now += 3601
    assert sessions.find(idle) is None
    old = sessions.begin(person)
    begun = clock.now
    while clock.now < begun + LONGEST_S - 1800:
        clock.now += 1800
        assert sessions.find(old) is not None
    clock.now = begun + LONGEST_S + 1
    assert sessions.find(old) is None
    ahead = sessions.begin(person)
    clock.now -= 7 * 86400
    assert sessions.find(ahead) is None


def test_waits_grow_are_shared_by_processes_and_end(ledger, clock, tmp_path):
    key = StaffKey(tmp_path)
    one, two = Lockout(ledger, key, clock), Lockout(ledger, StaffKey(tmp_path), clock)
    turns = [one.turn("anna", "10.0.0.1") for _ in range(3)]
    turns += [two.turn("anna", "10.0.0.2") for _ in range(2)]
    assert [turn.wait_s for turn in turns] == [0] * 5
    assert [turn.last for turn in turns] == [False] * 4 + [True]
    assert one.turn("anna", "10.0.0.3").wait_s == 15
    assert one.turn("bo", "10.0.0.3").wait_s == 0
    waits = []
    for _ in range(8):
        clock.now += one.turn("anna", "10.0.0.3").wait_s
        assert two.turn("anna", "10.0.0.4").wait_s == 0
        waits.append(one.turn("anna", "10.0.0.3").wait_s)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    one.succeeded("anna", "10.0.0.4")
    assert one.turn("anna", "10.0.0.3").wait_s == 0


def test_an_address_waits_too_and_one_success_does_not_free_it(ledger, clock, tmp_path):
    lockout = Lockout(ledger, StaffKey(tmp_path), clock)
    for number in range(29):
        assert lockout.turn(f"name{number}", "10.0.0.1").wait_s == 0
    lockout.turn("anna", "10.0.0.1")
    lockout.succeeded("anna", "10.0.0.1")
    assert lockout.turn("another", "10.0.0.1").wait_s == 0
    assert lockout.turn("another", "10.0.0.1").wait_s == 15
    with ledger.transaction() as connection:
        kept = connection.execute(sa.select(staff_failures.c.who)).scalars().all()
    assert all(len(who) == 64 for who in kept)  # no name and no address


def test_a_clock_set_back_keeps_nobody_out_for_long_and_forward_forgets(ledger, clock, tmp_path):
    lockout = Lockout(ledger, StaffKey(tmp_path), clock)
    for _ in range(5):
        lockout.turn("anna", "10.0.0.1")
    clock.now -= 10 * 86400
    assert lockout.turn("anna", "10.0.0.1").wait_s == 15
    clock.now += 15
    assert lockout.turn("anna", "10.0.0.1").wait_s == 0
    clock.now += 2 * 86400
    assert lockout.turn("anna", "10.0.0.1") == (0, False)
    assert wait_after(10**6, 5) == LONGEST_WAIT_S


SIGNS_UP = """
import sys
from pathlib import Path
from qa.ledger.ledger import Ledger
from qa.staff.accounts import Accounts
from qa.staff.errors import NotAllowed
from qa.staff.key import StaffKey
from qa.staff.lockout import Lockout
from qa.staff.roles import TERMINAL, Role
home, address, own = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
ledger = Ledger(home, address)
accounts, lockout = Accounts(ledger), Lockout(ledger, StaffKey(home))
print("first" if accounts.first_admin() else "second")
try:
    accounts.add(TERMINAL, "same", own, Role.ADMIN)
except NotAllowed:
    pass
for _ in range(6):
    lockout.turn("somebody", own)
print(StaffKey(home).digest(""))
"""


def test_two_processes_make_one_first_admin_one_key_and_lose_nothing(tmp_path, database):
    home = tmp_path / "home"
    words = [sys.executable, "-W", "error", "-c", SIGNS_UP, str(home), database]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([*words, own], env=env, stdout=subprocess.PIPE, text=True)
        for own in ("one", "two")
    ]
    said = [process.communicate(timeout=PATIENCE_S)[0].split() for process in running]
    assert sorted(first for first, _ in said) == ["first", "second"]
    assert len({key for _, key in said}) == 1
    ledger = Ledger(home, database)
    names = [account.name for account in Accounts(ledger).all()]
    assert names == ["admin", "same"]
    added = [about for _, what, about in told(ledger) if what == "account added"]
    assert sorted(added) == sorted(f"account:{name}" for name in names)
    with ledger.transaction() as connection:
        counts = sorted(connection.execute(sa.select(staff_failures.c.count)).scalars())
    assert counts[-1] == 5  # of the name; the sixth try already had to wait
    assert verify(ledger) == []
    ledger.close()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "12 to 200 characters"),
        ("x" * 201, "12 to 200 characters"),
        ("aaaaaaaabbbb", "easily guessed"),
        ("Anna.Novak.2026", "easily guessed"),
        ("correct\thorse\x00battery", "no control characters"),
    ],
)
def test_a_poor_password_is_refused(password, words):
    with pytest.raises(NotAllowed, match=words):
        refuse_poor(password, "anna")


def test_a_password_is_known_again_however_it_is_composed():
    kept = password_hash("caf\u00e9 au lait, bien chaud")
    assert password_fits("cafe\u0301 au lait, bien chaud", kept)
    assert not password_fits("cafe au lait, bien chaud", kept)
    assert not password_fits("", "")
    assert not password_fits("\ud800" * 50_000, "not a hash")
    assert len({one_time_password() for _ in range(1000)}) == 1000


def test_a_password_is_kept_anew_when_other_parameters_are_recommended(accounts, monkeypatch):
    accounts.add(TERMINAL, "anna", "Anna", Role.VIEWER)
    weak = password_hash(GOOD)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    with accounts.ledger.transaction(writes=True) as connection:
        connection.execute(sa.update(staff).values(password=weak))
    assert accounts.with_password("anna", GOOD) is not None
    with accounts.ledger.transaction() as connection:
        kept = connection.execute(sa.select(staff.c.password)).scalar()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert accounts.with_password("anna", GOOD) is not None


@pytest.mark.parametrize(
    "name", ["", "a b", "<b>", "(terminal)", "-x", "é", "x" * 65, "a\x00", "a\nb"]
)
def test_a_name_that_can_be_none_is_refused(name):
    with pytest.raises(NotAllowed, match="a name has 1 to 64 characters"):
        name_of(name)


@pytest.mark.parametrize("shown", ["", " ", "x" * 81, "a\x07b", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(shown):
    with pytest.raises(NotAllowed, match="the name to show"):
        shown_name(shown)


def test_a_key_that_is_damaged_or_open_to_others_is_named(tmp_path):
    StaffKey(tmp_path)
    path = tmp_path / "staff.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(KeyUnusable, match=r"other users may read .*staff\.key"):
        StaffKey(tmp_path)
    path.chmod(0o600)
    for damaged in (b"", b"\xff" * 64, b"a" * 63, b"A" * 64):
        path.write_bytes(damaged)
        with pytest.raises(KeyUnusable, match=r"staff\.key is no key; stop the server"):
            StaffKey(tmp_path)


def test_a_signature_holds_for_its_purpose_alone(tmp_path):
    key = StaffKey(tmp_path)
    signed = key.signed("somebody", "cookie")
    assert key.unsigned(signed, "cookie") == "somebody"
    assert key.unsigned(signed, "sign-on") is None
    for other in ("", "somebody", signed[:-1], f"x{signed}", "\ud800.x", "é.é"):
        assert key.unsigned(other, "cookie") is None
