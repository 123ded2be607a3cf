"""Plain text, and web pages saved as plain text with all their noise.

Lines become headings, paragraphs and list items. What saving a page broke is mended with a
map back: bullets on lines of their own, a paragraph cut in two by blank lines, the title
glued into every paragraph, a picture's caption glued to the sentence after it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sources.canonical import Draft, cut_pieces, tidy
from sources.document import BlockKind, Span
from sources.furniture import LABEL_WORDS, mark_furniture
from sources.readers.reading import Reading, decode, join_lines, vocabulary

WRAP_LIMIT = 100  # a file with a longer line was not wrapped by hand
HEADING_CHARACTERS = 90
HEADING_WORDS = 14
_BULLET = re.compile(r"(?:[-*•‣◦▪●·–—])(?:\s+|$)")
_NUMBER = re.compile(r"(\d{1,2})[.)]\s+(?=\S)")
_GLUED = re.compile(r"((?:[A-Z][\w'’-]* ){1,6}[A-Z]?[a-z]+)(?=([A-Z][a-z]*) [a-z])")
_OPENERS = frozenset(
    "a all an any as at because before both during each even every for from have how if in it "
    "many most my no not of on once one only our some the their there these they this to two "
    "we what when where which while who with you your".split()
)


class Line(NamedTuple):
    """A line that is not blank: where its words are, its indent, and blank lines before it."""

    span: Span
    indent: int
    after_blank: bool


def read_plain(data: bytes, name: str) -> Reading:
    """A plain text file. Its first line is its title when it looks like a heading."""
    raw = decode(data, name)
    drafts = _drafts(raw, list(_lines(raw)))
    first = drafts[0] if drafts else None
    title = None
    if first and first.kind is BlockKind.HEADING:
        title, first.depth = first.text, 1
    drafts = [part for draft in drafts for part in _without_caption(draft)]
    if title:
        _drop_repeated_title(drafts[1:], title)
    drafts = _mend_breaks(drafts, vocabulary(raw))
    mark_furniture(drafts)
    return Reading(raw, drafts, title)


def _lines(raw: str) -> Iterator[Line]:
    at, blank = 0, False
    for text in raw.splitlines(keepends=True):
        words = text.strip()
        if words:
            indent = len(text) - len(text.lstrip())
            start = at + indent
            yield Line(Span(start, start + len(words)), indent, blank)
        blank = not words
        at += len(text)


def _drafts(raw: str, lines: Sequence[Line]) -> list[Draft]:
    """One draft for each heading, paragraph or list item."""
    drafts: list[Draft] = []
    width = max((line.span.end - line.span.start + line.indent for line in lines), default=0)
    words = vocabulary(raw)
    pending: Line | None = None  # a bullet on a line of its own
    previous: Line | None = None
    for index, line in enumerate(lines):
        text = line.span.of(raw)
        bullet = _BULLET.match(text)
        if bullet and bullet.end() == len(text):
            pending = line
            continue
        if pending or bullet:
            start = line.span.start + (bullet.end() if bullet else 0)
            indent = (pending or line).indent
            draft = Draft(BlockKind.LIST_ITEM, tidy(raw, Span(start, line.span.end)), 1 + indent)
            drafts.append(draft)
            pending = None
        elif previous and drafts and _wraps(raw, previous, line, width):
            made = join_lines(drafts[-1].pieces, tidy(raw, line.span), words)
            drafts[-1].repairs += [
                (kind, Span(previous.span.end, line.span.start)) for kind in made
            ]
            _unless_heading(drafts[-1])
        else:
            drafts.append(_line_draft(raw, lines, index))
        previous = line
    _nest(drafts)
    return drafts


def _line_draft(raw: str, lines: Sequence[Line], index: int) -> Draft:
    """A line that starts something: a numbered item, a heading or a paragraph."""
    line = lines[index]
    text = line.span.of(raw)
    number = _NUMBER.match(text)
    beside = [lines[at].span.of(raw) for at in (index - 1, index + 1) if 0 <= at < len(lines)]
    if number and any(_is_neighbour(number, other) for other in beside):
        return Draft(BlockKind.LIST_ITEM, tidy(raw, line.span), 1 + line.indent)
    heading = _looks_like_heading(text) and index + 1 < len(lines)
    kind = (
        BlockKind.HEADING if heading or _is_last_label(text, index, lines) else BlockKind.PARAGRAPH
    )
    return Draft(kind, tidy(raw, line.span), 2 if kind is BlockKind.HEADING else 1)


def _is_neighbour(number: re.Match[str], other: str) -> bool:
    beside = _NUMBER.match(other)
    return beside is not None and abs(int(beside.group(1)) - int(number.group(1))) == 1


def _looks_like_heading(text: str) -> bool:
    short = len(text) <= HEADING_CHARACTERS and len(text.split()) <= HEADING_WORDS
    words = _NUMBER.sub("", text, count=1)
    opens = words[:1].isupper() or words[:1].isdigit()
    return short and opens and not re.search(r"[.,;:!…•]$|[.!?] [A-Z]", words.rstrip())


def _unless_heading(draft: Draft) -> None:
    """A line that looked like a heading until it went on is a paragraph."""
    if draft.kind is BlockKind.HEADING and not _looks_like_heading(draft.text):
        draft.kind, draft.depth = BlockKind.PARAGRAPH, 1


def _is_last_label(text: str, index: int, lines: Sequence[Line]) -> bool:
    """The last line of a file, set apart and shaped like a heading: a heading over nothing."""
    return index == len(lines) - 1 and index > 0 and _looks_like_heading(text)


def _wraps(raw: str, before: Line, line: Line, width: int) -> bool:
    """Whether `line` goes on where `before` ran out of room."""
    if line.after_blank or width > WRAP_LIMIT or _NUMBER.match(line.span.of(raw)):
        return False
    first_word = line.span.of(raw).split()[0]
    return before.indent + before.span.end - before.span.start + 1 + len(first_word) > width - 3


def _nest(drafts: Sequence[Draft]) -> None:
    """Turn the indents of list items into depths 1, 2, 3 within each list."""
    indents: list[int] = []
    for draft in drafts:
        if draft.kind is not BlockKind.LIST_ITEM:
            indents = []
            continue
        while indents and indents[-1] > draft.depth:
            indents.pop()
        if not indents or indents[-1] < draft.depth:
            indents.append(draft.depth)
        draft.depth = len(indents)


def _without_caption(draft: Draft) -> list[Draft]:
    """A caption glued to the front of a paragraph, apart from the paragraph."""
    text = draft.text
    glued = _GLUED.match(text) if draft.kind is BlockKind.PARAGRAPH else None
    if not glued or glued.group(2).casefold() not in _OPENERS:
        return [draft]
    caption = cut_pieces(draft.pieces, 0, glued.end())
    rest = cut_pieces(draft.pieces, glued.end(), len(text))
    repair = ("caption glued to a paragraph", Span(caption[0].raw.start, caption[-1].raw.end))
    return [Draft(BlockKind.BOILERPLATE, caption, 1), Draft(draft.kind, rest, 1, [repair])]


def _drop_repeated_title(drafts: Sequence[Draft], title: str) -> None:
    """Take the title out of the paragraphs that begin or end with it for no reason."""
    opening = re.compile(re.escape(title) + r" (?=[A-Z])")
    closing = re.compile(r"(?<=[.!?]) " + re.escape(title) + "$")
    paragraphs = [draft for draft in drafts if draft.kind is BlockKind.PARAGRAPH]
    glued = [d for d in paragraphs if opening.match(d.text) or closing.search(d.text)]
    if len(glued) < 2:
        return
    for draft in glued:
        for found in (closing.search(draft.text), opening.match(draft.text)):
            if found is None:
                continue
            gone = cut_pieces(draft.pieces, *found.span())
            raw = Span(gone[0].raw.start, gone[-1].raw.end)
            kept = cut_pieces(draft.pieces, 0, found.start())
            kept += cut_pieces(draft.pieces, found.end(), len(draft.text))
            draft.pieces = kept
            draft.repairs.append(("title repeated in a paragraph", raw))


def _mend_breaks(drafts: Sequence[Draft], words: Mapping[str, int]) -> list[Draft]:
    """Join a paragraph that blank lines cut in two, even in the middle of a word."""
    mended: list[Draft] = []
    for draft in drafts:
        before = mended[-1] if mended else None
        if before and _continues(before, draft):
            gap = Span(before.pieces[-1].raw.end, draft.pieces[0].raw.start)
            if _is_one_word(before.text, draft.text, words):
                before.pieces += draft.pieces
            else:
                join_lines(before.pieces, draft.pieces, words)
            before.repairs += [("paragraph broken in two", gap), *draft.repairs]
            before.kind, before.depth = BlockKind.PARAGRAPH, 1
        else:
            mended.append(draft)
    return mended


def _continues(before: Draft, after: Draft) -> bool:
    """Whether `after` is the rest of a sentence; its beginning may have looked like a heading."""
    if after.kind is not BlockKind.PARAGRAPH:
        return False
    goes_on = re.search(r"[\w,–—-]$", before.text) and after.text[:1].islower()
    if before.kind is BlockKind.HEADING:  # not a label or the title, over a line without an end
        long = before.depth > 1 and len(before.text.split()) > LABEL_WORDS
        return bool(goes_on and long and after.text.endswith((".", "!", "?")))
    return bool(goes_on and before.kind is BlockKind.PARAGRAPH)


def _is_one_word(before: str, after: str, words: Mapping[str, int]) -> bool:
    """Whether the break fell inside a word that the text writes whole elsewhere."""
    tail, head = re.search(r"[^\W\d_]+$", before), re.match(r"[^\W\d_]+", after)
    if not tail or not head:
        return False
    ends = [tail.group().casefold(), head.group().casefold()]
    # The broken ends are themselves in the text once; a real word stands there more often.
    real = [words[end] > 1 and (len(end) > 1 or end in ("a", "i")) for end in ends]
    return "".join(ends) in words and not all(real)
