"""Late interaction: a question's tokens against a statement's, each finding its best match.

A vector for a whole sentence blurs what its words say; the vectors of its tokens do not (MaxSim,
Khattab and Zaharia, SIGIR 2020, doi:10.1145/3397271.3401075). They come from the same encoding
as the passage's vector. One byte a number is kept, and nothing of words without meaning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.embedder import TokenRows, Vectors
from index.words import STOP_WORDS, words_at

ONE = 127  # what 1.0 is as a byte
EMPTY = 128  # bytes of a file that holds an array of nothing, which cannot be mapped


class StoredTokens(NamedTuple):
    """The tokens of one text: their codes `(t, dimension)` and where each begins in it `(t,)`."""

    codes: NDArray[np.int8]
    starts: NDArray[np.int32]


class Place(NamedTuple):
    """Characters `start` to `end` of passage `row`, its title and headings not counted."""

    row: int
    start: int
    end: int


class WeighedTokens(NamedTuple):
    """The tokens of a question, `(t, dimension)`, and how much each of them says `(t,)`."""

    vectors: Vectors
    weights: NDArray[np.float32]


def stored_tokens(text: str, rows: TokenRows) -> StoredTokens:
    """The tokens of a text as they are kept, those of stop words and marks left out."""
    held = words_at(text, rows.offsets[:, 0])
    own = np.array([word != "" and word not in STOP_WORDS for word in held], dtype=np.bool_)
    codes = np.rint(ONE * rows.vectors[own]).astype(np.int8)
    return StoredTokens(codes, rows.offsets[own, 0].astype(np.int32))


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The tokens of every passage, in order.

    Those of passage `n` are `first[n]:first[n + 1]`; the text that was embedded has `heads[n]`
    characters of title and headings before the passage's own words.
    """

    codes: NDArray[np.int8]
    starts: NDArray[np.int32]
    first: NDArray[np.int64]
    heads: NDArray[np.int32]

    @classmethod
    def of(cls, tokens: Sequence[StoredTokens], heads: Sequence[int], dimension: int) -> Self:
        """The table of passages given in the order of the snapshot."""
        none = StoredTokens(np.zeros((0, dimension), np.int8), np.zeros(0, np.int32))
        return cls(
            codes=np.concatenate([none.codes, *(row.codes for row in tokens)]),
            starts=np.concatenate([none.starts, *(row.starts for row in tokens)]),
            first=np.cumsum([0, *(len(row.starts) for row in tokens)], dtype=np.int64),
            heads=np.array(heads, dtype=np.int32),
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The table that `save` wrote, left on disk until it is needed."""

        def array(name: str) -> Any:  # noqa: ANN401  the fields name the types
            path = folder / f"{name}.npy"
            return np.load(path, mmap_mode="r" if path.stat().st_size > EMPTY else None)

        return cls(*(array(name) for name in cls.__slots__))

    def save(self, folder: Path) -> None:
        """Write the table into `folder`."""
        for name in self.__slots__:
            np.save(folder / f"{name}.npy", getattr(self, name))

    def of_passage(self, row: int) -> StoredTokens:
        """The tokens of one passage."""
        own = slice(int(self.first[row]), int(self.first[row + 1]))
        return StoredTokens(self.codes[own], self.starts[own])

    def max_sim(
        self, question: WeighedTokens, row: int, parts: Iterable[Sequence[Place]]
    ) -> list[float]:
        """For each of `parts`, how well it and the headings of passage `row` answer, -1 to 1.

        The figure is the weighted mean, over the question's tokens, of the greatest cosine with
        a token of the part.
        """
        cosines = {row: self._cosines(question, row)}
        above = self._best(row, cosines[row], -int(self.heads[row]), 0)
        found = []
        for places in parts:
            best = above
            for place in places:
                if place.row not in cosines:
                    cosines[place.row] = self._cosines(question, place.row)
                own = self._best(place.row, cosines[place.row], place.start, place.end)
                best = np.maximum(best, own)
            found.append(float(best @ question.weights))
        return found

    def _cosines(self, question: WeighedTokens, row: int) -> NDArray[np.float32]:
        """Of every token of passage `row` with every one of the question."""
        codes = self.of_passage(row).codes.astype(np.float32)
        found: NDArray[np.float32] = codes @ (question.vectors.T / np.float32(ONE))
        return found

    def _best(
        self, row: int, cosines: NDArray[np.float32], start: int, end: int
    ) -> NDArray[np.float32]:
        """The greatest cosine of each of the question's tokens in a range; -1 where it is empty."""
        head, starts = int(self.heads[row]), self.of_passage(row).starts
        first, last = np.searchsorted(starts, (head + start, head + end))
        if first >= last:
            return np.full(cosines.shape[1], -1, dtype=np.float32)
        best: NDArray[np.float32] = cosines[first:last].max(axis=0)
        return best
