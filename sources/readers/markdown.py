"""Markdown with YAML front matter. The words are canonical; the marks around them are not.

markdown-it-py finds the structure and says which lines a block stands on. It does not say
where in a line a piece of text stands, so each piece and each mark is found from where the last
one ended: both keep their order, so this is exact.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination
from markdown_it.token import Token

from sources.canonical import Draft, Piece, single_blanks, tidy
from sources.document import CELL_GAP, BlockKind, Span
from sources.errors import BadMetadata, BrokenFile, EmptyFile
from sources.metadata import parse_yaml
from sources.readers.reading import Reading, decode, spelled_out

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIRST_BAR = re.compile(r"(?:\s|>|[-*+]\s|\d{1,9}[.)]\s)*\|")  # behind the marks of containers
_LINK_END = re.compile(
    r"""\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))?\s*\)""", re.DOTALL
)

# What stands in an HTML block and is no words: comments, scripts, styles and tags.
_HTML_TAG = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE
)


def read_markdown(data: bytes, name: str) -> Reading:
    """A Markdown file. Its title is declared in front matter, or is its first heading."""
    raw = decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    declared: dict[str, object] = {}
    start = 0
    if raw.startswith("---"):
        front = _FRONT_MATTER.match(raw)
        if front:
            declared, start = parse_yaml(front.group(1), name, 2), front.end()
        elif re.match(r"---[ \t]*\n[\w -]+:", raw):
            raise BadMetadata(f"the metadata of {name} has no closing '---' line; add it")
    drafts = list(_Walk(raw, start, name).drafts())
    if not any(draft.text.strip() for draft in drafts):
        raise EmptyFile(f"{name} has no text below its metadata; add some")
    first = next((draft for draft in drafts if draft.kind is BlockKind.HEADING), None)
    return Reading(raw, drafts, first.text if first else None, declared)


class _Walk:
    """One pass over the tokens of a Markdown text, keeping the raw position."""

    def __init__(self, raw: str, start: int, name: str) -> None:
        self.name = name
        # The parser would turn NUL into a visible mark; this stays as long and as invisible.
        self.raw = raw = raw.replace("\0", "\u200b")
        # Lines of front matter are blanked, not cut, so that line numbers stay those of the file.
        blanked = re.sub(r"[^\n]", " ", raw[:start]) + raw[start:]
        # Without text_join an escaped character keeps its own token, and so its own place.
        parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("text_join")
        self.tokens = parser.parse(blanked)
        breaks = [match.end() for match in re.finditer("\n", raw)]
        self.lines = [0, *breaks, len(raw)]
        self.at = start
        self.end = len(raw)  # of the lines of the block being read
        self.depth = 0  # of lists
        self.heading = 0  # its level while inside one
        self.row: list[Piece] | None = None  # the table row being read
        self.cells: Iterator[int] = iter(())  # where its cells begin
        self.cell = 0  # cells of the row begun so far
        self.autolink = False

    def drafts(self) -> Iterator[Draft]:
        """The blocks of the text, in order."""
        for token in self.tokens:
            if token.map and token.nesting >= 0:
                self.at = max(self.at, self.lines[token.map[0]])
                self.end = self.lines[min(token.map[1], len(self.lines) - 1)]
            if token.type.endswith(("_open", "_close")):
                yield from self._tag(token)
            elif token.type == "inline":
                yield from self._text(token)
            elif token.type in ("fence", "code_block"):
                yield self._code(token)
            elif token.type == "html_block":
                yield from self._html()

    def _tag(self, token: Token) -> Iterator[Draft]:
        """Keep account of lists, headings and rows; a row that closes is a block."""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.depth -= 1
        elif token.type == "list_item_open":
            self._skip(token.info + token.markup)
        elif token.type == "heading_open":
            self.heading = int(token.tag[1])
            self._skip(token.markup if token.markup.startswith("#") else "")
        elif token.type == "heading_close":
            self.heading = 0
        else:
            yield from self._table_tag(token)

    def _table_tag(self, token: Token) -> Iterator[Draft]:
        if token.type == "tr_open":
            self.row, self.cells, self.cell = [], self._cell_starts(), 0
        elif token.type in ("td_open", "th_open") and self.row is not None:
            if self.cell:  # an empty cell keeps its place, or the next would move under its header
                self.row.append(Piece(CELL_GAP, Span(self.at, self.at)))
            self.at = next(self.cells, self.at)
            self.cell += 1
        elif token.type == "tr_close" and self.row is not None:
            if any(piece.text != CELL_GAP for piece in self.row):
                yield Draft(BlockKind.TABLE_ROW, self.row)
            self.row = None

    def _cell_starts(self) -> Iterator[int]:
        """Where the cells of the row begin: behind every bar without a backslash."""
        first = _FIRST_BAR.match(self.raw, self.at, self.end)
        bars = re.compile(r"(?<!\\)\|").finditer(self.raw, self.at, self.end)
        starts = [bar.end() for bar in bars]
        return iter(starts if first else [self.at, *starts])

    def _text(self, token: Token) -> Iterator[Draft]:
        pieces = self._inline(token)
        if self.row is not None:
            self.row += pieces
        elif self.heading:
            yield Draft(BlockKind.HEADING, pieces, self.heading)
        elif self.depth:
            yield Draft(BlockKind.LIST_ITEM, pieces, self.depth)
        else:
            yield Draft(BlockKind.PARAGRAPH, pieces)

    def _html(self) -> Iterator[Draft]:
        """The words between the tags of an HTML block, a paragraph for each run of them."""
        at = self.at
        for tag in [*_HTML_TAG.finditer(self.raw, self.at, self.end), None]:
            yield Draft(
                BlockKind.PARAGRAPH, tidy(self.raw, Span(at, tag.start() if tag else self.end))
            )
            at = tag.end() if tag else self.end
        self.at = self.end

    def _code(self, token: Token) -> Draft:
        """A code block, kept word for word as a paragraph."""
        if token.type == "fence":
            self.at = self.raw.find("\n", self.at) + 1
        pieces: list[Piece] = []
        for line in token.content.splitlines():
            pieces += [Piece(" ", Span(self.at, self.at)), *self._spell(line.strip())]
        self.at = self.end
        return Draft(BlockKind.PARAGRAPH, single_blanks(pieces))

    def _inline(self, token: Token) -> list[Piece]:
        """Pieces for the text inside one block, blanks at its ends taken off."""
        pieces: list[Piece] = []
        for child in token.children or []:
            pieces += self._pieces(child)
        return single_blanks(pieces)

    def _pieces(self, child: Token) -> list[Piece]:
        if child.type in ("softbreak", "hardbreak"):
            end = self.raw.find("\n", self.at, self.end) + 1
            span = Span(self.at, max(self.at, end))
            self.at = span.end
            return [Piece(" ", span)]
        if child.type == "text_special":
            return spelled_out(child.content, self._find(child.markup))
        if child.type == "image":
            self._skip("![")
            pieces = [piece for part in child.children or [] for piece in self._pieces(part)]
            self._skip_target()
            return pieces
        if child.type == "text" and self.autolink:  # shown decoded, so not always as written
            inside = Span(self.at, max(self.at, self.raw.find(">", self.at, self.end)))
            if inside.of(self.raw) != child.content:
                return spelled_out(child.content, inside)
        if child.type in ("text", "code_inline"):
            self._skip(child.markup)
            pieces = self._spell(child.content)
            self._skip(child.markup)
            return pieces
        self._mark(child)
        return []

    def _mark(self, child: Token) -> None:
        """Move on behind a mark that has no words of its own."""
        if child.type == "link_open":
            self.autolink = child.markup == "autolink"
            self._skip("<" if self.autolink else "[")
        elif child.type == "link_close":
            if self.autolink:
                self._skip(">")
            else:
                self._skip_target()
            self.autolink = False
        else:  # emphasis and tags are marked alike in the file and by the parser
            self._skip(child.markup or child.content)

    def _skip(self, mark: str) -> None:
        """Move on behind `mark`, if it stands there as it is."""
        found = self.raw.find(mark, self.at, self.end)
        self.at = found + len(mark) if found >= 0 else self.at

    def _skip_target(self) -> None:
        """Move on behind the end of a link or picture: `](address "title")`, `][name]` or `]`."""
        self._skip("]")
        follows = self.raw[self.at : self.at + 1]
        if follows == "(":
            blanks = re.compile(r"\s*").match(self.raw, self.at + 1)
            start = blanks.end() if blanks else self.at + 1
            address = parseLinkDestination(self.raw, start, self.end)
            after = _LINK_END.match(self.raw, address.pos if address.ok else start, self.end)
            self.at = after.end() if after else self.at
        elif follows == "[":
            self._skip("]")

    def _spell(self, text: str) -> list[Piece]:
        """Pieces for `text` from where it next stands in the file; moves on behind it."""
        pieces: list[Piece] = []
        if self.row is not None and "|" in text:  # a bar in a cell is written with a backslash
            for part in re.split(r"(\|)", text):
                bar = part == "|"
                pieces += [Piece("|", self._find("\\|"))] if bar else self._spell(part)
            return pieces
        first = self.raw.find((text.split() or [text])[0], self.at, self.end)
        if 0 <= self.raw.find(text, self.at, self.end) <= first:
            return self._kept(self._find(text)) if text else []
        # Broken over the lines of a container, whose marks stand between the words.
        for part in re.findall(r"\s+|\S+", text):
            blank = [Piece(" ", Span(self.at, self.at))]
            pieces += blank if part.isspace() else self._kept(self._find(part))
        return pieces

    def _kept(self, span: Span) -> list[Piece]:
        """Pieces for raw characters, with a blank for white space at either end."""
        inner = tidy(self.raw, span)
        if not inner:
            return [Piece(" ", span)] if span.of(self.raw).isspace() else []
        lead = [Piece(" ", Span(span.start, inner[0].raw.start))]
        tail = [Piece(" ", Span(inner[-1].raw.end, span.end))]
        before = lead if self.raw[span.start].isspace() else []
        after = tail if self.raw[span.end - 1].isspace() else []
        return [*before, *inner, *after]

    def _find(self, text: str) -> Span:
        """Where `text` next stands in the raw file; moves on behind it."""
        start = self.raw.find(text, self.at, self.end)
        if start < 0:
            line = self.raw.count("\n", 0, self.at) + 1
            raise BrokenFile(
                f"{self.name} cannot be followed near line {line}: {text[:40]!r} is not where the "
                "Markdown parser saw it; write it with fewer marks"
            )
        self.at = start + len(text)
        return Span(start, self.at)
