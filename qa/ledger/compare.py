"""Does a later version of a document still say what was quoted? One quote at a time.

A quote is only unchanged or moved when its very words stand in the new version, in text that may
be quoted, and no exception has since been put beside them.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from sources.document import BlockKind, Document, Span
from sources.segments import passages, sentences, statements, trimmed

# Least likeness, of 100, of a sentence that says it in other words. Of 1,578 starter statements
# laid beside a document that is not theirs, 99 in 100 find nothing more alike than 60.
ALIKE = 62.0
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TURNS = re.compile(
    r"\b(?:not|no|never|none|cannot|without|unless|except|only|avoid|stop|must|should|may|can|need|"
    r"all|any|some|always|sometimes|rarely|before|after|more|less|least|most)\b|n['’]t\b",
    re.IGNORECASE,
)


class State(StrEnum):
    """What became of a quote."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    REWORDED = "reworded"
    GONE = "gone"
    WITHDRAWN = "withdrawn"  # or expired: its words may not be quoted any more
    LOST = "lost"  # the library does not hold the version that was quoted


SEVERITY = {
    State.UNCHANGED: 0,
    State.MOVED: 1,
    State.REWORDED: 2,
    State.GONE: 3,
    State.WITHDRAWN: 3,
    State.LOST: 4,
}
TURNED = 4  # reworded in a number, or in a word that can turn the meaning round


class Compared(NamedTuple):
    """What became of one quote. `severity` runs from 0, nothing to do, to 4, look at once.

    `span` is where it stands now, or what comes nearest; none when nothing does. `similarity`
    is 0 to 1. `diff` is what `word_diff` gives, empty when the words are the same.
    """

    state: State
    severity: int
    span: Span | None
    similarity: float
    diff: list[tuple[str, str]]


def nowhere(state: State) -> Compared:
    """What became of a quote that there is nothing to lay beside."""
    return Compared(state, SEVERITY[state], None, 0.0, [])


class Successor:
    """The version that holds now, made ready for many quotes to be looked for in it."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def compare(self, old: Document, span: Span) -> Compared:
        """What became of the words of `old` at `span`."""
        words, text = span.of(old.text), self.document.text
        places = list(self._places(words))
        if not places:
            return self._nearest(words)
        here = min(places, key=lambda place: self._distance(old, span, place))
        whole = _whole(self.document, here)
        if whole != here and _whole(old, span) == span:
            return _reworded(words, whole, text)  # an exception or a stem was put beside it
        state = State.UNCHANGED if here == span else State.MOVED
        return Compared(state, SEVERITY[state], here, 1.0, [])

    def _places(self, words: str) -> Iterator[Span]:
        """Where exactly these words stand, and may be quoted."""
        at = self.document.text.find(words)
        while at >= 0:
            span = Span(at, at + len(words))
            if self._quotable(span):
                yield span
            at = self.document.text.find(words, at + 1)

    def _quotable(self, span: Span) -> bool:
        first, last = self.document.block_index(span.start), self.document.block_index(span.end - 1)
        blocks = self.document.blocks[first : last + 1]
        return all(block.kind is not BlockKind.BOILERPLATE for block in blocks)

    def _distance(self, old: Document, span: Span, place: Span) -> tuple[bool, float]:
        """The same section first, then the nearest part of the document."""
        before, after = old.block_at(span.start), self.document.block_at(place.start)
        share = span.start / len(old.text) - place.start / len(self.document.text)
        return before.heading_path != after.heading_path, abs(share)

    def _nearest(self, words: str) -> Compared:
        found = process.extractOne(words, self._candidates, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if found is None:
            return nowhere(State.GONE)
        return _reworded(words, found[2], self.document.text)

    @cached_property
    def _candidates(self) -> dict[Span, str]:
        """All that could be quoted: statements, sentences in a row, whole blocks and passages."""
        text, found = self.document.text, dict[Span, None]()
        never = (BlockKind.BOILERPLATE, BlockKind.HEADING)
        kept = (block.span for block in self.document.blocks if block.kind not in never)
        found |= {trimmed(text, span): None for span in kept}
        for passage in passages(self.document):
            found[trimmed(text, passage.span)] = None
            found |= dict.fromkeys(s.span for s in statements(self.document, passage.span))
            row = [trimmed(text, part) for part in sentences(text, passage.span)]
            for count in (2, 3, 4):
                several = zip(row, row[count - 1 :], strict=False)
                found |= {Span(one.start, other.end): None for one, other in several}
        return {span: span.of(text) for span in found}


def _whole(document: Document, span: Span) -> Span:
    """`span` with all that must be quoted beside what begins in it."""
    inside = [statement.span for statement in statements(document, span)]
    return Span(min(s.start for s in [span, *inside]), max(s.end for s in [span, *inside]))


def _reworded(words: str, span: Span, text: str) -> Compared:
    other = span.of(text)
    severity = TURNED if _weighty(words) != _weighty(other) else SEVERITY[State.REWORDED]
    similarity = fuzz.ratio(words, other) / 100
    return Compared(State.REWORDED, severity, span, similarity, word_diff(words, other))


def _weighty(text: str) -> Counter[str]:
    """The numbers of a text, and the words that can turn its meaning round."""
    found = Counter(_NUMBER.findall(text))
    found.update(word.lower() for word in _TURNS.findall(text))
    return found


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """How `old` became `new`: runs of ("same" | "out" | "in", text), in order of reading.

    The runs that are not "in" make `old`, those that are not "out" make `new`.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            found.append(("same", "".join(before[i:j])))
            continue
        if j > i:
            found.append(("out", "".join(before[i:j])))
        if m > k:
            found.append(("in", "".join(after[k:m])))
    return found
