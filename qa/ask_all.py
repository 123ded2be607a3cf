"""Many questions in a row, embedded together; where nothing can be searched, their warnings."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from index.errors import SearchError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.first_look import unsearched
from qa.question import Vocabulary, understand
from qa.terminal import print_error
from qa.triage.check import triage

TOGETHER = 128  # questions embedded at a time: about 4 MB until they are answered


def answers_to(
    texts: Sequence[str],
    opened: Callable[[], Assistant],
    tell: Callable[[Exception], None] = print_error,
) -> Iterator[Answer]:
    """The answer to each text, in order, by an assistant that is to be `opened`.

    Where that fails: the warnings up to the first text that needs none, then the error, of which
    `tell` hears with each warning.
    """
    try:
        assistant = opened()
    except Exception as error:
        for text in texts:
            flag = triage().check(text)
            if flag is None:
                raise
            tell(error)
            yield unsearched(text, flag)
        return
    yield from ask_all(assistant, texts)


def ask_all(assistant: Assistant, texts: Sequence[str]) -> Iterator[Answer]:
    """The answer to each text, in order and as `Assistant.ask` gives it. Raises what that does.

    Questions of one length share a computation, which costs half as much as one for each.
    """
    for start in range(0, len(texts), TOGETHER):
        part = texts[start : start + TOGETHER]
        if len(part) > 1:
            _embed_ahead(assistant, part)
        yield from map(assistant.ask, part)


def _embed_ahead(assistant: Assistant, texts: Sequence[str]) -> None:
    with suppress(SearchError):  # each question will meet it again, and say so or warn
        retriever = assistant.retriever()
        vocabulary = Vocabulary(retriever.snapshot.word_counts)
        limit = assistant.settings.max_question_characters
        asked = (understand(text, (), vocabulary, limit=limit) for text in texts)
        retriever.embed_ahead([question.searched for question in asked if not question.notice])
