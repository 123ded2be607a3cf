"""The exact engine in NumPy: the yardstick that every other engine is tested against."""

from pathlib import Path
from typing import Self

import numpy as np

from index.engines import Rows, Scores, Vectors, check_query, check_vectors


class ExactEngine:
    """Inner products with every row."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self.size, self.dimension = vectors.shape

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """An engine over `vectors`."""
        return cls(check_vectors(vectors))

    def search(self, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """The `k` nearest rows, ties in row order."""
        scores = self._vectors @ check_query(query, self.dimension)
        rows = np.argsort(-scores, kind="stable")[: max(k, 0)]
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
