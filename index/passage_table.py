"""The passages of a snapshot as a table that stays on disk: a row is read when it is looked at.

A million rows as Python objects would take a gigabyte in every process. What a search needs of
all rows at once lies in arrays.
"""

import json
import mmap
import operator
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Self, overload

import numpy as np
from numpy.typing import NDArray

from index.passages import PassageRow
from sources.document import Span

ID_LENGTH = 24
REMEMBERED = 8192  # rows kept as objects, about 10 MB


class PassageTable(Sequence[PassageRow]):
    """One JSON line a passage, those of a document one behind the other.

    `places` has a row a passage `(n, 3)`: where its line ends, which document it is of, counted
    from 0, and where its wordings end.
    """

    def __init__(self, lines: bytes | mmap.mmap, places: NDArray[np.int64]) -> None:
        self._lines = lines
        self._ends = places[:, 0]
        self._row = lru_cache(maxsize=REMEMBERED)(self._read)
        self.document_of = places[:, 1]
        """For each passage the number of its document, shape `(n,)`."""
        self.asked_ends = np.concatenate([[0], places[:, 2]])
        """The wordings of passage `n` are rows `asked_ends[n]` to `asked_ends[n + 1]`."""
        count = int(self.document_of[-1]) + 1 if len(self) else 0
        self._first_of = np.searchsorted(self.document_of, np.arange(count + 1))
        self.versions = [self[int(first)].version for first in self._first_of[:-1]]
        """The version of each document, in the order of the snapshot."""
        self._number_of = {version: number for number, version in enumerate(self.versions)}

    @classmethod
    def of(cls, rows: Sequence[PassageRow]) -> Self:
        """A table in memory."""
        return cls(*_written(rows))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The table that `save_rows` wrote, left on disk until it is needed."""
        with (folder / "passages.jsonl").open("rb") as file:
            lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(lines, np.load(folder / "passages.npy"))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> PassageRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[PassageRow]: ...
    def __getitem__(self, at: int | slice) -> PassageRow | list[PassageRow]:
        if isinstance(at, slice):
            return [self._row(n) for n in range(*at.indices(len(self)))]
        return self._row(operator.index(at))

    def _read(self, at: int) -> PassageRow:
        number = range(len(self))[at]  # an IndexError, and rows counted from the end
        first = int(self._ends[number - 1]) if number else 0
        made, doc_id, version, span, heading, *numbers = json.loads(
            self._lines[first : int(self._ends[number])]
        )
        return PassageRow(made, doc_id, version, Span(*span), tuple(heading), *numbers)

    def passage_id(self, at: int) -> str:
        """The id of a row, which its line begins with, without reading the rest of it."""
        first = int(self._ends[at - 1]) if at else 0
        return self._lines[first + 2 : first + 2 + ID_LENGTH].decode("ascii")

    def __iter__(self) -> Iterator[PassageRow]:
        return (self._row(n) for n in range(len(self)))

    def of_version(self, version: str) -> list[PassageRow]:
        """The passages of one version of a document, none when it is not indexed."""
        number = self._number_of.get(version)
        if number is None:
            return []
        return self[int(self._first_of[number]) : int(self._first_of[number + 1])]


def save_rows(rows: Sequence[PassageRow], folder: Path) -> None:
    """Write `passages.jsonl`, and `passages.npy` beside it."""
    lines, places = _written(rows)
    (folder / "passages.jsonl").write_bytes(lines)
    np.save(folder / "passages.npy", places)


def _written(rows: Sequence[PassageRow]) -> tuple[bytes, NDArray[np.int64]]:
    lines = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]
    places = np.zeros((len(rows), 3), dtype=np.int64)
    places[:, 0] = np.cumsum([len(line) for line in lines], dtype=np.int64)
    changes = [before.version != after.version for before, after in pairwise(rows)]
    places[1:, 1] = np.cumsum(changes, dtype=np.int64)
    places[:, 2] = [row.asked_last for row in rows]
    return b"".join(lines), places
