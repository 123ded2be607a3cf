"""Answers printed on a terminal, as text or JSON."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

from index.embedder import Embedder
from qa.answer import Answer
from qa.answer_json import answer_to_json
from qa.answer_text import answer_as_text
from qa.ask_all import ask_all
from qa.assistant import Assistant
from qa.first_look import unsearched
from qa.open_library import open_library
from qa.settings import Settings
from qa.terminal import print_json, rows_in
from qa.triage.check import triage


def print_answers(
    settings: Settings, chosen: argparse.Namespace, model: Callable[[], Embedder]
) -> int:
    """Print the answer to one question, or to each of a row; `model` waits until it is ready."""
    rows = [{"q": chosen.question}] if chosen.batch is None else rows_in(chosen.batch, ("q",))
    texts = [row["q"] for row in rows]
    end = "\n" if chosen.batch is None else "\n\n"
    for answer in _answers(settings, texts, model):
        if chosen.json:
            print_json(answer_to_json(answer))
        else:
            print(answer_as_text(answer, settings), end=end)
    return 0


def _answers(
    settings: Settings, texts: Sequence[str], model: Callable[[], Embedder]
) -> Iterator[Answer]:
    """An answer each. Without model or index, the warnings up to the first text without one."""
    try:
        assistant = _open_assistant(settings, model)
    except Exception as error:
        for text in texts:
            flag = triage().check(text)
            if flag is None:
                raise
            print(f"quotewell: {error}", file=sys.stderr)
            yield unsearched(text, flag)
        return
    yield from ask_all(assistant, texts)


def _open_assistant(settings: Settings, model: Callable[[], Embedder]) -> Assistant:
    triage().check(".")  # reads the rules
    library = open_library(settings)
    assistant = Assistant(settings, library, model())
    assistant.retriever().embed("")  # loading the model is not part of the first question's time
    return assistant
