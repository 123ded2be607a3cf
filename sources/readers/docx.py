"""Word documents: headings by style, paragraphs, lists and tables in document order.

Word keeps no characters between paragraphs, so the raw text is their texts, a line each.
"""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from sources.canonical import Draft, Piece, tidy
from sources.document import BlockKind, Span
from sources.errors import BrokenFile, EmptyFile, TooLarge
from sources.readers.markdown import CELL_GAP
from sources.readers.reading import Reading

UNPACKED_LIMIT = 400 * 1024 * 1024  # bytes; a small file that unpacks to more is an attack


def read_docx(data: bytes, name: str) -> Reading:
    """A DOCX file. Its title is in its properties, its Title style, or its first heading."""
    word = _open(data, name)
    raw: list[str] = []
    drafts = list(_drafts(word, raw))
    text = "".join(raw)
    if not text.strip():
        raise EmptyFile(f"{name} has no text; add some, or read a scan with OCR first")
    first = next((draft.text for draft in drafts if draft.kind is BlockKind.HEADING), None)
    properties = word.core_properties
    declared = {"publisher": properties.author, "title": properties.title}
    generic = {"python-docx", "Word Document", ""}  # what templates fill in for nobody
    known = {key: value for key, value in declared.items() if value and value not in generic}
    return Reading(text, drafts, first, known)


def _open(data: bytes, name: str) -> WordDocument:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                raise TooLarge(f"{name} unpacks to over 400 MB; split it into smaller files")
        return docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError, SyntaxError) as error:
        raise BrokenFile(
            f"{name} is not a readable Word document; save it again as .docx"
        ) from error


def _drafts(word: WordDocument, raw: list[str]) -> Iterator[Draft]:
    at = 0
    for part in word.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = list(dict.fromkeys(cell.text.strip() for cell in row.cells))
                pieces: list[Piece] = []
                for cell in filter(None, cells):
                    gap = [Piece(CELL_GAP, Span(at, at))] if pieces else []
                    raw.append(cell + "\n")
                    pieces += gap + _pieces(cell, at)
                    at += len(cell) + 1
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
    numbered = properties is not None and properties.numPr is not None
    if numbered or style.startswith("List"):
        level = re.search(r"\d", style)
        return BlockKind.LIST_ITEM, int(level.group()) if level else 1
    return BlockKind.PARAGRAPH, 1
