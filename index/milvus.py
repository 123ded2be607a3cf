"""Collections in a Milvus, by pymilvus: rows are put there once and searched. The one door to it.

A collection holds the rows of one part of one snapshot and is never changed. It is named for its
content, so that building the same again finds it there. No search waits longer than 2 `SECONDS`.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from index.engines import Mask, Rows, Scores
from index.errors import EngineAway, SnapshotDamaged

if TYPE_CHECKING:
    from pymilvus import MilvusClient

logger = logging.getLogger(__name__)

SCHEMES = {"milvus": "http", "milvus+tls": "https"}
TOKEN = "MILVUS_TOKEN"
SECONDS = 5.0  # that a search may take
SECONDS_TO_LOAD = 600.0  # that Milvus may take to index what it was given
BATCH = 1000  # rows sent at once
MOST = 16_384  # rows that Milvus gives at once


class Shape(NamedTuple):
    """How wide rows are, 0 where they are sparse, and how many lists they are put in."""

    dimension: int
    lists: int


class Collection(NamedTuple):
    """Rows at `address`. A search sees `probes` of their `lists` lists, all where there is one.

    `dimension` is 0 where rows are sparse. The snapshot keeps this as JSON.
    """

    address: str
    name: str
    size: int
    dimension: int
    lists: int
    probes: int

    @classmethod
    def fill(
        cls, address: str, rows: Iterable[tuple[int, object]], size: int, shape: Shape, digest: str
    ) -> Self:
        """The collection named for `digest`; unless it is there whole, it is made of `rows`.

        Without rows none is made. `rows` are numbers with a list of floats or, when they are
        sparse, a dict. Raises `EngineAway`; nothing is left there then, but what a Milvus keeps
        that went away.
        """
        made = cls(address, f"quotewell_{digest}", size, *shape, probes=shape.lists)
        if not size:
            return made
        with _named(address) as client:
            if client.has_collection(made.name, timeout=SECONDS):
                if made._counted(client) == size:
                    return made
                client.drop_collection(made.name, timeout=SECONDS)
            try:
                made._create(client)
                remaining = iter(rows)
                while batch := list(islice(remaining, BATCH)):
                    given = [{"row": number, "of": value} for number, value in batch]
                    client.insert(made.name, given, timeout=SECONDS_TO_LOAD)
                client.flush(made.name, timeout=SECONDS_TO_LOAD)
                _load(address, made.name)
            except BaseException:
                made.drop()
                raise
        return made

    def _create(self, client: "MilvusClient") -> None:
        from pymilvus import DataType  # noqa: PLC0415  imported where Milvus serves, and only there

        schema = client.create_schema(auto_id=False)
        schema.add_field("row", DataType.INT64, is_primary=True)
        if self.dimension:
            schema.add_field("of", DataType.FLOAT_VECTOR, dim=self.dimension)
            kind = "IVF_SQ8" if self.lists > 1 else "FLAT"
        else:
            schema.add_field("of", DataType.SPARSE_FLOAT_VECTOR)
            kind = "SPARSE_INVERTED_INDEX"
        client.create_collection(self.name, schema=schema, timeout=SECONDS)
        index = client.prepare_index_params()
        given = {"nlist": self.lists} if self.lists > 1 else {}
        index.add_index("of", index_type=kind, metric_type="IP", params=given)
        client.create_index(self.name, index, timeout=SECONDS_TO_LOAD)

    def check(self) -> None:
        """Make sure that every row is there to be searched; there is nothing there for none.

        Raises `EngineAway`, or `SnapshotDamaged` when Milvus has lost them.
        """
        if not self.size:
            return
        with _named(self.address) as client:
            there = client.has_collection(self.name, timeout=SECONDS)
            if there:
                _load(self.address, self.name)
            if not there or self._counted(client) != self.size:
                raise SnapshotDamaged(
                    f"Milvus at {self.address} has lost rows of {self.name}; restore them there, "
                    "or run `quotewell index build`"
                )

    def _counted(self, client: "MilvusClient") -> int:
        rows = client.query(
            self.name,
            filter="",
            output_fields=["count(*)"],
            timeout=SECONDS,
            consistency_level="Strong",
        )
        return int(rows[0]["count(*)"])

    def search(self, query: object, k: int, among: str) -> tuple[Rows, Scores]:
        """The `k` rows with the greatest inner product, of those that the filter lets through."""
        given = {"nprobe": self.probes} if self.lists > 1 else {}
        with _named(self.address) as client:
            _load(self.address, self.name)
            (hits,) = client.search(
                self.name,
                data=[query],
                limit=min(k, MOST),
                filter=among,
                anns_field="of",
                search_params={"metric_type": "IP", "params": given},
                timeout=SECONDS,
            )
        rows = np.array([hit["row"] for hit in hits], dtype=np.int64)
        return rows, np.array([hit["distance"] for hit in hits], dtype=np.float32)

    def drop(self) -> None:
        """Remove the collection; where Milvus is away it is left behind, and the log says so."""
        try:
            with _named(self.address) as client:
                client.drop_collection(self.name, timeout=SECONDS)
        except EngineAway as error:
            logger.warning("the collection %s is left behind: %s", self.name, error)

    def call(self, alias: str) -> None:
        """Let `alias` name this collection from now on, for those who look at Milvus itself."""
        try:
            with _named(self.address) as client:
                if alias in client.list_aliases(timeout=SECONDS).get("aliases", ()):
                    client.alter_alias(self.name, alias, timeout=SECONDS)
                else:
                    client.create_alias(self.name, alias, timeout=SECONDS)
        except EngineAway as error:
            logger.warning("the alias %s was not set: %s", alias, error)

    def save(self, path: Path) -> None:
        """Write where the rows are."""
        path.write_text(json.dumps(self._asdict()), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> Self:
        """What `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@contextmanager
def _named(address: str) -> Iterator["MilvusClient"]:
    """A client for `address`; whatever goes wrong with it is an `EngineAway` with what to do."""
    try:
        import grpc  # noqa: PLC0415
        from pymilvus import MilvusException  # noqa: PLC0415
    except ImportError as error:
        raise EngineAway(
            "the engine milvus needs pymilvus; run `pip install 'quotewell[milvus]'`"
        ) from error
    try:
        yield _client(address)
    except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
        _client.cache_clear()  # a connection that failed waits longer and longer to be tried again
        _load.cache_clear()  # what starts again may have to load its collections again
        said = getattr(error, "message", "") or str(error)
        raise EngineAway(
            f"Milvus at {address} does not answer as it should ({' '.join(said.split())[:200]}); "
            "start it, or set another `engine` in quotewell.toml and run `quotewell index build`"
        ) from error


@lru_cache
def _client(address: str) -> "MilvusClient":
    from pymilvus import MilvusClient  # noqa: PLC0415

    for name in ("pymilvus", "pymilvus.milvus_client"):  # says by a page what is raised anyway
        logging.getLogger(name).setLevel(logging.CRITICAL)
    scheme, _, place = address.partition("://")
    place, _, database = place.partition("/")
    token = os.environ.get(TOKEN, "")
    return MilvusClient(
        f"{SCHEMES[scheme]}://{place}",
        db_name=database,
        token=token,
        timeout=SECONDS,
        dedicated=True,
        grpc_options={"grpc.use_local_subchannel_pool": 1},  # else the next one waits with it
    )


@lru_cache(maxsize=1024)
def _load(address: str, name: str) -> None:
    """Have a collection ready to be searched, once while a connection holds."""
    _client(address).load_collection(name, timeout=SECONDS_TO_LOAD)


def digest_of(*parts: bytes) -> str:
    """24 hexadecimal digits that follow from some content."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:24]


@lru_cache(maxsize=8)
def _runs(bits: bytes, size: int) -> str:
    allowed = np.unpackbits(np.frombuffer(bits, np.uint8), count=size).astype(np.bool_)
    edges = [0, *(np.flatnonzero(np.diff(allowed)) + 1).tolist(), size]
    runs = [(first, last) for first, last in pairwise(edges) if first < last]
    inside = [run for run in runs if allowed[run[0]]]
    outside = [run for run in runs if not allowed[run[0]]]
    fewer = min(inside, outside, key=len)
    told = " or ".join(f"({first} <= row and row < {last})" for first, last in fewer)
    return told if fewer is inside else f"not ({told})"


def filter_of(allowed: Mask | None) -> str:
    """Which rows may be found, as Milvus is told: runs of row numbers; empty where all may."""
    if allowed is None or allowed.all():
        return ""
    return _runs(np.packbits(allowed).tobytes(), len(allowed))


PARTS = {  # where a snapshot names its collections, and the aliases of those that serve
    "engine.bin": "quotewell_passages",
    "asked_engine.bin": "quotewell_wordings",
    "lexical/milvus.json": "quotewell_words",
}


def collections_of(folder: Path) -> dict[str, Collection]:
    """The collections that a snapshot's folder names, whole or half written, by their alias."""
    found = {}
    for part, alias in PARTS.items():
        path = folder / part
        if path.is_file():
            with path.open("rb") as file:
                if file.read(1) == b"{":  # another engine's file is binary
                    found[alias] = Collection.open(path)
    return {alias: collection for alias, collection in found.items() if collection.size}


def announce(folder: Path) -> None:
    """Let the aliases in Milvus name the collections of the snapshot that serves now."""
    for alias, collection in collections_of(folder).items():
        collection.call(alias)


def let_go(folder: Path, kept: Iterable[Path]) -> None:
    """Drop the collections of a snapshot that goes, but for those that a kept one has too."""
    held = {made.name for other in kept for made in collections_of(other).values()}
    for collection in collections_of(folder).values():
        if collection.name not in held:
            collection.drop()
