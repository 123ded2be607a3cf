"""Files and folders into the library, each whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sources.document import Document
from sources.errors import SameId, SourceError
from sources.library import Added, Library
from sources.read import SIDECAR_ENDING, read_bytes, read_document, sidecar_of
from sources.readers import FORMATS

STARTER = Path(__file__).parent / "starter"


class Taken(NamedTuple):
    """What became of one file: an outcome and its document, or the reason it was refused."""

    path: Path
    outcome: Added | None
    document: Document | None
    problem: str | None


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that `paths` stand for: a file is itself, a folder every known format below it."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in FORMATS)
            yield from (p for p in inside if p.is_file() and not _is_hidden(p.relative_to(path)))
        else:
            yield path


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def starter_files() -> list[Path]:
    """The documents of the starter library; the texts its PDFs are made from are not among them."""
    return sorted(p for p in STARTER.iterdir() if p.suffix in FORMATS)


def take_in(
    library: Library, paths: Sequence[Path], seen: Callable[[Taken], None] = lambda _: None
) -> list[Taken]:
    """Add every file; a file that cannot be read is refused and the rest go on.

    Two different files that ask for one doc_id in the same call are refused, the second one.
    """
    taken: list[Taken] = []
    by_id: dict[str, tuple[str, Path]] = {}
    for path in paths:
        try:
            taken.append(_take_one(library, path, by_id))
        except SourceError as error:
            taken.append(Taken(path, None, None, str(error)))
        seen(taken[-1])
    return taken


def _take_one(library: Library, path: Path, by_id: dict[str, tuple[str, Path]]) -> Taken:
    data = read_bytes(path)
    document = read_document(data, path.name, sidecar_of(path))
    version, other = by_id.setdefault(document.doc_id, (document.version, path))
    if version != document.version:
        raise SameId(
            f"{path} and {other} both have the id {document.doc_id!r}; give one of them its own "
            f"`doc_id:` in {path.stem}{SIDECAR_ENDING} beside it"
        )
    outcome = library.add(document, data, path.name)
    kept = library.entry_of(document.version)
    return Taken(path, outcome, library.document(kept.doc_id, kept.version), None)
