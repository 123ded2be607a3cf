"""What a file would become in the library: how it was read, and what nobody could read in it.

Nothing here changes the library. What is shown is what adding the file would keep.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from qa.staff.uploads import Upload, Uploads
from sources.document import BlockKind, Document, Source, Status, Wording
from sources.errors import UnknownDocument
from sources.history import Change, Step
from sources.library import Added, Entry, Library
from sources.read import read_document


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as its reader understood it.

    `known` is the version of the same document that holds now, `same` the version of these very
    bytes when the library has it. `wordless` are pages, from 1, on which no word was found.
    `lost` are wordings of the known version whose section the new one does not have.
    """

    document: Document
    known: Entry | None
    same: Entry | None
    wordless: tuple[int, ...]
    lost: tuple[Wording, ...]

    @property
    def counts(self) -> Mapping[BlockKind, int]:
        """How many blocks of each kind there are."""
        return Counter(block.kind for block in self.document.blocks)

    @property
    def repairs(self) -> Mapping[str, int]:
        """What the reader mended, and how often."""
        return Counter(repair.kind for repair in self.document.repairs)

    @property
    def furniture(self) -> list[str]:
        """What was taken for menus, adverts and running heads, and is never quoted."""
        text = self.document.text
        blocks = (b for b in self.document.blocks if b.kind is BlockKind.BOILERPLATE)
        return [block.span.of(text).strip() for block in blocks]


def understand(uploads: Uploads, upload: Upload, library: Library) -> Understood:
    """The upload as a document. Raises an `Unreadable` or `BadMetadata` that says why not.

    An upload is in review, whatever its file says of itself. A new version of a known document
    keeps the metadata that people gave it, and takes over what they left empty.
    """
    data, declared = uploads.data(upload), {"doc_id": upload.doc_id} if upload.doc_id else {}
    document = read_document(data, upload.name, declared)
    known = _known(library, document.doc_id)
    if known is not None and known.source.title != document.source.title:
        # Sections are told apart from the title, so it must be the one that is kept.
        declared = {"doc_id": document.doc_id, "title": known.source.title}
        document = read_document(data, upload.name, declared)
    source, lost = _source(document, known)
    document = replace(document, source=source)
    same = next((e for e in library.entries() if e.version == document.version), None)
    blank = enumerate((page.of(document.text) for page in document.pages), start=1)
    wordless = tuple(number for number, text in blank if not re.search(r"\w", text))
    return Understood(document, known, same, wordless, lost)


def _known(library: Library, doc_id: str) -> Entry | None:
    try:
        return library.entry(doc_id)
    except UnknownDocument:
        return None


def _source(document: Document, known: Entry | None) -> tuple[Source, tuple[Wording, ...]]:
    found = document.source
    if known is not None:
        kept = known.source
        found = replace(
            kept,
            publisher=kept.publisher or found.publisher,
            url=kept.url or found.url,
            licence=kept.licence or found.licence,
            references=kept.references or found.references,
            asked_as=tuple(dict.fromkeys((*kept.asked_as, *found.asked_as))),
        )
    sections = {block.heading_path for block in document.blocks}
    here = tuple(one for one in found.asked_as if one.section in sections)
    lost = tuple(one for one in found.asked_as if one.section not in sections)
    source = replace(found, asked_as=here, status=Status.IN_REVIEW, reviewed=None, review_due=None)
    return source, lost


def add(uploads: Uploads, upload: Upload, library: Library, who: str, note: str = "") -> Added:
    """Put the upload into the library as a version that waits, and forget the upload.

    Raises as `understand` does; then the upload stays.
    """
    found = understand(uploads, upload, library)
    data = uploads.data(upload)
    outcome = library.put_by(found.document, data, upload.name, Change(Step.ADDED, who, note))
    uploads.drop(upload)
    return outcome
