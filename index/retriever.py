"""A question to a ranking of passages: dense and lexical search, fused."""

from collections.abc import Container

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, Vectors
from index.hits import Hit, Ranking
from index.snapshot import Searchable
from index.words import terms

POOL = 100  # passages taken from each retriever before they are fused
DENSE_WEIGHT = 0.5


class Retriever:
    """Searches one snapshot. Asking reads only, so threads may share it."""

    def __init__(self, snapshot: Searchable, embedder: Embedder) -> None:
        self.snapshot = snapshot
        self.embedder = embedder
        versions = [row.version for row in snapshot.passages]
        self._versions, self._version_of = np.unique(versions, return_inverse=True)

    def embed(self, text: str) -> Vectors:
        """The vector of a question, shape `(dimension,)`."""
        found: Vectors = self.embedder.embed([text])[0]
        return found

    def search(self, text: str, vector: Vectors, k: int, versions: Container[str]) -> Ranking:
        """The `k` best passages of the document versions in `versions`.

        The score is convex: half the cosine, half BM25 as a share of its best in this ranking
        (Bruch, Gai and Ingber, ACM TOIS 2023, doi:10.1145/3596512).
        """
        snapshot = self.snapshot
        allowed = np.array([v in versions for v in self._versions], np.bool_)[self._version_of]
        lexical = np.where(allowed, snapshot.lexical.scores(terms(text)), np.float32(0))
        rows = self._pool(vector, lexical, allowed)
        if rows.size == 0:
            return ()
        dense = np.asarray(snapshot.vectors[rows] @ vector, dtype=np.float32)
        best = float(lexical[rows].max()) or 1.0
        fused = DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) * lexical[rows] / best
        order = np.argsort(-fused, kind="stable")[:k]
        return tuple(
            Hit(
                snapshot.passages[rows[at]].passage_id,
                int(rows[at]),
                float(fused[at]),
                float(dense[at]),
                float(lexical[rows[at]]),
            )
            for at in order
        )

    def _pool(
        self, vector: Vectors, lexical: NDArray[np.float32], allowed: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Allowed rows that either retriever finds, in snapshot order; the others fill no place."""
        nearest, _ = self.snapshot.engine.search(vector, POOL + int(np.sum(~allowed)))
        nearest = nearest[allowed[nearest]][:POOL]
        wordiest = np.argsort(-lexical, kind="stable")[:POOL]
        return np.union1d(nearest, wordiest[lexical[wordiest] > 0])
