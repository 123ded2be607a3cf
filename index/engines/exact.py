"""The exact engine in NumPy: the yardstick that every other engine is tested against."""

from pathlib import Path
from typing import Self

import numpy as np

from index.engines import Mask, Rows, Scores, Vectors, check_allowed, check_query, check_vectors


class ExactEngine:
    """Inner products with every row."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self.size, self.dimension = vectors.shape

    @classmethod
    def build(cls, vectors: Vectors, like: Vectors | None = None) -> Self:
        """An engine over `vectors`."""
        return cls(check_vectors(vectors))

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The `k` nearest rows, ties in row order."""
        wanted = min(max(k, 0), check_allowed(allowed, self.size))
        scores = self._vectors @ check_query(query, self.dimension)
        if allowed is not None:
            scores[~allowed] = -np.inf
        rows = np.argsort(-scores, kind="stable")[:wanted]
        return rows.astype(np.int64), scores[rows]

    def save(self, path: Path) -> None:
        """Write the rows."""
        with path.open("wb") as file:
            np.save(file, self._vectors)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the rows."""
        with path.open("rb") as file:
            return cls(np.load(file))
