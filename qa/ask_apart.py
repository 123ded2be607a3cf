"""A great many questions, shared out among a few processes.

Python's lock keeps one process to little more than a core. Each of these opens the model and the
library itself; of the index all use the same pages.
"""

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from index.errors import SearchError
from index.openvino_encoder import CORES
from qa.answer import Answer
from qa.open_model import open_model
from qa.settings import Settings
from qa.terminal import print_error
from sources.errors import SourceError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from qa.assistant import Assistant

MOST = 4  # processes, each of which holds the model
SHARE = 128  # questions that a process is given at a time; `ask_all` embeds as many together
AHEAD = 2  # shares for each process that are given out before the first is wanted


class _Answered(NamedTuple):
    """The answers up to the first question without one, what was told meanwhile, and the error."""

    answers: list[Answer]
    told: list[Exception]
    error: Exception | None


def ask_apart(settings: Settings, texts: Sequence[str]) -> Iterator[Answer]:
    """The answer to each text, in order: what `answers_to` gives and raises.

    Raises a `SearchError` when the system ends one of the processes.
    """
    parts = deque(texts[at : at + SHARE] for at in range(0, len(texts), SHARE))
    processes = min(CORES, MOST, len(parts))
    spawn = get_context("spawn")
    stop = spawn.Event()
    given: deque[Future[_Answered]] = deque()
    with ProcessPoolExecutor(processes, spawn, _begin, (stop,)) as pool:
        try:
            while parts or given:
                while parts and len(given) < AHEAD * processes:
                    with _interrupts_left_to_this_process():
                        given.append(pool.submit(_answered, settings, parts.popleft()))
                yield from _told(given.popleft().result())
        except BrokenProcessPool as error:
            raise SearchError(
                "the system ended a process that was answering, perhaps for want of memory; "
                "ask fewer questions at a time"
            ) from error
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _told(share: _Answered) -> Iterator[Answer]:
    for error in share.told:
        print_error(error)
    yield from share.answers
    if share.error:
        raise share.error


@contextmanager
def _interrupts_left_to_this_process() -> Iterator[None]:
    """What is typed reaches every process; those that begin meanwhile take no notice of it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_stop: list["Event"] = []  # that of the first process, in each of the others


def _begin(stop: "Event") -> None:
    """What each process does first: it learns when to stop, and ends with the one that began it."""
    _stop.append(stop)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = parent_process()
    if first is not None:
        connection.wait([first.sentinel])
        os._exit(1)


def _answered(settings: Settings, texts: Sequence[str]) -> _Answered:
    from qa.ask_all import answers_to  # noqa: PLC0415  the first process only hands on

    found = _Answered([], [], None)
    answers = answers_to(texts, partial(_assistant, settings), found.told.append)
    try:
        while not _stop[0].is_set() and (answer := next(answers, None)) is not None:
            found.answers.append(answer)
    except (SearchError, SourceError) as error:
        return found._replace(error=error)
    return found


@cache
def _assistant(settings: Settings) -> "Assistant":
    from qa.open_assistant import open_assistant  # noqa: PLC0415  as above

    return open_assistant(settings, partial(open_model, settings))
