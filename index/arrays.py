"""Arrays of a snapshot: mapped from their files, and rows gathered out of many ranges at once."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EMPTY = 256  # bytes of a file that may hold an array of nothing, which cannot be mapped


def open_array(path: Path) -> Any:  # noqa: ANN401  the caller names the element type
    """The array in a file of NumPy's, left on disk until it is needed."""
    if path.stat().st_size < EMPTY:
        return np.load(path)
    # As a plain array: a look into a `memmap` costs microseconds, and an answer takes many.
    return np.asarray(np.load(path, mmap_mode="r"))


def rows_in(ranges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of all rows in half-open ranges `(n, 2)`, range after range."""
    lengths = ranges[:, 1] - ranges[:, 0]
    before = np.cumsum(lengths) - lengths
    own: NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(ranges[:, 0] - before, lengths)
    return own
