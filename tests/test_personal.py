"""Questions about one person: noticed in both languages, general ones left alone."""

import pytest

from evals.gold import gold_questions
from qa.notices import notice_names
from qa.personal import all_kinds, personal_question
from qa.triage.rules import card_text

EXAMPLES = [
    (part.language, text, kind.name if expected else None)
    for part in all_kinds()
    for kind in part.kinds
    for texts, expected in ((kind.asks, True), (kind.other, False))
    for text in texts
]


@pytest.mark.parametrize(("language", "text", "kind"), EXAMPLES)
def test_every_example_is_of_its_kind_and_of_no_other(language, text, kind):
    found = personal_question(text)
    assert (found and (found.language, found.kind)) == (kind and (language, kind))


@pytest.mark.parametrize("part", all_kinds(), ids=lambda part: part.language)
def test_every_kind_says_who_to_ask_and_three_questions_to_bring(part):
    for kind in part.kinds:
        found = personal_question(kind.asks[0])
        assert found.text
        assert len(found.questions) == 3
        assert all(question.endswith("?") for question in found.questions)


def test_both_languages_have_the_same_kinds_each_with_its_own_words():
    english, spanish = ([kind.name for kind in part.kinds] for part in all_kinds())
    assert english == spanish
    for name in notice_names():
        if name.startswith("personal."):
            assert card_text(name, "en") != card_text(name, "es"), name


def test_few_general_questions_are_taken_for_personal_ones():
    general = [q for q in gold_questions() if q.answerable]
    taken = [q.text for q in general if personal_question(q.text)]
    assert len(taken) <= 0.04 * len(general), taken


@pytest.mark.parametrize("text", ["", " ", "🙂", "12345", "Dose", "¿?"])
def test_what_is_no_question_is_none(text):
    assert personal_question(text) is None
