"""Libraries and indexes in a folder of their own, for an evaluation to ask."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from evals.vectors import Passing
from index.build import build
from index.embedder import Embedder, TokenRows, Vectors
from qa.assistant import Assistant
from qa.settings import Settings
from sources.document import Document
from sources.intake import take_in
from sources.library import Library
from sources.read import read_bytes, read_document, sidecar_of


class RememberingEmbedder(Passing):
    """Embeds each text once, however many libraries and questions share it."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)
        self._known: dict[str, Vectors] = {}
        self._tokens: dict[str, TokenRows] = {}

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order."""
        fresh = list(dict.fromkeys(text for text in texts if text not in self._known))
        made = self._embedder.embed(fresh, seen)
        self._known.update(zip(fresh, made, strict=True))
        if not texts:
            return made
        found: Vectors = np.stack([self._known[text] for text in texts])
        return found

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = False,
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text."""
        fresh = list(dict.fromkeys(text for text in texts if text not in self._tokens))
        vectors, rows = self._embedder.embed_tokens(fresh, seen, apart=apart)
        self._known.update(zip(fresh, vectors, strict=True))
        self._tokens.update(zip(fresh, rows, strict=True))
        return self.embed(texts), [self._tokens[text] for text in texts]


def assistant_over(
    settings: Settings, paths: Sequence[Path], embedder: Embedder, *, asked_as: bool = True
) -> Assistant:
    """An assistant over the given files, indexed in its home; a refused file ends the run.

    Without `asked_as` the documents lose the wordings in which people ask for their sections.
    """
    library = Library(settings.home)
    refused = [taken.problem for taken in take_in(library, paths) if taken.problem]
    if refused:
        raise SystemExit("\n".join(refused))
    if not asked_as:
        _forget_wordings(library, paths)
    build(library, embedder, lambda *_: None)
    assistant = Assistant(settings, library, embedder)
    assistant.ask("Is the model awake?")
    return assistant


def _forget_wordings(library: Library, paths: Sequence[Path]) -> None:
    for path in paths:
        data = read_bytes(path)
        document = read_document(data, path.name, sidecar_of(path))
        bare = replace(document, source=replace(document.source, asked_as=()))
        library.add(bare, data, path.name)


def documents_by_id(assistant: Assistant) -> dict[str, Document]:
    """Every quotable document of the assistant's library."""
    library = assistant.library
    entries = library.quotable().values()
    return {entry.doc_id: library.document(entry.doc_id, entry.version) for entry in entries}
