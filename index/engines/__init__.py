"""Vector engines behind one contract; each is imported when it is chosen."""

from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]

POOL = 100  # rows that a search takes from an engine before they are compared exactly
AUTO = "auto"
APPROXIMATE_FROM = 20_000  # rows; docs/scale.md has the measurements


class Engine(Protocol):
    """Finds the nearest rows by inner product. Rows are numbered from 0 in the order given."""

    size: int
    dimension: int

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The `k` nearest rows to `query`, shape `(d,)`, best first, fewer when there are fewer.

        Only rows that are true in `allowed`, shape `(size,)`, are found. An approximate engine may
        miss a row and err in a score by a few thousandths. Raises `ValueError` when a shape
        differs, `EngineAway` when the engine is another program that does not answer.
        """
        ...

    def save(self, path: Path) -> None:
        """Write the engine to a file, or where it is to be found. Raises `OSError`."""
        ...


class EngineKind(Protocol):
    """Makes engines of one kind. The classes are kinds themselves."""

    def build(self, vectors: Vectors, like: Vectors | None = None) -> Engine:
        """An engine over unit-length rows `(n, d)`. Raises `ValueError` for another shape.

        `like` are some vectors such as will be searched for, `(m, d)`: an approximate engine tunes
        itself by them, or by the rows.
        """
        ...

    def open(self, path: Path) -> Engine:
        """The engine that `save` wrote."""
        ...


ENGINES: dict[str, tuple[str, str]] = {
    "exact": ("index.engines.exact", "ExactEngine"),
    "faiss": ("index.engines.faiss_flat", "FaissFlatEngine"),
    "faiss-half": ("index.engines.faiss_flat", "FaissHalfEngine"),
    "faiss-ivf": ("index.engines.faiss_ivf", "FaissIvfEngine"),
}
ELSEWHERE: dict[str, tuple[str, str]] = {  # engines in another program, chosen by its address
    "milvus": ("index.engines.milvus", "MilvusEngines"),
    "milvus+tls": ("index.engines.milvus", "MilvusEngines"),
}
CHOICES = f"{', '.join(ENGINES)}, milvus://HOST:PORT"


def engine(name: str) -> EngineKind:
    """The kind of engine called `name` in `ENGINES`, or at the address `name`.

    To open what is elsewhere the first part of its address is enough.
    """
    kind: EngineKind
    scheme = name.partition("://")[0]
    if scheme in ELSEWHERE:
        module, found = ELSEWHERE[scheme]
        kind = getattr(import_module(module), found)(name)
    elif name in ENGINES:
        module, found = ENGINES[name]
        kind = getattr(import_module(module), found)
    else:
        raise ValueError(f"no engine {name!r}; choose one of: {CHOICES}")
    return kind


def is_elsewhere(setting: str) -> bool:
    """Whether `setting` is the address of an engine in another program."""
    scheme, _, place = setting.partition("://")
    return scheme in ELSEWHERE and place != ""


def is_engine(setting: str) -> bool:
    """Whether `setting` means an engine."""
    return setting in (AUTO, *ENGINES) or is_elsewhere(setting)


def engine_for(setting: str, rows: int) -> str:
    """The name of the engine that a setting means for so many rows: `AUTO` goes by their number."""
    if setting != AUTO:
        return setting
    return "faiss-half" if rows < APPROXIMATE_FROM else "faiss-ivf"


def check_vectors(vectors: Vectors) -> Vectors:
    """`vectors` as a contiguous float32 matrix; `ValueError` when they are not `(n, d)`."""
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise ValueError(f"vectors must have the shape (n, d), not {vectors.shape}")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def check_query(query: Vectors, dimension: int) -> Vectors:
    """`query` as one float32 row; `ValueError` when its width is not `dimension`."""
    if query.shape != (dimension,):
        raise ValueError(f"the query has the shape {query.shape}, the engine needs ({dimension},)")
    return np.ascontiguousarray(query, dtype=np.float32)


def check_allowed(allowed: Mask | None, size: int) -> int:
    """How many rows may be found; `ValueError` when `allowed` is not one for each row."""
    if allowed is None:
        return size
    if allowed.shape != (size,):
        raise ValueError(f"allowed has the shape {allowed.shape}, the engine needs ({size},)")
    return int(np.count_nonzero(allowed))


def nothing() -> tuple[Rows, Scores]:
    """No rows."""
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
