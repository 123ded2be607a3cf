"""FAISS inverted lists, one byte a number: approximate, for many passages.

Rows lie in lists around centres (k-means); a search looks only into the `probes` lists whose
centres are nearest. Rows are kept as bytes, so scores err by some thousandths; who needs the
order exactly compares the rows that were found by their own vectors.
"""

import math
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
from index.engines.recall import ENOUGH, recall

LIST_LEAST = 39  # rows a list; FAISS warns below that
LEARNED_FROM = 64  # rows a list that k-means sees
ROUNDS = 10  # of k-means; 25, as FAISS has it, gave the same recall
PROBES = 8  # lists looked into at first
SETTLED = 20  # best rows that must stay when more lists are looked into
TUNING = 100  # vectors that the number of lists is found with


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
        """An engine over `vectors`, about 2 √n lists, probes doubled until recall is enough."""
        rows = check_vectors(vectors)
        size, dimension = rows.shape
        count = 2 ** round(math.log2(2 * math.sqrt(max(size, 1))))
        count = max(min(count, size // LIST_LEAST), 1)
        lists = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            count,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        lists.cp.niter, lists.cp.max_points_per_centroid = ROUNDS, LEARNED_FROM
        if size:
            step = max(size // (LEARNED_FROM * count), 1)
            lists.train(np.ascontiguousarray(rows[::step]))
            lists.add(rows)
        made = cls(lists)
        made._tune(rows, rows[:: max(size // TUNING, 1)] if like is None else like)
        return made

    def _tune(self, rows: Vectors, like: Vectors) -> None:
        self._lists.nprobe = min(PROBES, self.lists)
        while self.probes < self.lists and recall(self, rows, like[:TUNING]) < ENOUGH:
            self._lists.nprobe = min(2 * self.probes, self.lists)

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """About the `k` nearest rows.

        Where some rows may not be found, those that may can lie in far lists: twice as many lists
        are looked into until that changes nothing among the best.
        """
        row = check_query(query, self.dimension)
        among = check_allowed(allowed, self.size)
        wanted = min(max(k, 0), among)
        if wanted == 0:
            return nothing()
        chosen, before = selector(allowed), set[int]()
        probes = min(math.ceil(self.probes * self.size / among), self.lists)
        while True:
            asked = parameters(faiss.SearchParametersIVF, sel=chosen, nprobe=probes)
            scores, rows = self._lists.search(row[None, :], wanted, params=asked)
            best = set(rows[0, :SETTLED].tolist())
            settled = rows[0, -1] >= 0 and (among == self.size or best == before)
            if settled or probes == self.lists:
                return rows[0], scores[0]
            probes, before = min(2 * probes, self.lists), best

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format."""
        write(self._lists, path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(cast("faiss.IndexIVF", faiss.read_index(str(path))))
