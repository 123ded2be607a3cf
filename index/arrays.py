"""Arrays of a snapshot: mapped from their files, and rows gathered out of many ranges at once."""

import os
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.errors import REBUILD, SnapshotDamaged

LARGE = 1 << 28  # bytes of an array whose rows are read and not mapped
EMPTY = 256  # bytes of a file that may hold an array of nothing, which cannot be mapped


def open_array(path: Path) -> Any:  # noqa: ANN401  the caller names the element type
    """The array in a file of NumPy's, left on disk until it is needed."""
    if path.stat().st_size < EMPTY:
        return np.load(path)
    # As a plain array: a look into a `memmap` costs microseconds, and an answer takes many.
    return np.asarray(np.load(path, mmap_mode="r"))


class ArrayTable:
    """A table whose fields, its slots, are arrays: a file each in a folder."""

    __slots__: tuple[str, ...] = ()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The table that `save` wrote, left on disk until it is needed."""
        return cls(*(open_array(folder / f"{name}.npy") for name in cls.__slots__))

    def save(self, folder: Path) -> None:
        """Write the table into `folder`."""
        for name in self.__slots__:
            np.save(folder / f"{name}.npy", getattr(self, name))


def gather(array: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Some rows of an array `(n, d)` that `open_array` gave, as a copy.

    A look through a mapping brings a page's neighbours into the memory of the process, and soon
    all of a large file; of such a one the rows are read.
    """
    mapped = array.base
    if array.nbytes < LARGE or not isinstance(mapped, np.memmap):
        return array[rows]
    try:
        file = os.open(str(mapped.filename), os.O_RDONLY)
    except FileNotFoundError:  # the snapshot was dropped meanwhile; its mapping still holds it
        return array[rows]
    width = array.shape[1] * array.itemsize
    try:
        read = [os.pread(file, width, at) for at in (mapped.offset + rows * width).tolist()]
    finally:
        os.close(file)
    if any(len(row) < width for row in read):
        raise SnapshotDamaged(f"{mapped.filename} has been cut short; {REBUILD}")
    found: NDArray[np.float32] = np.frombuffer(bytearray().join(read), array.dtype)
    return found.reshape(-1, array.shape[1])


def rows_in(ranges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of all rows in half-open ranges `(n, 2)`, range after range."""
    lengths = ranges[:, 1] - ranges[:, 0]
    before = np.cumsum(lengths) - lengths
    own: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(ranges[:, 0] - before, lengths)
    return own
