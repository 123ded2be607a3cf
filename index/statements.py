"""The statements of a snapshot: where they stand, and all that weighing them needs.

Which terms and aspects a statement has, and which tokens are its own, is found out once, when a
document is indexed. A question then reads no text but what is quoted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.arrays import ArrayTable, rows_in
from index.aspects import spoken_of
from index.late import TokenTable
from index.lexical import LexicalIndex
from index.passages import Prepared
from index.words import terms
from sources.document import Span
from sources.segments import Statement


class Held(NamedTuple):
    """Which of some terms each of some statements holds, `(statements, terms)`."""

    own: NDArray[np.bool_]  # in its own words
    in_context: NDArray[np.bool_]  # there, in its document's title or in the headings above


@dataclass(frozen=True, slots=True)
class StatementTable(ArrayTable):
    """Statements in the order of the snapshot.

    `spans` are rows of integers `(n, 7)`: span, focus, lead, dependent. `tokens` are ranges
    `(n, 2, 2)` of the passages' tokens: those of the focus and of the lead. `aspects` are bits.
    `terms` are numbers of the lexical index: a statement's own at `bounds[n, 0]:bounds[n, 1]`,
    those of its title and headings behind them, up to `bounds[n, 2]`.
    """

    spans: NDArray[np.int32]
    tokens: NDArray[np.int64]
    aspects: NDArray[np.uint64]
    terms: NDArray[np.int32]
    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, prepared: Sequence[Prepared], tokens: TokenTable, lexical: LexicalIndex) -> Self:
        """The statements of passages that have these tokens and are indexed by their terms."""
        spans = [
            (*row.span, *row.focus, *row.lead, int(row.dependent))
            for passage in prepared
            for row in passage.statements
        ]
        alone = [text for passage in prepared for text in passage.statements_alone]
        own = [lexical.numbers(terms(text)) for text in alone]
        above = [
            numbers
            for passage in prepared
            for numbers in [_above(passage, lexical)] * len(passage.statements)
        ]
        lengths = [len(part) for pair in zip(own, above, strict=True) for part in pair]
        ends = np.cumsum([0, *lengths], dtype=np.int64)
        return cls(
            spans=np.array(spans, dtype=np.int32).reshape(-1, 7),
            tokens=np.array(list(_tokens(prepared, tokens)), dtype=np.int64).reshape(-1, 2, 2),
            aspects=np.array([spoken_of(text) for text in alone], dtype=np.uint64),
            terms=np.array(
                [n for pair in zip(own, above, strict=True) for part in pair for n in part],
                dtype=np.int32,
            ),
            bounds=np.stack([ends[:-1:2], ends[1::2], ends[2::2]], axis=1),
        )

    def statements(self, first: int, last: int) -> tuple[Statement, ...]:
        """Some rows as statements."""
        return tuple(
            Statement(Span(a, b), Span(c, d), Span(e, f), bool(dependent))
            for a, b, c, d, e, f, dependent in self.spans[first:last].tolist()
        )

    def holds(self, rows: NDArray[np.int64], wanted: Sequence[int]) -> Held:
        """Which of the terms numbered in `wanted` the statements in `rows` hold."""
        bounds = self.bounds[rows]
        found = rows_in(bounds[:, [0, 2]])
        statement = np.repeat(np.arange(len(rows)), bounds[:, 2] - bounds[:, 0])
        at, term = np.nonzero(self.terms[found][:, None] == np.array(wanted, dtype=np.int32))
        held = Held(*np.zeros((2, len(rows), len(wanted)), dtype=np.bool_))
        held.in_context[statement[at], term] = True
        inside = found[at] < bounds[statement[at], 1]
        held.own[statement[at][inside], term[inside]] = True
        return held


def _above(passage: Prepared, lexical: LexicalIndex) -> list[int]:
    """The terms of a passage's title and headings."""
    return lexical.numbers(terms(passage.embedded[: passage.head]))


def _tokens(
    prepared: Sequence[Prepared], tokens: TokenTable
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """For each statement the tokens of its focus, and of its lead.

    The lead of a long list stands in a passage before.
    """
    for number, passage in enumerate(prepared):
        for row in passage.statements:
            at = number
            while at > 0 and row.lead.start < prepared[at].span.start:
                at -= 1
            yield (
                _range(passage, number, row.focus, tokens),
                _range(prepared[at], at, row.lead, tokens),
            )


def _range(passage: Prepared, number: int, span: Span, tokens: TokenTable) -> tuple[int, int]:
    """The tokens of passage `number` that begin in `span` of its document."""
    shift = passage.head - passage.span.start
    return tokens.between(number, span.start + shift, span.end + shift)
