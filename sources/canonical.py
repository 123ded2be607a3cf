"""Weaving raw characters into canonical text without losing the way back.

A reader gives `Draft` blocks made of `Piece`s, each a few canonical characters and the raw
range they came from. `weave` joins them into one text with blocks that tile it, an offset
map, and the list of repairs. Nothing is changed, dropped or joined outside this file.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sources.document import Block, BlockKind, OffsetMap, OffsetRun, Repair, Span

LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_PLAIN_RUN = re.compile(
    r"[!-~]+(?: [!-~]+)*"
)  # printable ASCII with single blanks: nothing to mend


class Piece(NamedTuple):
    """Canonical characters and the raw range they came from."""

    text: str
    raw: Span


@dataclass(slots=True)
class Draft:
    """A block on its way into a document. `depth`: heading level or list nesting, from 1."""

    kind: BlockKind
    pieces: list[Piece]
    depth: int = 1
    repairs: list[tuple[str, Span]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The canonical characters so far."""
        return "".join(piece.text for piece in self.pieces)


class Woven(NamedTuple):
    """Everything about a document that follows from its drafts."""

    text: str
    blocks: tuple[Block, ...]
    offsets: OffsetMap
    repairs: tuple[Repair, ...]


def tidy(raw: str, span: Span) -> list[Piece]:
    """Pieces for `raw[span]`: white space runs become one blank, ligatures become letters.

    Invisible and control characters go. Characters that need no repair stay as they are.
    """
    pieces: list[Piece] = []
    at = span.start
    while at < span.end:
        plain = _PLAIN_RUN.match(raw, at, span.end)
        if plain:
            pieces.append(Piece(plain.group(), Span(*plain.span())))
            at = plain.end()
            continue
        end = at + 1
        if raw[at].isspace():
            while end < span.end and raw[end].isspace():
                end += 1
            pieces.append(Piece(" ", Span(at, end)))
        elif (mended := _mend(raw[at])) != "":
            pieces.append(Piece(mended, Span(at, end)))
        at = end
    return single_blanks(pieces)


def _mend(char: str) -> str:
    """What one raw character becomes; empty when it is not for readers."""
    if char in LIGATURES:
        return LIGATURES[char]
    invisible = char in INVISIBLE or unicodedata.category(char) in ("Cc", "Cs", "Co")
    return "" if invisible else char


def single_blanks(pieces: list[Piece]) -> list[Piece]:
    """Without the blanks at either end, and with no two blanks side by side."""
    kept: list[Piece] = []
    for piece in pieces:
        if piece.text == " " and (not kept or kept[-1].text.endswith(" ")):
            continue
        kept.append(piece)
    while kept and kept[-1].text == " ":
        kept.pop()
    return kept


def cut_pieces(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    """The pieces for characters `start` to `end` of what the pieces spell."""
    kept: list[Piece] = []
    at = 0
    for text, raw in pieces:
        low, high = max(start - at, 0), min(end - at, len(text))
        if low < high:
            same = len(text) == raw.end - raw.start
            kept.append(
                Piece(text[low:high], Span(raw.start + low, raw.start + high) if same else raw)
            )
        at += len(text)
    return kept


def weave(drafts: Iterable[Draft], title: str = "") -> Woven:
    """One canonical text out of drafts, in order. Drafts without characters are left out.

    A heading that only repeats the document's title opens no section.
    """
    kept = [draft for draft in drafts if draft.text.strip()]
    parts: list[str] = []
    runs: list[OffsetRun] = []
    blocks: list[Block] = []
    repairs: list[Repair] = []
    path: list[tuple[int, str]] = []
    at = 0
    for index, draft in enumerate(kept):
        start = at
        if draft.kind is BlockKind.HEADING:
            path = [entry for entry in path if entry[0] < draft.depth]
            if draft.text.casefold() != title.casefold():
                path.append((draft.depth, draft.text))
        for text, raw in [*draft.pieces, *_separator(draft, kept[index + 1 : index + 2])]:
            _add_run(runs, OffsetRun(at, raw), len(text))
            parts.append(text)
            at += len(text)
        headings = tuple(text for _, text in path)
        blocks.append(Block(draft.kind, Span(start, at), headings, draft.depth))
        repairs += [Repair(kind, start, raw) for kind, raw in draft.repairs]
    return Woven("".join(parts), tuple(blocks), OffsetMap(tuple(runs), at), tuple(repairs))


def _separator(draft: Draft, following: Sequence[Draft]) -> list[Piece]:
    """The line break between two blocks: one inside a list or table, else a blank line."""
    if not following:
        return []
    rows = (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
    tight = following[0].kind in rows and draft.kind is not BlockKind.HEADING
    end = draft.pieces[-1].raw.end
    return [Piece("\n" if tight else "\n\n", Span(end, end))]


def _add_run(runs: list[OffsetRun], run: OffsetRun, length: int) -> None:
    """Append `run`, or let the run before it grow when the two continue each other exactly."""
    if runs and run.raw.end - run.raw.start == length:
        last = runs[-1]
        grown = run.start - last.start
        if last.raw.end - last.raw.start == grown and last.raw.end == run.raw.start:
            runs[-1] = OffsetRun(last.start, Span(last.raw.start, run.raw.end))
            return
    runs.append(run)


def page_spans(woven: Woven, page_starts: Sequence[int]) -> tuple[Span, ...]:
    """Pages as spans that tile the canonical text, from where each begins in the raw text."""
    firsts = [run.raw.start for run in woven.offsets.runs]
    starts = [0]
    for raw_start in page_starts[1:]:
        index = bisect_left(firsts, raw_start)
        at = woven.offsets.runs[index].start if index < len(firsts) else len(woven.text)
        if index > 0:
            at = _inside(woven, index - 1, raw_start, at)
        starts.append(at)
    ends = [*starts[1:], len(woven.text)]
    return tuple(Span(start, end) for start, end in zip(starts, ends, strict=True))


def _inside(woven: Woven, index: int, raw_start: int, after: int) -> int:
    """Where `raw_start` falls in run `index`, or `after` when the run ends before it."""
    run = woven.offsets.runs[index]
    if run.raw.end <= raw_start or run.raw.end - run.raw.start != after - run.start:
        return after
    return run.start + raw_start - run.raw.start
