"""What the staff's pages on answers say: why, how it stands, gold, lacks, reports, exports."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.gold import questions_in, resolve
from qa.ledger.answers import Shown, answer_entry, trace_of
from qa.ledger.entries import Kind, new_entry
from qa.ledger.errors import UnknownAnswer
from qa.ledger.recheck import notice_changes, step
from qa.ledger.retention import forget
from qa.staff.export import as_csv, as_json
from qa.staff.gold import GoldKind, NotGold, gold_row, gold_rows, likely_kind, put_gold, take_gold
from qa.staff.lacking import Lacking, alike
from qa.staff.period import period_of
from qa.staff.reports import history, report_page, reports
from qa.staff.shown import shown_answer
from sources.document import Audience

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


@pytest.fixture
def ask(assistant, ledger):
    """Asks, records, and gives the answer's id."""

    def ask(text):
        answer, workings = assistant.ask_with_workings(text)
        shown = Shown(Audience.PATIENT, "en", [[]] * len(answer.quotes), "c", "d")
        trace = trace_of(workings, assistant.settings)
        ledger.append([answer_entry(answer, shown, str, trace)])
        return answer.answer_id

    return ask


def test_the_parts_add_up_to_the_scores_that_were_recorded(ask, ledger, assistant):
    shown = shown_answer(ledger, assistant.library, ask("Does a biopsy hurt?"))
    why = shown.why
    assert why.statements
    for statement in why.statements:
        assert statement.reckoning.score == pytest.approx(statement.reckoning.recorded, abs=1e-5)
    assert why.gate.score == pytest.approx(shown.recorded.facts["probability"])
    assert [one.rank for one in why.candidates] == list(range(1, len(why.candidates) + 1))
    assert max(one.best for one in why.candidates) == why.statements[0].reckoning.recorded
    assert why.calibration["questions"] > 0


def test_an_answer_is_shown_with_what_became_of_it(ask, ledger, assistant, put):
    answer_id = ask("Does a biopsy hurt?")
    said = {"helpful": True, "reason": None}
    feedback = new_entry(Kind.FEEDBACK, answer_id, said, "Thank you")
    ledger.append([feedback])
    ledger.append([new_entry(Kind.OPENED, answer_id, {})])
    put(assistant.library, "biopsy.md", FILES["biopsy.md"].replace("a little", "a lot"))
    notice_changes(ledger, assistant.library)
    while step(ledger, assistant.library):
        pass
    shown = shown_answer(ledger, assistant.library, answer_id)
    (quote, *_) = shown.quotes
    assert quote.words.all == "A biopsy hurts a little. The skin is numbed first."
    assert quote.words.focus in FILES["biopsy.md"]
    assert quote.finding.severity > 0
    assert [one.words.said for one in shown.feedback] == ["Thank you"]
    assert len(shown.opened) == 1
    with pytest.raises(UnknownAnswer, match="is no answer but feedback"):
        shown_answer(ledger, assistant.library, feedback.entry_id)


def test_words_that_the_library_lost_are_said_to_be_lost(ask, ledger, assistant, library_of):
    answer_id = ask("Does a biopsy hurt?")
    shown = shown_answer(ledger, library_of({"other.md": "Nothing."}), answer_id)
    assert shown.quotes[0].words is None
    assert "no version" in shown.quotes[0].problem


def test_an_answer_becomes_a_gold_question_that_evaluations_read(ask, ledger, assistant):
    home, library = assistant.library.home, assistant.library
    shown = shown_answer(ledger, library, ask("Does a biopsy hurt?"))
    put_gold(home, gold_row(shown, GoldKind.ANSWERABLE, [1]))
    other = shown_answer(ledger, library, ask("What does parking cost?"))
    put_gold(home, gold_row(other, GoldKind.NOT_IN_LIBRARY, [1]))
    put_gold(home, gold_row(shown, likely_kind(shown), [1]))  # in place of the first
    parking, biopsy = questions_in(home / "gold.jsonl")
    assert (parking.text, parking.answers) == ("What does parking cost?", ())
    documents = {held.doc_id: library.document(*held[:2]) for held in library.entries()}
    for answer in biopsy.answers:
        assert resolve(answer, documents).of(documents[answer.doc_id].text) == answer.text
    take_gold(home, biopsy.question_id)
    assert [row["q"] for row in gold_rows(home)] == ["What does parking cost?"]


def test_what_cannot_be_gold_is_refused(ask, ledger, assistant):
    answer_id = ask("Does a biopsy hurt?")
    shown = shown_answer(ledger, assistant.library, answer_id)
    with pytest.raises(NotGold, match="tick at least one quote"):
        gold_row(shown, GoldKind.ANSWERABLE, [])
    forget(ledger, 1, datetime.now(UTC) + timedelta(days=3))
    shown = shown_answer(ledger, assistant.library, answer_id)
    with pytest.raises(NotGold, match="forgotten"):
        gold_row(shown, GoldKind.ANSWERABLE, [1])
    (assistant.library.home / "gold.jsonl").write_text("no JSON")
    with pytest.raises(NotGold, match="mend it or move it away"):
        gold_rows(assistant.library.home)


def settled(lacking):
    while (look := lacking.look()).groups is None:
        pass
    return look


def test_questions_without_an_answer_are_grouped_and_counted(ask, ledger, assistant):
    for text in ("Where do I park?", "where do i PARK", "Where can I park?", "Is Leeds far?"):
        ask(text)
    ask("Does a biopsy hurt?")
    lacking = Lacking(ledger, assistant)
    first, *others = settled(lacking).groups
    assert [one.question for one in first.asked] == [
        "Where can I park?",
        "where do i PARK",
        "Where do I park?",
    ]
    assert (first.middle, len(first.wordings)) == ("Where do I park?", 2)
    assert "Is Leeds far?" in [group.middle for group in others]
    embedded = assistant.embedder.texts
    assert settled(lacking).groups[0] == first
    assert assistant.embedder.texts == embedded  # nothing is embedded twice
    assert first.within({first.asked[0].number}).middle == "Where can I park?"
    assert first.within(set()) is None


def test_forgotten_questions_are_counted_and_their_vectors_go(ask, ledger, assistant):
    ask("Where do I park?")
    lacking = Lacking(ledger, assistant)
    assert len(settled(lacking).groups) == 1
    forget(ledger, 1, datetime.now(UTC) + timedelta(days=3))
    look = settled(lacking)
    assert (look.groups, look.forgotten, look.of) == ([], 1, 0)
    assert lacking._vectors == {}


def test_a_model_that_fails_is_told_and_tried_again(ask, ledger, assistant):
    ask("Where do I park?")
    assistant.embedder.fails_at = assistant.embedder.texts + 1
    lacking = Lacking(ledger, assistant)
    assert "could not be grouped" in settled(lacking).problem
    look = settled(lacking)
    assert (look.problem, len(look.groups)) == ("", 1)


@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_every_question_is_in_one_group_near_its_middle(count, seed):
    dice = np.random.default_rng(seed)
    rows = dice.normal(size=(count, 3)).astype(np.float32)
    groups = alike(rows, [1] * count, 0.5)
    assert sorted(at for group in groups for at in group) == list(range(count))
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for middle, *others in groups:
        assert all(units[middle] @ units[other] >= 0.5 - 1e-6 for other in others)


def test_groups_by_hand():
    east, north = [1.0, 0.0], [0.0, 1.0]
    rows = np.array([east, north, [0.9, 0.1], [0.95, 0.0], [0.0, 0.0]], dtype=np.float32)
    assert alike(rows, [1, 1, 1, 1, 1]) == [[0, 2, 3], [1], [4]]
    assert alike(rows, [1, 9, 1, 1, 1])[0] == [1]  # what nine people ask comes first


@pytest.mark.parametrize(
    ("address", "since", "until"),
    [
        ({}, None, None),
        ({"since": "2026-03-01", "until": "2026-03-02"}, "2026-03-01", "2026-03-03"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "2026-03-01", "2026-03-03"),
        ({"since": "yesterday", "until": "2026-02-28"}, None, "2026-03-01"),
    ],
)
def test_a_period_is_read_from_the_address(address, since, until):
    found = period_of(address).time
    assert tuple(side and side[:10] for side in found) == (since, until)


def test_the_last_days_end_today():
    today = datetime.now(UTC).date()
    assert period_of({"last": "7"}).last in (today, today + timedelta(days=1))
    assert period_of({"last": "7"}).days == 7
    assert period_of({"last": "0"}) == period_of({"last": "x"}) == (None, None)
    assert period_of({"last": "9" * 9}).first is None
    assert date.min < period_of({"last": "36499"}).first


ODD = "=+-@\t\r\n\"', é"
cells = st.dictionaries(st.sampled_from("ab"), st.none() | st.integers() | st.text(ODD))


@given(st.lists(cells, max_size=5))
def test_what_is_exported_can_be_read_again(rows):
    assert json.loads("".join(as_json(rows))) == rows
    head, *lines = csv.reader(io.StringIO("".join(as_csv(["a", "b"], rows)), newline=""))
    assert head == ["a", "b"]
    for row, line in zip(rows, lines, strict=True):
        for name, cell in zip(head, line, strict=True):
            value = row.get(name)
            said = "" if value is None else str(value)
            assert cell in (said, f"'{said}")
            assert not isinstance(value, str) or not cell.startswith(("=", "+", "-", "@"))


def put_report(home, name, made, value):
    folder = home / "reports" / name
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<h1>Report</h1>")
    measures = {
        "right": {"value": value, "low": 0.1, "high": 0.9, "n": 5},
        "none": {"value": None, "low": None, "high": None, "n": 0},
    }
    told = {
        "made": made,
        "results": [{"suite": "gold", "data": "own", "n": 5, "measures": measures}],
    }
    (folder / "figures.json").write_text(json.dumps(told))


def test_reports_are_listed_newest_first_with_their_figures(tmp_path):
    assert reports(tmp_path) == []
    put_report(tmp_path, "march", "2026-03-01T00:00:00+00:00", 0.5)
    put_report(tmp_path, "april", "2026-04-01T00:00:00+00:00", 0.7)
    newest, older = reports(tmp_path)
    assert (newest.name, older.name) == ("april", "march")
    assert [figure.name for figure in newest.runs[0].figures] == ["right"]
    points = history([newest, older])["gold", "own", "right"]
    assert [point.figure.value for point in points] == [0.5, 0.7]


@pytest.mark.parametrize("text", [None, "{", "[]", '{"made": 1, "results": [{}]}'])
def test_a_report_without_readable_figures_is_still_listed(tmp_path, text):
    put_report(tmp_path, "march", "2026-03-01", 0.5)
    figures = tmp_path / "reports" / "march" / "figures.json"
    figures.unlink() if text is None else figures.write_text(text)
    (report,) = reports(tmp_path)
    assert report.runs == []
    assert "figures.json" in report.problem


@pytest.mark.parametrize("name", ["..", "../reports/march", "", ".hidden", "nobody", "a/b"])
def test_no_name_leads_out_of_the_folder_of_reports(tmp_path, name):
    put_report(tmp_path, "march", "2026-03-01", 0.5)
    (tmp_path / "report.html").write_text("not a report")
    assert report_page(tmp_path, name) is None
    assert report_page(tmp_path, "march").read_text() == "<h1>Report</h1>"
