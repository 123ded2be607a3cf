"""Libraries and indexes in a folder of their own, for an evaluation to ask."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.build import build
from index.embedder import Embedder, ModelIdentity, Vectors
from qa.assistant import Assistant
from qa.settings import Settings
from sources.document import Document
from sources.intake import take_in
from sources.library import Library


class RememberingEmbedder:
    """Embeds each text once, however many libraries and questions share it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""
        return self._embedder.identity

    @property
    def runtime(self) -> str:
        """What computes the vectors."""
        return self._embedder.runtime

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order."""
        fresh = list(dict.fromkeys(text for text in texts if text not in self._known))
        made = self._embedder.embed(fresh, seen)
        self._known.update(zip(fresh, made, strict=True))
        if not texts:
            return made
        found: Vectors = np.stack([self._known[text] for text in texts])
        return found


def assistant_over(home: Path, paths: Sequence[Path], embedder: Embedder) -> Assistant:
    """An assistant over the given files, indexed under `home`; a refused file ends the run."""
    library = Library(home)
    refused = [taken.problem for taken in take_in(library, paths) if taken.problem]
    if refused:
        raise SystemExit("\n".join(refused))
    build(library, embedder, lambda *_: None)
    assistant = Assistant(Settings(home=home), library, embedder)
    assistant.ask("Is the model awake?")
    return assistant


def documents_by_id(assistant: Assistant) -> dict[str, Document]:
    """Every quotable document of the assistant's library."""
    library = assistant.library
    entries = library.quotable().values()
    return {entry.doc_id: library.document(entry.doc_id, entry.version) for entry in entries}
