"""Where an answer's time goes: its stages, timed for who listens and free when nobody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from types import TracebackType

Stages = dict[str, float]
"""Milliseconds by stage, in the order in which they were first entered."""

_heard: ContextVar[Stages | None] = ContextVar("stages", default=None)


@contextmanager
def heard() -> Iterator[Stages]:
    """What the stages take that are gone through inside; other threads are not heard."""
    stages: Stages = {}
    token = _heard.set(stages)
    try:
        yield stages
    finally:
        _heard.reset(token)


class stage:  # noqa: N801  read as a word: `with stage("search"):`
    """A stage of an answer. One that is gone through twice is added up."""

    __slots__ = ("_began", "_name", "_stages")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Look at the clock if anybody listens."""
        self._stages = _heard.get()
        if self._stages is not None:
            self._began = perf_counter()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Tell how long it took."""
        if self._stages is not None:
            took = 1000 * (perf_counter() - self._began)
            self._stages[self._name] = self._stages.get(self._name, 0.0) + took
