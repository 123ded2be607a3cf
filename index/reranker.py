"""A cross-encoder that reads question and text together: slower, and never needed.

It is switched on by naming one that is on this machine; then torch is loaded to answer.
"""

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedder import load_model, model_fingerprint, model_folder
from index.errors import ModelUnusable

BATCH = 32


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder with one figure for each pair of texts.

    Raises `ModelUnusable` when it is not on this machine, cannot be loaded, or is a classifier
    of several kinds.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = model_folder(name)
        self._lock = Lock()

    @cached_property
    def fingerprint(self) -> str:
        """The hash of what the model computes with, for the record of an answer."""
        return model_fingerprint(self.name, self.folder)

    @cached_property
    def model(self) -> Any:  # noqa: ANN401  the library publishes no narrower type
        """The sentence-transformers model itself."""
        remedy = "install it again, or clear the setting `reranker`"
        model = load_model("CrossEncoder", self.folder, "reranker", remedy)
        if model.num_labels != 1:
            raise ModelUnusable(
                f"the reranker in {self.folder} gives {model.num_labels} figures a pair, not one; "
                "name a cross-encoder that ranks"
            )
        return model

    def logits(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers, `(n,)`: log-odds, any real number."""
        from torch import nn  # noqa: PLC0415  loaded with the model already

        pairs = [(question, text) for text in texts]
        with self._lock:
            found = self.model.predict(
                pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=nn.Identity()
            )
        return np.asarray(found, dtype=np.float32).reshape(-1)
