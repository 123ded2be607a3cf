"""What differs between two versions of a document, block by block and word by word."""

import difflib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz import fuzz

from qa.ledger.compare import word_diff
from sources.document import Block, Document

ALIKE = 50.0  # of 100: blocks that are at least so alike are one block that was reworded


class What(StrEnum):
    """What became of a block."""

    SAME = "same"
    CHANGED = "changed"
    OUT = "out"
    IN = "in"


class Change(NamedTuple):
    """One row of a comparison. `runs` is what `word_diff` gives: "same", "out" and "in" in order.

    `old` is none for what is new, `new` for what is gone.
    """

    what: What
    old: Block | None
    new: Block | None
    runs: list[tuple[str, str]]

    @property
    def before(self) -> list[tuple[str, str]]:
        """The runs that the old version has."""
        return [run for run in self.runs if run[0] != "in"]

    @property
    def after(self) -> list[tuple[str, str]]:
        """The runs that the new version has."""
        return [run for run in self.runs if run[0] != "out"]

    @property
    def section(self) -> tuple[str, ...]:
        """The headings that the block stands under, in the version that has it last."""
        block = self.new or self.old
        return block.heading_path if block else ()


def changes(old: Document, new: Document) -> list[Change]:
    """Every block of both versions, in order of reading, what is the same among them."""
    before, after = _texts(old), _texts(new)
    found: list[Change] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            rows = zip(range(i, j), range(k, m), strict=True)
            found += [_row(What.SAME, old, new, pair) for pair in rows]
        else:
            found += [
                _row(_what(pair), old, new, pair)
                for pair in _paired(range(i, j), range(k, m), before, after)
            ]
    return found


def _texts(document: Document) -> list[str]:
    return [block.span.of(document.text).strip() for block in document.blocks]


Pair = tuple[int | None, int | None]
"""The number of a block in the old version and in the new one."""


def _paired(
    gone: Sequence[int], come: Sequence[int], before: Sequence[str], after: Sequence[str]
) -> Iterator[Pair]:
    """Blocks that took the place of others: each with the next one alike, without crossing.

    Between two such pairs comes first what is gone, then what is new.
    """
    left, new = list(gone), list[int]()
    for number in come:
        alike = (at for at in left if fuzz.ratio(before[at], after[number]) >= ALIKE)
        match = next(alike, None)
        if match is None:
            new.append(number)
            continue
        count = left.index(match)
        yield from ((at, None) for at in left[:count])
        yield from ((None, at) for at in new)
        yield match, number
        left, new = left[count + 1 :], []
    yield from ((at, None) for at in left)
    yield from ((None, at) for at in new)


def _what(pair: Pair) -> What:
    return What.IN if pair[0] is None else What.OUT if pair[1] is None else What.CHANGED


def _row(what: What, old: Document, new: Document, pair: Pair) -> Change:
    before = None if pair[0] is None else old.blocks[pair[0]]
    after = None if pair[1] is None else new.blocks[pair[1]]
    was = before.span.of(old.text).strip() if before else ""
    now = after.span.of(new.text).strip() if after else ""
    runs = [("same", now)] if what is What.SAME else word_diff(was, now)
    return Change(what, before, after, runs)
