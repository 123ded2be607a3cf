"""What a file becomes once it is read: canonical text, pages, blocks, and the way back.

All positions are half-open character ranges of Python strings. `Document.text` is the
canonical text: the only text that is indexed, quoted and shown. Blocks tile it, pages tile
it, and `offsets` leads from any part of it to the characters the reader found in the file.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

CELL_GAP = " | "  # between the cells of a table row in canonical text


class Span(NamedTuple):
    """A half-open range of characters: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of `text` inside this span."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


class BlockKind(StrEnum):
    """What a stretch of a document is. Boilerplate is never quoted."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    BOILERPLATE = "boilerplate"


class Block(NamedTuple):
    """One block, with its trailing white space, so that blocks tile the text.

    `heading_path` runs from the outermost heading to the innermost and leaves the document's
    own title out. `depth` is the level of a heading or the nesting of a list item, from 1.
    """

    kind: BlockKind
    span: Span
    heading_path: tuple[str, ...]
    depth: int


class Repair(NamedTuple):
    """Something the reader mended: the kind, where it shows, and the raw characters concerned."""

    kind: str
    at: int
    raw: Span


class OffsetRun(NamedTuple):
    """Canonical characters from `start` on, up to the next run, came from `raw`.

    When both have the same length the run maps character by character; otherwise as a whole.
    """

    start: int
    raw: Span


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """The way from canonical text back to the characters the reader found."""

    runs: tuple[OffsetRun, ...]
    length: int

    def to_raw(self, span: Span) -> Span:
        """The raw range that `span` came from; an empty span gives an empty range."""
        if not 0 <= span.start <= span.end <= self.length:
            raise ValueError(f"{span} is outside a text of {self.length} characters")
        if span.start == span.end:
            here = self._locate(span.start) if span.start < self.length else None
            at = here.start if here else (self.runs[-1].raw.end if self.runs else 0)
            return Span(at, at)
        return Span(self._locate(span.start).start, self._locate(span.end - 1).end)

    def _locate(self, position: int) -> Span:
        index = bisect_right(self.runs, position, key=lambda run: run.start) - 1
        run = self.runs[index]
        after = self.runs[index + 1].start if index + 1 < len(self.runs) else self.length
        if run.raw.end - run.raw.start != after - run.start:
            return run.raw
        at = run.raw.start + position - run.start
        return Span(at, at + 1)


class Audience(StrEnum):
    """For whom a source was written."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Status(StrEnum):
    """Where a source stands in its review. Nobody writes `DUE`: it follows from the calendar."""

    UNREVIEWED = "unreviewed"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    DUE = "due"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Wording(NamedTuple):
    """How people ask for what a section says. It helps to find the section and is never shown."""

    section: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who answers for a document, for whom it was written, and where its review stands.

    A `glossary` says what words mean, each in a line of its own: `word: meaning`.
    """

    title: str
    publisher: str | None = None
    url: str | None = None
    licence: str | None = None
    audience: Audience = Audience.PATIENT
    language: str = "en"
    status: Status = Status.UNREVIEWED
    reviewed: date | None = None
    review_due: date | None = None
    references: tuple[str, ...] = ()
    asked_as: tuple[Wording, ...] = ()
    glossary: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one source. `version` is the SHA-256 of the original bytes.

    `pages[i]` is the span of page i + 1. `page_starts[i]` is where page i + 1 begins in the
    raw characters, so that `offsets` gives a place inside a page.
    """

    doc_id: str
    version: str
    format: str
    text: str
    pages: tuple[Span, ...]
    blocks: tuple[Block, ...]
    source: Source
    offsets: OffsetMap
    page_starts: tuple[int, ...]
    repairs: tuple[Repair, ...]

    def pages_of(self, span: Span) -> tuple[int, int]:
        """First and last page number (from 1) that `span` stands on."""
        starts = [page.start for page in self.pages]
        return bisect_right(starts, span.start), bisect_right(starts, max(span.start, span.end - 1))

    def block_at(self, position: int) -> Block:
        """The block that holds the character at `position`."""
        return self.blocks[self.block_index(position)]

    def block_index(self, position: int) -> int:
        """The number, from 0, of the block that holds the character at `position`."""
        if not 0 <= position < len(self.text):
            raise ValueError(f"{position} is outside a text of {len(self.text)} characters")
        return bisect_right(self.blocks, position, key=lambda block: block.span.start) - 1
