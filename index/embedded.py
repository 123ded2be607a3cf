"""Everything about some passages that is embedded, and what an earlier index embedded already."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, ModelIdentity, Progress, Vectors
from index.errors import SearchError
from index.late import StoredTokens, TokenTable, stored_tokens
from index.passages import Prepared, embedded_texts
from index.snapshot import Manifest, SnapshotStore, file_hashes

VECTOR_FILES = ("vectors", "statement_vectors", "context_vectors", "asked_vectors")


class Known(NamedTuple):
    """Vectors and tokens by the hash of their text."""

    vectors: dict[bytes, Vectors]
    tokens: dict[bytes, StoredTokens]

    @classmethod
    def of_current(cls, store: SnapshotStore, model: ModelIdentity) -> Self:
        """What the serving snapshot embedded with the same model; a damaged one gives nothing.

        By which rules it was cut does not matter: a text is a text.
        """
        try:
            folder = store.current_folder()
            manifest = Manifest.read(folder / "manifest.json")
        except SearchError:
            return cls({}, {})
        if manifest.model != model or file_hashes(folder) != manifest.files:
            return cls({}, {})
        arrays = [np.load(folder / f"{name}.npy").astype(np.float32) for name in VECTOR_FILES]
        keys = [key.tobytes() for key in np.load(folder / "keys.npy")]
        table = TokenTable.open(folder / "tokens")
        tokens = {key: table.of_passage(n) for n, key in enumerate(keys[: manifest.passages])}
        return cls(dict(zip(keys, np.concatenate(arrays), strict=True)), tokens)


class Embedded(NamedTuple):
    """Vectors of passages, statements alone, statements in context and wordings, and tokens.

    `keys` are the hashes of all their texts, in that order; `fresh` of them were not known.
    """

    passages: Vectors
    alone: Vectors
    in_context: Vectors
    asked: Vectors
    tokens: TokenTable
    keys: list[bytes]
    fresh: int


def embed_all(
    prepared: Sequence[Prepared], embedder: Embedder, known: Known, seen: Progress
) -> Embedded:
    """Embed what is not known yet; of a passage the tokens are kept too."""
    texts = embedded_texts(prepared)
    keys = [_key(text) for text in texts]
    by_key = dict(zip(keys, texts, strict=True))
    passages = [key for key in dict.fromkeys(keys[: len(prepared)]) if key not in known.tokens]
    held = known.vectors.keys() | set(passages)
    others = [key for key in by_key if key not in held]
    fresh = len(passages) + len(others)
    vectors, rows = embedder.embed_tokens(
        [by_key[key] for key in passages], lambda done: seen("Embedding", done, fresh)
    )
    more = embedder.embed(
        [by_key[key] for key in others],
        lambda done: seen("Embedding", len(passages) + done, fresh),
    )
    made = dict(zip([*passages, *others], [*vectors, *more], strict=True))
    kept = {k: stored_tokens(by_key[k], row) for k, row in zip(passages, rows, strict=True)}
    every = {**known.vectors, **made}
    tokens = {**known.tokens, **kept}
    dimension = embedder.identity.dimension
    none = np.zeros((0, dimension), np.float32)
    whole = np.concatenate([none, *(every[key][None] for key in keys)])
    statements = sum(len(p.statements) for p in prepared)
    ends = np.cumsum([len(prepared), statements, statements])
    own = [tokens[key] for key in keys[: len(prepared)]]
    table = TokenTable.of(own, [p.head for p in prepared], dimension)
    of_passages, alone, in_context, asked = np.split(whole, ends)
    return Embedded(of_passages, alone, in_context, asked, table, keys, fresh)


def key_rows(keys: Sequence[bytes]) -> NDArray[np.uint8]:
    """The hashes as rows `(n, 16)`."""
    return np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 16)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
