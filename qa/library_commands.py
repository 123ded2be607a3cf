"""The library and the index from the command line."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from index.build import Built, build
from index.conversion import open_embedder
from index.snapshot import Manifest, SnapshotStore
from qa.open_library import open_library
from qa.settings import Settings
from qa.terminal import BadInput, BadUsage, print_json
from sources.intake import Taken, files_in, starter_files, take_in
from sources.library import Added, Entry

SOME_REFUSED = 3


class ProgressBar:
    """A progress bar for anything that takes over a second, on standard error."""

    def __init__(self) -> None:
        self._what = ""
        self._bar: tqdm[NoReturn] = tqdm(disable=True)

    def __call__(self, what: str, done: int, of: int) -> None:
        """Show that `done` of `of` steps of `what` are done."""
        if self._what != what:
            self.close()
            self._what = what
            # disable=None: no bar where standard error is a file, which it would only fill
            self._bar = tqdm(total=of, desc=what, delay=1, leave=False, disable=None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def sources_add(settings: Settings, chosen: argparse.Namespace) -> int:
    """Add files to the library and say what became of each."""
    if not chosen.paths and not chosen.starter:
        raise BadUsage("name files or folders to add, or give --starter")
    paths = list(files_in([Path(path) for path in chosen.paths]))
    paths += starter_files() if chosen.starter else []
    if not paths:
        raise BadInput("there is no file of a known format there; see the README for formats")
    taken = take_in(open_library(settings), paths, seen=_say_taken)
    counts = Counter(str(t.outcome) if t.outcome else "refused" for t in taken)
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    if any(t.outcome not in (None, Added.UNCHANGED) for t in taken):
        print("Next: quotewell index build")
    refused = counts["refused"]
    return 0 if not refused else 1 if refused == len(taken) else SOME_REFUSED


def _say_taken(taken: Taken) -> None:
    if taken.problem:
        print(f"refused: {taken.problem}", file=sys.stderr)
    elif taken.document:
        document = taken.document
        repairs = Counter(repair.kind for repair in document.repairs)
        mended = "".join(f"; {count} × {kind}" for kind, count in repairs.items())
        print(f"{taken.outcome}: {document.doc_id}  {document.source.title}{mended}")


def sources_list(settings: Settings, chosen: argparse.Namespace) -> int:
    """List every version of every document."""
    entries = open_library(settings).entries()
    if chosen.json:
        for entry in entries:
            print_json(_entry_json(entry))
        return 0
    for entry in entries:
        mark = "*" if entry.quotable else " " if entry.current else "-"
        source = entry.source
        print(f"{mark} {entry.doc_id}  {entry.version[:12]}  {source.status}  {source.title}")
    print(f"{sum(e.current for e in entries)} documents, {len(entries)} versions; * may be quoted")
    return 0


def _entry_json(entry: Entry) -> dict[str, object]:
    source = {name: getattr(entry.source, name) for name in entry.source.__dataclass_fields__}
    source = {k: str(v) if k in ("reviewed", "review_due") and v else v for k, v in source.items()}
    return {
        "doc_id": entry.doc_id,
        "version": entry.version,
        "name": entry.name,
        "format": entry.format,
        "added": entry.added,
        "current": entry.current,
        "quotable": entry.quotable,
        "source": source,
    }


def sources_show(settings: Settings, chosen: argparse.Namespace) -> int:
    """Show one document: its canonical text byte for byte, or what is known of it."""
    library = open_library(settings)
    entry = library.entry(chosen.doc_id, chosen.version)
    document = library.document(entry.doc_id, entry.version)
    if chosen.text:
        sys.stdout.buffer.write(document.text.encode())
        sys.stdout.buffer.flush()
        return 0
    blocks = Counter(block.kind.value for block in document.blocks)
    known = {
        **_entry_json(entry),
        "characters": len(document.text),
        "pages": len(document.pages),
        "blocks": dict(blocks),
        "repairs": dict(Counter(repair.kind for repair in document.repairs)),
    }
    if chosen.json:
        print_json(known)
    else:
        for key, value in known.items():
            print(f"{key}: {value}")
    return 0


def sources_withdraw(settings: Settings, chosen: argparse.Namespace) -> int:
    """Stop quoting a document, at once and without a new index."""
    entry = open_library(settings).withdraw(chosen.doc_id)
    print(f"{entry.doc_id} is withdrawn and will not be quoted; its words are kept for the record")
    return 0


def build_with_progress(settings: Settings) -> Built:
    """Index the library, showing a bar when it takes over a second."""
    bar = ProgressBar()
    embedder = open_embedder(settings.model, settings.models)
    try:
        return build(open_library(settings), embedder, bar, settings.engine)
    finally:
        bar.close()


def index_build(settings: Settings, chosen: argparse.Namespace) -> int:
    """Index the library and switch to the new index."""
    made = build_with_progress(settings)
    if chosen.json:
        print_json(made._asdict())
    else:
        fresh = f"{made.embedded} of {made.texts} texts newly embedded"
        print(f"index {made.snapshot_id}: {made.passages} passages, {fresh}")
    return 0


def index_status(settings: Settings, chosen: argparse.Namespace) -> int:
    """What is indexed, and whether the library has moved on."""
    folder = SnapshotStore(settings.home).current_folder()
    manifest = Manifest.read(folder / "manifest.json")
    wanted = {e.doc_id: e.version for e in open_library(settings).quotable().values()}
    status = {
        "snapshot": folder.name,
        "passages": manifest.passages,
        "statements": manifest.statements,
        "documents": len(manifest.documents),
        "model": manifest.model.name,
        "engine": manifest.engine,
        "recall": manifest.recall,
        "wordings_engine": manifest.asked_engine,
        "wordings_recall": manifest.asked_recall,
        "up_to_date": wanted == manifest.documents,
    }
    if chosen.json:
        print_json(status)
    else:
        for key, value in status.items():
            print(f"{key}: {value}")
        if not status["up_to_date"]:
            print("The library has changed since. Next: quotewell index build")
    return 0


def index_verify(settings: Settings, chosen: argparse.Namespace) -> int:
    """Open the index with every check; a damaged one is an error that says what to do."""
    embedder = open_embedder(settings.model, settings.models)
    snapshot = SnapshotStore(settings.home).open_current(embedder.identity)
    if chosen.json:
        print_json({"snapshot": snapshot.snapshot_id, "whole": True})
    else:
        print(
            f"index {snapshot.snapshot_id} is whole: {len(snapshot.manifest.files)} files checked"
        )
    return 0
