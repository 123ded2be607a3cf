"""`quotewell eval`: what is printed, what is written, and how it ends."""

import json

import pytest

from evals.suites import SUITES
from qa.cli import main

GOUT = "Gout is treated with colchicine. Vitamin C is found in fruit."
ASKED = {"question": "How is gout treated?", "text": GOUT, "spans": [[0, 31]]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One home for all: the model is converted once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def evaluate(home, capsys):
    """Runs the command; gives its exit code, lines printed, and complaints."""

    def evaluate(*words):
        capsys.readouterr()
        code = main(["eval", "--home", str(home), *map(str, words)])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return evaluate


@pytest.fixture
def spans(tmp_path):
    """A data folder with one question, and a way to add lines to it."""
    folder = tmp_path / "data"
    folder.mkdir()

    def write(*lines):
        text = "\n".join([json.dumps({"id": "1", **ASKED}), *lines])
        (folder / "spans.jsonl").write_text(f"{text}\n")
        return folder

    return write


def test_a_suite_prints_one_line_of_json_and_writes_a_report_and_rows(evaluate, spans, tmp_path):
    report = tmp_path / "report"
    code, lines, _ = evaluate("spans", "--data", spans(), "--json", "--report", report)
    assert code == 0
    (line,) = [json.loads(line) for line in lines]
    assert (line["suite"], line["n"]) == ("spans", 1)
    assert set(line["measures"]["word F1"]) == {"value", "low", "high", "n"}
    assert {"model", "recipe", "code", "data", "library"} <= set(line["identity"])
    assert (report / "report.html").stat().st_size > 10_000
    figures = json.loads((report / "figures.json").read_text())
    assert figures["results"] == [line]
    assert figures["made"] > "2026"
    code, lines, _ = evaluate(
        "spans", "--data", spans(), "--json", "--compare", report / "rows.jsonl"
    )
    assert code == 0
    assert json.loads(lines[0])["changed"]["word F1"]["value"] == 0


def test_a_bad_row_is_named_and_makes_the_run_fail_while_the_rest_is_measured(evaluate, spans):
    bad = json.dumps({**ASKED, "spans": [[0, 900]]})
    code, lines, complaints = evaluate("spans", "--data", spans(bad, "{"), "--json")
    assert code == 1
    assert json.loads(lines[0])["n"] == 1
    assert complaints == [
        "quotewell: spans: spans.jsonl line 2: [0, 900] is no span of a text of 61 characters; "
        "correct it",
        "quotewell: spans: spans.jsonl line 3 is not JSON; correct it",
    ]


def test_two_questions_with_one_id_are_not_counted_in_silence(evaluate, spans):
    code, _, complaints = evaluate("spans", "--data", spans(json.dumps({"id": "1", **ASKED})))
    assert code == 1
    assert "2 questions of spans have the id '1'" in complaints[0]


def test_a_table_for_people_has_the_plain_systems_beside_ours(evaluate, spans):
    code, lines, _ = evaluate("spans", "--data", spans())
    assert code == 0
    assert lines[0] == "spans on spans: 1 questions"
    assert "BM25 alone" in lines[1]


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["nonsense"], 2, f"there is no suite 'nonsense'; known are {', '.join(SUITES)}"),
        (["gold", "--part", "half"], 2, "there is no part 'half'; known are training, held_out"),
        (["beir"], 1, "the beir suite reads outside data; say where with --data DIR"),
        (["squad", "--data", "nowhere"], 1, "there is no nowhere; check the name"),
        (["gold", "--compare", "nowhere"], 1, "nowhere cannot be read as UTF-8 text"),
    ],
)
def test_what_cannot_be_run_is_said_in_one_line(evaluate, words, code, complaint):
    got, lines, complaints = evaluate(*words)
    assert (got, lines) == (code, [])
    assert complaint in complaints[0]
    assert len(complaints) == 1


def test_one_suite_without_data_does_not_keep_another_from_running(evaluate, spans):
    code, lines, complaints = evaluate("mediqa", "spans", "--data", spans(), "--json")
    assert code == 1
    assert [json.loads(line)["suite"] for line in lines] == ["spans"]
    assert "holds no mediqa*" in complaints[0]
