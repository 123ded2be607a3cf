"""The wordings in which people ask for a section: how near a question is to them.

A wording asks for all of its section, and for one statement of it most: the nearest to it there.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.arrays import gather, rows_in
from index.embedder import Vectors
from index.engines import Rows
from index.passages import Prepared

SHARPNESS = 20.0  # a wording whose cosine is a twentieth greater counts e times as much
ELSEWHERE = 0.2  # by how much a wording is less near to a statement that it does not ask for


def statement_of_each(prepared: Sequence[Prepared], alone: Vectors, asked: Vectors) -> Rows:
    """For each wording the number of the statement that it asks for most, `(n,)`.

    `alone` are the vectors of all statements, `asked` those of all wordings, in the order of
    `prepared`. Passages of one section have the same wordings.
    """
    statements = np.cumsum([0, *(len(passage.statements) for passage in prepared)])
    wordings = np.cumsum([0, *(len(passage.asked_as) for passage in prepared)])
    sections: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for number, passage in enumerate(prepared):
        sections[passage.version, passage.heading].append(number)
    found = np.zeros(wordings[-1], dtype=np.int64)
    for numbers in sections.values():
        bounds = np.stack([statements[numbers], statements[np.add(numbers, 1)]], axis=1)
        rows = rows_in(bounds)
        own = slice(wordings[numbers[0]], wordings[numbers[0] + 1])
        if not len(rows):  # a heading over nothing, or over a table without a row
            continue
        nearest = rows[np.argmax(asked[own] @ alone[rows].T, axis=1)]
        for number in numbers:
            found[wordings[number] : wordings[number + 1]] = nearest
    return found


class Wordings:
    """The wordings of a snapshot: `vectors` `(n, dimension)`, and the statement each asks for most.

    Those of passage `p` are rows `ends[p]` to `ends[p + 1]`.
    """

    def __init__(self, vectors: Vectors, statements: Rows, ends: NDArray[np.int64]) -> None:
        self.vectors, self.statements, self._ends = vectors, statements, ends
        self.passage_of = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        """For each wording the number of its passage, shape `(n,)`."""

    def of_passages(
        self, passages: Rows, found: Rows, question: Vectors
    ) -> tuple[Vectors, Vectors]:
        """What the wordings `found` say of a question for their `passages`, which are sorted.

        For each passage the greatest cosine, -1 where none of its wordings was found; and what
        they weigh together, each one `exp(SHARPNESS * (cosine - 1))`.
        """
        nearest = np.full(len(passages), -1, dtype=np.float32)
        weight = np.zeros(len(passages), dtype=np.float32)
        place = np.searchsorted(passages, self.passage_of[found])
        there = passages.take(place, mode="clip") == self.passage_of[found]
        found, place = found[there], place[there]
        cosines = gather(self.vectors, found) @ question
        np.maximum.at(nearest, place, cosines)
        np.add.at(weight, place, np.exp(np.float32(SHARPNESS) * (cosines - 1)))
        return nearest, weight

    def of_statements(
        self, passages: Rows, bounds: NDArray[np.int64], question: Vectors
    ) -> Vectors:
        """How near the wordings of their passage are to a question, for all its statements.

        The statements of `passages[n]` are rows `bounds[n, 0]` to `bounds[n, 1]`. The greatest
        cosine, that of a wording which asks for another statement being `ELSEWHERE` less; -1
        where there is no wording.
        """
        ranges = np.stack([self._ends[passages], self._ends[passages + 1]], axis=1)
        rows = rows_in(ranges)
        of = np.repeat(np.arange(len(passages)), ranges[:, 1] - ranges[:, 0])
        cosines = gather(self.vectors, rows) @ question
        nearest = np.full(len(passages), -1, dtype=np.float32)
        np.maximum.at(nearest, of, cosines - np.float32(ELSEWHERE))
        counts = bounds[:, 1] - bounds[:, 0]
        found = np.repeat(nearest, counts)
        wanted = self.statements[rows]
        here = (bounds[of, 0] <= wanted) & (wanted < bounds[of, 1])
        place = (np.cumsum(counts) - counts - bounds[:, 0])[of] + wanted
        np.maximum.at(found, place[here], cosines[here])
        return found
