"""When a source changes: what becomes of each quote, of the answers, and of what staff see."""

from dataclasses import replace
from threading import Thread

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from qa.ledger.clerk import Clerk
from qa.ledger.compare import State, Successor, word_diff
from qa.ledger.entries import Entry, Kind, Words, new_entry, now
from qa.ledger.inbox import affected, finding_of, handled, inbox, standing
from qa.ledger.ledger import Ledger
from qa.ledger.recheck import notice_changes, step, under_way
from qa.ledger.verify import verify
from sources.document import Span
from sources.read import read_document

LOUD = "An MRI scan is loud."
PLUGS = "Ask for ear plugs."
REST = "Rest for 24 hours after the biopsy."
SCAN = f"# Scan\n\n## Noise\n\n{LOUD} {PLUGS}\n\n## After\n\n{REST}\n"


def document(text, name="scan.md"):
    return read_document(text.encode(), name)


def compared(words, new, old=SCAN):
    before = document(old)
    at = before.text.index(words)
    span = Span(at, at + len(words))
    after = document(new)
    found = Successor(after).compare(before, span)
    return found, found.span.of(after.text) if found.span else None


@pytest.mark.parametrize(
    ("words", "new", "state", "severity", "now_reads"),
    [
        (LOUD, SCAN + "\nNew at the end.\n", State.UNCHANGED, 0, LOUD),
        (LOUD, SCAN.replace(LOUD, f"Hello there. {LOUD}"), State.MOVED, 1, LOUD),
        (LOUD, SCAN.replace("loud", "noisy"), State.REWORDED, 2, "An MRI scan is noisy."),
        (
            LOUD,
            SCAN.replace("is loud", "is not loud"),
            State.REWORDED,
            4,
            "An MRI scan is not loud.",
        ),
        (REST, SCAN.replace("24", "48"), State.REWORDED, 4, REST.replace("24", "48")),
        (LOUD, SCAN.replace(LOUD, ""), State.GONE, 3, None),
        (f"{LOUD} {PLUGS}", SCAN.replace("ear plugs", "earplugs"), State.REWORDED, 2, None),
    ],
)
def test_what_became_of_a_quote(words, new, state, severity, now_reads):
    found, text = compared(words, new)
    assert (found.state, found.severity) == (state, severity)
    if now_reads is not None:
        assert text == now_reads
    if state is State.REWORDED:
        assert "".join(part for what, part in found.diff if what != "in") == words
        assert "".join(part for what, part in found.diff if what != "out") == text


def test_an_exception_put_behind_the_words_is_not_overlooked():
    found, text = compared(REST, SCAN.replace(REST, f"{REST} Unless your doctor says otherwise."))
    assert (found.state, found.severity) == (State.REWORDED, 4)
    assert text == f"{REST} Unless your doctor says otherwise."


def test_of_words_that_stand_twice_the_ones_in_the_same_section_are_meant():
    twice = f"# Scan\n\n## Summary\n\n{REST}\n\n## Noise\n\n{LOUD}\n\n## After\n\n{REST}\n"
    found, _ = compared(REST, twice)
    assert found.span.start == document(twice).text.rindex(REST)


def test_words_that_are_page_furniture_now_are_gone():
    page = (
        "<html><body><nav><a href='/'>{nav}</a></nav><article><h1>Scan</h1>{body}</article></body>"
    )
    long = "".join(f"<p>The scanner is a big machine with number {n} on it.</p>" for n in range(9))
    old = page.format(nav="Home", body=f"<p>Ask us anything.</p>{long}")
    new = page.format(nav="Ask us anything.", body=long)
    before, after = document(old, "scan.html"), document(new, "scan.html")
    assert "Ask us anything." in after.text
    at = before.text.index("Ask us anything.")
    found = Successor(after).compare(before, Span(at, at + len("Ask us anything.")))
    assert found.state is State.GONE


@given(st.text(), st.text())
def test_a_diff_holds_both_texts(old, new):
    diff = word_diff(old, new)
    assert "".join(text for what, text in diff if what != "in") == old
    assert "".join(text for what, text in diff if what != "out") == new


@pytest.fixture
def library(library_of):
    return library_of({"scan.md": SCAN})


@pytest.fixture
def ledger(library):
    ledger = Ledger(library.home)
    yield ledger
    ledger.close()


@pytest.fixture
def quoting(library, ledger):
    """Records an answer that quotes some words of the document as it is now."""

    def record(name, *words):
        held = library.entry("scan")
        text = library.document("scan", held.version).text
        quotes = [
            {
                "doc_id": "scan",
                "version": held.version,
                "start": text.index(part),
                "end": text.index(part) + len(part),
                "sha256": "0" * 64,
            }
            for part in words
        ]
        facts = dict.fromkeys(("outcome", "reader", "language"), "x")
        facts |= {"probability": 0.5, "took_ms": 1.0, "urgent": None, "quotes": quotes}
        ledger.append([Entry(name, Kind.ANSWER, now(), name, facts, Words("?", "{}"))])

    return record


def finish(ledger, library, most=200):
    seen = []
    while progress := step(ledger, library, most):
        seen.append(progress)
    return seen


def test_nothing_is_due_while_nothing_has_changed(ledger, library, quoting):
    quoting("a1", LOUD)
    assert notice_changes(ledger, library) == []
    assert step(ledger, library) is None


def test_a_changed_document_fills_the_inbox_the_worst_and_most_seen_first(
    ledger, library, quoting, put
):
    quoting("a1", LOUD, REST)
    quoting("a2", REST)
    quoting("a3", PLUGS, LOUD)
    ledger.append([new_entry(Kind.OPENED, "a2", {}) for _ in range(3)])
    put(library, "scan.md", SCAN.replace("loud", "noisy").replace("24", "48"))
    assert len(notice_changes(ledger, library)) == 1
    assert notice_changes(ledger, library) == []
    finish(ledger, library)
    first, second, third = inbox(ledger)
    assert (first.finding.state, first.answers, first.showings) == (State.REWORDED, 2, 5)
    assert ("out", "24") in first.finding.diff
    assert affected(ledger, first.finding) == ["a2", "a1"]
    assert (second.finding.state, second.answers, second.showings) == (State.REWORDED, 2, 2)
    assert (third.finding.state, third.answers, third.showings) == (State.MOVED, 1, 1)
    states = [finding and finding.state for finding in standing(ledger, "a3")]
    assert states == [State.MOVED, State.REWORDED]
    assert verify(ledger) == []


def test_what_a_person_has_dealt_with_leaves_the_inbox(ledger, library, quoting, put):
    quoting("a1", REST)
    put(library, "scan.md", SCAN.replace("24", "48"))
    notice_changes(ledger, library)
    finish(ledger, library)
    found = inbox(ledger)[0].finding
    ledger.append([new_entry(Kind.HANDLED, found.finding_id, {"by": "nurse"}, "patient called")])
    assert inbox(ledger) == []
    assert standing(ledger, "a1")[0].state is State.REWORDED
    (done,) = handled(ledger)
    assert (done.finding, done.by, done.note) == (found, "nurse", "patient called")
    assert finding_of(ledger, found.finding_id) == found
    assert finding_of(ledger, "nobody's") is None


def test_withdrawing_is_found_and_so_is_a_version_that_comes_back(ledger, library, quoting, put):
    quoting("a1", REST)
    library.withdraw("scan")
    assert len(notice_changes(ledger, library)) == 1
    finish(ledger, library)
    assert [concern.finding.state for concern in inbox(ledger)] == [State.WITHDRAWN]
    put(library, "scan.md", SCAN.replace("24", "48"))
    assert len(notice_changes(ledger, library)) == 1
    finish(ledger, library)
    assert [concern.finding.state for concern in inbox(ledger)] == [State.REWORDED]
    put(library, "other.md", "# Other\n\nSomething else.\n")
    assert notice_changes(ledger, library) == []


def test_the_first_version_made_current_again_makes_its_quotes_good(ledger, library, quoting, put):
    quoting("a1", REST)
    put(library, "scan.md", SCAN.replace("24", "48"))
    notice_changes(ledger, library)
    finish(ledger, library)
    put(library, "scan.md", SCAN)
    assert len(notice_changes(ledger, library)) == 1
    assert finish(ledger, library)[-1].spans == 0
    assert inbox(ledger) == []
    assert standing(ledger, "a1") == [None]
    assert verify(ledger) == []


def test_an_answer_that_comes_late_is_re_checked_too(ledger, library, quoting, put):
    quoting("a1", REST)
    first = library.entry("scan").version
    put(library, "scan.md", SCAN.replace("24", "48"))
    notice_changes(ledger, library)
    finish(ledger, library)
    late = ledger.entry("a1")
    span = {"start": 0, "end": 4}
    quotes = [{**late.facts["quotes"][0], **span, "version": first}]
    entry = Entry("late", Kind.ANSWER, now(), "late", {**late.facts, "quotes": quotes})
    ledger.append([entry])
    assert len(notice_changes(ledger, library)) == 1
    finish(ledger, library)
    assert standing(ledger, "late")[0] is not None
    quoting("a2", LOUD)
    assert notice_changes(ledger, library) == []


def test_a_re_check_that_was_stopped_goes_on_where_it_was(ledger, library, quoting, put):
    text = library.document("scan", library.entry("scan").version).text
    for at in range(20):
        quoting(f"a{at}", text[at : at + 9])
    put(library, "scan.md", SCAN.replace("24", "48"))
    notice_changes(ledger, library)
    assert step(ledger, library, most=8).done == 8
    assert [progress.done for progress in under_way(ledger)] == [8]
    again = Ledger(ledger.home)  # as after a new start of the program
    assert [progress.done for progress in finish(again, library, most=8)] == [16, 20]
    assert under_way(again) == []
    assert verify(again) == []


def test_two_processes_share_a_re_check_and_find_nothing_twice(ledger, library, quoting, put):
    text = library.document("scan", library.entry("scan").version).text
    for at in range(30):
        quoting(f"a{at}", text[at : at + 9])
    put(library, "scan.md", SCAN.replace("24", "48"))
    both = [ledger, Ledger(ledger.home)]

    def work(one):
        notice_changes(one, library)
        finish(one, library, most=3)

    threads = [Thread(target=work, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.transaction() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM rechecks")).scalar() == 1
        assert connection.execute(sa.text("SELECT count(*) FROM findings")).scalar() == 30
    assert verify(ledger) == []
    both[1].close()


def test_a_version_that_the_library_lacks_is_said_to_be_lost(ledger, library, quoting, put):
    quoting("a1", REST)
    known = ledger.entry("a1")
    quotes = [{**known.facts["quotes"][0], "version": "f" * 64}]
    ledger.append([Entry("a2", Kind.ANSWER, now(), "a2", {**known.facts, "quotes": quotes})])
    notice_changes(ledger, library)
    finish(ledger, library)
    assert [concern.finding.state for concern in inbox(ledger)] == [State.LOST]


def test_the_clerk_notices_by_itself_what_another_process_changed(ledger, library, quoting, put):
    quoting("a1", REST)
    clerk = Clerk(ledger, library, retain_days=30)
    assert not clerk.one_round()
    put(library, "scan.md", SCAN.replace("24", "48"))
    assert clerk.one_round()
    assert not clerk.one_round()
    assert [concern.finding.severity for concern in inbox(ledger)] == [4]


def test_a_page_of_metadata_alone_asks_for_nothing(ledger, library, quoting, put):
    quoting("a1", REST)
    held = library.entry("scan")
    data = SCAN.encode()
    titled = read_document(data, "scan.md", {"title": "Another title"})
    library.add(replace(titled, doc_id="scan"), data, "scan.md")
    assert library.entry("scan").source.title != held.source.title
    assert notice_changes(ledger, library) == []


def test_a_long_quote_is_laid_beside_the_whole_paragraph_that_took_its_place():
    lines = "Lie still. It is loud. It takes 10 minutes. Ask for plugs. Breathe. Then you may rise."
    found, text = compared(
        lines, f"# Scan\n\n{lines.replace('10', '20')}\n", f"# Scan\n\n{lines}\n"
    )
    assert text == lines.replace("10", "20")
    assert [run for run in found.diff if run[0] != "same"] == [("out", "10"), ("in", "20")]
