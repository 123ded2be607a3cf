"""One index at a time, built in the background while questions are answered from the last one.

How far it is lies in a file, so that any page can tell and a stop of the server is noticed: the
file says that somebody works and nobody holds the lock.
"""

import errno
import fcntl
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread

from index.build import build
from index.embedder import Embedder
from index.errors import NoSnapshot, SearchError
from index.snapshot import Manifest, SnapshotStore
from sources.errors import SourceError
from sources.library import Library
from sources.review import coming, take_their_place

logger = logging.getLogger(__name__)

TRIES = 10  # to be the only one, 50 ms apart
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Phase(StrEnum):
    """Where the work on an index is."""

    NEVER = "never"  # nobody has asked for one on these pages
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    BROKEN_OFF = "broken off"  # the server was stopped in the middle


@dataclass(frozen=True, slots=True)
class Work:
    """How far the last work on an index is. Times are UTC, ISO 8601.

    `done` of `of` steps of `doing` are done. `problem` says what went wrong and what to do.
    """

    phase: Phase = Phase.NEVER
    who: str = ""
    began: str = ""
    ended: str = ""
    doing: str = ""
    done: int = 0
    of: int = 0
    passages: int = 0
    problem: str = ""


class _Stopped(Exception):
    """The server stops; what was built so far is thrown away."""


class Indexing:
    """The work on the index of one home. Pages ask for it; a thread does it."""

    def __init__(self, library: Library, embedder: Embedder, engine_name: str) -> None:
        self._library, self._embedder, self._engine_name = library, embedder, engine_name
        self._state = library.home / "indexing.json"
        self._lock_file = library.home / "indexing.lock"
        self._starting = Lock()
        self._thread: Thread | None = None
        self._again = Event()
        self._stop = Event()

    def ask(self, who: str) -> None:
        """Have an index built of all that may be quoted and of the versions that were released.

        While one is being built another follows it: it may have begun before the last decision.
        """
        with self._starting:
            self._again.set()
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._work, args=(who,), name="indexing", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop after the step in hand."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def work(self) -> Work:
        """How far it is, whoever does it."""
        try:
            values = json.loads(self._state.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Work()
        known = Work(**{**values, "phase": Phase(values["phase"])})
        if known.phase is Phase.WORKING and not self._somebody_works():
            return replace(known, phase=Phase.BROKEN_OFF)
        return known

    @property
    def behind(self) -> bool:
        """Whether the index lacks something that may be quoted, or holds a version too old."""
        try:
            folder = SnapshotStore(self._library.home).current_folder()
            held = Manifest.read(folder / "manifest.json").documents
        except (NoSnapshot, SearchError):
            return True
        wanted = {entry.doc_id: entry.version for entry in self._library.quotable().values()}
        return bool(wanted.items() - held.items()) or bool(coming(self._library))

    def _somebody_works(self) -> bool:
        with self._lock_file.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
        return False

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the lock; whether nobody else does."""
        with self._lock_file.open("w") as file:
            for _ in range(TRIES):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    self._stop.wait(0.05)  # somebody may only be looking
                    continue
                yield True
                return
            yield False

    def _work(self, who: str) -> None:
        while self._asked():
            with self._alone() as alone:
                if alone:  # else another process builds for this home, and tells how far it is
                    self._once(Work(Phase.WORKING, who, _now()))

    def _asked(self) -> bool:
        """Whether there is more to do; when there is not, the next one to ask starts a thread."""
        with self._starting:
            more = self._again.is_set() and not self._stop.is_set()
            self._again.clear()
            if not more:
                self._thread = None
            return more

    def _once(self, work: Work) -> None:
        """Build and switch; what was built until it failed is thrown away, and that is told."""
        last = [work]

        def seen(doing: str, done: int, of: int) -> None:
            if self._stop.is_set():
                raise _Stopped
            last[0] = replace(work, doing=doing, done=done, of=of)
            self._tell(last[0])

        try:
            self._tell(work)
            passages = self._build(seen)
            ended = replace(last[0], phase=Phase.DONE, ended=_now(), passages=passages)
        except _Stopped:
            return  # the file still says that it works: at the next start it is broken off
        except Exception as error:
            ended = replace(
                last[0], phase=Phase.FAILED, ended=_now(), problem=problem_in_words(error)
            )
            logger.exception("the index was not built")
        self._tell(ended)

    def _build(self, seen: Callable[[str, int, int], None]) -> int:
        released = coming(self._library)
        made = build(self._library, self._embedder, seen, self._engine_name, coming=released)
        take_their_place(self._library, released)
        return made.passages

    def _tell(self, work: Work) -> None:
        """Write how far it is, whole or not at all. A full disk does not stop the work by this."""
        aside: Path = self._state.with_suffix(".new")
        try:
            aside.write_text(json.dumps(asdict(work)), encoding="utf-8")
            aside.replace(self._state)
        except OSError as error:
            logger.warning("the progress of the index cannot be written: %s", error)


def problem_in_words(error: Exception) -> str:
    """What went wrong with an index or an upload, and what to do."""
    if is_full(error):
        return (
            "the disk is full. Nothing was changed, and the last index goes on serving. Make room "
            "and try again"
        )
    if isinstance(error, SearchError | SourceError):
        return str(error)
    return (
        f"something went wrong that should not ({type(error).__name__}). Nothing was changed. Try "
        "again, and show the program's log to whoever runs it"
    )


def is_full(error: BaseException | None) -> bool:
    """Whether an error comes from a disk without space, however it is wrapped."""
    if error is None:
        return False
    full = isinstance(error, OSError) and error.errno in FULL
    return full or "disk is full" in str(error) or is_full(error.__cause__)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
