"""The two sides of a comparison, each working in a process of its own: the program and the floor.

In one process their thread pools would fight, and a fast side would be blamed for a slow one.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from evals.bench.processes import peak_megabytes
from index.conversion import open_embedder
from index.embedder import Vectors
from index.engines import AUTO, engine, engine_for
from index.lexical import LexicalIndex
from index.words import terms
from qa.assistant import Assistant
from qa.settings import Settings
from qa.stages import Stages
from sources.library import Library


class Side(Protocol):
    """What both sides can do."""

    def ingest(self, texts: Sequence[str]) -> object:
        """Embed and index `texts` by vectors and by words."""
        ...

    def search(self, question: str) -> object:
        """Rank what is indexed."""
        ...


class Program:
    """The program over an indexed home."""

    def __init__(self, home: Path) -> None:
        settings = Settings(home=home)
        embedder = open_embedder(settings.model, settings.models)
        self.assistant = Assistant(settings, Library(home), embedder)

    def ingest(self, texts: Sequence[str]) -> object:
        """Embed and index `texts`, without the statements that the floor does not have."""
        vectors: Vectors = self.assistant.embedder.embed(texts)
        nearest = engine(engine_for(AUTO, len(texts))).build(vectors)
        return nearest, LexicalIndex.build([terms(t) for t in texts])

    def search(self, question: str) -> object:
        """Rank passages."""
        retriever, quotable = self.assistant.retriever(), self.assistant.library.quotable()
        return retriever.search(question, retriever.embed(question), 10, quotable)

    def answer(self, question: str) -> object:
        """The whole answer, with evidence and gate."""
        return self.assistant.ask(question)

    def stages(self, question: str) -> Stages:
        """Where the time of an answer goes."""
        _, workings = self.assistant.ask_with_workings(question)
        return workings.stages if workings else {}

    def megabytes(self, _given: object) -> float:
        """The most memory that this process has held."""
        return peak_megabytes()


class Worker:
    """A process that holds one side and tells how long each piece of its work took."""

    def __init__(self, made: Callable[[Path], Side], folder: Path) -> None:
        self._pool = ProcessPoolExecutor(
            1, get_context("spawn"), initializer=_hold, initargs=(made, folder)
        )

    def seconds(self, work: str, given: object = None) -> float:
        """How long the side took for its method `work`."""
        return self._pool.submit(_timed, work, given).result()[0]

    def result(self, work: str, given: object = None) -> Any:  # noqa: ANN401  as its method says
        """What the method `work` of the side gives."""
        return self._pool.submit(_timed, work, given).result()[1]

    def __enter__(self) -> "Worker":
        """Nothing to do: the process is there."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()


_held: list[Side] = []


def _hold(made: Callable[[Path], Side], folder: Path) -> None:
    _held.append(made(folder))


def _timed(work: str, given: object) -> tuple[float, object]:
    began = time.perf_counter()
    found = getattr(_held[0], work)(given)
    return time.perf_counter() - began, found if isinstance(found, float | dict) else None


def in_turn(
    ours: Worker, floor: Worker, work: str, given: Sequence[object]
) -> list[tuple[float, float]]:
    """Seconds of both sides for each thing given, one after the other; the first is for warmth."""
    pairs = [(ours.seconds(work, one), floor.seconds(work, one)) for one in [given[0], *given]]
    return pairs[1:]
