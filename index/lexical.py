"""Lexical search: BM25 over stems. bm25s computes every score when a snapshot is built."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.arrays import open_array
from index.engines import Mask, Rows

K1 = 1.2  # Robertson and Zaragoza, 2009, doi:10.1561/1500000019: the usual range is 1.2 to 2
B = 0.75


class Postings(NamedTuple):
    """The scores of each term: those of term `n` and their rows lie at `starts[n]:starts[n + 1]`.

    The files have the names and the layout that bm25s gives them.
    """

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]


class LexicalIndex:
    """BM25 scores of every passage for a question's terms: sums of scores computed before."""

    def __init__(self, vocabulary: Mapping[str, int], postings: Postings, size: int) -> None:
        self._vocabulary = vocabulary
        self._postings = postings
        self.size = size

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> Self:
        """An index of passages given as their terms, in the order of the snapshot."""
        import bm25s  # noqa: PLC0415  with SciPy, which asking does not need

        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        # Numbered in sorted order, so that the same passages give the same files.
        vocabulary = {
            term: n for n, term in enumerate(sorted({t for row in passages for t in row}))
        }
        vocabulary.setdefault("", len(vocabulary))  # the place of a passage of stop words alone
        numbers = [[vocabulary[term] for term in row] or [vocabulary[""]] for row in passages]
        # bm25s divides by the number of passages: where there is none, one without words stands in.
        numbers = numbers or [[vocabulary[""]]]
        model.index((numbers, vocabulary), show_progress=False)
        return cls(
            vocabulary, Postings(*(model.scores[n] for n in Postings._fields)), len(passages)
        )

    def save(self, folder: Path) -> None:
        """Write the index into `folder`."""
        for name, array in self._postings._asdict().items():
            np.save(folder / f"{name}.csc.index.npy", array)
        for name, value in (("vocab", self._vocabulary), ("params", {"num_docs": self.size})):
            text = json.dumps(value, ensure_ascii=False)
            (folder / f"{name}.index.json").write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index that `save` wrote, its arrays left on disk until they are needed."""
        vocabulary = json.loads((folder / "vocab.index.json").read_text(encoding="utf-8"))
        size = json.loads((folder / "params.index.json").read_text(encoding="utf-8"))["num_docs"]
        files = [folder / f"{name}.csc.index.npy" for name in Postings._fields]
        return cls(
            vocabulary,
            Postings(*(open_array(path) for path in files)),
            size,
        )

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of each passage, shape `(size,)`; a term that is repeated counts once."""
        found = np.zeros(max(self.size, 1), dtype=np.float32)
        for term in dict.fromkeys(terms):
            own = self._own(term)
            np.add.at(found, self._postings.indices[own], self._postings.data[own])  # no copies
        return found[: self.size]

    def best(
        self, terms: Sequence[str], k: int, allowed: Mask | None = None
    ) -> tuple[Rows, NDArray[np.float32]]:
        """The `k` rows that score most, best first, ties in row order; none that scores nothing.

        Only rows that are true in `allowed`, shape `(size,)`, are found.
        """
        scores = self.scores(terms)
        if allowed is not None:
            scores[~allowed] = 0
        rows = np.flatnonzero(scores >= max(self._bar(scores, terms, k), np.float32(1e-30)))
        order = np.argsort(-scores[rows], kind="stable")[: max(k, 0)]
        return rows[order], scores[rows[order]]

    def _bar(self, scores: NDArray[np.float32], terms: Sequence[str], k: int) -> np.float32:
        """A score that the `k` best reach: what the `k` best reach that hold the rarest term.

        So that of a million rows only a few are sorted.
        """
        held = (self._postings.indices[self._own(term)] for term in terms)
        enough = [rows for rows in held if len(rows) >= k > 0]
        if not enough:
            return np.float32(0)
        own = scores[min(enough, key=len)]
        return np.float32(np.partition(own, -k)[-k])

    def scores_of(self, terms: Sequence[str], rows: Rows) -> NDArray[np.float32]:
        """What `scores` says of some rows, without a look at the others."""
        found = np.zeros(len(rows), dtype=np.float32)
        for term in dict.fromkeys(terms):
            own = self._own(term)
            held = self._postings.indices[own]
            if len(held):
                at = np.minimum(np.searchsorted(held, rows), len(held) - 1)
                found += np.where(held[at] == rows, self._postings.data[own][at], np.float32(0))
        return found

    def _own(self, term: str) -> slice:
        """Where the postings of a term lie; nowhere when no passage holds it."""
        number = self._vocabulary.get(term)
        if number is None:
            return slice(0, 0)
        return slice(*self._postings.indptr[number : number + 2].tolist())

    def by_row(self) -> Iterator[tuple[int, dict[int, float]]]:
        """For each row that holds terms, its score for the number of each."""
        starts, rows = self._postings.indptr, self._postings.indices
        terms = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        order = np.argsort(rows, kind="stable")
        order = order[self._postings.data[order] > 0]
        cuts = np.flatnonzero(np.diff(rows[order])) + 1
        for own in np.split(order, cuts):
            if len(own):
                scores = self._postings.data[own].tolist()
                yield int(rows[own[0]]), dict(zip(terms[own].tolist(), scores, strict=True))

    def number(self, term: str) -> int:
        """The number of `term`; -1 when no passage holds it."""
        return self._vocabulary.get(term, -1)

    def numbers(self, terms: Iterable[str]) -> list[int]:
        """The numbers of those of `terms` that any passage holds, each once, in order."""
        return sorted({self.number(term) for term in terms} - {-1})

    def knows(self, term: str) -> bool:
        """Whether any passage holds `term`."""
        return term in self._vocabulary

    def rarity(self, term: str) -> float:
        """How much it says that a passage holds `term`: near 0 when all do, 1 when none does.

        Inverse document frequency, smoothed by half a passage, as a share of its greatest value.
        """
        most = math.log((self.size + 1) / 0.5)
        return math.log((self.size + 1) / (self._document_frequency(term) + 0.5)) / most

    def _document_frequency(self, term: str) -> int:
        own = self._own(term)
        return int(own.stop - own.start)
