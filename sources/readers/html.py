"""Web pages. Trafilatura says which words are the main text; we keep where they stand.

Every visible word of the page is canonical text with its place in the file. A block that
trafilatura leaves out of the main text, or that stands in navigation, is boilerplate.
"""

import html
import re
from html.parser import HTMLParser

import trafilatura
from trafilatura.metadata import extract_metadata

from sources.canonical import Draft, Piece, single_blanks, tidy
from sources.document import CELL_GAP, BlockKind, Span
from sources.errors import BrokenFile, EmptyFile
from sources.furniture import mark_furniture
from sources.readers.reading import Reading, decode, spelled_out

_SILENT = frozenset("script style noscript template svg iframe object select button title".split())
_FURNITURE = frozenset("nav footer aside form dialog menu".split())
_INLINE = frozenset(
    "a abbr b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q s samp "
    "script small span strike strong style sub sup svg template time tt u var wbr".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # pages also write en_US and worse
LONG_ENOUGH = 25  # letters from which a block is looked for inside the main text, not as a line


def read_html(data: bytes, name: str) -> Reading:
    """A web page. Title, publisher and address come from its own metadata."""
    raw = decode(data, name)
    stream = _Stream(raw)
    try:
        stream.run()
    except AssertionError as error:  # how html.parser says that it knows no such section
        line = stream.getpos()[0]
        raise BrokenFile(
            f"{name} has a mark that no browser writes, on line {line}; save the page again"
        ) from error
    if not any(draft.text.strip() for draft in stream.drafts):
        raise EmptyFile(f"{name} has no visible text; save the page again with its text")
    _keep_main_text(stream.drafts, raw)
    mark_furniture(stream.drafts)
    found = extract_metadata(raw)
    values = found.as_dict() if found else {}
    declared: dict[str, object] = {
        "title": values.get("title"),
        "publisher": values.get("sitename") or values.get("author"),
        "url": values.get("url"),
        "language": stream.language if _LANGUAGE.fullmatch(stream.language or "") else None,
    }
    first = next((d.text for d in stream.drafts if d.kind is BlockKind.HEADING), None)
    known = {key: value for key, value in declared.items() if value}
    return Reading(raw, stream.drafts, first, known)


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _keep_main_text(drafts: list[Draft], raw: str) -> None:
    """Turn what is not main text into boilerplate; with no main text found, keep all blocks."""
    main = trafilatura.extract(raw, include_comments=False, include_tables=True, favor_recall=True)
    if not main:
        drafts[0].repairs.append(("main text not found, whole page kept", Span(0, len(raw))))
        return
    whole = _compact(main)
    lines = {_compact(line) for line in main.splitlines()}
    for draft in drafts:
        words = _compact(draft.text)
        kept = words in whole if len(words) >= LONG_ENOUGH else words in lines
        if draft.kind is BlockKind.TABLE_ROW:
            kept = all(_compact(cell) in whole for cell in draft.text.split(CELL_GAP))
        if not kept and draft.kind is not BlockKind.HEADING:
            draft.kind = BlockKind.BOILERPLATE


class _Stream(HTMLParser):
    """One pass over the tags, gathering the visible words of each block with their places."""

    def __init__(self, raw: str) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", raw))]
        self.drafts: list[Draft] = []
        self.language: str | None = None
        self._open: list[str] = []
        self._pieces: list[Piece] = []
        self._row: list[Piece] | None = None
        self._cells = 0  # cells of the row begun so far

    def run(self) -> None:
        """Read the whole page."""
        self.feed(self.raw)
        self.close()
        self._flush()
        self._close_row()

    def _here(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a row or a silent stretch."""
        if tag == "html":
            self.language = dict(attrs).get("lang") or None
        if tag in ("br", "img"):
            self._pieces.append(Piece(" ", Span(self._here(), self._here())))
        if tag not in _INLINE:
            self._flush()
        self._begin_row_or_cell(tag)
        if tag in ("li", "p", "option") and self._open and self._open[-1] == tag:
            self._open.pop()  # HTML lets these end without saying so
        if tag not in _VOID:
            self._open.append(tag)

    def _begin_row_or_cell(self, tag: str) -> None:
        if tag == "tr":
            self._close_row()
            self._row, self._cells = [], 0
        if tag in ("td", "th") and self._row is not None:
            if (
                self._cells
            ):  # an empty cell keeps its place, or the next would move under its header
                self._row.append(Piece(CELL_GAP, Span(self._here(), self._here())))
            self._cells += 1

    def handle_endtag(self, tag: str) -> None:
        """End a block; a row is complete when its tag closes."""
        if tag not in _INLINE:
            self._flush()
        if tag in ("tr", "table"):
            self._close_row()
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Visible words, with blanks at their ends kept for the joins between inline tags."""
        if _SILENT.intersection(self._open):
            return
        start = self._here()
        end = start + len(data)
        inner = tidy(self.raw, Span(start, end))
        if not inner:
            self._pieces.append(Piece(" ", Span(start, end)))
            return
        if inner[0].raw.start > start:
            self._pieces.append(Piece(" ", Span(start, inner[0].raw.start)))
        self._pieces += inner
        if inner[-1].raw.end < end:
            self._pieces.append(Piece(" ", Span(inner[-1].raw.end, end)))

    def handle_entityref(self, name: str) -> None:
        """A named character."""
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        """A numbered character."""
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        if _SILENT.intersection(self._open):
            return
        start = self._here()
        written += ";" * self.raw.startswith(";", start + len(written))
        span = Span(start, start + len(written))
        text = html.unescape(written)
        self._pieces += tidy(self.raw, span) if text == written else spelled_out(text, span)

    def _close_row(self) -> None:
        """End the table row being gathered; the next row or the table's end may do it too."""
        if self._row and any(piece.text != CELL_GAP for piece in self._row):
            furniture = _FURNITURE.intersection(self._open)
            kind = BlockKind.BOILERPLATE if furniture else BlockKind.TABLE_ROW
            self.drafts.append(Draft(kind, self._row))
        self._row = None

    def _flush(self) -> None:
        """Close the block being gathered, as what the open tags make of it."""
        pieces = single_blanks(self._pieces)
        self._pieces = []
        if not pieces:
            return
        if self._row is not None:
            inside = self._row and self._row[-1].text != CELL_GAP
            gap = [Piece(" ", Span(pieces[0].raw.start, pieces[0].raw.start))] if inside else []
            self._row += gap + pieces
            return
        self.drafts.append(self._draft(pieces))

    def _draft(self, pieces: list[Piece]) -> Draft:
        if _FURNITURE.intersection(self._open):
            return Draft(BlockKind.BOILERPLATE, pieces)
        heading = next((tag for tag in reversed(self._open) if re.fullmatch("h[1-6]", tag)), None)
        if heading:
            return Draft(BlockKind.HEADING, pieces, int(heading[1]))
        depth = sum(tag in ("ul", "ol") for tag in self._open)
        if depth and "li" in self._open:
            return Draft(BlockKind.LIST_ITEM, pieces, depth)
        return Draft(BlockKind.PARAGRAPH, pieces)
