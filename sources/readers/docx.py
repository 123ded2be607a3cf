"""Word documents: headings by style, paragraphs, lists and tables in document order.

Word keeps no characters between paragraphs, so the raw text is their texts, a line each.
"""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.table import Table
from docx.text.paragraph import Paragraph

from sources.canonical import Draft, Piece, tidy
from sources.document import CELL_GAP, BlockKind, Span
from sources.errors import BrokenFile, EmptyFile, TooLarge
from sources.readers.reading import Reading

UNPACKED_LIMIT = 400 * 1024 * 1024  # bytes; a small file that unpacks to more is an attack


def read_docx(data: bytes, name: str) -> Reading:
    """A DOCX file. Its title is in its properties, its Title style, or its first heading."""
    raw: list[str] = []
    try:
        word = _open(data, name)
        drafts = list(_drafts(word, raw))
        properties = word.core_properties
        declared = {"publisher": properties.author, "title": properties.title}
    except TooLarge:
        raise
    except Exception as error:  # zipfile, zlib, lxml and python-docx each raise their own
        raise BrokenFile(
            f"{name} is not a readable Word document; save it again as .docx"
        ) from error
    text = "".join(raw)
    if not text.strip():
        raise EmptyFile(f"{name} has no text; add some, or read a scan with OCR first")
    first = next((draft.text for draft in drafts if draft.kind is BlockKind.HEADING), None)
    generic = {"python-docx", "Word Document", ""}  # what templates fill in for nobody
    known = {key: value for key, value in declared.items() if value and value not in generic}
    return Reading(text, drafts, first, known)


def _open(data: bytes, name: str) -> WordDocument:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
            raise TooLarge(f"{name} unpacks to over 400 MB; split it into smaller files")
    return docx.Document(io.BytesIO(data))


def _drafts(word: WordDocument, raw: list[str]) -> Iterator[Draft]:
    at = 0
    for part in word.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                # A merged cell is given once for each column it spans.
                cells = list({cell._tc: cell.text.strip() for cell in row.cells}.values())
                pieces: list[Piece] = []
                for number, cell in enumerate(cells):
                    gap = [Piece(CELL_GAP, Span(at, at))] if number else []
                    raw.append(cell + "\n")
                    pieces += gap + _pieces(cell, at)
                    at += len(cell) + 1
                if any(cells):
                    yield Draft(BlockKind.TABLE_ROW, pieces)
            continue
        raw.append(part.text + "\n")
        kind, depth = _kind(part)
        yield Draft(kind, _pieces(part.text, at), depth)
        at += len(part.text) + 1


def _pieces(text: str, at: int) -> list[Piece]:
    """Pieces of one paragraph's text that begins at raw position `at`."""
    return [
        Piece(piece.text, Span(piece.raw.start + at, piece.raw.end + at))
        for piece in tidy(text, Span(0, len(text)))
    ]


def _kind(paragraph: Paragraph) -> tuple[BlockKind, int]:
    """The kind and depth that a paragraph's style or numbering stands for."""
    style = paragraph.style.name if paragraph.style and paragraph.style.name else ""
    heading = re.match(r"Heading (\d)", style)
    if heading:
        return BlockKind.HEADING, 1 + int(heading.group(1))
    if style == "Title":
        return BlockKind.HEADING, 1
    properties = paragraph._p.pPr  # python-docx has no public way to numbering
    numbering = properties.numPr if properties is not None else None
    if numbering is None and not style.startswith("List"):
        return BlockKind.PARAGRAPH, 1
    level = re.search(r"\d", style)
    if level:
        return BlockKind.LIST_ITEM, int(level.group())
    inside = getattr(numbering, "ilvl", None)
    return BlockKind.LIST_ITEM, 1 + (inside.val if inside is not None else 0)
