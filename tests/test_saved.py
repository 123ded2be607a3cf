"""Answers found again by id and code, reopened against what the library holds now, commented on."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ledger.answers import Shown, answer_entry
from qa.ledger.code import SIGNS, code_of, id_start
from qa.ledger.compare import State
from qa.ledger.entries import Facts, Kind, new_entry
from qa.ledger.errors import UnknownAnswer
from qa.ledger.feedback import Feedback, Reason, feedback_entry, feedback_on, read_feedback
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.reopen import Reopened, reopen_quotes
from qa.ledger.retention import forget
from qa.ledger.saved import find_saved
from qa.ui.allowance import Allowance
from sources.document import Audience
from sources.library import Library

SCAN = "# Scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n\n## After\n\nRest.\n"
IDS = st.text("0123456789abcdef", min_size=24, max_size=24)


@given(IDS)
def test_a_code_leads_back_to_the_first_eighty_bits_however_it_is_written(answer_id):
    code = code_of(answer_id)
    assert len(code) == 19
    assert not set("ILOU") & set(code)
    assert id_start(code) == answer_id[:20]
    heard = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert id_start(heard) == answer_id[:20]


@pytest.mark.parametrize(
    "text", ["", "K7QM", "K7QM-2XDR-9TFA-HJ3U", "é" * 16, "A" * 17, "../../etc"]
)
def test_what_is_no_code_leads_nowhere(text):
    assert id_start(text) is None


def test_every_sign_of_a_code_counts():
    codes = {code_of(f"{number:020x}0000") for number in (0, *(1 << bit for bit in range(80)))}
    assert len(codes) == 81
    assert len(SIGNS) == 32


@pytest.fixture
def recorded(assistant_of, tmp_path):
    """A library with one leaflet, a ledger, an outbox, and the entry of one answer."""
    assistant = assistant_of({"scan.md": SCAN})
    ledger = Ledger(assistant.library.home)
    answer = assistant.ask("Is an MRI scan loud?")
    assert answer.quotes
    shown = Shown(Audience.PATIENT, "en", [()] * len(answer.quotes), "0" * 64, "0" * 64)
    entry = answer_entry(answer, shown, str)
    yield assistant.library, ledger, Outbox(assistant.library.home), entry
    ledger.close()


def test_an_answer_is_found_by_id_and_code_waiting_and_written(recorded):
    _, ledger, outbox, entry = recorded
    outbox.put(entry)
    for name in (entry.entry_id, code_of(entry.entry_id)):
        assert find_saved(ledger, outbox, name).said == "Is an MRI scan loud?"
    outbox.write_into(ledger)
    assert not outbox.waiting()
    for name in (entry.entry_id, code_of(entry.entry_id)):
        found = find_saved(ledger, outbox, name)
        assert (found.answer_id, found.facts["quotes"]) == (entry.entry_id, entry.facts["quotes"])


def test_an_answer_is_found_without_its_words_once_they_are_forgotten(recorded):
    _, ledger, outbox, entry = recorded
    ledger.append([replace(entry, at="2020-01-01T00:00:00.000+00:00")])
    assert forget(ledger, 180) == 1
    found = find_saved(ledger, outbox, entry.entry_id)
    assert found.said is None
    assert found.facts["quotes"]


@pytest.mark.parametrize("name", ["0" * 24, "0000-0000-0000-0000", "", "*", "scan", "f" * 23])
def test_nothing_is_found_for_another_name(recorded, name):
    _, ledger, outbox, entry = recorded
    ledger.append([entry])
    with pytest.raises(UnknownAnswer, match="check"):
        find_saved(ledger, outbox, name)


def test_only_answers_are_found(recorded):
    _, ledger, outbox, entry = recorded
    other = replace(new_entry(Kind.OPENED, entry.entry_id, {}), entry_id="ab" * 12)
    outbox.put(other)
    with pytest.raises(UnknownAnswer, match="check"):
        find_saved(ledger, outbox, other.entry_id)
    outbox.write_into(ledger)
    with pytest.raises(UnknownAnswer, match="check"):
        find_saved(ledger, outbox, other.entry_id)


def loud(library: Library, facts: Facts) -> Reopened:
    """The reopened quote that says that a scan is loud."""
    whole = reopen_quotes(library, facts)
    at = next(n for n, q in enumerate(facts["quotes"]) if q["start"] < SCAN.index("Ask"))
    return whole[at]


def add(put: Callable[..., str], library: Library, old: str, new: str) -> None:
    assert old in SCAN
    put(library, "scan.md", SCAN.replace(old, new))


def test_a_quote_is_cut_anew_and_unchanged_while_nothing_happens(recorded):
    library, _, _, entry = recorded
    for quote, facts in zip(
        reopen_quotes(library, entry.facts), entry.facts["quotes"], strict=True
    ):
        assert quote.state is State.UNCHANGED
        assert quote.shown
        document = library.document(facts["doc_id"], facts["version"])
        assert quote.shown.quote.text == document.text[facts["start"] : facts["end"]]


def test_a_quote_that_moved_still_stands(recorded, put):
    library, _, _, entry = recorded
    add(put, library, "# Scan\n", "# Scan\n\nA new first line for all of you.\n")
    quote = loud(library, entry.facts)
    assert (quote.state, quote.stands) == (State.MOVED, True)


def test_a_reworded_quote_shows_what_it_said_and_says_now(recorded, put):
    library, _, _, entry = recorded
    add(put, library, "is loud", "is not loud")
    quote = loud(library, entry.facts)
    assert (quote.state, quote.weighty, quote.stands) == (State.REWORDED, True, False)
    assert quote.shown
    assert quote.now
    assert "is loud" in quote.shown.quote.text
    assert "is not loud" in quote.now.quote.text
    told = "".join(text for what, text in quote.diff if what != "out")
    assert told == quote.now.quote.text


def test_a_quote_that_is_gone_shows_what_it_said(recorded, put):
    library, _, _, entry = recorded
    put(library, "scan.md", "# Scan\n\nQuite another leaflet about feet.\n")
    quote = loud(library, entry.facts)
    assert (quote.state, quote.now) == (State.GONE, None)
    assert quote.shown


def test_a_withdrawn_quote_shows_no_words(recorded):
    library, _, _, entry = recorded
    library.withdraw("scan")
    quote = loud(library, entry.facts)
    assert (quote.state, quote.shown, quote.now) == (State.WITHDRAWN, None, None)
    assert quote.title == "Scan"


def test_words_of_a_withdrawn_version_are_shown_only_where_they_hold_again(recorded, put):
    library, _, _, entry = recorded
    library.withdraw("scan")
    put(library, "scan.md", SCAN + "\nMore.\n")
    quote = loud(library, entry.facts)
    assert quote.stands
    assert quote.shown
    assert quote.shown.document.version == library.entry("scan").version
    put(library, "scan.md", SCAN.replace("is loud", "is noisy"))
    quote = loud(library, entry.facts)
    assert (quote.state, quote.shown, quote.now) == (State.WITHDRAWN, None, None)


@pytest.mark.parametrize(
    "change", [{"sha256": "0" * 64}, {"version": "0" * 64}, {"doc_id": "feet"}]
)
def test_words_that_are_not_the_recorded_ones_are_not_shown(recorded, change):
    library, _, _, entry = recorded
    facts = {"quotes": [{**quote, **change} for quote in entry.facts["quotes"]]}
    quote = loud(library, facts)
    assert (quote.state, quote.shown) == (State.LOST, None)


def test_the_last_word_about_an_answer_counts_and_is_masked(recorded):
    _, ledger, _, entry = recorded
    ledger.append([entry])
    assert feedback_on(ledger, entry.entry_id) is None
    first = Feedback(False, (Reason.OUT_OF_DATE,), "call Ann")
    ledger.append(
        [feedback_entry(entry.entry_id, first, lambda text: text.replace("Ann", "[name]"))]
    )
    told = feedback_on(ledger, entry.entry_id)
    assert told == (False, (Reason.OUT_OF_DATE,), "call [name]")
    ledger.append([feedback_entry(entry.entry_id, Feedback(True, (), None), str)])
    assert feedback_on(ledger, entry.entry_id) == (True, (), None)
    assert len(ledger.about(entry.entry_id, Kind.FEEDBACK)) == 2


def test_a_yes_has_no_reasons_and_a_blank_comment_is_none():
    fields = {"helpful": ["yes"], "reason": ["out_of_date"], "comment": ["  "]}
    assert read_feedback(fields) == (True, (), None)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"helpful": ["perhaps"]},
        {"helpful": ["yes", "no"]},
        {"helpful": ["no"], "reason": ["rude"]},
        {"helpful": ["no"], "who": ["Ann"]},
        {"helpful": ["no"], "comment": ["x" * 501]},
    ],
)
def test_what_is_no_feedback_is_refused(fields):
    with pytest.raises(ValueError, match=r"form|Reason|comment"):
        read_feedback(fields)


def test_an_allowance_is_used_up_and_comes_back():
    at = [0.0]
    allowance = Allowance(3, 10, lambda: at[0])
    assert [allowance.take("ann") for _ in range(5)] == [True, True, True, False, False]
    assert allowance.take("bob")
    at[0] = 10.0
    assert [allowance.take("ann") for _ in range(2)] == [True, False]
    at[0] = 1000.0
    assert [allowance.take("ann") for _ in range(4)] == [True, True, True, False]
