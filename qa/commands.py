"""Serving, checking, measuring: a command takes settings and arguments and gives an exit code."""

import argparse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from index.conversion import open_embedder
from index.errors import NoSnapshot, SearchError
from index.snapshot import Manifest, SnapshotStore, index_recipe
from qa.answer_json import quote_to_json
from qa.doctor import examine
from qa.ledger.errors import LedgerError
from qa.library_commands import build_with_progress
from qa.notices import notice_text
from qa.one_document import OneDocument
from qa.open_library import open_library
from qa.settings import Settings, SettingsError
from qa.staff.errors import StaffError
from qa.terminal import BadInput, BadUsage, print_json, rows_in
from qa.triage.signatures import SignatureError
from sources.document import Document
from sources.errors import SourceError
from sources.intake import starter_files, take_in
from sources.library import Library
from sources.read import read_bytes, read_document, sidecar_of

EXPECTED_ERRORS = (
    SourceError,
    SearchError,
    SettingsError,
    SignatureError,
    LedgerError,
    StaffError,
    BadInput,
)


def quote(settings: Settings, chosen: argparse.Namespace) -> int:
    """The evidence in one file, or in the text of each row."""
    one = bool(chosen.file), bool(chosen.question)
    if one != ((False, False) if chosen.batch else (True, True)):
        raise BadUsage("give either --question Q and a FILE, or --batch FILE.jsonl")
    asked = OneDocument(open_embedder(settings.model, settings.models))
    if chosen.batch:
        for row in rows_in(chosen.batch, ("q", "text")):
            print_json({"spans": _spans_in(row["q"], row["text"], asked, settings.max_quotes)})
        return 0
    path = Path(chosen.file)
    document = read_document(read_bytes(path), path.name, sidecar_of(path))
    quotes = asked.quotes(chosen.question, document, settings.max_quotes)
    if chosen.json:
        found = [quote_to_json(q) for q in quotes]
        spans = [list(q.span) for q in quotes]
        print_json({"spans": spans, "quotes": found, "version": document.version})
    else:
        print("\n\n".join(q.text for q in quotes) or notice_text("outcome.not_in_document"))
    return 0


def _spans_in(question: str, text: str, asked: OneDocument, most: int) -> list[list[int]]:
    """Spans of `text` itself: what canonical text gave, led back to the row's characters."""
    document = _row_document(text)
    if document is None:
        return []
    found = asked.quotes(question, document, most)
    return [list(document.offsets.to_raw(q.span)) for q in found]


def _row_document(text: str) -> Document | None:
    same_length = text.replace("\ufeff", " ").encode("utf-8", "replace")
    try:
        return read_document(same_length, "row.txt")
    except SourceError:
        return None  # no words in the row: nothing in it answers


def doctor(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Run every check; non-zero when one fails, so that it can guard a release."""
    failed = False
    for check in examine(settings):
        failed = failed or not check.passed
        remedy = f"; {check.remedy}" if check.remedy else ""
        print(f"{'ok  ' if check.passed else 'FAIL'} {check.name}: {check.finding}{remedy}")
    return int(failed)


def evaluate(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run evaluation suites, which stand above everything; few commands need them."""
    with _evals_installed():
        from evals.command import run_suites  # noqa: PLC0415
    return run_suites(settings, chosen)


def bench(settings: Settings, chosen: argparse.Namespace) -> int:
    """Measure how fast and how big everything is, beside the plain floor."""
    with _evals_installed():
        from evals.bench.command import run_bench  # noqa: PLC0415
    return run_bench(settings, chosen)


@contextmanager
def _evals_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise BadUsage(
            f"the evaluation needs {error.name}; run `pip install -e '.[evals]'`"
        ) from error


def serve(settings: Settings, chosen: argparse.Namespace) -> int:
    """Serve the page. A new home is filled with the starter library first."""
    given = {"host": chosen.host, "port": chosen.port}
    changed = {name: value for name, value in given.items() if value is not None}
    settings = replace(settings, **changed)
    if _needs_index(settings):
        made = build_with_progress(settings)
        print(f"index {made.snapshot_id}: {made.passages} passages", flush=True)
    with ThreadPoolExecutor(1) as pool:  # the model is made ready while the page is imported
        opening = pool.submit(open_embedder, settings.model, settings.models)
        import app  # noqa: PLC0415  it stands above the commands; only serving needs it

        embedder = opening.result()
    app.serve(settings, embedder)
    return 0


def _needs_index(settings: Settings) -> bool:
    """Whether an index must be built before the page is of use; a new home is filled first."""
    try:
        folder = SnapshotStore(settings.home).current_folder()
    except NoSnapshot:
        _fill_new_home(open_library(settings))
        print("Building the index; this happens once", flush=True)
        return True
    outdated = Manifest.read(folder / "manifest.json").recipe != index_recipe()
    if outdated:
        print("The index was made by another version of this program: building it anew", flush=True)
    return outdated


def _fill_new_home(library: Library) -> None:
    """Add the starter library to a home that holds nothing else, also after a broken-off start."""
    starter = starter_files()
    if {entry.name for entry in library.entries()} <= {path.name for path in starter}:
        print("A new home: adding the starter library", flush=True)
        take_in(library, starter)
