"""Many questions in a row: while some are answered, the next ones are embedded together."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from index.errors import SearchError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.question import Vocabulary, understand

TOGETHER = 256  # questions embedded at a time: about 7 MB until they are answered


def ask_all(assistant: Assistant, texts: Sequence[str]) -> Iterator[Answer]:
    """The answer to each text, in order and as `Assistant.ask` gives it. Raises what that does.

    Embedding leaves Python's lock to answering, so that the two take a core each; questions of
    one length share a computation, which costs half as much as one for each.
    """
    with ThreadPoolExecutor(1) as beside:
        ahead = beside.submit(_embed_ahead, assistant, texts[:TOGETHER])
        for start in range(0, len(texts), TOGETHER):
            part, after = (texts[at : at + TOGETHER] for at in (start, start + TOGETHER))
            ahead.result()
            ahead = beside.submit(_embed_ahead, assistant, after)
            yield from map(assistant.ask, part)


def _embed_ahead(assistant: Assistant, texts: Sequence[str]) -> None:
    with suppress(SearchError):  # each question will meet it again, and say so or warn
        retriever = assistant.retriever()
        vocabulary = Vocabulary(retriever.snapshot.word_counts)
        limit = assistant.settings.max_question_characters
        asked = (understand(text, (), vocabulary, limit=limit) for text in texts)
        retriever.embed_ahead([question.searched for question in asked if not question.notice])
