"""Milvus as an engine: the rows lie in a collection there, and searches are sent to it."""

from dataclasses import dataclass
from pathlib import Path

from index.engines import (
    APPROXIMATE_FROM,
    Mask,
    Rows,
    Scores,
    Vectors,
    check_allowed,
    check_query,
    check_vectors,
    nothing,
)
from index.engines.lists import lists_for, settle, tune
from index.milvus import Collection, Shape, digest_of, filter_of

SEGMENT = 500_000  # rows; Milvus puts each of its segments of about that many in lists of its own


class MilvusEngine:
    """A collection in a Milvus, exact for few rows, in lists of one byte a number for many."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.size, self.dimension = collection.size, collection.dimension

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The `k` nearest rows, in lists about the nearest. Raises `EngineAway`."""
        row = check_query(query, self.dimension).tolist()
        among = check_allowed(allowed, self.size)
        wanted = min(max(k, 0), among)
        if wanted == 0:
            return nothing()
        told, held = filter_of(allowed), self._collection

        def look(probes: int) -> tuple[Rows, Scores]:
            return held._replace(probes=probes).search(row, wanted, told)

        return settle(look, held.probes, held.lists, wanted, among / self.size)

    def _probe(self, probes: int) -> None:
        self._collection = self._collection._replace(probes=probes)

    def save(self, path: Path) -> None:
        """Write where the collection is."""
        self._collection.save(path)


@dataclass(frozen=True, slots=True)
class MilvusEngines:
    """The engines of the Milvus at an address, `milvus://HOST:PORT` or `…/DATABASE`."""

    address: str

    def build(self, vectors: Vectors, like: Vectors | None = None) -> MilvusEngine:
        """Fill a collection. Raises `EngineAway`."""
        rows = check_vectors(vectors)
        size, dimension = rows.shape
        lists = lists_for(min(size, SEGMENT)) if size >= APPROXIMATE_FROM else 1
        digest = digest_of(f"{rows.shape} {lists}".encode(), rows.tobytes())
        numbered = ((number, row.tolist()) for number, row in enumerate(rows))
        shape = Shape(dimension, lists)
        made = MilvusEngine(Collection.fill(self.address, numbered, size, shape, digest))
        tune(made, made._probe, lists, rows, like)
        return made

    def open(self, path: Path) -> MilvusEngine:
        """What `save` wrote, wherever that is. Raises `EngineAway` or `SnapshotDamaged`."""
        collection = Collection.open(path)
        collection.check()
        return MilvusEngine(collection)
