"""Is everything as it should be? Named checks, each with what to do when it fails."""

import shutil
from collections.abc import Iterator
from typing import NamedTuple

from index.conversion import open_embedder
from index.embedder import Embedder, SentenceTransformerEmbedder, sha256_of
from index.errors import SearchError
from index.reranker import CrossEncoderReranker
from index.snapshot import SnapshotStore
from qa.gate import calibration, is_calibrated
from qa.open_library import open_library
from qa.settings import Settings
from sources.errors import SourceError
from sources.library import Library

LEAST_FREE_BYTES = 500 * 1024 * 1024


class Check(NamedTuple):
    """One finding. `remedy` is empty when all is well."""

    name: str
    passed: bool
    finding: str
    remedy: str


def examine(settings: Settings) -> Iterator[Check]:
    """All checks, in the order in which one depends on another."""
    yield _free_space(settings)
    model, embedder = _model(settings)
    yield model
    yield from _reranker(settings)
    yield _thresholds(settings)
    try:
        library = open_library(settings)
        yield _documents(library)
        yield _originals(library)
    except SourceError as error:
        yield Check("library", passed=False, finding=str(error), remedy="")
        return
    if embedder is not None:
        yield _snapshot(settings, library, embedder)


def _free_space(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.home if settings.home.exists() else ".").free
    remedy = "" if free >= LEAST_FREE_BYTES else "free at least 500 MB"
    return Check("disk", not remedy, f"{free // 2**20} MB free", remedy)


def _model(settings: Settings) -> tuple[Check, Embedder | None]:
    try:
        embedder = open_embedder(settings.model, settings.models)
        identity = embedder.identity
    except SearchError as error:
        return Check("model", passed=False, finding=str(error), remedy=""), None
    finding = f"{identity.name}, {identity.dimension} numbers a vector, {identity.fingerprint[:16]}"
    finding += f", {embedder.runtime}"
    if isinstance(embedder, SentenceTransformerEmbedder):
        finding += f" ({embedder.instead})"
    return Check("model", passed=True, finding=finding, remedy=""), embedder


def _reranker(settings: Settings) -> Iterator[Check]:
    if settings.reranker:
        try:
            reranker = CrossEncoderReranker(settings.reranker)
            reranker.logits("warm", ["warm"])
        except SearchError as error:
            yield Check("reranker", passed=False, finding=str(error), remedy="")
        else:
            finding = f"{reranker.name}, {reranker.fingerprint[:16]}"
            yield Check("reranker", passed=True, finding=finding, remedy="")


def _thresholds(settings: Settings) -> Check:
    """Whether the stated share of wrong answers was measured with these models."""
    made, fits = calibration(), is_calibrated(settings)
    with_ = f"{made['model']}, reranker {made['reranker'] or 'none'}"
    finding = f"set on {made['questions']} questions with {with_}"
    remedy = (
        "with other models the share of wrong answers is not known: run `python -m evals.train "
        f"--model {settings.model} --reranker '{settings.reranker}' --write`"
    )
    return Check("thresholds", fits, finding, "" if fits else remedy)


def _documents(library: Library) -> Check:
    quotable = len(library.quotable())
    entries = library.entries()
    current = sum(entry.current for entry in entries)
    finding = f"{quotable} quotable of {current} documents, {len(entries)} versions"
    remedy = "" if quotable else "add documents with `quotewell sources add`"
    return Check("documents", bool(quotable), finding, remedy)


def _originals(library: Library) -> Check:
    """Every kept original must still have the bytes that its name says."""
    damaged = []
    for entry in library.entries():
        path = library.home / "originals" / entry.version
        if not path.is_file() or sha256_of(path) != entry.version:
            damaged.append(entry.name)
    finding = f"damaged or missing: {', '.join(damaged)}" if damaged else "all as they were added"
    remedy = "restore the folder `originals` from a backup" if damaged else ""
    return Check("originals", not damaged, finding, remedy)


def _snapshot(settings: Settings, library: Library, embedder: Embedder) -> Check:
    try:
        snapshot = SnapshotStore(settings.home).open_current(embedder.identity)
    except SearchError as error:
        return Check("index", passed=False, finding=str(error), remedy="")
    wanted = {entry.doc_id: entry.version for entry in library.quotable().values()}
    behind = wanted != snapshot.manifest.documents
    made = snapshot.manifest
    finding = f"{snapshot.snapshot_id}, {made.passages} passages"
    finding += f", engine {made.engine} finds {made.recall:.1%} of the nearest"
    if behind:
        finding += ", behind the library"
    remedy = "run `quotewell index build`" if behind else ""
    return Check("index", not behind, finding, remedy)
