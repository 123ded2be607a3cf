"""What speaks for a statement, and what the weights make of it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from index.aspects import asked_for, aspects, shares_met, spoken_of
from index.wordings import ELSEWHERE
from qa import evidence as evidence_module
from qa.evidence import CANDIDATES, Features, weights

BIOPSY = """# Biopsy of the spine

## Pain

A biopsy hurts a little. The skin is numbed first. It wears off after two hours.

## Before you come

Bring to the biopsy:

- your list of medicines
- somebody to drive you home
"""
SCAN = "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n"
QUESTIONS = (
    "Does a biopsy hurt?",
    "who drives me home",
    "MRI",
    "bread and butter",
    "how long until the numbing of the biopsy wears off?",
)


@pytest.fixture
def assistant(assistant_of):
    return assistant_of({"biopsy.md": BIOPSY, "scan.md": SCAN})


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_feature_keeps_to_its_range(assistant, text):
    _, found = assistant.evidence(text)
    rows = np.array([item.features for item in found])
    names = Features._fields
    assert rows.shape == (8, len(names))
    for name, column in zip(names, rows.T, strict=True):
        low = -1.001 if "similarity" in name else 0
        assert low <= column.min(), name
        assert column.max() <= 1.001, name


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_strongest_evidence_comes_first(assistant, text):
    scores = [item.score for item in assistant.evidence(text)[1]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)


def test_the_score_is_the_logistic_of_the_weighed_features(assistant):
    bias, weight = weights()
    for item in assistant.evidence("Does a biopsy hurt?")[1]:
        logit = bias + sum(w * value for w, value in zip(weight, item.features, strict=True))
        assert item.score == pytest.approx(1 / (1 + np.exp(-logit)))


def test_the_statement_that_answers_is_the_strongest(assistant):
    first = assistant.evidence("Does a biopsy hurt?")[1][0]
    assert first.statement.span.of(first.document.text) == "A biopsy hurts a little."
    assert first.features.coverage == pytest.approx(1)
    assert first.features.rank == 1


def test_a_word_in_the_heading_counts_in_context_only(assistant):
    _, found = assistant.evidence("noise")
    loud = next(e for e in found if e.statement.focus.of(e.document.text).endswith("loud."))
    assert (loud.features.coverage, loud.features.context_coverage) == (0, 1)


def test_the_stem_of_a_list_counts_for_its_items(assistant):
    _, found = assistant.evidence("what to bring for the medicines")
    item = next(e for e in found if "list of medicines" in e.statement.focus.of(e.document.text))
    assert item.statement.lead.of(item.document.text) == "Bring to the biopsy:"
    assert item.features.coverage == pytest.approx(1)


def test_each_statement_is_weighed_once(assistant):
    rows = [item.row for item in assistant.evidence("Does a biopsy hurt?")[1]]
    assert sorted(rows) == list(range(len(rows)))


def test_no_more_passages_are_weighed_than_there_are_candidates(assistant_of):
    many = "".join(f"\n## Part {n}\n\nThe biopsy of part {n} hurts.\n" for n in range(40))
    assistant = assistant_of({"many.md": f"# Parts\n{many}"})
    assert len({e.hit.row for e in assistant.evidence("Does a biopsy hurt?")[1]}) == CANDIDATES


@pytest.mark.parametrize("text", ["hello", "", "x" * 3000])
def test_there_is_no_evidence_for_what_is_no_question(assistant, text):
    question, found = assistant.evidence(text)
    assert question.notice
    assert found == []


def test_the_weights_are_named_like_the_features():
    path = Path(evidence_module.__file__).with_suffix(".toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))["evidence"]
    assert list(table) == ["bias", *Features._fields]
    assert all(isinstance(value, float) for value in table.values())


def test_meaning_speaks_for_a_statement():
    by_name = dict(zip(Features._fields, weights()[1], strict=True))
    for name in ("similarity", "context_similarity", "passage_similarity", "aspect"):
        assert by_name[name] > 0


@pytest.mark.parametrize(
    ("question", "aspect", "statement"),
    [
        ("How long does it take?", "duration", "It takes two hours."),
        ("How much is an MRI?", "money", "An MRI costs $60."),
        ("why did I get this", "cause", "The cause is not known."),
        ("will it come back", "return", "It can come back after years."),
        ("Is it hereditary?", "family", "It is not inherited."),
    ],
)
def test_an_aspect_is_heard_in_the_question_and_met_in_the_statement(question, aspect, statement):
    bit = 1 << [one.name for one in aspects()].index(aspect)
    assert asked_for(question) & bit
    spoken = np.array([spoken_of(t) for t in (statement, "The room is on the left.")], np.uint64)
    assert shares_met(bit, spoken).tolist() == [1, 0]


def test_of_several_aspects_the_share_counts():
    both = asked_for("why did I get this and what does it cost")
    costs, both_said = "It costs $60.", "The cause is not known, and the test costs $60."
    spoken = np.array([spoken_of(costs), spoken_of(both_said)], np.uint64)
    assert both.bit_count() == 2
    assert shares_met(both, spoken).tolist() == [0.5, 1]


def test_a_question_without_an_aspect_asks_for_none():
    assert asked_for("hemangioma") == 0
    assert shares_met(0, np.array([spoken_of("The cause is not known.")], np.uint64)) == [0]


def test_every_aspect_has_a_bit():
    assert len(aspects()) <= 64


def test_a_wording_speaks_most_for_the_statement_it_asks_for(assistant_of):
    head = "---\nasked_as:\n  Pain:\n    - is the needle numbed away\n---\n"
    text = f"{head}# Biopsy\n\n## Pain\n\nRest for an hour. The needle is numbed away first.\n"
    _, found = assistant_of({"biopsy.md": text}).evidence("is the needle numbed away")
    by_words = {e.statement.focus.of(e.document.text): e.features for e in found}
    rest, numbed = by_words["Rest for an hour."], by_words["The needle is numbed away first."]
    assert numbed.asked - rest.asked == pytest.approx(ELSEWHERE, abs=1e-6)
    assert rest.asked_share == numbed.asked_share == 1.0
    assert (numbed.lexical, numbed.asked_lexical) == (0.0, 1.0)


def test_without_wordings_only_the_passage_counts(assistant_of):
    _, found = assistant_of({"a.md": "# Biopsy\n\nIt hurts a little.\n"}).evidence("Does it hurt?")
    of = found[0].features
    assert (of.asked, of.asked_share, of.lexical, of.asked_lexical) == (0.0, 0.0, 1.0, 0.0)
