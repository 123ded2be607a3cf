"""FAISS comparing every row: exact, or at half precision and several times as fast."""

from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from index.engines import (
    Mask,
    Rows,
    Scores,
    Vectors,
    check_allowed,
    check_query,
    check_vectors,
    nothing,
)


class FaissFlatEngine:
    """A `faiss.IndexFlatIP`."""

    def __init__(self, flat: faiss.Index) -> None:
        self._flat = flat
        self.size, self.dimension = flat.ntotal, flat.d

    @classmethod
    def build(cls, vectors: Vectors, like: Vectors | None = None) -> Self:
        """An engine over `vectors`."""
        rows = check_vectors(vectors)
        flat = faiss.IndexFlatIP(rows.shape[1])
        flat.add(rows)
        return cls(flat)

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Scores]:
        """The `k` nearest rows. FAISS pads with -1 beyond what there is; we do not."""
        row = check_query(query, self.dimension)
        wanted = min(max(k, 0), check_allowed(allowed, self.size))
        if wanted == 0:
            return nothing()
        asked = parameters(faiss.SearchParameters, sel=selector(allowed))
        scores, rows = self._flat.search(row[None, :], wanted, params=asked)
        return rows[0], scores[0]

    def save(self, path: Path) -> None:
        """Write the index in FAISS's own format."""
        write(self._flat, path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(faiss.read_index(str(path)))


class FaissHalfEngine(FaissFlatEngine):
    """A `faiss.IndexScalarQuantizer` of two bytes a number: half to read, and to hold.

    Scores err by less than a thousandth. A row at the very edge of those asked for may be missed;
    who needs the order exactly compares the rows that were found by their own vectors.
    """

    @classmethod
    def build(cls, vectors: Vectors, like: Vectors | None = None) -> Self:
        """An engine over `vectors`."""
        rows = check_vectors(vectors)
        half = faiss.IndexScalarQuantizer(
            rows.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        half.add(rows)
        return cls(half)


def selector(allowed: Mask | None) -> faiss.IDSelector | None:
    """What FAISS asks whether a row may be found."""
    if allowed is None:
        return None
    bits = np.packbits(allowed, bitorder="little")
    return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]  # the stub has only C++'s


def parameters(kind: Any, **values: object) -> faiss.SearchParameters:  # noqa: ANN401  as below
    """How a search is done. FAISS's stub does not know that its classes take these by name."""
    made: faiss.SearchParameters = kind(**values)
    return made


def write(index: faiss.Index, path: Path) -> None:
    """Write an index in FAISS's own format. Raises `OSError`.

    FAISS opening the file itself would take no notice of a disk that is full when it is closed.
    """
    with path.open("wb") as file:
        to = faiss.PyCallbackIOWriter(file.write)  # type: ignore[attr-defined]  # not in the stub
        faiss.write_index(index, to)
