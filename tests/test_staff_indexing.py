"""The index is built in the background: told, switched in one step, and never half-done."""

import errno
import subprocess
import sys
import time
from threading import Event, Thread

import pytest

from index.build import build
from index.snapshot import SnapshotStore
from qa.staff.indexing import Indexing, Phase, problem_in_words
from sources.errors import LibraryDamaged
from sources.history import Change, Step
from sources.library import Library
from sources.read import read_document
from sources.review import coming, release

OLD, NEW = b"# Scans\n\nA scan is short.\n", b"# Scans\n\nA scan takes an hour.\n"


@pytest.fixture
def library(library_of):
    return library_of({"scans.md": OLD.decode()})


@pytest.fixture
def indexing(library, embedder):
    build(library, embedder, lambda *_: None)
    made = Indexing(library, embedder, "exact")
    yield made
    made.close()


def released(library):
    """A second version that somebody let through."""
    document = read_document(NEW, "scans.md")
    library.put_by(document, NEW, "scans.md", Change(Step.ADDED, "anna"))
    release(library, library.entry_of(document.version), "anna")
    return document.version


def ended(indexing):
    for _ in range(500):
        work = indexing.work()
        if work.phase not in (Phase.WORKING, Phase.NEVER, Phase.BROKEN_OFF):
            return work
        time.sleep(0.01)
    raise AssertionError(f"still {work}")


def waits_for(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def test_a_home_in_which_nobody_asked_says_so(indexing):
    assert indexing.work().phase is Phase.NEVER
    assert not indexing.behind


def test_a_released_version_is_indexed_and_then_quoted(indexing, library):
    version = released(library)
    assert indexing.behind
    indexing.ask("anna")
    work = ended(indexing)
    assert (work.phase, work.who, work.problem) == (Phase.DONE, "anna", "")
    assert list(library.quotable()) == [version]
    assert not indexing.behind
    assert library.history("scans")[-1].step is Step.CURRENT


class Slow:
    """An embedder that waits for a test's word before its first text."""

    def __init__(self, embedder):
        self.identity, self.runtime = embedder.identity, embedder.runtime
        self.begun, self.go_on = Event(), Event()
        self._embedder = embedder

    def embed(self, texts, seen=lambda _: None):
        self.begun.set()
        assert self.go_on.wait(10)
        return self._embedder.embed(texts, seen)

    def embed_tokens(self, texts, seen=lambda _: None, *, apart=False):
        return self._embedder.embed_tokens(texts, seen, apart=apart)


def test_while_one_is_built_the_last_one_serves_and_a_second_asker_gets_another(library, embedder):
    build(library, embedder, lambda *_: None)
    slow = Slow(embedder)
    indexing = Indexing(library, slow, "exact")
    before = list(library.quotable())
    version = released(library)
    indexing.ask("anna")
    assert slow.begun.wait(10)
    assert indexing.work().phase is Phase.WORKING
    assert list(library.quotable()) == before
    other = b"# Pain\n\nIt hurts a little.\n"
    library.add(read_document(other, "pain.md"), other, "pain.md")
    indexing.ask("ben")
    slow.go_on.set()
    waits_for(lambda: not indexing.behind)
    assert ended(indexing).phase is Phase.DONE
    assert version in library.quotable()
    held = SnapshotStore(library.home).open_current(embedder.identity).manifest.documents
    assert set(held) == {"scans", "pain"}
    indexing.close()


def test_a_build_that_fails_changes_nothing_and_says_why(indexing, library, embedder):
    before = (list(library.quotable()), SnapshotStore(library.home).current_id())
    released(library)
    embedder.fails_at = embedder.texts + 1
    indexing.ask("anna")
    work = ended(indexing)
    assert work.phase is Phase.FAILED
    assert "something went wrong that should not (RuntimeError)" in work.problem
    assert (list(library.quotable()), SnapshotStore(library.home).current_id()) == before
    embedder.fails_at = None
    indexing.ask("anna")
    waits_for(lambda: not indexing.behind)


def test_a_server_that_stops_in_the_middle_leaves_nothing_half_done(library, embedder):
    build(library, embedder, lambda *_: None)
    before = (list(library.quotable()), SnapshotStore(library.home).current_id())
    slow = Slow(embedder)
    indexing = Indexing(library, slow, "exact")
    version = released(library)
    indexing.ask("anna")
    assert slow.begun.wait(10)
    stopping = Thread(target=indexing.close)
    stopping.start()
    slow.go_on.set()
    stopping.join(10)
    assert (list(library.quotable()), SnapshotStore(library.home).current_id()) == before
    assert list((library.home / "snapshots").glob(".building-*")) == []

    again = Indexing(library, embedder, "exact")
    assert again.work().phase is Phase.BROKEN_OFF
    assert again.behind
    again.ask("ben")
    assert ended(again).phase is Phase.DONE
    assert list(library.quotable()) == [version]
    again.close()


KILLED = """
import os, sys, time; from pathlib import Path
from index.embedder import ModelIdentity
from qa.staff.indexing import Indexing; from sources.library import Library
class Dies:
    identity = ModelIdentity("hashed stems", "stems-128", 128)
    def embed(self, texts, seen=lambda _: None): os._exit(9)
    embed_tokens = embed
indexing = Indexing(Library(Path(sys.argv[1])), Dies(), "exact"); indexing.ask("anna")
time.sleep(20)
"""


def test_a_server_that_is_killed_in_the_middle_leaves_nothing_half_done(library, embedder):
    build(library, embedder, lambda *_: None)
    version = released(library)
    ran = subprocess.run([sys.executable, "-c", KILLED, str(library.home)], check=False)
    assert ran.returncode == 9
    indexing = Indexing(library, embedder, "exact")
    assert indexing.work().phase is Phase.BROKEN_OFF
    assert version not in library.quotable()
    indexing.ask("ben")
    assert ended(indexing).phase is Phase.DONE
    assert list(library.quotable()) == [version]
    assert list((library.home / "snapshots").glob(".building-*")) == []
    indexing.close()


def test_two_processes_do_not_build_at_once(indexing, library, embedder):
    slow = Slow(embedder)
    other = Indexing(Library(library.home), slow, "exact")
    version = released(library)
    other.ask("anna")
    assert slow.begun.wait(10)
    assert indexing.work().who == "anna"
    indexing.ask("ben")
    slow.go_on.set()
    waits_for(lambda: version in library.quotable())
    other.close()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        LibraryDamaged("library.db cannot be used (database or disk is full)"),
    ],
)
def test_a_full_disk_is_told_in_plain_words(error):
    assert problem_in_words(error).startswith("the disk is full. Nothing was changed")


def test_nothing_else_is_asked_for_when_nothing_was_released(indexing, library):
    assert coming(library) == []
    indexing.ask("anna")
    assert ended(indexing).phase is Phase.DONE
    assert len(library.history("scans")) == 1
