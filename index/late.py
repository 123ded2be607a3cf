"""Late interaction: a question's tokens against a text's, each finding its best match.

A vector for a whole sentence blurs what its words say; the vectors of its tokens do not (MaxSim,
Khattab and Zaharia, SIGIR 2020, doi:10.1145/3397271.3401075). They come from the same encoding
as the passage's vector. One byte a number is kept, and nothing of words without meaning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.arrays import ArrayTable, rows_in
from index.embedder import TokenRows, Vectors
from index.words import STOP_WORDS, words_at

ONE = 127  # what 1.0 is as a byte
LEAST = 0.15  # what a token of a word without meaning of its own weighs beside 1


class StoredTokens(NamedTuple):
    """The tokens of one text: their codes `(t, dimension)` and where each begins in it `(t,)`."""

    codes: NDArray[np.int8]
    starts: NDArray[np.int32]


class WeighedTokens(NamedTuple):
    """The tokens of a question, `(t, dimension)`, and how much each of them says `(t,)`."""

    vectors: Vectors
    weights: NDArray[np.float32]


def weighed_tokens(text: str, rows: TokenRows, says: Callable[[str], float]) -> WeighedTokens:
    """The tokens of a question, each weighing as much as its word `says`, 0 to 1, in all 1."""
    held = words_at(text, rows.offsets[:, 0])
    own = [LEAST if not word or word in STOP_WORDS else says(word) for word in held]
    weights = np.maximum(np.array(own, dtype=np.float32), np.float32(LEAST))
    return WeighedTokens(rows.vectors, weights / weights.sum())


def stored_tokens(text: str, rows: TokenRows) -> StoredTokens:
    """The tokens of a text as they are kept, those of stop words and marks left out."""
    held = words_at(text, rows.offsets[:, 0])
    own = np.array([word != "" and word not in STOP_WORDS for word in held], dtype=np.bool_)
    codes = np.rint(ONE * rows.vectors[own]).astype(np.int8)
    return StoredTokens(codes, rows.offsets[own, 0].astype(np.int32))


@dataclass(frozen=True, slots=True)
class TokenTable(ArrayTable):
    """The tokens of every passage, in order.

    Those of passage `n` are `first[n]:first[n + 1]`; its own words, behind its title and
    headings, begin at `body[n]`.
    """

    codes: NDArray[np.int8]
    starts: NDArray[np.int32]
    first: NDArray[np.int64]
    body: NDArray[np.int64]

    @classmethod
    def of(cls, tokens: Sequence[StoredTokens], heads: Sequence[int], dimension: int) -> Self:
        """The table of passages given in the order of the snapshot.

        `heads` counts the characters of title and headings in the text of each.
        """
        none = StoredTokens(np.zeros((0, dimension), np.int8), np.zeros(0, np.int32))
        above = [np.searchsorted(row.starts, h) for row, h in zip(tokens, heads, strict=True)]
        first = np.cumsum([0, *(len(row.starts) for row in tokens)], dtype=np.int64)
        return cls(
            codes=np.concatenate([none.codes, *(row.codes for row in tokens)]),
            starts=np.concatenate([none.starts, *(row.starts for row in tokens)]),
            first=first,
            body=first[:-1] + np.array(above, dtype=np.int64),
        )

    def of_passage(self, row: int) -> StoredTokens:
        """The tokens of one passage."""
        own = slice(int(self.first[row]), int(self.first[row + 1]))
        return StoredTokens(self.codes[own], self.starts[own])

    def between(self, row: int, start: int, end: int) -> tuple[int, int]:
        """Which tokens begin between two characters of the text of passage `row`."""
        first, last = self.first[row : row + 2]
        found = np.searchsorted(self.starts[first:last], (start, end))
        return int(first + found[0]), int(first + found[1])

    def max_sim_whole(self, question: WeighedTokens, passages: NDArray[np.int64]) -> Vectors:
        """How well each of `passages` `(n,)` answers as a whole: `(n,)`, -1 to 1."""
        bodies = np.stack([self.body[passages], self.first[passages + 1]], axis=1)
        return self.max_sim(question, bodies[:, None], passages)

    def max_sim(
        self,
        question: WeighedTokens,
        parts: NDArray[np.int64],
        passages: NDArray[np.int64],
    ) -> Vectors:
        """How well each part, with the headings of its passage, answers: `(n,)`, -1 to 1.

        A part is some ranges of tokens, `(n, r, 2)`, of a passage that `passages` `(n,)` names.
        The figure is the weighted mean, over the question's tokens, of the greatest cosine with
        a token of the part.
        """
        rows, passage_of = np.unique(passages, return_inverse=True)
        heads = np.stack([self.first[rows], self.body[rows]], axis=1)
        best = self._best(question, np.concatenate([heads, parts.reshape(-1, 2)]))
        above, own = np.split(best, [len(rows)])
        whole = own.reshape(*parts.shape[:2], len(question.weights)).max(axis=1, initial=-1)
        found: Vectors = np.maximum(whole, above[passage_of]) @ question.weights
        return found

    def _best(self, question: WeighedTokens, ranges: NDArray[np.int64]) -> Vectors:
        """The greatest cosine of each of the question's tokens in each range; -1 in none."""
        best = np.full((len(ranges), len(question.weights)), -1, dtype=np.float32)
        held = ranges[:, 1] > ranges[:, 0]
        if held.any():
            codes = self.codes[rows_in(ranges[held])].astype(np.float32)
            cosines = codes @ (question.vectors.T / np.float32(ONE))
            lengths = ranges[held, 1] - ranges[held, 0]
            best[held] = np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths)
        return best
