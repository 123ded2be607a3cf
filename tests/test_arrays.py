"""Rows of a large file are read and not mapped, and are the same rows."""

import numpy as np
import pytest

from index.arrays import gather, open_array
from index.errors import SnapshotDamaged


@pytest.mark.parametrize("large", [1, 1 << 40])
def test_gathered_rows_are_those_of_the_array(tmp_path, monkeypatch, large):
    monkeypatch.setattr("index.arrays.LARGE", large)
    made = np.random.default_rng(1).normal(size=(50, 12)).astype(np.float32)
    np.save(tmp_path / "rows.npy", made)
    array = open_array(tmp_path / "rows.npy")
    wanted = np.array([49, 0, 7, 7, 3])
    assert np.array_equal(gather(array, wanted), made[wanted])
    assert gather(array, wanted[:0]).shape == (0, 12)
    (tmp_path / "rows.npy").unlink()
    assert np.array_equal(gather(array, wanted), made[wanted])


def test_a_large_file_that_was_cut_short_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("index.arrays.LARGE", 1)
    path = tmp_path / "rows.npy"
    np.save(path, np.ones((50, 12), np.float32))
    array = open_array(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20)
    assert np.array_equal(gather(array, np.array([0, 48])), np.ones((2, 12)))
    with pytest.raises(
        SnapshotDamaged, match=r"rows\.npy has been cut short; run `quotewell index"
    ):
        gather(array, np.array([0, 49]))
