"""Rows in lists around centres: how many lists, and when enough of them were looked into."""

import math
from collections.abc import Callable

import numpy as np

from index.engines import Engine, Rows, Scores, Vectors
from index.engines.recall import ENOUGH, recall

LEAST = 39  # rows a list; FAISS warns below that
FIRST_PROBES = 8  # lists looked into at first
SETTLED = 20  # best rows that must stay when more lists are looked into
TUNING = 100  # vectors that the number of lists is found with


def lists_for(size: int) -> int:
    """How many lists `size` rows are put in: a power of two near 4 √n."""
    near = 1 << round(math.log2(4 * math.sqrt(max(size, 1))))
    return max(min(near, size // LEAST), 1)


def tune(
    engine: Engine, probe: Callable[[int], None], lists: int, rows: Vectors, like: Vectors | None
) -> None:
    """Double the number of lists that `engine` looks into until its recall is `ENOUGH`.

    `probe` sets that number. `like` are vectors such as will be searched for; else some rows are.
    """
    sample = (rows[:: max(len(rows) // TUNING, 1)] if like is None else like)[:TUNING]
    probes = min(FIRST_PROBES, lists)
    probe(probes)
    while probes < lists and recall(engine, rows, sample) < ENOUGH:
        probes = min(2 * probes, lists)
        probe(probes)


def settle(
    look: Callable[[int], tuple[Rows, Scores]], probes: int, lists: int, wanted: int, share: float
) -> tuple[Rows, Scores]:
    """The `wanted` rows that `look` finds in so many lists as are needed.

    `share` of all rows may be found. Where it is below 1, those can lie in far lists: twice as many
    are looked into until that changes nothing among the best.
    """
    probes, before = min(math.ceil(probes / share), lists), np.zeros(0, np.int64)
    while True:
        rows, scores = look(probes)
        best = np.sort(rows[:SETTLED])
        enough = len(rows) == wanted and (share == 1 or np.array_equal(best, before))
        if enough or probes == lists:
            return rows, scores
        probes, before = min(2 * probes, lists), best
