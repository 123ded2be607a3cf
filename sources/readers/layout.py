"""Lines with a place and a size of type, and the blocks that a reader sees in them.

A page knows no paragraphs: they are told by the gaps between lines and by the size and
weight of the type.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise, zip_longest
from typing import NamedTuple

from sources.canonical import Draft, Piece, tidy
from sources.document import CELL_GAP, BlockKind, Span
from sources.readers.reading import join_lines, vocabulary

LINE_GAPS = (0.8, 2.5)  # base line to base line within a paragraph, in sizes of the type
HEADING_WORDS = 16  # a longer line in bold is a paragraph in bold
LEVEL = 2.0  # points: what begins less far apart begins at the same place
PROSE_ROWS, PROSE_CELL = 5, 25  # so many rows of so many characters a cell may be no table
# The bullets people type, and the codes without meaning under which symbol fonts keep theirs.
_BULLET = re.compile(r"\s*([-*•‣◦▪●·–—\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff])(?:\s+|$)")
_CLOSING = (".", ",", ";", ":")
_DASHES = "-–—*"
_NUMBER = re.compile(r"\s*\(?(\d{1,2})[.)]\s+(?=\S)")
_ENDED = re.compile(r"[.!?:;]['\"’”)\]\d]*\s*$")


class Run(NamedTuple):
    """Characters shown together. `x` runs along the line, `y` across it, both in points."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


Placed = tuple[Span, Run]  # where a run stands in the raw text


class Line(NamedTuple):
    """A line of a page. A run that was placed apart, such as a table cell, has its own `x`."""

    page: int
    span: Span
    runs: tuple[Placed, ...]
    text: str
    size: float
    bold: bool

    @property
    def x(self) -> float:
        """Where the line begins."""
        return self.runs[0][1].x

    @property
    def y(self) -> float:
        """The height of its base line, growing upwards."""
        return self.runs[0][1].y


class Layout:
    """Lines on their way into drafts, with what is usual among them."""

    def __init__(self, raw: str, lines: Sequence[Line]) -> None:
        self.raw, self.lines, self.words = raw, lines, vocabulary(raw)
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 1.0
        self.width = max((len(line.text) for line in lines if line.size == self.body), default=0)
        pairs = [(a, b) for a, b in pairwise(lines) if a.size == b.size > 0]
        gaps = Counter(round((a.y - b.y) / a.size, 1) for a, b in pairs)
        often = {gap: count for gap, count in gaps.items() if LINE_GAPS[0] < gap < LINE_GAPS[1]}
        # Not the most frequent gap: in a document of short items that is the gap between items.
        enough = 0.3 * max(often.values(), default=0)
        self.leading = min((gap for gap, count in often.items() if count >= enough), default=1.3)
        self.levels = sorted({(-line.size, not line.bold) for line in lines if self.heads(line)})
        marks = [(line, _NUMBER.match(line.text)) for line in lines]
        self.numbers = {(int(m.group(1)), line.x) for line, m in marks if m}

    def drafts(self) -> list[Draft]:
        """The blocks of the document, in order; each line goes on with a block or begins one."""
        drafts: list[Draft] = []
        indents: list[float] = []
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            rows, after = self.table(at)
            if rows:
                drafts += rows
                at = after
                continue
            before = self.lines[at - 1] if at else None
            if drafts and before and self.goes_on(before, line, drafts[-1]):
                self.join(drafts[-1], tidy(self.raw, line.span))
            else:
                drafts.append(self.begin(line, before, indents))
            at += 1
        for draft in drafts:
            # Only the whole of it shows that a few lines in bold are a warning, not a heading.
            if draft.kind is BlockKind.HEADING and _is_sentence(draft.text):
                draft.kind, draft.depth = BlockKind.PARAGRAPH, 1
        return [draft for draft in drafts if draft.pieces]

    def begin(self, line: Line, before: Line | None, indents: list[float]) -> Draft:
        """A new block. `indents` are those of the list that is open, outermost first."""
        if self.marks_item(line, before):
            while indents and indents[-1] > line.x + LEVEL:
                indents.pop()
            if not indents or indents[-1] < line.x - LEVEL:
                indents.append(line.x)
            bullet = _BULLET.match(self.raw, line.span.start, line.span.end)
            words = Span(bullet.end() if bullet else line.span.start, line.span.end)
            return Draft(BlockKind.LIST_ITEM, tidy(self.raw, words), len(indents))
        indents.clear()
        pieces = tidy(self.raw, line.span)
        if self.heads(line):
            depth = self.levels.index((-line.size, not line.bold)) + 1
            return Draft(BlockKind.HEADING, pieces, depth)
        return Draft(BlockKind.PARAGRAPH, pieces)

    def join(self, draft: Draft, pieces: list[Piece]) -> None:
        """Add the next line to a block, as one line of prose."""
        if not pieces or not draft.pieces:
            draft.pieces += pieces
            return
        gap = Span(draft.pieces[-1].raw.end, pieces[0].raw.start)
        if "\u00ad" in self.raw[gap.start : gap.end]:
            draft.pieces += pieces
            draft.repairs.append(("hyphen at a line end", gap))
            return
        made = join_lines(draft.pieces, pieces, self.words)
        draft.repairs += [(kind, gap) for kind in made]

    def heads(self, line: Line) -> bool:
        """Whether a line is set as a heading: in bigger type than the text, or all in bold."""
        if not re.search(r"[^\W\d_]", line.text) or _BULLET.match(line.text):
            return False
        bigger = line.size > 1.08 * self.body
        strong = line.bold and line.size > 0.9 * self.body and not line.text.endswith(_CLOSING)
        return bigger or (strong and len(line.text.split()) <= HEADING_WORDS)

    def marks_item(self, line: Line, before: Line | None) -> bool:
        """Whether a line begins a list item: a bullet, or a number with its neighbour elsewhere."""
        if self.heads(line):
            return False
        number = _NUMBER.match(line.text)
        if number:
            beside = {int(number.group(1)) - 1, int(number.group(1)) + 1}
            return any(n in beside and abs(x - line.x) < LEVEL for n, x in self.numbers)
        bullet = _BULLET.match(line.text)
        if not bullet or bullet.group(1) not in _DASHES:
            return bool(bullet)
        # A dash may also begin the second line of a sentence.
        within = before and abs(before.x - line.x) < 1 and not _BULLET.match(before.text)
        return not within or bool(before and _ENDED.search(before.text))

    def goes_on(self, before: Line, line: Line, draft: Draft) -> bool:
        """Whether `line` continues the block that `before` belongs to."""
        rows = (BlockKind.TABLE_ROW, BlockKind.BOILERPLATE)
        if draft.kind in rows or self.marks_item(line, before):
            return False
        if self.heads(line) or draft.kind is BlockKind.HEADING:
            alike = (before.size, before.bold) == (line.size, line.bold)
            near = before.page == line.page and 0 < before.y - line.y < 1.6 * line.size
            return alike and near
        if abs(before.size - line.size) > 0.2 * before.size:
            return False
        ended = bool(_ENDED.search(before.text))
        item = draft.kind is BlockKind.LIST_ITEM
        gap = before.y - line.y
        if before.page != line.page or gap <= 1:  # over a page or column break
            return line.text[:1].islower() or not (ended or item)
        if gap > (self.leading + 0.25) * before.size:
            return False
        return not ended or (line.x > before.x - 1 if item else not self.opens(before, line))

    def opens(self, before: Line, line: Line) -> bool:
        """Whether a line below a full stop opens a paragraph: set in, or it had room above."""
        room = len(before.text) + len(line.text.split()[0]) < 0.8 * self.width
        return line.x > before.x + 0.8 * line.size or (room and line.text[:1].isupper())

    def table(self, at: int) -> tuple[list[Draft], int]:
        """The rows of a table that begins at a line, and the line after it; else no rows.

        A table is two rows or more whose cells begin at the same places, their tops level.
        """
        columns: list[float] = []
        rows: list[Draft] = []
        while at < len(self.lines) and not self.marks_item(self.lines[at], None):
            cells, after = self.cells(at)
            row = self.table_row(cells)
            starts = [cell[0][1].x for cell in cells]
            columns = columns or starts
            pairs = zip_longest(starts, columns, fillvalue=math.inf)
            level = all(abs(a - b) < LEVEL for a, b in pairs)
            if len(cells) <= 1 or not level or not row.pieces:
                break
            rows.append(row)
            at = after
        for row in rows if _is_prose(rows) else ():
            row.kind = BlockKind.BOILERPLATE
            torn = Span(row.pieces[0].raw.start, row.pieces[-1].raw.end)
            row.repairs.append(("columns run together", torn))
        return (rows, at) if len(rows) > 1 else ([], at)

    def cells(self, at: int) -> tuple[list[list[Placed]], int]:
        """The cells of the row that begins at a line, and the line after the row.

        A cell goes on straight below itself; the next one begins level with the first.
        """
        top = self.lines[at].runs[0][1].y
        found = [[self.lines[at].runs[0]]]
        for index in range(at, len(self.lines)):
            line = self.lines[index]
            if line.page != self.lines[at].page:
                return found, index
            for place, part in enumerate(line.runs):
                if index == at and place == 0:
                    continue
                run, above = part[1], found[-1][-1][1]
                if self.is_below(above, run):
                    found[-1].append(part)
                elif run.x > above.x + 1 and abs(run.y - top) < LEVEL:
                    found.append([part])
                else:
                    return ([], at) if place else (found, index)
        return found, len(self.lines)

    def is_below(self, above: Run, run: Run) -> bool:
        """Whether a run goes on in the same cell, on its line or on the next."""
        return abs(run.x - above.x) < 1 and -1 < above.y - run.y < 1.6 * above.size

    def table_row(self, cells: Sequence[Sequence[Placed]]) -> Draft:
        """A row as one block, its cells apart."""
        row = Draft(BlockKind.TABLE_ROW, [])
        for cell in cells:
            inside = Draft(BlockKind.TABLE_ROW, [])
            for _, parts in groupby(cell, key=lambda part: round(part[1].y)):
                spans = [span for span, _ in parts]
                self.join(inside, tidy(self.raw, Span(spans[0].start, spans[-1].end)))
            if row.pieces and inside.pieces:
                gap = Span(row.pieces[-1].raw.end, inside.pieces[0].raw.start)
                row.pieces.append(Piece(CELL_GAP, gap))
            row.pieces += inside.pieces
            row.repairs += inside.repairs
        return row


def _is_sentence(text: str) -> bool:
    return text.endswith(_CLOSING) or len(text.split()) > 2 * HEADING_WORDS


def _is_prose(rows: Sequence[Draft]) -> bool:
    """Whether the rows are columns of prose that the file shows line by line across the page.

    Their sentences are torn, so they must not be quoted.
    """
    cells = [row.text.split(CELL_GAP) for row in rows]
    below = [(a, b) for one, two in pairwise(cells) for a, b in zip(one, two, strict=False)]
    runs_on = sum(not _ENDED.search(a) and b[:1].islower() for a, b in below)
    long = sum(len(a) >= PROSE_CELL for a, _ in below)
    return len(rows) >= PROSE_ROWS and min(runs_on * 2, long) * 2 > len(below)


def first_heading(drafts: Sequence[Draft]) -> str | None:
    """The first heading among those in the biggest type."""
    headings = [draft for draft in drafts if draft.kind is BlockKind.HEADING]
    return min(headings, key=lambda draft: draft.depth).text if headings else None
