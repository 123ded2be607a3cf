"""Decisions about documents: who took them and when, and a version that waits for its turn."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from index.build import build
from index.snapshot import SnapshotStore
from sources.document import Status, Wording
from sources.errors import BadMetadata, ChangedMeanwhile
from sources.history import PROGRAM, Change, Step
from sources.library import Added, Library
from sources.read import read_document
from sources.review import coming, decided, release, set_aside, set_metadata, take_their_place

FIRST = b"# Scans\n\n## Noise\n\nA scan is short.\n"
SECOND = b"# Scans\n\n## Noise\n\nA scan takes an hour.\n"
TODAY = date(2026, 11, 21)
ANNA = Change(Step.STATUS, "anna", "read it twice")


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home", today=lambda: TODAY)
    yield made
    made.close()


def add(library, data=FIRST, name="scans.md", **declared):
    return library.add(read_document(data, name, declared), data, name)


def put_by(library, data=SECOND, who="anna"):
    return library.put_by(
        read_document(data, "scans.md"), data, "scans.md", Change(Step.ADDED, who)
    )


def waits(library):
    return next(entry for entry in library.entries() if entry.waiting)


def test_an_approval_says_who_when_and_until_when(library):
    add(library)
    seen = library.entry("scans")
    now = set_metadata(library, seen, decided(seen.source, Status.APPROVED, TODAY), ANNA)
    assert (now.status, now.source.reviewed, now.source.review_due) == (
        Status.APPROVED,
        TODAY,
        date(2027, 11, 21),
    )
    added, approved = library.history("scans")
    assert (added.step, added.who, added.before) == (Step.ADDED, PROGRAM, None)
    assert (approved.step, approved.who, approved.note) == (Step.STATUS, "anna", "read it twice")
    assert (approved.before, approved.after) == (seen.source, now.source)
    assert approved.at >= added.at


@pytest.mark.parametrize("due", [TODAY, date(2020, 1, 1)])
def test_the_next_review_is_yet_to_come(library, due):
    add(library)
    with pytest.raises(BadMetadata, match="not to come; name a later day"):
        decided(library.entry("scans").source, Status.APPROVED, TODAY, due)


def test_nobody_decides_that_a_review_is_due(library):
    add(library)
    with pytest.raises(BadMetadata, match="set the day of the next review"):
        decided(library.entry("scans").source, Status.DUE, TODAY)


def test_of_two_who_decide_at_once_the_second_is_told(library):
    add(library)
    seen = library.entry("scans")
    set_metadata(library, seen, replace(seen.source, title="By Anna"), ANNA)
    with pytest.raises(ChangedMeanwhile, match="somebody has changed 'scans' since you opened it"):
        set_metadata(library, seen, replace(seen.source, title="By Ben"), ANNA._replace(who="ben"))
    assert library.entry("scans").source.title == "By Anna"
    assert len(library.history("scans")) == 2


def test_metadata_that_do_not_change_leave_no_trace(library):
    add(library)
    seen = library.entry("scans")
    set_metadata(library, seen, seen.source, ANNA)
    assert [one.step for one in library.history("scans")] == [Step.ADDED]


def test_adding_the_file_again_takes_no_decision_back(library):
    add(library)
    seen = library.entry("scans")
    set_metadata(library, seen, decided(seen.source, Status.APPROVED, TODAY), ANNA)
    assert add(library, title="Scans of the back") is Added.METADATA
    now = library.entry("scans")
    assert (now.source.title, now.status) == ("Scans of the back", Status.APPROVED)
    assert now.source.reviewed == TODAY


def test_a_version_that_waits_changes_nothing_that_is_quoted(library):
    add(library)
    before = dict(library.quotable())
    assert put_by(library) is Added.NEW_VERSION
    assert dict(library.quotable()) == before
    assert coming(library) == []
    assert (waits(library).current, waits(library).quotable) == (False, False)


def test_a_released_version_takes_its_place_when_it_is_indexed(library, embedder):
    add(library)
    build(library, embedder, lambda *_: None)
    put_by(library)
    seen = waits(library)
    seen = set_metadata(library, seen, decided(seen.source, Status.APPROVED, TODAY), ANNA)
    release(library, seen, "anna")
    release(library, waits(library), "ben")  # once is enough
    assert [(e.version, e.released_by) for e in coming(library)] == [(seen.version, "anna")]
    assert seen.version not in library.quotable()

    build(library, embedder, lambda *_: None, coming=coming(library))
    snapshot = SnapshotStore(library.home).open_current(embedder.identity)
    assert snapshot.manifest.documents == {"scans": seen.version}
    take_their_place(library, coming(library))
    assert list(library.quotable()) == [seen.version]
    assert coming(library) == []
    steps = [(one.step, one.who) for one in library.history("scans")]
    assert steps[2:] == [(Step.STATUS, "anna"), (Step.RELEASED, "anna"), (Step.CURRENT, "anna")]


def test_a_version_set_aside_meanwhile_does_not_take_its_place(library):
    add(library)
    put_by(library)
    indexed = [release(library, waits(library), "anna")]
    set_aside(library, waits(library), Change(Step.DISCARDED, "ben", "wrong file"))
    take_their_place(library, indexed)
    assert [entry.current for entry in library.entries()] == [True, False]
    assert library.history("scans")[-1].note == "wrong file"


def test_what_was_set_aside_can_be_uploaded_again(library):
    add(library)
    put_by(library)
    set_aside(library, waits(library), Change(Step.DISCARDED, "ben"))
    assert put_by(library) is Added.RESTORED
    assert waits(library).released_by is None


def test_a_file_uploaded_twice_at_once_is_one_version(library):
    add(library)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda who: put_by(library, who=who), ["a", "b", "c", "d"]))
    assert sorted(outcomes) == sorted([Added.NEW_VERSION, *[Added.UNCHANGED] * 3])
    assert len(library.entries()) == 2
    assert len(library.history("scans")) == 2


def test_what_is_current_does_not_begin_to_wait(library):
    add(library)
    assert put_by(library, FIRST) is Added.UNCHANGED
    assert not any(entry.waiting for entry in library.entries())


def test_adding_a_waiting_version_from_the_command_line_lets_it_wait_no_more(library):
    add(library)
    put_by(library)
    assert add(library, SECOND) is Added.RESTORED
    assert [(e.current, e.waiting) for e in library.entries()] == [(False, False), (True, False)]


def test_wordings_of_a_section_that_is_not_there_are_refused(library):
    add(library)
    seen = library.entry("scans")
    source = replace(seen.source, asked_as=(Wording(("Nois",), "is it loud"),))
    with pytest.raises(BadMetadata, match="did you mean 'Noise'"):
        set_metadata(library, seen, source, ANNA)


def test_a_library_from_before_there_were_decisions_opens(library):
    add(library)
    library.close()
    with sqlite3.connect(library.home / "library.db") as database:
        database.execute("DROP TABLE decisions")
        database.execute("DROP TABLE waiting")
    database.close()
    again = Library(library.home)
    assert [entry.waiting for entry in again.entries()] == [False]
    assert again.history("scans") == []
    again.withdraw("scans")
    assert [one.step for one in again.history("scans")] == [Step.STATUS]
    again.close()
