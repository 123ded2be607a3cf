"""Many questions in a row: each answered as it would be alone, in order, whatever fails."""

from dataclasses import replace

import pytest

from index.errors import NoSnapshot
from qa import ask_all as module
from qa.answer import Outcome
from qa.ask_all import ask_all
from qa.assistant import Assistant
from qa.settings import Settings

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
ASKED = [
    "Does a biopsy hurt?",
    "",
    "hello",
    "Is the scan loud?",
    "ear plugs",
    "How is bread baked?",
]


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


def alike(answers):
    return [replace(answer, answer_id="", took_ms=0.0) for answer in answers]


@pytest.mark.parametrize("together", [1, 4, 256])
def test_each_is_answered_as_it_is_alone_and_in_order(assistant, monkeypatch, together):
    monkeypatch.setattr(module, "TOGETHER", together)
    texts = [*ASKED, *ASKED, *ASKED[::-1]]
    found = alike(ask_all(assistant, texts))
    assert found == alike(map(assistant.ask, texts))
    assert [answer.question for answer in found] == texts


def test_questions_are_embedded_together_and_nothing_of_them_stays(assistant):
    assistant.retriever()
    before = assistant.embedder.texts
    list(ask_all(assistant, [*ASKED, *ASKED]))
    assert assistant.embedder.texts - before < 2 * len(ASKED)
    assert not assistant.retriever()._ahead


def test_nothing_is_asked_of_no_questions(assistant):
    assert list(ask_all(assistant, [])) == []


def test_without_an_index_a_sign_is_warned_of_and_a_question_is_not_answered(library_of, embedder):
    library = library_of(FILES)
    answers = ask_all(
        Assistant(Settings(home=library.home), library, embedder),
        ["I cannot feel my legs and I wet myself", "Is the scan loud?"],
    )
    warned = next(answers)
    assert warned.outcome is Outcome.NOT_SEARCHED
    assert warned.urgent is not None
    with pytest.raises(NoSnapshot, match="quotewell index build"):
        next(answers)
