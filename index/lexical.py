"""Lexical search: BM25 over stems, by bm25s."""

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

K1 = 1.2  # Robertson and Zaragoza, 2009, doi:10.1561/1500000019: the usual range is 1.2 to 2
B = 0.75


class LexicalIndex:
    """BM25 scores of every passage for a question's terms."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self.size = size

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> "LexicalIndex":
        """An index of passages given as their terms, in the order of the snapshot."""
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
        return cls(model, len(passages))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`."""
        self._model.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """The index that `save` wrote, its arrays left on disk until they are needed."""
        model = bm25s.BM25.load(folder, mmap=True, load_corpus=False, show_progress=False)
        return cls(model, int(model.scores["num_docs"]))

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of each passage, shape `(size,)`; a term that is repeated counts once."""
        known = [term for term in dict.fromkeys(terms) if self.knows(term)]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)[: self.size]

    def knows(self, term: str) -> bool:
        """Whether any passage holds `term`."""
        return term in self._model.vocab_dict

    def rarity(self, term: str) -> float:
        """How much it says that a passage holds `term`: near 0 when all do, 1 when none does.

        Inverse document frequency, smoothed by half a passage, as a share of its greatest value.
        """
        most = math.log((self.size + 1) / 0.5)
        return math.log((self.size + 1) / (self._document_frequency(term) + 0.5)) / most

    def _document_frequency(self, term: str) -> int:
        number = self._model.vocab_dict.get(term)
        if number is None:
            return 0
        starts = self._model.scores["indptr"]
        return int(starts[number + 1] - starts[number])
