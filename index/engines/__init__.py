"""Vector engines behind one contract; each is imported when it is chosen."""

from importlib import import_module
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Vectors = NDArray[np.float32]


class Engine(Protocol):
    """Finds the nearest rows by inner product. Rows are numbered from 0 in the order given."""

    size: int
    dimension: int

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """An engine over unit-length rows `(n, d)`. Raises `ValueError` for another shape."""
        ...

    def search(self, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """The `k` nearest rows to `query`, shape `(d,)`, best first, fewer when there are fewer.

        Raises `ValueError` when the width differs.
        """
        ...

    def save(self, path: Path) -> None:
        """Write the engine to a file."""
        ...

    @classmethod
    def open(cls, path: Path) -> Self:
        """The engine that `save` wrote."""
        ...


ENGINES: dict[str, tuple[str, str]] = {
    "exact": ("index.engines.exact", "ExactEngine"),
    "faiss": ("index.engines.faiss_flat", "FaissFlatEngine"),
}
DEFAULT_ENGINE = "faiss"


def engine(name: str) -> type[Engine]:
    """The engine class called `name` in `ENGINES`."""
    if name not in ENGINES:
        raise ValueError(f"no engine {name!r}; choose one of: {', '.join(ENGINES)}")
    module, found = ENGINES[name]
    chosen: type[Engine] = getattr(import_module(module), found)
    return chosen


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
