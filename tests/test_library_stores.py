"""The library in SQLite and in a real PostgreSQL: the same promises, by several processes."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

import sources.library
from index.build import build
from qa.assistant import Assistant
from qa.settings import Settings
from sources.document import Status
from sources.errors import LibraryUnreachable, SourceError
from sources.library import Added, Library
from sources.policy import Policy
from sources.read import read_document
from tests.postgres_server import PATIENCE_S

ROOT = Path(__file__).parents[1]
FIRST = b"# Scans\n\n## Noise\n\nA scan is loud. Ask for ear plugs.\n"
SECOND = b"# Scans\n\n## Noise\n\nA scan hums softly.\n"


@pytest.fixture
def open_library(tmp_path):
    """Opens the library of one home at an address, as often as a test likes."""
    opened = []

    def make(address):
        opened.append(Library(tmp_path / "home", address=address))
        return opened[-1]

    yield make
    for library in opened:
        library.close()


def add(library, data=FIRST, name="scans.md"):
    return library.add(read_document(data, name), data, name)


def test_versions_come_and_go_in_either_database(open_library, database):
    library = open_library(database)
    assert [add(library), add(library)] == [Added.NEW, Added.UNCHANGED]
    assert add(library, SECOND) is Added.NEW_VERSION
    assert add(library, FIRST) is Added.RESTORED
    assert library.withdraw("scans").source.status is Status.WITHDRAWN
    assert dict(library.quotable()) == {}
    assert [len(library.entries()), len(library.history("scans"))] == [2, 4]
    again = open_library(database)
    document = again.document("scans", library.entry("scans").version)
    assert document.text == read_document(FIRST, "scans.md").text
    assert again.original(document.version) == FIRST


def test_what_one_process_withdraws_no_other_quotes(open_library, database):
    one, other = open_library(database), open_library(database)
    add(one)
    assert len(other.quotable()) == 1
    one.withdraw("scans")
    assert dict(other.quotable()) == {}


def test_many_writers_lose_nothing_and_write_nothing_twice(open_library, database):
    libraries = [open_library(database) for _ in range(4)]

    def write(number):
        text = b"# Text %d\n\nIt is number %d.\n" % (number % 12, number % 12)
        return add(libraries[number % 4], text, f"text-{number % 12}.md")

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(48)))
    assert outcomes.count(Added.NEW) == 12
    assert outcomes.count(Added.UNCHANGED) == 36
    assert libraries[0].revision == 12


def test_a_new_library_may_be_opened_by_several_processes_at_once(tmp_path, database):
    program = (
        "import sys; from pathlib import Path; from sources.library import Library\n"
        "Library(Path(sys.argv[1]), address=sys.argv[2]).entries()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home"), database]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [process.wait(PATIENCE_S) for process in started] == [0, 0, 0]


def test_two_serve_while_a_third_indexes_and_switches(open_library, server, embedder):
    address = server.new_database()
    writer = open_library(address)
    add(writer)
    build(writer, embedder, lambda *_: None)
    settings = Settings(home=writer.home, library=address, wrong_at_most=0.2)
    serving = [Assistant(settings, open_library(address), embedder) for _ in range(2)]
    assert [a.ask("Is a scan loud?").quotes[0].text for a in serving] == [
        "A scan is loud. Ask for ear plugs."
    ] * 2
    add(writer, SECOND)
    made = build(writer, embedder, lambda *_: None)
    assert {a.snapshot.snapshot_id for a in serving} == {made.snapshot_id}
    assert [a.ask("Does a scan hum?").quotes[0].text for a in serving] == [
        "A scan hums softly."
    ] * 2


def test_while_postgresql_is_away_the_last_state_answers_for_a_while(
    open_library, server, embedder, monkeypatch, caplog
):
    address = server.new_database()
    library = open_library(address)
    add(library)
    build(library, embedder, lambda *_: None)
    settings = Settings(home=library.home, library=address)
    assistant = Assistant(settings, library, embedder)
    assert assistant.ask("Is a scan loud?").quotes
    server.stop()
    try:
        assert assistant.ask("Is a scan loud?").quotes
        assert "does not answer" in caplog.text
        with pytest.raises(LibraryUnreachable, match=r"does not answer .*; see that its database"):
            add(library, SECOND)
        monkeypatch.setattr(sources.library, "STALE_S", 0.0)
        with pytest.raises(LibraryUnreachable, match="does not answer"):
            library.look()
    finally:
        server.start()
    monkeypatch.undo()
    time.sleep(0.01)
    assert add(library, SECOND) is Added.NEW_VERSION
    monkeypatch.setattr(sources.library, "AGAIN_S", 0.0)
    assert [entry.version for entry in library.quotable().values()] == [
        library.entry("scans").version
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("not an address", "`library` is no address; write postgresql://"),
        ("mysql://root@/x", "`library` names mysql; write postgresql://"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path, wrong, words):
    with pytest.raises(SourceError, match=words):
        Library(tmp_path, Policy(), date.today, wrong)


def test_a_password_is_in_no_message(tmp_path):
    address = f"postgresql://me:secret@/x?host={tmp_path}"
    with pytest.raises(LibraryUnreachable, match="me:\\*\\*\\*@") as caught:
        Library(tmp_path, address=address)
    assert "secret" not in str(caught.value)
