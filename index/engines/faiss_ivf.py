"""FAISS inverted lists, one byte a number: approximate, for many passages.

Rows lie in lists around centres (k-means); a search looks only into the `probes` lists whose
centres are nearest. Rows are kept as bytes, so scores err by some thousandths; who needs the
order exactly compares the rows that were found by their own vectors.
"""

from pathlib import Path
from typing import Self, cast

import faiss
import numpy as np

from index.engines import (
    Mask,
    Rows,
    Scores,
    Vectors,
    check_allowed,
    check_query,
    check_vectors,
    nothing,
)
from index.engines.faiss_flat import parameters, selector, write
from index.engines.lists import lists_for, settle, tune

LEARNED_FROM = 64  # rows a list that k-means sees
ROUNDS = 10  # of k-means; 25, as FAISS has it, gave the same recall


class FaissIvfEngine:
    """A `faiss.IndexIVFScalarQuantizer`; its file holds the number of lists looked into, too."""

    def __init__(self, lists: faiss.IndexIVF) -> None:
        self._lists = lists
        self.size, self.dimension = lists.ntotal, lists.d

    @property
    def lists(self) -> int:
        """How many lists there are."""
        return int(self._lists.nlist)

    @property
    def probes(self) -> int:
        """How many of them a search looks into when every row may be found."""
        return int(self._lists.nprobe)

    @classmethod
    def build(cls, vectors: Vectors, like: Vectors | None = None) -> Self:
        """An engine over `vectors`, the number of lists looked into found with `like`."""
        rows = check_vectors(vectors)
        size, dimension = rows.shape
        lists = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            lists_for(size),
            faiss.ScalarQuantizer.QT_8bit_uniform,
            faiss.METRIC_INNER_PRODUCT,
        )
        lists.cp.niter, lists.cp.max_points_per_centroid = ROUNDS, LEARNED_FROM
        if size:
            step = max(size // (LEARNED_FROM * lists.nlist), 1)
            lists.train(np.ascontiguousarray(rows[::step]))
            lists.add(rows)
        made = cls(lists)
        tune(made, made._probe, made.lists, rows, like)
        return made

    def _probe(self, probes: int) -> None:
        self._lists.nprobe = probes

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """About the `k` nearest rows; more lists are looked into where some may not be found."""
        row = check_query(query, self.dimension)
        among = check_allowed(allowed, self.size)
        wanted = min(max(k, 0), among)
        if wanted == 0:
            return nothing()
        chosen = selector(allowed)

        def look(probes: int) -> tuple[Rows, Scores]:
            asked = parameters(faiss.SearchParametersIVF, sel=chosen, nprobe=probes)
            scores, rows = self._lists.search(row[None, :], wanted, params=asked)
            found = rows[0] >= 0
            return rows[0][found], scores[0][found]

        return settle(look, self.probes, self.lists, wanted, among / self.size)

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format."""
        write(self._lists, path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(cast("faiss.IndexIVF", faiss.read_index(str(path))))
