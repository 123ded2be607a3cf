"""Lexical search in Milvus: the postings lie in a collection there as sparse rows.

Milvus computes no BM25 of its own here: it would split and stem words otherwise than the rest of
the program, and weigh them by what each of its segments holds. Its rows hold the scores that bm25s
computed for the snapshot, so its ranking is that of the local index.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from index.engines import Mask, Rows, Scores, nothing
from index.lexical import LexicalIndex
from index.milvus import Collection, Shape, digest_of, filter_of

PLACE = "milvus.json"


class MilvusLexicalIndex(LexicalIndex):
    """A `LexicalIndex` whose best rows are found by Milvus. Scores of given rows are local."""

    _collection: Collection

    @classmethod
    def fill(cls, address: str, folder: Path) -> None:
        """Put the saved index in `folder` into the Milvus at `address`. Raises `EngineAway`."""
        index = LexicalIndex.open(folder)
        rows = list(index.by_row())
        digest = digest_of(*(path.read_bytes() for path in sorted(folder.iterdir())))
        made = Collection.fill(address, rows, len(rows), Shape(0, 1), digest)
        made.save(folder / PLACE)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index that `save` and `fill` wrote."""
        opened = super().open(folder)
        opened._collection = Collection.open(folder / PLACE)
        opened._collection.check()
        return opened

    def best(
        self, terms: Sequence[str], k: int, allowed: Mask | None = None
    ) -> tuple[Rows, Scores]:
        """The `k` rows that score most, best first; none that scores nothing."""
        numbers = self.numbers(terms)
        if k <= 0 or not numbers or (allowed is not None and not allowed.any()):
            return nothing()
        rows, scores = self._collection.search(dict.fromkeys(numbers, 1.0), k, filter_of(allowed))
        return rows[scores > 0], scores[scores > 0]
