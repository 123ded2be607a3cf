"""Small real parts that many tests share: an embedder without a model, libraries of a few lines."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings

from index.build import build
from index.conversion import open_embedder
from index.embedder import (
    DEFAULT_MODEL,
    ModelIdentity,
    SentenceTransformerEmbedder,
    TokenRows,
    Vectors,
)
from index.words import terms
from qa.assistant import Assistant
from qa.ledger.ledger import Ledger
from qa.settings import Settings
from sources.library import Library
from sources.read import read_document
from tests.browser import address, assistant, browser, desktop, library, page, phone
from tests.milvus_server import milvus, own_milvus
from tests.postgres_server import database, server
from tests.staff import client_as, desk, quick_passwords

# The parts of these files are one for all the tests that ask for them.
__all__ = [
    "address",
    "assistant",
    "browser",
    "client_as",
    "database",
    "desk",
    "desktop",
    "library",
    "milvus",
    "own_milvus",
    "page",
    "phone",
    "quick_passwords",
    "server",
]

# A gate must say the same of the same code: there the examples are fixed. Elsewhere they are new
# in every run, and find what nobody thought of.
# On a busy machine an example takes as long as it takes.
hypothesis_settings.register_profile("everyday", deadline=None)
hypothesis_settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis_settings.load_profile("gate" if os.environ.get("CI") else "everyday")


class HashingEmbedder:
    """A bag of stems hashed to places with signs, unit length. Real, small and without a model.

    `texts` counts what was embedded; the text number `fails_at`, from 1, raises instead.
    """

    def __init__(self, dimension: int = 128, name: str = "hashed stems") -> None:
        self.identity = ModelIdentity(name, f"stems-{dimension}", dimension)
        self.runtime = "NumPy"
        self.texts = 0
        self.fails_at: int | None = None

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for done, (row, text) in enumerate(zip(vectors, texts, strict=True), start=1):
            self.texts += 1
            if self.texts == self.fails_at:
                raise RuntimeError("the power went off")
            for term in terms(text) or [""]:
                number = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())
                row[(number >> 1) % len(row)] += 1 if number % 2 else -1
            if not row.any():
                row[0] = 1.0
            seen(done)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = True,
    ) -> tuple[Vectors, list[TokenRows]]:
        """The same vectors, and those of the words one by one."""
        found = []
        for text in texts:
            own = [match.span() for match in re.finditer(r"\w+", text)]
            rows = HashingEmbedder.embed(
                HashingEmbedder(self.identity.dimension), [text[a:b] for a, b in own]
            )
            found.append(TokenRows(rows, np.array(own, dtype=np.int32).reshape(-1, 2)))
        return self.embed(texts, seen), found


Files = Mapping[str, str]


class LibraryOf(Protocol):
    """Makes a library of files given as name to text; with `home` adds to the one there."""

    def __call__(self, files: Files, home: Path | None = None) -> Library: ...


def add_file(library: Library, name: str, text: str) -> str:
    """Add one file to a library; the version it became."""
    data = text.encode()
    document = read_document(data, name)
    library.add(document, data, name)
    return document.version


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def embedder_class() -> type[HashingEmbedder]:
    return HashingEmbedder


@pytest.fixture(scope="session")
def model() -> SentenceTransformerEmbedder:
    """The real model, loaded once."""
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real model converted, once; a home may link to it as `models`."""
    folder = tmp_path_factory.mktemp("models")
    open_embedder(DEFAULT_MODEL, folder)
    return folder


@pytest.fixture
def put() -> Callable[[Library, str, str], str]:
    return add_file


@pytest.fixture
def library_of(tmp_path: Path) -> Iterator[LibraryOf]:
    made: list[Library] = []

    def make(files: Files, home: Path | None = None) -> Library:
        library = Library(home or tmp_path / f"home{len(made)}")
        made.append(library)
        for name, text in files.items():
            add_file(library, name, text)
        return library

    yield make
    for one in made:
        one.close()


@pytest.fixture
def assistant_of(library_of: LibraryOf, embedder: HashingEmbedder) -> Callable[[Files], Assistant]:
    """Makes an assistant over files given as name to text, indexed with stems."""

    def make(files: Files) -> Assistant:
        library = library_of(files)
        build(library, embedder, lambda *_: None)
        return Assistant(Settings(home=library.home), library, embedder)

    return make


@pytest.fixture
def ledger(assistant: Assistant) -> Iterator[Ledger]:
    """The ledger of the assistant's home."""
    ledger = Ledger(assistant.library.home)
    yield ledger
    ledger.close()
