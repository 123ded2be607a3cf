"""Sentences that tile a block, passages inside one section, and statements fit to be quoted.

A *sentence* is the smallest thing ever quoted. A *passage* is what retrieval ranks: whole
sentences under one heading. A *statement* is what evidence ranks: a sentence, a list item
with its stem, or a table row with its header, together with the span that must be quoted so
that nothing that changes its meaning is cut off.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from sources.document import Block, BlockKind, Document, Span

RECIPE = "sections-4"  # part of every passage_id: change it with any rule below
PASSAGE_WORDS = 110  # about 150 word pieces; the encoder reads 256, its headings included
LIST_CHARACTERS = 700  # a list up to this long is quoted whole

_END = re.compile(
    r"(?<=[\w)\]\"'”’%°])(?:\.{3}|[.!?…]+)[\"'”’)\]]*"
    r"(?:(?<=[a-z)]\.)\d{1,2}(?:,\s?\d{1,2})*)?"  # footnote numbers set behind the full stop
    r"(\s+)(?=[\"'“‘(\[]?[A-Z0-9¿¡À-Þ])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|dr|drs|mr|mrs|ms|prof|st|vs|fig|figs|e\.g|i\.e|cf|al|approx|no|vol|pp|ca|"
    r"dept|inc|ltd|jr|sr|sra|dra|ref|refs|max|min|incl|esp)\.$",
    re.IGNORECASE,
)
_ITEM_NUMBER = re.compile(r"^\s*\d{1,2}[.)]$")
_NEEDS_BEFORE = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|such|however|but|also|instead|"
    r"otherwise|therefore|so|then|for example|for instance|in this case|in these cases|"
    r"in that case|because of this|as a result|another|both|either|neither|the same|if so|if not|"
    r"after that|before that|some of these|most of these|many of these|all of these)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"(?:unless|except|but not|but (?:this|it|these|they|do|never|some|only)|however|"
    r"the (?:only )?exceptions?|an exception|this (?:does not|is not|may not)|not if|only if)\b",
    re.IGNORECASE,
)

_OPENING_EXCEPTION = re.compile(r"(?:unless|except|but not|not if|only if)\b", re.IGNORECASE)


class Passage(NamedTuple):
    """Whole sentences inside one section. `heading` is indexed with them, never quoted."""

    span: Span
    heading: tuple[str, ...]


class Statement(NamedTuple):
    """Something quotable: `span` is what is shown, `focus` what makes it relevant.

    `lead` is the stem of a list or the header of a table, empty when there is none.
    `dependent` says that the focus leans on the sentence before it.
    """

    span: Span
    focus: Span
    lead: Span
    dependent: bool


def trimmed(text: str, span: Span) -> Span:
    """`span` without the white space at its ends."""
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, max(start, span.end - (len(words) - len(words.rstrip()))))


def sentences(text: str, span: Span) -> list[Span]:
    """Sentences that tile `text[span]`, each with the white space behind it."""
    starts = [span.start]
    for end in _END.finditer(text, span.start, span.end):
        before = text[starts[-1] : end.start(1)]
        if _ABBREVIATION.search(before) or _ITEM_NUMBER.match(before):
            continue
        starts.append(end.end())
    ends = [*starts[1:], span.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def passages(document: Document) -> list[Passage]:
    """The passages of a document, in order: never across a heading, never boilerplate."""
    found: list[Passage] = []
    for blocks in _sections(document):
        open_span: Span | None = None
        words = 0
        for atom in _atoms(document.text, blocks):
            size = len(atom.of(document.text).split())
            if open_span and words + size > PASSAGE_WORDS:
                found.append(Passage(trimmed(document.text, open_span), blocks[0].heading_path))
                open_span, words = None, 0
            open_span = Span(open_span.start if open_span else atom.start, atom.end)
            words += size
        if open_span:
            found.append(Passage(trimmed(document.text, open_span), blocks[0].heading_path))
    return found


def _sections(document: Document) -> Iterator[list[Block]]:
    """Runs of quotable blocks that follow each other under one heading."""

    def section(pair: tuple[int, Block]) -> tuple[bool, tuple[str, ...], int]:
        block = pair[1]
        breaks = block.kind in (BlockKind.HEADING, BlockKind.BOILERPLATE)
        return breaks, block.heading_path, pair[0] if breaks else -1

    for (breaks, _, _), group in groupby(enumerate(document.blocks), key=section):
        if not breaks:
            yield [block for _, block in group]


def _atoms(text: str, blocks: Sequence[Block]) -> Iterator[Span]:
    """What a passage is not cut inside of: a sentence, or a short list or table with its stem."""
    held: Span | None = None
    for index, block in enumerate(blocks):
        rows = block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
        if rows and held and held.end == block.span.start and block.span.end - held.start < 900:
            held = Span(held.start, block.span.end)
            continue
        if held:
            yield held
        held = None
        if rows:
            held = block.span
            continue
        *first, last = sentences(text, block.span)
        yield from first
        following = blocks[index + 1].kind if index + 1 < len(blocks) else None
        if following in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
            held = last
        else:
            yield last
    if held:
        yield held


def statements(document: Document, span: Span) -> list[Statement]:
    """The statements that begin inside `span`, in order of the text."""
    found: list[Statement] = []
    index = document.block_index(span.start)
    while index < len(document.blocks) and document.blocks[index].span.start < span.end:
        block = document.blocks[index]
        if block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW):
            made = _row_statement(document, index)
            found += [made] if made else []
        elif block.kind is BlockKind.PARAGRAPH:
            found += _sentence_statements(document, index)
        index += 1
    return [row for row in found if span.start <= row.focus.start < span.end]


def _sentence_statements(document: Document, index: int) -> Iterator[Statement]:
    text, block = document.text, document.blocks[index]
    parts = [trimmed(text, part) for part in sentences(text, block.span)]
    for at, focus in enumerate(parts):
        start, end = focus
        dependent = _leans(focus.of(text))
        first = at
        while first > 0 and at - first < 2 and _leans(parts[first].of(text)):
            first -= 1
            start = parts[first].start
        if first == 0 and _OPENING_EXCEPTION.match(parts[0].of(text)):
            start = _rule_before(document, index, start)
        for later in parts[at + 1 :]:
            if not _EXCEPTION.match(later.of(text)):
                break
            end = later.end
        if end == parts[-1].end:
            stem = parts[-1].of(text).endswith(":")
            end = _list_end(document, index) if stem else _exception_behind(document, index, end)
        whole = Span(start, end)
        yield Statement(whole, Span(focus.start, end), Span(focus.start, focus.start), dependent)


def _exception_behind(document: Document, index: int, end: int) -> int:
    """`end`, or the end of the exceptions that open the paragraphs after block `index`."""
    text, follows = document.text, document.blocks[index + 1 : index + 2]
    if not follows or follows[0].kind is not BlockKind.PARAGRAPH:
        return end
    parts = [trimmed(text, part) for part in sentences(text, follows[0].span)]
    if not _OPENING_EXCEPTION.match(parts[0].of(text)):
        return end
    more = list(takewhile(lambda part: _EXCEPTION.match(part.of(text)), parts[1:]))
    end = (more or parts)[-1 if more else 0].end
    return _exception_behind(document, index + 1, end) if len(more) + 1 == len(parts) else end


def _rule_before(document: Document, index: int, start: int) -> int:
    """Where the rule begins to which the paragraph at `index` opens with an exception."""
    above = index - 1
    if above < 0 or document.blocks[above].kind is BlockKind.HEADING:
        return start
    if document.blocks[above].kind is BlockKind.LIST_ITEM:
        above = max(_rows_from(document, above)[0] - 1, 0)
    if document.blocks[above].kind is not BlockKind.PARAGRAPH:
        return start
    return sentences(document.text, document.blocks[above].span)[-1].start


def _leans(sentence: str) -> bool:
    """Whether a sentence says the wrong thing without the one before it."""
    return bool(_NEEDS_BEFORE.match(sentence) or _EXCEPTION.match(sentence))


def _rows_from(document: Document, index: int) -> list[int]:
    """Numbers of the blocks of the list or table that begins at, or runs through, `index`."""
    kind = document.blocks[index].kind
    first, last = index, index
    while first > 0 and document.blocks[first - 1].kind is kind:
        first -= 1
    while last + 1 < len(document.blocks) and document.blocks[last + 1].kind is kind:
        last += 1
    return list(range(first, last + 1))


def _list_end(document: Document, index: int) -> int:
    """Where the list below the stem at `index` ends, or the stem when none is below.

    A list too long to quote whole gives its stem alone only when that can mislead nobody,
    which is never: so it ends after the last item that fits.
    """
    blocks = document.blocks
    if index + 1 >= len(blocks) or blocks[index + 1].kind is not BlockKind.LIST_ITEM:
        return trimmed(document.text, blocks[index].span).end
    rows = _rows_from(document, index + 1)
    start = blocks[index].span.start
    fits = [row for row in rows if blocks[row].span.end - start <= LIST_CHARACTERS] or rows[:1]
    end = trimmed(document.text, blocks[fits[-1]].span).end
    return _exception_behind(document, fits[-1], end) if fits[-1] == rows[-1] else end


def _row_statement(document: Document, index: int) -> Statement | None:
    """A list item with its stem or a table row with its header; a header alone is nothing."""
    text, blocks = document.text, document.blocks
    focus = trimmed(text, blocks[index].span)
    rows = _rows_from(document, index)
    if blocks[index].kind is BlockKind.TABLE_ROW:
        if index == rows[0]:
            return None
        header = trimmed(text, blocks[rows[0]].span)
        return Statement(Span(header.start, focus.end), focus, header, dependent=False)
    stem = _stem(document, index, rows[0])
    if stem is None:
        return Statement(focus, focus, Span(focus.start, focus.start), dependent=False)
    inside = [row for row in rows if row >= index]
    deeper = [blocks[row].depth >= blocks[index].depth for row in inside]
    last = inside[deeper.index(False) - 1] if False in deeper else inside[-1]
    whole = trimmed(text, Span(stem.start, blocks[last].span.end))
    start = _outermost_stem(document, index, rows[0], stem).start
    shown = Span(start, whole.end if whole.end - start <= LIST_CHARACTERS else focus.end)
    if last == rows[-1] and shown.end == whole.end:
        shown = Span(start, _exception_behind(document, last, shown.end))
    return Statement(shown, focus, stem, dependent=False)


def _outermost_stem(document: Document, index: int, first: int, stem: Span) -> Span:
    """The stem of the stem of the item at `index`, as far out as the lists go."""
    while document.blocks[index].kind is BlockKind.LIST_ITEM:
        outer = document.block_index(stem.start)
        if outer < first or outer >= index:
            break
        index = outer
        stem = _stem(document, index, first) or stem
    return stem


def _stem(document: Document, index: int, first: int) -> Span | None:
    """What the item at `index` completes: the outer item, or the sentence before the list."""
    text, blocks = document.text, document.blocks
    for at in range(index - 1, first - 1, -1):
        if blocks[at].depth < blocks[index].depth:
            return trimmed(text, blocks[at].span)
    before = blocks[first - 1] if first > 0 else None
    if before is None or before.kind is not BlockKind.PARAGRAPH:
        return None
    last = trimmed(text, sentences(text, before.span)[-1])
    return last if last.of(text).endswith((":", "–", "—")) else None
