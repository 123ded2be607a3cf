"""What the library lacks: questions without a sure answer, grouped by what they ask.

Two questions ask alike when their vectors do, once what the whole library speaks of (the mean of
its statements' vectors) is taken away: in a library on one subject every question is near every
other by that subject alone. Groups are made by Butina's method (J. Chem. Inf. Comput. Sci. 1999,
39, 747): the question with the most others near it, and they, are a group; then the next one
among what is left. No chance is in it. Vectors are kept in memory only, and go with the words.
"""

import logging
from collections.abc import Mapping, Sequence
from threading import Event, Lock, Thread
from typing import NamedTuple

import numpy as np

from index.embedder import Vectors
from index.errors import SearchError
from qa.answer import Outcome
from qa.assistant import Assistant
from qa.ledger.figures import Time
from qa.ledger.lacking import Unanswered, last_change, unanswered
from qa.ledger.ledger import Ledger

logger = logging.getLogger(__name__)

MOST = 10_000  # questions that are grouped, the newest
SURE = 0.9  # an answer with less is no sure one
# Least cosine of two questions that ask alike. Of 622 gold questions, 33 in 100 pairs that share a
# gold sentence reach it, and 24 in 10,000 of the pairs that do not.
ALIKE = 0.55
STEP = 64  # questions embedded between two looks at who waits
PATIENCE_S = 1.0  # how long a page waits for groups before it says how far they are
_ROWS = 1000  # rows of the table of likeness made at once
UNSURE = (Outcome.NOT_IN_LIBRARY.value, Outcome.CLOSEST.value)


class Wording(NamedTuple):
    """One way of asking, as it was first written, and everybody who asked so, newest first."""

    text: str
    asked: Sequence[Unanswered]


class Group(NamedTuple):
    """Questions that ask alike; the first wording is the one that most others are near."""

    wordings: Sequence[Wording]

    @property
    def middle(self) -> str:
        """The question in the middle of the group."""
        return self.wordings[0].text

    @property
    def asked(self) -> list[Unanswered]:
        """Every time that one of them was asked, newest first."""
        found = [one for wording in self.wordings for one in wording.asked]
        return sorted(found, key=lambda one: -one.number)

    def within(self, kept: set[int]) -> "Group | None":
        """The part of it that holds these answers by number; none when that is nothing."""
        parts = [
            Wording(text, [one for one in asked if one.number in kept])
            for text, asked in self.wordings
        ]
        left = [part for part in parts if part.asked]
        return Group(left) if left else None


class Look(NamedTuple):
    """What can be shown now: the groups, the most asked first, or how far they are.

    `groups` are none while `done` of `of` questions are embedded. `problem` says what ended the
    work. `forgotten` counts the questions whose words are gone, `cut` says that there are older
    ones, which are left out.
    """

    groups: Sequence[Group] | None
    done: int
    of: int
    forgotten: int
    cut: bool
    problem: str


class Lacking:
    """The groups of one ledger, made in the background and kept until a question comes or goes."""

    def __init__(self, ledger: Ledger, assistant: Assistant) -> None:
        self._ledger, self._assistant = ledger, assistant
        self._vectors: dict[str, Vectors] = {}
        self._lock, self._ready = Lock(), Event()
        self._change: tuple[int | None, ...] = ()
        self._rows: Sequence[Unanswered] = ()
        self._wanted: Mapping[str, Wording] = {}
        self._groups: Sequence[Group] | None = None
        self._problem = ""
        self._busy = False

    def look(self, patience_s: float = PATIENCE_S) -> Look:
        """The groups as of now; waits for them at most so many seconds."""
        change = last_change(self._ledger)
        if change != self._change or self._problem:
            rows = unanswered(self._ledger, Time(), UNSURE, SURE, MOST)
            with self._lock:
                self._change, self._rows, self._wanted = change, rows, _wordings(rows)
                self._groups, self._problem = None, ""
                self._ready.clear()
        with self._lock:
            if self._groups is None and not self._busy:
                self._busy = True
                Thread(target=self._work, name="lacking", daemon=True).start()
        self._ready.wait(patience_s)
        with self._lock:
            return Look(
                groups=self._groups,
                done=sum(text in self._vectors for text in self._wanted),
                of=len(self._wanted),
                forgotten=sum(row.question is None for row in self._rows),
                cut=len(self._rows) == MOST,
                problem=self._problem,
            )

    def _work(self) -> None:
        """Group what is wanted, and again for as long as something else is wanted meanwhile."""
        while True:
            rows = self._rows
            try:
                found, problem = self._grouped(rows), ""
            except SearchError as error:
                found, problem = [], str(error)
            except Exception:
                logger.exception("questions could not be grouped")
                found, problem = [], "the questions could not be grouped; see the log"
            with self._lock:
                if rows is self._rows:
                    self._groups, self._problem = found, problem
                    self._busy = False
                    self._ready.set()
                    return

    def _grouped(self, rows: Sequence[Unanswered]) -> list[Group]:
        wordings = _wordings(rows)
        texts = sorted(wordings, key=lambda text: -len(wordings[text].asked))
        # What is asked for no longer, words that were forgotten among it, goes.
        held = {text: self._vectors[text] for text in texts if text in self._vectors}
        self._vectors = held
        new = [text for text in texts if text not in held]
        for at in range(0, len(new), STEP):
            some = new[at : at + STEP]
            vectors = self._assistant.embedder.embed([wordings[text].text for text in some])
            with self._lock:
                held.update(zip(some, vectors, strict=True))
        if not texts:
            return []
        subject = np.asarray(self._assistant.snapshot.statement_vectors, np.float32).mean(axis=0)
        vectors = np.stack([held[text] for text in texts])
        found = [
            Group([wordings[texts[at]] for at in members])
            for members in alike(vectors - subject, [len(wordings[text].asked) for text in texts])
        ]
        return sorted(found, key=lambda group: (-len(group.asked), -group.asked[0].number))


def _wordings(rows: Sequence[Unanswered]) -> Mapping[str, Wording]:
    """Questions with words, by their text without case, spaces and end marks."""
    texts: dict[str, str] = {}
    asked: dict[str, list[Unanswered]] = {}
    for row in rows:
        if row.question is not None:
            plain = " ".join(row.question.casefold().split()).rstrip("?!. ")
            texts[plain] = row.question
            asked.setdefault(plain, []).append(row)
    return {plain: Wording(texts[plain], asked[plain]) for plain in texts}


def alike(vectors: Vectors, times: Sequence[int], least: float = ALIKE) -> list[list[int]]:
    """Rows `(n, d)` in groups by their numbers, the middle of each group first.

    A row counts `times` as a neighbour. The middle is the row with the most; among equals the
    first. Every row is in one group, and no member's cosine with the middle is below `least`.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    near: list[np.ndarray[tuple[int], np.dtype[np.intp]]] = []
    for at in range(0, len(units), _ROWS):
        near += [np.flatnonzero(row >= least) for row in units[at : at + _ROWS] @ units.T]
    weights = np.asarray(times)
    crowd = np.array([weights[others].sum() for others in near])
    free = np.ones(len(units), dtype=bool)
    groups = []
    for middle in np.argsort(-crowd, kind="stable"):
        if free[middle]:
            members = [int(other) for other in near[middle] if free[other] and other != middle]
            groups.append([int(middle), *members])
            free[groups[-1]] = False
    return groups
