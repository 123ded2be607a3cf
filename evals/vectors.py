"""Vectors of texts kept on disk from run to run, so that a corpus is embedded once."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np

from evals.identity import digest
from index.embedder import Embedder, ModelIdentity, TokenRows, Vectors

Item = TypeVar("Item")
AT_ONCE = 2048  # texts embedded between two writes: what an interruption may cost
ASKED_AT_ONCE = 500


class Passing:
    """What an embedder says of itself that has its vectors from another one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""
        return self._embedder.identity

    @property
    def runtime(self) -> str:
        """What computes the vectors."""
        return self._embedder.runtime


class KeptVectors(Passing):
    """An embedder that asks another one only for texts that it never saw in any run.

    A vector follows from the model, what computes it, and the text alone, so nothing kept can be
    out of date.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        super().__init__(embedder)
        folder.mkdir(parents=True, exist_ok=True)
        made_by = digest([embedder.identity.fingerprint, embedder.runtime])
        self._path = folder / f"vectors-{made_by}.db"
        with closing(self._open()) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB)")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60)

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order."""
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        with closing(self._open()) as kept:
            found = dict(_look_up(kept, list(dict.fromkeys(keys))))
            fresh = {k: t for k, t in zip(keys, texts, strict=True) if k not in found}
            seen(len(found))
            for some in _parts(list(fresh.items()), AT_ONCE):
                made = self._embedder.embed([text for _, text in some])
                new = {key: row for (key, _), row in zip(some, made, strict=True)}
                with kept:
                    rows = [(key, row.tobytes()) for key, row in new.items()]
                    kept.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
                found |= new
                seen(len(found))
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        return np.stack([found[key] for key in keys])

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = False,
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text; these are too many to be kept."""
        return self._embedder.embed_tokens(texts, seen, apart=apart)


def _look_up(kept: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, Vectors]]:
    for some in _parts(keys, ASKED_AT_ONCE):
        marks = ",".join("?" * len(some))
        query = f"SELECT text, vector FROM vectors WHERE text IN ({marks})"
        for key, data in kept.execute(query, some):
            yield key, np.frombuffer(data, dtype=np.float32)


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
