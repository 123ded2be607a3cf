"""How much of what the exact engine finds an engine finds: its recall, measured on a sample."""

import numpy as np
from numpy.typing import NDArray

from index.engines import POOL, Engine, Mask, Vectors

AT = 10  # the best rows that count
ENOUGH = 0.99  # recall that an approximate engine is tuned to
SAMPLE = 200  # vectors searched for to measure it
BLOCK = 65_536  # rows compared at a time, which bounds the memory
SAME = 1e-6  # a row this near to the last that counts is as good


def recall(engine: Engine, vectors: Vectors, sample: Vectors, allowed: Mask | None = None) -> float:
    """Recall@10 of `engine` over `vectors` `(n, d)` on `sample` `(m, d)`, 0 to 1; 1 without any.

    As the engine is used: `POOL` rows are taken and compared by their own vectors. A row counts
    when it is as near as the tenth that exact search finds.
    """
    among = len(vectors) if allowed is None else int(np.count_nonzero(allowed))
    if not among or not len(sample):
        return 1.0
    bars = _last_that_counts(vectors, sample, allowed) - SAME
    found = 0
    for query, bar in zip(sample, bars, strict=True):
        rows, _ = engine.search(query, POOL, allowed)
        found += min(int(np.sum(vectors[rows] @ query >= bar)), AT)
    return found / (len(sample) * min(AT, among))


def _last_that_counts(
    vectors: Vectors, sample: Vectors, allowed: Mask | None
) -> NDArray[np.float32]:
    """For each of `sample` the score of the row that comes tenth, or last where there are fewer."""
    best = np.zeros((len(sample), 0), dtype=np.float32)
    for first in range(0, len(vectors), BLOCK):
        rows = vectors[first : first + BLOCK]
        scores = sample @ (rows if allowed is None else rows[allowed[first : first + BLOCK]]).T
        best = np.concatenate([best, _greatest(scores)], axis=1)
        best = _greatest(best)
    worst: NDArray[np.float32] = best.min(axis=1)
    return worst


def _greatest(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The `AT` greatest of each row, in no order."""
    if scores.shape[1] <= AT:
        return scores
    return np.partition(scores, -AT, axis=1)[:, -AT:]
