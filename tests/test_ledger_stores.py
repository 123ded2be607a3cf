"""The ledger in SQLite and in a real PostgreSQL: the same promises, kept by many writers."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from qa.ledger.clerk import Clerk
from qa.ledger.entries import Entry, Kind, Words, new_entry, now
from qa.ledger.errors import LedgerError, LedgerTooNew, LedgerUnreachable
from qa.ledger.inbox import affected, inbox, standing
from qa.ledger.ledger import Ledger
from qa.ledger.recheck import notice_changes, step, under_way
from qa.ledger.retention import forget
from qa.ledger.search import Wanted, count_answers, find_answers
from qa.ledger.tables import REVISION, tables
from qa.ledger.verify import verify
from tests.postgres_server import PATIENCE_S

ROOT = Path(__file__).parents[1]


@pytest.fixture
def ledger(tmp_path, database):
    ledger = Ledger(tmp_path / "home", database)
    yield ledger
    ledger.close()


def answer(name, said="Does it hurt?", at=None, **changed):
    quote = {"doc_id": "scan", "version": "a" * 64, "start": 0, "end": 9, "sha256": "b" * 64}
    facts = {
        "outcome": "answered",
        "probability": 0.8125,
        "reader": "patient",
        "language": "en",
        "urgent": None,
        "took_ms": 12.5,
        "quotes": [quote, {**quote, "start": 10, "end": 19}],
    }
    return Entry(
        name, Kind.ANSWER, at or now(), name, facts | changed, Words(said, "{}"), {"passages": [1]}
    )


def test_the_tables_are_those_that_the_migrations_make(ledger):
    with ledger.transaction() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables) == []
        assert context.get_current_revision() == REVISION


def test_a_ledger_from_a_newer_version_is_refused(ledger, database):
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'staff_7'"))
    with pytest.raises(LedgerTooNew, match=r"newer version .* 'staff_7'.*; install that version"):
        Ledger(ledger.home, database)


def test_what_is_appended_is_found_again_as_it_was(ledger):
    given = answer("a1", said="¿Duele? \U0001f9b4", urgent={"rule": "cauda-equina"})
    assert ledger.append([given]) == [1]
    found = ledger.entry("a1")
    assert (found.facts, found.words, found.trace) == (given.facts, given.words, given.trace)
    assert verify(ledger) == []


def test_the_same_entry_again_is_written_once(ledger):
    given = [answer("a1"), answer("a2"), answer("a1", said="again")]
    assert ledger.append(given) == [1, 2, 1]
    assert ledger.append(given) == [1, 2, 1]
    assert ledger.entry("a1").words.said == "Does it hurt?"
    assert verify(ledger) == []


def test_answers_are_found_by_what_they_are(ledger):
    moments = [f"2026-11-0{day}T08:00:00.000+00:00" for day in range(1, 5)]
    ledger.append(
        [
            answer("a1", "Größe OPERACIÓN", moments[0]),
            answer("a2", "50% sure", moments[1], outcome="closest"),
            answer("a3", "numb legs", moments[2], urgent={"rule": "cauda-equina"}),
            answer("a4", "nothing", moments[3], quotes=[]),
        ]
    )

    def ids(**wanted):
        found = [row.answer_id for row in find_answers(ledger, Wanted(**wanted))]
        assert len(found) == count_answers(ledger, Wanted(**wanted))
        return found

    assert ids() == ["a4", "a3", "a2", "a1"]
    assert ids(text="grösse") == []
    assert ids(text="größe operación") == ["a1"]
    assert ids(text="0%") == ["a2"]
    assert ids(text="%") == ["a2"]
    assert ids(outcome="closest") == ["a2"]
    assert ids(rule="cauda-equina") == ["a3"]
    assert ids(doc_id="scan") == ["a3", "a2", "a1"]
    assert ids(since=moments[1], until=moments[3]) == ["a3", "a2"]
    assert ids(before=3, doc_id="scan") == ["a2", "a1"]
    assert find_answers(ledger, Wanted(), most=1)[0].probability == 0.8125


def test_words_are_forgotten_on_time_and_the_chain_still_holds(ledger):
    today = datetime.now(UTC)
    old = (today - timedelta(days=40)).isoformat(timespec="milliseconds")
    ledger.append([answer("old", "a very old question", old), answer("new", "a new one")])
    assert forget(ledger, 30, today) == 1
    assert ledger.entry("old").words is None
    assert ledger.entry("old").facts["outcome"] == "answered"
    assert ledger.entry("new").words.said == "a new one"
    assert find_answers(ledger, Wanted(text="old")) == []
    assert verify(ledger) == []
    assert forget(ledger, 30, today) == 0
    ledger.append([answer("late", "written late", old)])
    assert verify(ledger) == []
    assert forget(ledger, 30, today) == 1
    assert verify(ledger) == []


def test_words_that_nobody_forgot_may_not_be_missing(ledger):
    ledger.append([answer("a1"), answer("a2")])
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.delete(tables.tables["words"]).where(sa.text("number = 2")))
    assert verify(ledger) == [(2, "the words of entry 2 are gone and were never forgotten")]


def test_a_changed_document_is_re_checked_to_the_end(ledger, library_of, put):
    library = library_of({"scan.md": "# Scan\n\nRest for 24 hours. It is loud.\n"})
    text, version = "Rest for 24 hours.", library.entry("scan").version
    start = library.document("scan", version).text.index(text)
    place = {"version": version, "start": start, "end": start + len(text)}
    quote = {"doc_id": "scan", "sha256": "b" * 64, **place}
    ledger.append([answer("a1", quotes=[quote, quote]), answer("a2", quotes=[quote])])
    ledger.append([new_entry(Kind.OPENED, "a1", {})])
    put(library, "scan.md", "# Scan\n\nRest for 48 hours. It is loud.\n")
    assert len(notice_changes(ledger, library)) == 1
    assert (step(ledger, library).done, step(ledger, library)) == (1, None)
    assert notice_changes(ledger, library) == []
    (concern,) = inbox(ledger)
    assert (concern.answers, concern.showings, concern.finding.severity) == (2, 3, 4)
    assert affected(ledger, concern.finding) == ["a2", "a1"]
    assert standing(ledger, "a1") == [concern.finding, concern.finding]
    assert [found.kind for found in ledger.about("a1")] == [Kind.OPENED]
    ledger.append([new_entry(Kind.HANDLED, concern.finding.finding_id, {"by": "nurse"})])
    assert (inbox(ledger), under_way(ledger), verify(ledger)) == ([], [], [])
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.text("UPDATE findings SET severity = 0"))
    assert [fault.number for fault in verify(ledger)] == [4]


WRITER = """
import sys, threading
from pathlib import Path
from qa.ledger.entries import Entry, Kind, Words, now
from qa.ledger.ledger import Ledger
home, address, name = sys.argv[1:]
ledger = Ledger(Path(home), address)
def write(thread):
    for number in range(25):
        words = Words(f"{name} {thread} {number}", "{}")
        entry = Entry(f"{name}-{thread}-{number}", Kind.ACT, now(), "", {"n": number}, words)
        ledger.append([entry])
        ledger.append([entry])
threads = [threading.Thread(target=write, args=(n,)) for n in (1, 2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_four_writers_in_two_processes_lose_and_double_nothing(tmp_path, database):
    home = tmp_path / "home"  # nobody has opened it: both processes make the tables
    words = [sys.executable, "-W", "error", "-c", WRITER, str(home), database]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen([*words, name], env=env) for name in ("one", "two")]
    assert [process.wait(PATIENCE_S) for process in running] == [0, 0]
    ledger = Ledger(home, database)
    with ledger.transaction() as connection:
        rows = connection.execute(sa.select(tables.tables["entries"].c.entry_id)).scalars().all()
    expected = {f"{p}-{t}-{n}" for p in ("one", "two") for t in (1, 2) for n in range(25)}
    assert set(rows) == expected
    assert len(rows) == len(expected)
    assert verify(ledger) == []
    assert ledger.witness.read().number == 100
    ledger.close()


def test_the_chain_holds_at_every_moment_of_writing(ledger):
    def write():
        for number in range(40):
            ledger.append([answer(f"a{number}")])

    writing = Thread(target=write)
    writing.start()
    looks = 0
    while writing.is_alive() or looks < 3:
        assert verify(ledger) == []
        looks += 1
    writing.join()
    assert count_answers(ledger, Wanted()) == 40


def test_entries_wait_while_postgresql_is_away(tmp_path, server, library_of, caplog):
    library = library_of({})
    ledger = Ledger(tmp_path, server.new_database())
    clerk = Clerk(ledger, library, retain_days=30)
    clerk.record(answer("before"))
    clerk.one_round()
    server.stop()
    try:
        clerk.record(answer("meanwhile"))
        with pytest.raises(LedgerUnreachable, match=r"does not answer .*; see that its database"):
            clerk.one_round()
        clerk.start()
        until = time.monotonic() + PATIENCE_S
        while "answers are kept" not in caplog.text and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        server.start()
    clerk.close()
    assert "Does it hurt?" not in caplog.text
    again = Clerk(ledger, library, retain_days=30)  # as after a new start of the program
    again.record(answer("after"))
    assert not again.one_round()
    assert [row.answer_id for row in find_answers(ledger, Wanted())] == [
        "after",
        "meanwhile",
        "before",
    ]
    assert verify(ledger) == []
    ledger.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("not an address", "is no address; write postgresql://"),
        ("mysql://root@/x", "names mysql; write postgresql://"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path, wrong, words):
    with pytest.raises(LedgerError, match=words):
        Ledger(tmp_path, wrong)


def test_a_password_is_not_in_the_message(tmp_path):
    address = f"postgresql://me:secret@/x?host={tmp_path}"
    with pytest.raises(LedgerUnreachable, match="me:\\*\\*\\*@") as caught:
        Ledger(tmp_path, address)
    assert "secret" not in str(caught.value)
