"""A great many questions, shared out among processes: one for each core.

Python's lock keeps one process to little more than a core. Each of these opens the model and the
library itself; of the index all use the same pages.
"""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from index.openvino_encoder import CORES
from qa.answer import Answer
from qa.open_model import open_model
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.assistant import Assistant

SHARE = 128  # questions that a process is given at a time


class _Answered(NamedTuple):
    """The answers up to the first question without one, and why it has none."""

    answers: list[Answer]
    error: Exception | None


def ask_apart(settings: Settings, texts: Sequence[str]) -> Iterator[Answer]:
    """The answer to each text, in order: what `answers_to` gives and raises."""
    pool = ProcessPoolExecutor(CORES, get_context("spawn"), _leave_interrupts)
    try:
        parts = (texts[at : at + SHARE] for at in range(0, len(texts), SHARE))
        for share in [pool.submit(_answered, settings, part) for part in parts]:
            answers, error = share.result()
            yield from answers
            if error:
                raise error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """What is typed reaches every process; the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answered(settings: Settings, texts: Sequence[str]) -> _Answered:
    from qa.ask_all import answers_to  # noqa: PLC0415  the first process only hands on

    answers: list[Answer] = []
    try:
        answers.extend(answers_to(texts, partial(_assistant, settings)))
    except Exception as error:  # noqa: BLE001  raised where the answers go
        return _Answered(answers, error)
    return _Answered(answers, None)


@cache
def _assistant(settings: Settings) -> "Assistant":
    from qa.open_assistant import open_assistant  # noqa: PLC0415  as above

    return open_assistant(settings, partial(open_model, settings))
