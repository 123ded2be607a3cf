"""The report is one file that needs nothing else, and says what the figures say."""

import re
from pathlib import Path

import pytest

from evals.judged import OURS, Judged
from evals.measures import Estimate, share, times, trust
from evals.published import aims, target_for
from evals.report.page import write_report
from evals.report.scorecard import changes_of, lines_of, spelled
from evals.results import Result, run_suite
from evals.suite import Bench, Suite
from evals.suites import SUITES

HOSTILE = '</script><img src=x onerror="alert(1)"> {{ 7 * 7 }}'


def judged(number, *, system=OURS, right=True, probability=0.8):
    values = {"hit@1": float(right), "right": float(right), "probability": probability, "ms": 20.0}
    question = HOSTILE if number == 0 else f"question {number}"
    return Judged("squad", "dev", system, str(number), question, "plain", values, right, HOSTILE)


def result(rows, before=()):
    """A result of rows that are there already."""
    measures = (share("hit@1"), *trust("right", "probability"), *times())
    suite = Suite("squad", "A few questions", measures, lambda _: iter(rows))
    (found,) = run_suite(suite, Bench(None), {"model": "stems"}, before)
    return found


@pytest.fixture
def page(tmp_path):
    ours = [judged(n, right=n % 3 > 0, probability=n / 20) for n in range(20)]
    plain = [judged(n, system="BM25 alone", right=n % 2 > 0) for n in range(20)]
    before = [judged(n, right=n % 2 > 0) for n in range(20)]
    path = write_report(tmp_path, [result([*ours, *plain], before)], ["x.csv line 3 is <odd>"])
    return path.read_text(encoding="utf-8")


def test_the_report_loads_nothing(page):
    assert not re.search(r"https?://|url\(|@import|<link|<img|<iframe|src=[\"'](?!x )", page)


def test_words_of_questions_and_problems_cannot_become_part_of_the_page(page):
    assert HOSTILE not in page
    assert page.count("</script>") == 2
    assert "&lt;odd&gt;" in page


def test_the_report_has_the_scorecard_the_plots_and_the_difference(page):
    for words in ("hit@1", "BM25 alone", "missed: ≥ 0.820", "floor on the same slice"):
        assert words in page
    assert page.count("<svg") == 3
    assert "Since the earlier run" in page
    assert re.search(r"verdict-(better|worse|within)", page)


def test_a_result_without_probabilities_or_times_has_no_plots(tmp_path):
    rows = [Judged("verbatim", "d", OURS, "1", "?", "", {"quotes that differ": 0}, True, "")]
    suite = SUITES["verbatim"]._replace(judge=lambda _: iter(rows))
    found = run_suite(suite, Bench(None), {})
    text = write_report(tmp_path, found, []).read_text(encoding="utf-8")
    assert "<svg" not in text
    assert "<b>1</b> of 1 aims reached" in text


def made(suite, data, **figures):
    """A result with the given figures, for aims to be looked up."""
    systems = {
        name: {m: Estimate(v, v, v, 9) for m, v in own.items()} for name, own in figures.items()
    }
    return Result(SUITES[suite], data, [], systems, {}, {}, {})


@pytest.mark.parametrize(
    ("value", "high", "reached"), [(0.05, 0.08, True), (0.05, 0.09, False), (0.06, 0.07, False)]
)
def test_an_aim_may_bind_the_interval_too(value, high, reached):
    measure = "answerable and answered: first quote wrong"
    target = target_for(made("gold", "starter library", quotewell={measure: value}), measure)
    assert target.reached(value, high) is reached


def test_an_aim_may_be_a_lead_over_another_system():
    figures = {OURS: {"MAP@10": 0.9}, "BM25 alone": {"MAP@10": 0.85}}
    found = made("mediqa", "Test-Alexa", **figures)
    target = target_for(found, "MAP@10")
    assert target.value == pytest.approx(0.89)
    assert target.beside == {"BM25": 0.847}
    (line,) = lines_of(found)
    assert (line.reached, line.aim) == (True, "≥ 0.890")


def test_every_aim_names_a_suite_and_one_of_its_measures():
    for row in aims():
        names = [measure.name for measure in SUITES[row["suite"]].measures]
        assert row["measure"] in names


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nDCG@10", 0.73251, "0.733"),
        ("median ms", 28.8, "29 ms"),
        ("quotes that differ", 0.0, "0"),
        ("hit@1", float("nan"), "–"),
        ("hit@1", -0.0214, "−0.021"),
    ],
)
def test_figures_are_spelled_as_readers_want_them(name, value, words):
    assert spelled(name, value) == words


def test_marks_stand_inside_their_scale():
    figures = {OURS: {"nDCG@10": 1.0}, "BM25 alone": {"nDCG@10": 0.1}}
    (line,) = lines_of(made("beir", "scifact", **figures))
    assert all(0 <= mark.at <= 100 for mark in line.marks)
    assert (line.at, line.ends[1]) == (100, "1.000")


def test_a_difference_is_better_worse_or_within_its_interval():
    changed = {"hit@1": Estimate(0.1, 0.05, 0.2, 9), "AURC": Estimate(0.1, 0.05, 0.2, 9)}
    changed |= {"hit@3": Estimate(0.1, -0.1, 0.2, 9), "Brier": Estimate(0.0, 0.0, 0.0, 9)}
    found = Result(SUITES["squad"], "dev", [], {OURS: {}}, {}, changed, {})
    told = {change.measure: change.verdict for change in changes_of(found)}
    assert told == {"hit@1": "better", "hit@3": "within the interval", "AURC": "worse"}


def test_the_style_and_script_are_in_the_package():
    folder = Path(__file__).parents[1] / "evals/report"
    assert {path.name for path in folder.glob("report.*")} == {
        "report.css",
        "report.html",
        "report.js",
    }
