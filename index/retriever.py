"""A question to a ranking of passages: dense and lexical search, fused.

A passage is as near to a question as its own words, or as the nearest of the wordings in which
people ask for its section.
"""

from collections.abc import Container
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, TokenRows, Vectors
from index.hits import Hit, Ranking
from index.snapshot import Searchable
from index.words import terms

POOL = 100  # passages taken from each retriever before they are fused
DENSE_WEIGHT = 0.55


class QuestionVectors(NamedTuple):
    """A question as vectors: of the whole, `(dimension,)`, and of its tokens."""

    whole: Vectors
    tokens: TokenRows


class Retriever:
    """Searches one snapshot. Asking reads only, so threads may share it."""

    def __init__(self, snapshot: Searchable, embedder: Embedder) -> None:
        self.snapshot = snapshot
        self.embedder = embedder
        asked = [(n, p.asked_first) for n, p in enumerate(snapshot.passages) if p.asks]
        self._with_wordings, self._first_wording = np.array(asked, dtype=np.int64).reshape(-1, 2).T
        self._lengths = [len(rows) for rows in snapshot.rows_of.values()]

    def embed(self, text: str) -> QuestionVectors:
        """The vectors of a question, computed once for everything that needs them."""
        vectors, (tokens,) = self.embedder.embed_tokens([text])
        return QuestionVectors(vectors[0], tokens)

    def search(self, text: str, vector: Vectors, k: int, versions: Container[str]) -> Ranking:
        """The `k` best passages of the document versions in `versions`.

        The score is convex: nearness, and BM25 as a share of its best in this ranking
        (Bruch, Gai and Ingber, ACM TOIS 2023, doi:10.1145/3596512).
        """
        snapshot = self.snapshot
        known = np.array([version in versions for version in snapshot.rows_of], dtype=np.bool_)
        allowed = np.repeat(known, self._lengths)
        lexical = np.where(allowed, snapshot.lexical.scores(terms(text)), np.float32(0))
        asked = self._asked(vector)
        rows = self._pool(vector, asked, lexical, allowed)
        if rows.size == 0:
            return ()
        dense = np.asarray(snapshot.vectors[rows] @ vector, dtype=np.float32)
        near = np.maximum(dense, asked[rows])
        best = float(lexical[rows].max()) or 1.0
        fused = DENSE_WEIGHT * near + (1 - DENSE_WEIGHT) * lexical[rows] / best
        order = np.argsort(-fused, kind="stable")[:k]
        return tuple(
            Hit(
                snapshot.passages[rows[at]].passage_id,
                int(rows[at]),
                float(fused[at]),
                float(dense[at]),
                float(near[at]),
                float(lexical[rows[at]]),
            )
            for at in order
        )

    def _asked(self, vector: Vectors) -> NDArray[np.float32]:
        """For each passage the greatest cosine with a wording; -1 for one that has none."""
        found = np.full(len(self.snapshot.passages), -1, dtype=np.float32)
        if self._with_wordings.size:
            cosines = self.snapshot.asked_vectors @ vector
            found[self._with_wordings] = np.maximum.reduceat(cosines, self._first_wording)
        return found

    def _pool(
        self,
        vector: Vectors,
        asked: NDArray[np.float32],
        lexical: NDArray[np.float32],
        allowed: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Allowed rows that one of the searches finds, in snapshot order."""
        nearest, _ = self.snapshot.engine.search(vector, POOL + int(np.sum(~allowed)))
        nearest = nearest[allowed[nearest]][:POOL]
        asked = np.where(allowed, asked, np.float32(-1))
        return np.unique(np.concatenate([nearest, greatest(lexical, POOL), greatest(asked, POOL)]))


def greatest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The rows of the `k` greatest scores above 0, in no order; of equal ones the first."""
    rows = np.flatnonzero(scores > 0)
    if rows.size <= k:
        return rows
    least = np.partition(scores[rows], -k)[-k]
    above, equal = rows[scores[rows] > least], rows[scores[rows] == least]
    return np.concatenate([above, equal[: k - above.size]])
