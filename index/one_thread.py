"""NumPy on one thread: its products here are small, and a second thread would mostly wait."""

from functools import cache

import numpy as np  # noqa: F401  its threads are there from here on
from threadpoolctl import ThreadpoolController


@cache
def numpy_on_one_thread() -> None:
    """Let NumPy multiply on one thread of this process from now on; FAISS keeps its own.

    A thread that waits for the next product spins, and that took as much of the processors as
    answering did.
    """
    ThreadpoolController().select(internal_api="openblas", threading_layer="pthreads").limit(
        limits=1
    )
