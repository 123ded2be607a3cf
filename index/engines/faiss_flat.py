"""FAISS flat inner product: exact, and fast to some hundred thousand passages."""

from pathlib import Path
from typing import Self

import faiss
import numpy as np

from index.engines import Rows, Scores, Vectors, check_query, check_vectors


class FaissFlatEngine:
    """A `faiss.IndexFlatIP`."""

    def __init__(self, flat: faiss.Index) -> None:
        self._flat = flat
        self.size, self.dimension = flat.ntotal, flat.d

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """An engine over `vectors`."""
        rows = check_vectors(vectors)
        flat = faiss.IndexFlatIP(rows.shape[1])
        flat.add(rows)
        return cls(flat)

    def search(self, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """The `k` nearest rows. FAISS pads with -1 beyond what there is; we do not."""
        row = check_query(query, self.dimension)
        wanted = min(max(k, 0), self.size)
        if wanted == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        scores, rows = self._flat.search(row[None, :], wanted)
        return rows[0], scores[0]

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format."""
        faiss.write_index(self._flat, str(path))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(faiss.read_index(str(path)))
