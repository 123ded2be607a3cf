"""What differs between two versions, and which answers rest on what changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ledger.compare import State
from qa.ledger.entries import Entry, Kind, Words
from qa.ledger.ledger import Ledger
from qa.staff.changes import What, changes
from qa.staff.documents import Filter, counted, documents
from qa.staff.resting import Resting, answers_at, places, touched
from sources.document import Audience, Status
from sources.library import Library
from sources.read import read_document

OLD = """# Scan

## Noise

An MRI scan is loud. Ask for ear plugs.

Bring a friend along.

## After

Rest for 24 hours after the biopsy.
"""
NEW = (
    OLD.replace("24 hours", "48 hours")
    .replace("Bring a friend along.\n\n", "")
    .replace("## After", "You may keep your ring on.\n\n## After")
)


def document(text, name="scan.md", **declared):
    return read_document(text.encode(), name, declared)


def test_a_comparison_tells_what_changed_came_and_went():
    rows = changes(document(OLD), document(NEW))
    told = [(r.what, r.section, r.runs) for r in rows if r.what is not What.SAME]
    assert told == [
        (What.OUT, ("Noise",), [("out", "Bring a friend along.")]),
        (What.IN, ("Noise",), [("in", "You may keep your ring on.")]),
        (
            What.CHANGED,
            ("After",),
            [
                ("same", "Rest for "),
                ("out", "24"),
                ("in", "48"),
                ("same", " hours after the biopsy."),
            ],
        ),
    ]


LINES = st.lists(st.sampled_from(["It hurts.", "It does not hurt.", "Rest.", "Drink water now."]))


@given(LINES, LINES)
def test_both_versions_can_be_read_out_of_a_comparison(before, after):
    old, new = (document("Title\n\n" + "\n\n".join(lines)) for lines in (before, after))
    rows = changes(old, new)
    sides = (
        (old, [(r.old, r.before) for r in rows]),
        (new, [(r.new, r.after) for r in rows]),
    )
    for side, pairs in sides:
        kept = [(block, runs) for block, runs in pairs if block is not None]
        assert [block for block, _ in kept] == list(side.blocks)
        for block, runs in kept:
            assert "".join(text for _, text in runs) == block.span.of(side.text).strip()


def test_a_document_compared_with_itself_is_the_same():
    assert {row.what for row in changes(document(OLD), document(OLD))} == {What.SAME}


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path)
    yield made
    made.close()


def add(library, text=OLD, name="scan.md", **declared):
    made = document(text, name, **declared)
    library.add(made, text.encode(), name)
    return made


def answered(ledger, answer_id, source, *words):
    """An answer of the ledger that quotes these words of a document."""
    quotes = []
    for one in words:
        at = source.text.index(one)
        quotes.append(
            {"doc_id": source.doc_id, "version": source.version, "start": at, "sha256": "0" * 64}
            | {"end": at + len(one)}
        )
    at = f"2026-11-{len(answer_id) + 10}T10:00:00.000+00:00"
    facts = {"outcome": "answered", "urgent": None, "reader": "patient", "language": "en"}
    facts |= {"probability": 0.9, "took_ms": 5.0, "quotes": quotes}
    ledger.append([Entry(answer_id, Kind.ANSWER, at, answer_id, facts, Words("?", "{}"))])


REST = "Rest for 24 hours after the biopsy."
LOUD = "An MRI scan is loud. Ask for ear plugs."


def test_what_a_new_version_does_to_quoted_answers_is_known_before_it_is_added(library, ledger):
    old = add(library)
    answered(ledger, "a", old, LOUD)
    answered(ledger, "bb", old, LOUD, REST)
    answered(ledger, "ccc", old, REST, "Bring a friend along.")
    found = touched(ledger, library, document(NEW))
    told = [
        (one.words, one.compared.state, one.compared.severity, one.place.answers) for one in found
    ]
    assert told == [
        (REST, State.REWORDED, 4, 2),
        ("Bring a friend along.", State.GONE, 3, 1),
        (LOUD, State.UNCHANGED, 0, 2),
    ]
    assert found[0].section == ("After",)
    assert answers_at(ledger, found[0].place) == ["ccc", "bb"]
    assert [entry.version for entry in library.entries()] == [old.version]


def test_places_are_counted_by_answers_not_by_quotes(library, ledger):
    old = add(library)
    answered(ledger, "a", old, REST, REST)
    assert [(p.answers, p.span.of(old.text)) for p in places(ledger, "scan")] == [(1, REST)]
    resting = Resting(ledger)
    assert resting.answers() == {"scan": 1}
    answered(ledger, "bb", old, REST, LOUD)
    assert resting.answers() == {"scan": 2} == Resting(ledger).answers()


def test_a_quoted_version_that_the_library_lacks_is_said_to_be_lost(library, ledger):
    answered(ledger, "a", document(OLD), REST)
    assert [one.compared.state for one in touched(ledger, library, document(NEW))] == [State.LOST]


def test_overdue_documents_come_first_weighted_by_the_answers_that_rest_on_them(library):
    due = {"status": "approved", "review_due": "2020-01-01"}
    for name, declared in {
        "quiet-expired.md": due,
        "busy-expired.md": due | {"review_due": "2020-06-01"},
        "busy-unreviewed.md": {},
        "quiet-unreviewed.md": {},
        "late-unreviewed.md": {"review_due": library.today().isoformat()},
        "approved.md": {"status": "approved"},
        "gone.md": {"status": "withdrawn", "review_due": "2020-01-01"},
    }.items():
        add(library, f"# {name}\n\nWords of {name}.\n", name, **declared)
    rows = documents(library, {"busy-expired": 50, "busy-unreviewed": 9, "quiet-expired": 2})
    assert [row.entry.doc_id for row in rows] == [
        "busy-expired",
        "quiet-expired",
        "late-unreviewed",
        "busy-unreviewed",
        "quiet-unreviewed",
        "approved",
        "gone",
    ]
    assert rows[2].overdue == 0
    assert counted(rows)[Status.EXPIRED] == 2


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), {"a", "b"}),
        (Filter(status=Status.APPROVED), {"b"}),
        (Filter(audience=Audience.CLINICIAN), {"a"}),
        (Filter(text=" BIOPSY "), {"a"}),
        (Filter(text="B"), {"a", "b"}),
        (Filter(waiting=True), set()),
    ],
)
def test_the_list_is_filtered(library, wanted, found):
    add(library, "# Biopsy\n\nIt hurts.\n", "a.md", audience="clinician")
    add(library, "# Scan\n\nIt is loud.\n", "b.md", status="approved")
    rows = [row for row in documents(library, {}) if wanted.takes(row)]
    assert {row.entry.doc_id for row in rows} == found


def test_a_document_that_only_waits_is_listed_and_one_that_was_set_aside_is_not(library):
    waiting = document("# Pain\n\nIt hurts.\n", "pain.md")
    library.put_by(waiting, b"# Pain\n\nIt hurts.\n", "pain.md")
    (row,) = documents(library, {})
    assert row.entry == row.waits
    assert row.waits.waiting
