"""The library to a new snapshot. Only what was never embedded before is embedded."""

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.embedded import Embedded, Known, embed_all, key_rows
from index.embedder import Embedder, Progress
from index.engines import DEFAULT_ENGINE, engine
from index.errors import BuildInProgress, NothingToIndex
from index.lexical import LexicalIndex
from index.passages import (
    PassageRow,
    Prepared,
    passage_rows,
    prepare,
    write_rows,
)
from index.snapshot import FORMAT, Manifest, SnapshotStore, file_hashes, index_recipe
from index.statements import StatementTable
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
        known = Known.of_current(store, embedder.identity)
        made = embed_all(prepared, embedder, known, seen)
        written = store.folder / f".building-{os.getpid()}"
        shutil.rmtree(written, ignore_errors=True)  # of a process that died and had this number
        written.mkdir()
        try:
            rows = passage_rows(prepared)
            _write(written, prepared, rows, made, engine_name)
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
            snapshot_id = store.switch_to(written, manifest)
        finally:
            shutil.rmtree(written, ignore_errors=True)
    return Built(snapshot_id, len(rows), made.fresh, len(made.keys))


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


def _write(
    folder: Path,
    prepared: Sequence[Prepared],
    rows: Sequence[PassageRow],
    made: Embedded,
    engine_name: str,
) -> None:
    np.save(folder / "vectors.npy", made.passages)
    np.save(folder / "statement_vectors.npy", made.alone.astype(np.float16))
    np.save(folder / "context_vectors.npy", made.in_context.astype(np.float16))
    np.save(folder / "asked_vectors.npy", made.asked)
    np.save(folder / "keys.npy", key_rows(made.keys))
    (folder / "tokens").mkdir()
    made.tokens.save(folder / "tokens")
    write_rows(rows, folder / "passages.jsonl")
    engine(engine_name).build(made.passages).save(folder / "engine.bin")
    lexical = LexicalIndex.build([p.terms for p in prepared])
    (folder / "lexical").mkdir()
    lexical.save(folder / "lexical")
    (folder / "statements").mkdir()
    StatementTable.of(prepared, made.tokens, lexical).save(folder / "statements")
    counts = Counter(word for p in prepared for word in words(p.embedded) if word.isalpha())
    text = json.dumps(dict(sorted(counts.items())), ensure_ascii=False)
    (folder / "words.json").write_text(text, encoding="utf-8")
