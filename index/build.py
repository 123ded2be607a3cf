"""The library to a new snapshot. Only what was never embedded before is embedded."""

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.embedder import Embedder, ModelIdentity, Progress, Vectors
from index.engines import DEFAULT_ENGINE, engine
from index.errors import BuildInProgress, NothingToIndex, SearchError
from index.lexical import LexicalIndex
from index.passages import (
    PassageRow,
    Prepared,
    StatementTable,
    embedded_texts,
    passage_rows,
    prepare,
    write_rows,
)
from index.snapshot import FORMAT, Manifest, SnapshotStore, file_hashes, index_recipe
from index.words import words
from sources.library import Entry, Library


class Built(NamedTuple):
    """What a build made, and how many texts it had to embed out of how many."""

    snapshot_id: str
    passages: int
    embedded: int
    texts: int


def build(
    library: Library, embedder: Embedder, seen: Progress, engine_name: str = DEFAULT_ENGINE
) -> Built:
    """Index everything quotable in `library` and switch to it.

    Raises `NothingToIndex`, or `BuildInProgress` when another process builds in this home.
    """
    store = SnapshotStore(library.home)
    store.folder.mkdir(parents=True, exist_ok=True)
    with _alone(library.home / "build.lock"):
        entries = sorted(library.quotable().values(), key=lambda entry: entry.doc_id)
        prepared = _prepare(library, entries, seen)
        known = _known_vectors(store, embedder.identity)
        texts = embedded_texts(prepared)
        vectors, embedded = _embed(texts, embedder, known, seen)
        written = store.folder / f".building-{os.getpid()}"
        shutil.rmtree(written, ignore_errors=True)  # of a process that died and had this number
        written.mkdir()
        try:
            rows = passage_rows(prepared)
            _write(written, prepared, rows, vectors, engine_name)
            _write_keys(written, texts)
            manifest = Manifest(
                format=FORMAT,
                recipe=index_recipe(),
                model=embedder.identity,
                engine=engine_name,
                passages=len(rows),
                statements=rows[-1].last,
                documents={entry.doc_id: entry.version for entry in entries},
                files=file_hashes(written),
            )
            made = store.switch_to(written, manifest)
        finally:
            shutil.rmtree(written, ignore_errors=True)
    return Built(made, len(rows), embedded, len(texts))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the build lock of a home; the system lets go of it when a process dies."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildInProgress(
                "another process is building an index here; wait until it is done"
            ) from error
        yield


def _prepare(library: Library, entries: Sequence[Entry], seen: Progress) -> list[Prepared]:
    prepared: list[Prepared] = []
    for done, entry in enumerate(entries, start=1):
        prepared += prepare(library.document(entry.doc_id, entry.version))
        seen("Cutting passages", done, len(entries))
    if not prepared:
        raise NothingToIndex(
            "the library holds nothing to index; add documents with `quotewell sources add`"
        )
    return prepared


def _embed(
    texts: Sequence[str], embedder: Embedder, known: dict[bytes, Vectors], seen: Progress
) -> tuple[Vectors, int]:
    """Vectors for all texts and how many of them are new."""
    keys = [_key(text) for text in texts]
    fresh = list(
        {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items()
    )
    made = embedder.embed(
        [text for _, text in fresh], lambda done: seen("Embedding", done, len(fresh))
    )
    known = {**known, **dict(zip([key for key, _ in fresh], made, strict=True))}
    rows = np.stack([known[key] for key in keys]).astype(np.float32)
    return rows, len(fresh)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _write_keys(folder: Path, texts: Sequence[str]) -> None:
    keys = np.frombuffer(b"".join(map(_key, texts)), dtype=np.uint8).reshape(-1, 16)
    np.save(folder / "keys.npy", keys)


def _known_vectors(store: SnapshotStore, model: ModelIdentity) -> dict[bytes, Vectors]:
    """What the serving snapshot embedded with the same model, by the hash of the text.

    By which rules it was cut does not matter: a text is a text. A damaged one gives nothing.
    """
    try:
        folder = store.current_folder()
        manifest = Manifest.read(folder / "manifest.json")
    except SearchError:
        return {}
    if manifest.model != model or file_hashes(folder) != manifest.files:
        return {}
    names = ("vectors.npy", "statement_vectors.npy", "context_vectors.npy")
    rows = np.concatenate([np.load(folder / name).astype(np.float32) for name in names])
    keys = np.load(folder / "keys.npy")
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def _write(
    folder: Path,
    prepared: Sequence[Prepared],
    rows: Sequence[PassageRow],
    vectors: Vectors,
    engine_name: str,
) -> None:
    passage_vectors, alone, in_context = np.split(vectors, [len(rows), len(rows) + rows[-1].last])
    np.save(folder / "vectors.npy", passage_vectors)
    np.save(folder / "statement_vectors.npy", alone.astype(np.float16))
    np.save(folder / "context_vectors.npy", in_context.astype(np.float16))
    np.save(folder / "statements.npy", StatementTable.of(prepared).rows)
    write_rows(rows, folder / "passages.jsonl")
    engine(engine_name).build(passage_vectors).save(folder / "engine.bin")
    (folder / "lexical").mkdir()
    LexicalIndex.build([p.terms for p in prepared]).save(folder / "lexical")
    counts = Counter(word for p in prepared for word in words(p.embedded) if word.isalpha())
    text = json.dumps(dict(sorted(counts.items())), ensure_ascii=False)
    (folder / "words.json").write_text(text, encoding="utf-8")
