"""A file on disk, or its bytes, to a `Document`."""

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from sources.canonical import page_spans, weave
from sources.document import Block, Document, Source
from sources.errors import BadMetadata, EmptyFile, NotAFile, TooLarge, UnknownFormat
from sources.metadata import SECTION_GAP, doc_id_from, read_sidecar, source_from
from sources.readers import FORMATS, reader

MAX_BYTES = 100 * 1024 * 1024
SIDECAR_ENDING = ".meta.yaml"


def read_bytes(path: Path) -> bytes:
    """The bytes of the file at `path`; refused when missing, a folder, or over `MAX_BYTES`."""
    if path.is_dir():
        raise NotAFile(f"{path} is a folder; name a file, or use `sources add` to add all in it")
    if not path.is_file():
        raise NotAFile(f"{path} does not exist; check the name")
    size = path.stat().st_size
    if size > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise TooLarge(f"{path.name} has {size // 2**20} MB and the limit is {limit} MB; split it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotAFile(
            f"{path} cannot be read ({error.strerror}); check its permissions"
        ) from error


def sidecar_of(path: Path) -> dict[str, object]:
    """What `NAME.meta.yaml` beside `path` declares; nothing when there is none."""
    sidecar = path.with_name(path.stem + SIDECAR_ENDING)
    return read_sidecar(sidecar) if sidecar.is_file() else {}


def read_document(data: bytes, name: str, declared: Mapping[str, object] | None = None) -> Document:
    """The document that `data` holds. `name` decides the format, `declared` wins over the file.

    Raises an `Unreadable` or `BadMetadata` that names the file and says what to do.
    """
    path = PurePath(name)
    format_name = FORMATS.get(path.suffix.lower())
    if format_name is None:
        known = ", ".join(sorted(FORMATS))
        raise UnknownFormat(f"{path.name} is of an unknown format; known endings are {known}")
    if not data:
        raise EmptyFile(f"{path.name} is empty; add a file with text in it")
    reading = reader(format_name)(data, path.name)
    known_of_it = {**reading.declared, **(declared or {})}
    title = str(known_of_it.get("title") or reading.title or _title_from(path.stem))
    source = source_from(known_of_it, title, path.name)
    woven = weave(reading.drafts, source.title)
    if not re.search(r"\w", woven.text):
        raise EmptyFile(f"{path.name} has no words in it; add a file with text")
    check_sections(source, woven.blocks, path.name)
    return Document(
        doc_id=doc_id_from(known_of_it, path.stem),
        version=hashlib.sha256(data).hexdigest(),
        format=format_name,
        text=woven.text,
        pages=page_spans(woven, reading.page_starts),
        blocks=woven.blocks,
        source=source,
        offsets=woven.offsets,
        page_starts=reading.page_starts,
        repairs=woven.repairs,
    )


def check_sections(source: Source, blocks: Sequence[Block], name: str) -> None:
    """Raises `BadMetadata` unless there is each section whose questions are declared."""
    known = {block.heading_path: SECTION_GAP.join(block.heading_path) for block in blocks}
    for wording in source.asked_as:
        if wording.section not in known:
            wanted = SECTION_GAP.join(wording.section)
            near = difflib.get_close_matches(wanted, known.values(), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "name a heading as it is written"
            raise BadMetadata(f"{name}: asked_as names no section of it: {wanted!r}; {hint}")


def _title_from(stem: str) -> str:
    return re.sub(r"[\W_]+", " ", stem).strip().capitalize() or stem
