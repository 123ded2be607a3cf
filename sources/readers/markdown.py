"""Markdown with YAML front matter. The words are canonical; the marks around them are not.

markdown-it-py finds the structure and says which lines a block stands on. It does not say
where in a line a piece of text stands, so each piece is found from where the last one ended:
inline text keeps its order, so this is exact.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sources.canonical import Draft, Piece, tidy
from sources.document import BlockKind, Span
from sources.errors import BadMetadata, EmptyFile
from sources.metadata import parse_yaml
from sources.readers.reading import Reading, decode

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
CELL_GAP = " | "


def read_markdown(data: bytes, name: str) -> Reading:
    """A Markdown file. Its title is declared in front matter, or is its first heading."""
    raw = decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    declared: dict[str, object] = {}
    start = 0
    if raw.startswith("---"):
        front = _FRONT_MATTER.match(raw)
        if front:
            declared, start = parse_yaml(front.group(1), name), front.end()
        elif re.match(r"---[ \t]*\n[\w -]+:", raw):
            raise BadMetadata(f"the metadata of {name} has no closing '---' line; add it")
    drafts = list(_Walk(raw, start).drafts())
    if not any(draft.text.strip() for draft in drafts):
        raise EmptyFile(f"{name} has no text below its metadata; add some")
    first = next((draft for draft in drafts if draft.kind is BlockKind.HEADING), None)
    return Reading(raw, drafts, first.text if first else None, declared)


class _Walk:
    """One pass over the tokens of a Markdown text, keeping the raw position."""

    def __init__(self, raw: str, start: int) -> None:
        self.raw = raw
        # Lines of front matter are blanked, not cut, so that line numbers stay those of the file.
        blanked = re.sub(r"[^\n]", " ", raw[:start]) + raw[start:]
        # Without text_join an escaped character keeps its own token, and so its own place.
        parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("text_join")
        self.tokens = parser.parse(blanked)
        breaks = [match.end() for match in re.finditer("\n", raw)]
        self.lines = [0, *breaks, len(raw)]
        self.at = start
        self.depth = 0  # of lists
        self.heading = 0  # its level while inside one
        self.row: list[Piece] | None = None  # the table row being read

    def drafts(self) -> Iterator[Draft]:
        """The blocks of the text, in order."""
        for token in self.tokens:
            if token.type.endswith(("_open", "_close")):
                yield from self._tag(token)
            elif token.type == "inline":
                yield from self._text(token)
            elif token.type in ("fence", "code_block") and token.map:
                yield self._code(token)

    def _tag(self, token: Token) -> Iterator[Draft]:
        """Keep account of lists, headings and rows; a row that closes is a block."""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.depth -= 1
        elif token.type == "heading_open":
            self.heading = int(token.tag[1])
        elif token.type == "heading_close":
            self.heading = 0
        elif token.type == "tr_open":
            self.row = []
        elif token.type == "tr_close" and self.row is not None:
            yield Draft(BlockKind.TABLE_ROW, self.row)
            self.row = None

    def _text(self, token: Token) -> Iterator[Draft]:
        pieces = self._inline(token, whole=self.row is None)
        if self.row is not None:
            self.row += self._cell(self.row, pieces)
        elif self.heading:
            yield Draft(BlockKind.HEADING, pieces, self.heading)
        elif self.depth:
            yield Draft(BlockKind.LIST_ITEM, pieces, self.depth)
        else:
            yield Draft(BlockKind.PARAGRAPH, pieces)

    @staticmethod
    def _cell(row: list[Piece], pieces: list[Piece]) -> list[Piece]:
        if not row or not pieces:
            return pieces
        return [Piece(CELL_GAP, Span(row[-1].raw.end, pieces[0].raw.start)), *pieces]

    def _code(self, token: Token) -> Draft:
        """A code block, kept word for word as a paragraph."""
        first, last = token.map or (0, 0)
        self.at = max(self.at, self.lines[first])
        found = self._find(token.content.strip("\n").split("\n")[0].strip())
        self.at = self.lines[min(last, len(self.lines) - 1)]
        end = self.at - (len(token.markup) + 1 if token.type == "fence" else 0)
        return Draft(BlockKind.PARAGRAPH, tidy(self.raw, Span(found.start, max(found.end, end))))

    def _inline(self, token: Token, *, whole: bool) -> list[Piece]:
        """Pieces for the text inside one block, blanks at its ends taken off."""
        if token.map and whole:
            self.at = max(self.at, self.lines[token.map[0]])
        pieces: list[Piece] = []
        for child in token.children or []:
            pieces += self._pieces(child)
        while pieces and pieces[-1].text == " ":
            pieces.pop()
        return pieces

    def _pieces(self, child: Token) -> list[Piece]:
        if child.type in ("softbreak", "hardbreak"):
            end = self.raw.index("\n", self.at) + 1
            span = Span(self.at, end)
            self.at = end
            return [Piece(" ", span)]
        if child.type == "text_special":
            return [Piece(child.content, self._find(child.markup))]
        if child.type == "image":
            return [piece for part in child.children or [] for piece in self._pieces(part)]
        if child.type not in ("text", "code_inline") or not child.content:
            return []
        if child.type == "code_inline":
            self.at = self._find(child.markup).end
        span = self._find(child.content)
        inner = tidy(self.raw, span)
        if not inner:
            return [Piece(" ", span)]
        lead = [Piece(" ", Span(span.start, inner[0].raw.start))]
        tail = [Piece(" ", Span(inner[-1].raw.end, span.end))]
        before = lead if self.raw[span.start].isspace() else []
        after = tail if self.raw[span.end - 1].isspace() else []
        return [*before, *inner, *after]

    def _find(self, text: str) -> Span:
        """Where `text` next stands in the raw file; moves on behind it."""
        start = self.raw.find(text, self.at)
        if start < 0:  # wrapped inside a container: its line breaks carry marks we do not see
            words = r"\s+".join(map(re.escape, text.split()))
            found = re.compile(words).search(self.raw, self.at)
            if found is None:
                raise ValueError(f"a piece of text is not where the parser saw it: {text[:40]!r}")
            start, self.at = found.span()
            return Span(start, self.at)
        self.at = start + len(text)
        return Span(start, self.at)
