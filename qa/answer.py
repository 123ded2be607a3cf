"""What the assistant gives: an outcome, quotes cut from documents, and notices people wrote."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from qa.masking import Detail
from qa.personal import PersonalQuestion
from qa.triage.check import RedFlag
from sources.document import BlockKind, Document, Source, Span
from sources.policy import Policy, Quoting


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NOT_IN_LIBRARY = "not_in_library"
    NOT_A_QUESTION = "not_a_question"
    NOT_SEARCHED = "not_searched"  # a warning given while the library cannot be searched


class DifferenceKind(StrEnum):
    """What two quotes differ in."""

    FIGURES = "figures"
    ADVICE = "advice"


class Difference(NamedTuple):
    """Two quotes of an answer, by their place from 0, that cannot both hold."""

    first: int
    second: int
    kind: DifferenceKind


@dataclass(frozen=True, slots=True)
class Quote:
    """Words cut from one version of a document. Only `cut` makes one.

    `focus`, inside `span`, is the part of it that answers; the rest is what it stands in.
    `pages` are its first and last page, from 1. `section` is the heading path it stands under.
    `score` compares only within its answer. `also` are quotes of other documents that say the same.
    `banner` names the notice that must stand on it, if any.
    """

    doc_id: str
    version: str
    span: Span
    focus: Span
    text: str
    pages: tuple[int, int]
    section: tuple[str, ...]
    source: Source
    score: float
    also: tuple["Quote", ...] = ()
    banner: str | None = None


class Turn(NamedTuple):
    """An earlier question of the same conversation, as it was searched."""

    question: str
    searched: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything about one answer. `notice` and `disclaimer` name entries of `notices.toml`.

    `probability` is the calibrated chance that the first quote answers the question.
    `related` are headings of the library that stand near the quotes. `urgent` is what a person
    must be told first; `personal` says who can answer instead; `details` are identifying.
    `differs` names quotes that cannot both hold.
    """

    answer_id: str
    question: str
    searched: str
    outcome: Outcome
    quotes: tuple[Quote, ...]
    notice: str
    disclaimer: str
    related: tuple[str, ...]
    probability: float
    snapshot: str
    model: str
    took_ms: float
    urgent: RedFlag | None = None
    personal: PersonalQuestion | None = None
    details: frozenset[Detail] = frozenset()
    differs: tuple[Difference, ...] = ()


def cut(document: Document, span: Span, score: float, focus: Span | None = None) -> Quote:
    """The words of `document` at `span`, `focus` being all of them unless it is given.

    Raises `ValueError` for furniture, nothing, or a focus outside.
    """
    text = span.of(document.text)
    if not text.strip() or not 0 <= span.start < span.end <= len(document.text):
        raise ValueError(f"there are no words at {span} in {document.doc_id}")
    first, last = document.block_index(span.start), document.block_index(span.end - 1)
    blocks = document.blocks[first : last + 1]
    if any(block.kind is BlockKind.BOILERPLATE for block in blocks):
        raise ValueError(f"{span} in {document.doc_id} is page furniture, which is never quoted")
    focus = focus or span
    if not span.start <= focus.start < focus.end <= span.end:
        raise ValueError(f"{focus} is not inside {span} in {document.doc_id}")
    return Quote(
        doc_id=document.doc_id,
        version=document.version,
        span=span,
        focus=focus,
        text=text,
        pages=document.pages_of(span),
        section=blocks[0].heading_path,
        source=document.source,
        score=score,
    )


def with_banner(quote: Quote, policy: Policy) -> Quote:
    """The quote, with a word on its review where the policy asks for one."""
    status = quote.source.status
    asked = policy.quoting(status) is Quoting.BANNER
    return replace(quote, banner=f"banner.{status.name.lower()}") if asked else quote
