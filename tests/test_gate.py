"""Whether the library answers: three outcomes by one probability."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from qa import gate as gate_module
from qa.answer import Outcome, Turn
from qa.gate import AGAINST, GateFeatures, answered_at, decide, gate_features, table
from qa.settings import LEVELS

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
QUESTIONS = ("Does a biopsy hurt?", "MRI", "bread recipe", "is the scan loud", "spinal taxes")
PARTS = ("", "_one")


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


def features_of(assistant, text, history=()):
    question, found = assistant.evidence(text, history)
    return gate_features(question, found, assistant.snapshot.lexical)


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_feature_keeps_to_its_range(assistant, text):
    for name, value in features_of(assistant, text)._asdict().items():
        assert -1.001 <= value <= 1.001, name
        assert value >= 0 or "similarity" in name, name


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_outcome_follows_from_the_probability(assistant, text):
    question, found = assistant.evidence(text)
    outcome, probability, _ = decide(question, found, assistant.snapshot.lexical)
    at = table()["thresholds"]
    expected = (
        Outcome.ANSWERED
        if probability >= at["answered_05"]
        else Outcome.CLOSEST
        if probability >= at["closest"]
        else Outcome.NOT_IN_LIBRARY
    )
    assert (outcome, 0 < probability < 1) == (expected, True)


def test_no_evidence_is_no_answer(assistant):
    question, _ = assistant.evidence("Does a biopsy hurt?")
    lexical = assistant.snapshot.lexical
    assert decide(question, [], lexical) == (Outcome.NOT_IN_LIBRARY, 0.0, None)


def test_a_question_in_the_words_of_the_library_is_likelier_than_another(assistant):
    assert assistant.ask("Does a biopsy hurt?").probability > 0.5
    assert assistant.ask("bread recipe").probability < 0.1


def test_all_words_in_one_statement_are_a_full_match(assistant):
    assert features_of(assistant, "Does a biopsy hurt?").full == 1
    assert features_of(assistant, "biopsy").full == 0
    assert features_of(assistant, "Does a biopsy of the liver hurt?").full == 0


def test_unknown_words_are_counted_by_what_they_say(assistant):
    assert features_of(assistant, "Does a biopsy hurt?").unknown == 0
    assert features_of(assistant, "bread recipe").unknown == 1
    assert 0 < features_of(assistant, "biopsy bread").unknown < 1


def test_an_earlier_turn_never_hides_an_unknown_word(assistant):
    history = [Turn("Does a biopsy hurt?", "Does a biopsy hurt?")]
    assert features_of(assistant, "and what about bread?", history).unknown == 1


def test_one_statement_alone_leads_by_its_whole_score(assistant_of):
    assistant = assistant_of({"one.md": "# One\n\nA biopsy hurts a little.\n"})
    features = features_of(assistant, "Does a biopsy hurt?")
    assert features.margin == features.score


@pytest.mark.parametrize("part", PARTS)
def test_the_weights_are_named_like_the_features(part):
    path = Path(gate_module.__file__).with_name("evidence.toml")
    row = tomllib.loads(path.read_text(encoding="utf-8"))[f"gate{part}"]
    assert list(row) == ["bias", *GateFeatures._fields]
    assert all(isinstance(value, float) for value in row.values())


@pytest.mark.parametrize("part", PARTS)
def test_the_thresholds_are_in_order(part):
    at = table()[f"thresholds{part}"]
    answered = [at[answered_at(level)] for level in LEVELS]
    assert 0 < at["closest"] <= answered[-1] < 1
    assert answered == sorted(answered, reverse=True)


def test_who_allows_more_wrong_answers_gets_more_answers(assistant):
    question, found = assistant.evidence("What is numbed?")
    lexical = assistant.snapshot.lexical
    allowed = [decide(question, found, lexical, wrong_at_most=level) for level in LEVELS]
    probability = allowed[0].probability
    at = table()["thresholds"]
    assert [one.outcome is Outcome.ANSWERED for one in allowed] == [
        probability >= at[answered_at(level)] for level in LEVELS
    ]


def test_what_the_library_lacks_speaks_against_an_answer():
    gate = table()["gate"]
    assert gate["held"] > 0
    assert gate["no_figure"] < 0
    assert all(gate[name] <= 0 for name in AGAINST)


FIGURES = {"scan.md": "# MRI scan\n\nAn MRI scan is loud.\n\n## Time\n\nIt takes an hour.\n"}


@pytest.mark.parametrize(
    ("text", "lacks"),
    [("How many are loud?", 1), ("Is the MRI scan loud?", 0), ("How long does it take?", 0)],
)
def test_a_number_that_is_asked_for_and_not_given_is_noticed(assistant_of, text, lacks):
    assistant = assistant_of(FIGURES)
    question, found = assistant.evidence(text)
    assert gate_features(question, found, assistant.snapshot.lexical).no_figure == lacks


def test_words_count_as_held_when_a_wording_has_them(assistant_of):
    head = "---\nasked_as:\n  Pain:\n    - will the jab sting\n---\n"
    assistant = assistant_of({"biopsy.md": f"{head}# Biopsy\n\n## Pain\n\nIt hurts.\n"})
    held = []
    for text in ("will the jab sting", "will the jab bite"):
        question, found = assistant.evidence(text)
        held.append(gate_features(question, found, assistant.snapshot.lexical).held)
    assert held[0] == 1 > held[1] > 0


def test_each_further_known_word_makes_an_answer_likelier(assistant):
    asked = ("bread", "bread biopsy", "biopsy hurts")
    chances = [assistant.ask(text).probability for text in asked]
    assert all(before < after for before, after in pairwise(chances))
