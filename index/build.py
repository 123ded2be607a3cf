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
from index.engines import AUTO, Vectors, engine, engine_for, is_elsewhere
from index.engines.recall import SAMPLE, recall
from index.errors import REBUILD, BuildInProgress, IndexNotWritten, NothingToIndex
from index.lexical import LexicalIndex
from index.milvus_lexical import MilvusLexicalIndex
from index.passage_table import save_rows
from index.passages import Prepared, passage_rows, prepare
from index.snapshot import FORMAT, Manifest, SnapshotStore, file_hashes, index_recipe
from index.statements import StatementTable
from index.wordings import statement_of_each
from index.words import words
from sources.library import Entry, Library

CHARACTERS_A_TOKEN = 8  # of those that are kept, in the starter library


class Built(NamedTuple):
    """What a build made, and how many texts it had to embed out of how many."""

    snapshot_id: str
    passages: int
    embedded: int
    texts: int


def build(
    library: Library,
    embedder: Embedder,
    seen: Progress,
    engine_name: str = AUTO,
    *,
    coming: Sequence[Entry] = (),
) -> Built:
    """Index everything quotable in `library` and switch to it.

    Each of the versions `coming` stands in the index in the place of the one that is quoted now.
    Raises `NothingToIndex`, `IndexNotWritten`, or `BuildInProgress` when another process builds
    in this home. Whatever is raised, the index before still serves.
    """
    store = SnapshotStore(library.home)
    store.folder.mkdir(parents=True, exist_ok=True)
    with _alone(library.home / "build.lock"):
        every = {e.doc_id: e for e in (*library.quotable().values(), *coming)}
        entries = sorted(every.values(), key=lambda entry: entry.doc_id)
        prepared = _prepare(library, entries, seen)
        _check_space(store.folder, prepared, embedder.identity.dimension)
        known = Known.of_current(store, embedder.identity)
        made = embed_all(prepared, embedder, known, seen)
        for left in store.folder.glob(".building-*"):  # by a process that died
            shutil.rmtree(left, ignore_errors=True)
        written = store.folder / f".building-{os.getpid()}"
        try:
            written.mkdir()
            _write(written, prepared, made)
            sample = made.alone[:: max(len(made.alone) // (2 * SAMPLE), 1)]
            if is_elsewhere(engine_name):
                MilvusLexicalIndex.fill(engine_name, written / "lexical")
            near = write_engine(written / "engine.bin", engine_name, made.passages, sample)
            asked = write_engine(written / "asked_engine.bin", engine_name, made.asked, sample)
            manifest = Manifest(
                format=FORMAT,
                recipe=index_recipe(),
                model=embedder.identity,
                engine=near.name,
                recall=near.recall,
                asked_engine=asked.name,
                asked_recall=asked.recall,
                passages=len(prepared),
                statements=len(made.alone),
                documents={entry.doc_id: entry.version for entry in entries},
                files=file_hashes(written),
            )
            snapshot_id = store.switch_to(written, manifest)
        except OSError as error:
            raise IndexNotWritten(
                f"the new index could not be written ({error.strerror or error}), the one before "
                f"still serves; free some space in {store.folder.parent} and {REBUILD} again"
            ) from error
        finally:
            store.discard(written, {store.current_id()} if store.serves else set())
    return Built(snapshot_id, len(prepared), made.fresh, len(made.keys))


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


def _check_space(folder: Path, prepared: Sequence[Prepared], dimension: int) -> None:
    """Refuse before hours of embedding what the disk has no room for."""
    statements = sum(len(p.statements) for p in prepared)
    asked = sum(len(p.asked_as) for p in prepared)
    tokens = sum(len(p.embedded) for p in prepared) // CHARACTERS_A_TOKEN
    needed = dimension * (8 * len(prepared) + 4 * statements + 8 * asked + tokens)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise IndexNotWritten(
            f"the new index needs about {needed >> 20} MB and {free >> 20} MB are free, the one "
            f"before still serves; free some space in {folder.parent} and {REBUILD}"
        )


def _write(folder: Path, prepared: Sequence[Prepared], made: Embedded) -> None:
    np.save(folder / "vectors.npy", made.passages)
    np.save(folder / "statement_vectors.npy", made.alone.astype(np.float16))
    np.save(folder / "context_vectors.npy", made.in_context.astype(np.float16))
    np.save(folder / "asked_vectors.npy", made.asked)
    np.save(folder / "asked_statements.npy", statement_of_each(prepared, made.alone, made.asked))
    np.save(folder / "keys.npy", key_rows(made.keys))
    (folder / "tokens").mkdir()
    made.tokens.save(folder / "tokens")
    save_rows(passage_rows(prepared), folder)
    lexical = LexicalIndex.build([p.terms for p in prepared])
    (folder / "lexical").mkdir()
    lexical.save(folder / "lexical")
    (folder / "statements").mkdir()
    StatementTable.of(prepared, made.tokens, lexical).save(folder / "statements")
    counts = Counter(word for p in prepared for word in words(p.embedded) if word.isalpha())
    text = json.dumps(dict(sorted(counts.items())), ensure_ascii=False)
    (folder / "words.json").write_text(text, encoding="utf-8")


class Written(NamedTuple):
    """Which engine was written, and its recall@10."""

    name: str
    recall: float


def write_engine(path: Path, setting: str, vectors: Vectors, sample: Vectors) -> Written:
    """Build an engine on half of what `like_questions` makes, and measure it on the other."""
    name = engine_for(setting, len(vectors))
    asked = like_questions(sample)
    made = engine(name).build(vectors, asked[::2])
    made.save(path)
    return Written(name.partition("://")[0], round(recall(made, vectors, asked[1::2]), 4))


def like_questions(statements: Vectors) -> Vectors:
    """Vectors as far from all that is there as questions are, `(n, d)`: between two statements.

    A statement lies beside its own passage. An engine that finds that one may miss what a question
    needs, and more so one that is off the library's subject.
    """
    asked = statements + np.roll(statements, len(statements) // 3, axis=0)
    found: Vectors = asked / np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-6)
    return found
