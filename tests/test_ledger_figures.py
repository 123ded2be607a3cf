"""Figures, feedback and questions without an answer, counted by the database: both databases."""

import pytest

from qa.ledger.entries import Entry, Kind, Words, new_entry
from qa.ledger.figures import (
    Day,
    DocumentCount,
    Opinions,
    RuleCount,
    Time,
    figures,
    languages_shown,
    quantile,
    quoted_documents,
    rules_that_warned,
)
from qa.ledger.lacking import nearest_documents, opinions, unanswered
from qa.ledger.ledger import Ledger
from qa.ledger.search import ANY_RULE, Wanted, all_answers, find_answers, openings, quotes_of

SEARCHED = ("answered", "closest", "not_in_library")
FIRST = Time("2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00")


def entry(name, at, outcome, probability, **more):
    quotes = [
        {"doc_id": doc, "version": "v", "start": 0, "end": 1, "sha256": "0"}
        for doc in more.get("docs", ())
    ]
    facts = {
        "outcome": outcome,
        "probability": probability,
        "urgent": {"rule": more["rule"]} if "rule" in more else None,
        "reader": more.get("reader", "patient"),
        "language": "en",
        "took_ms": more.get("took_ms", 10.0),
        "quotes": quotes,
    }
    nearest = [{"doc_id": doc} for doc in more.get("near", ())]
    return Entry(
        name,
        Kind.ANSWER,
        f"2026-03-{at}",
        name,
        facts,
        Words(f"About {name}?", "{}"),
        {"passages": nearest},
    )


@pytest.fixture(scope="module")
def filled():
    return [
        entry("a1", "01T10:00:00.000+00:00", "answered", 0.954, docs=["scan", "scan", "care"]),
        entry("a2", "01T23:59:59.999+00:00", "closest", 0.3, docs=["scan"], took_ms=30.4),
        entry("a3", "02T00:00:00.000+00:00", "not_in_library", 0.05, near=["b", "a", "b"]),
        entry("a4", "02T09:00:00.000+00:00", "answered", 0.86, rule="cord", reader="clinician"),
        entry("a5", "03T09:00:00.000+00:00", "not_searched", 0.0, rule="cord", took_ms=1.6),
    ]


@pytest.fixture
def ledger(tmp_path, database, filled):
    ledger = Ledger(tmp_path / "home", database)
    ledger.append(filled)
    said = {"helpful": False, "reason": 'no, "helpful":true is a lie'}
    ledger.append([new_entry(Kind.FEEDBACK, "a1", {"helpful": True, "reason": None})])
    ledger.append([new_entry(Kind.FEEDBACK, "a3", said, "It said nothing.")])
    ledger.append([new_entry(Kind.OPENED, "a1", {}), new_entry(Kind.OPENED, "a1", {})])
    yield ledger
    ledger.close()


def test_the_figures_of_all_time_and_of_a_day(ledger):
    all_time = figures(ledger, Time(), SEARCHED)
    assert all_time.days == [
        Day("2026-03-01", "answered", 1),
        Day("2026-03-01", "closest", 1),
        Day("2026-03-02", "answered", 1),
        Day("2026-03-02", "not_in_library", 1),
        Day("2026-03-03", "not_searched", 1),
    ]
    assert all_time.answers == 5
    assert all_time.by_outcome()["answered"] == 2
    assert all_time.percents == {5: 1, 30: 1, 86: 1, 95: 1}
    assert all_time.times == {2: 1, 10: 3, 30: 1}
    assert all_time.rules == [RuleCount("cord", 2, "2026-03-03T09:00:00.000+00:00")]
    assert all_time.documents == [DocumentCount("scan", 2), DocumentCount("care", 1)]
    assert all_time.opinions == Opinions(1, 1)
    day = figures(ledger, FIRST, SEARCHED)
    assert (day.answers, day.rules, day.opinions) == (2, [], Opinions(0, 0))
    assert day.documents == [DocumentCount("scan", 2), DocumentCount("care", 1)]
    assert quoted_documents(ledger) == {"scan", "care"}
    assert rules_that_warned(ledger) == ["cord"]
    assert languages_shown(ledger) == ["en"]


def test_questions_without_a_sure_answer(ledger):
    lacking = unanswered(ledger, Time(), ("not_in_library", "closest"), 0.9, 10)
    assert [(row.answer_id, row.question) for row in lacking] == [
        ("a4", "About a4?"),
        ("a3", "About a3?"),
        ("a2", "About a2?"),
    ]
    assert [row.answer_id for row in unanswered(ledger, FIRST, ("closest",), 0.0, 10)] == ["a2"]
    assert nearest_documents(ledger, [3, 4]) == {3: ["b", "a"], 4: []}


def test_feedback_comes_with_its_answer(ledger):
    newest, first = opinions(ledger, Time())
    assert (newest.answer_id, newest.helpful, newest.comment) == ("a3", False, "It said nothing.")
    assert (newest.question, newest.outcome) == ("About a3?", "not_in_library")
    assert (first.answer_id, first.helpful, first.comment) == ("a1", True, None)
    assert opinions(ledger, Time(), helpful=True) == [first]
    assert opinions(ledger, Time(), helpful=False) == [newest]
    assert opinions(ledger, Time(), before=newest.number) == [first]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"reader": "clinician"}, ["a4"]),
        ({"language": "es"}, []),
        ({"rule": ANY_RULE}, ["a5", "a4"]),
        ({"after": 1}, ["a3", "a2"]),
        ({"after": 1, "before": 3}, ["a2"]),
        ({"before": 3}, ["a2", "a1"]),
    ],
)
def test_answers_are_found_and_leafed_through(ledger, wanted, found):
    assert [row.answer_id for row in find_answers(ledger, Wanted(**wanted), 2)] == found


def test_all_answers_are_read_in_steps(ledger, monkeypatch):
    monkeypatch.setattr("qa.ledger.search.STEP", 2)
    steps = [[row.answer_id for row in step] for step in all_answers(ledger, Wanted())]
    assert steps == [["a5", "a4"], ["a3", "a2"], ["a1"]]
    first, second = quotes_of(ledger, [1, 3])[1][:2], quotes_of(ledger, [1, 3])[3]
    assert ([one["doc_id"] for one in first], second) == (["scan", "scan"], [])
    assert set(first[0]) == {"doc_id", "version", "start", "end", "sha256"}
    assert len(openings(ledger, "a1")) == 2


def test_a_quantile_is_the_value_that_enough_do_not_exceed():
    counts = {10: 90, 20: 9, 500: 1}
    assert [quantile(counts, share) for share in (0.5, 0.9, 0.95, 1.0)] == [10, 10, 20, 500]
    assert quantile({}, 0.5) is None
