"""One answer as staff see it: each quote with its words as they were shown, and how it stands."""

from collections.abc import Sequence
from typing import NamedTuple

from qa.ledger.entries import Facts, Kind
from qa.ledger.errors import UnknownAnswer
from qa.ledger.inbox import Finding, standing
from qa.ledger.ledger import Ledger, Recorded
from qa.ledger.search import openings
from qa.reading_ease import ReadingEase, reading_ease
from qa.staff.why import Why, why
from sources.document import Span
from sources.errors import SourceError
from sources.library import Library


class Words(NamedTuple):
    """Words of a version, in three: before what answers, what answers, and behind it."""

    before: str
    focus: str
    behind: str

    @property
    def all(self) -> str:
        """The whole."""
        return f"{self.before}{self.focus}{self.behind}"


class ShownQuote(NamedTuple):
    """A quote, by its number from 1. `facts` are as recorded when it was shown.

    `words` are none, and `problem` says why, when the library does not hold them any more.
    `finding` is what the last re-check found; none: it stands as it was quoted. `ease` says how
    easily the words are read, where there is a formula for their language.
    """

    number: int
    facts: Facts
    words: Words | None
    problem: str
    finding: Finding | None
    ease: ReadingEase | None = None


class ShownAnswer(NamedTuple):
    """An answer with all that is known of it.

    `feedback` is what people said of it and `opened` when it was opened again, oldest first.
    `why` is none for an answer that was given without a search.
    """

    recorded: Recorded
    quotes: Sequence[ShownQuote]
    feedback: Sequence[Recorded]
    opened: Sequence[str]
    why: Why | None

    @property
    def answer_id(self) -> str:
        """Its id."""
        return self.recorded.about

    @property
    def question(self) -> str | None:
        """What was asked, masked; none when it is forgotten."""
        return self.recorded.words.said if self.recorded.words else None


def shown_answer(ledger: Ledger, library: Library, answer_id: str) -> ShownAnswer:
    """Everything about one answer. Raises `UnknownAnswer`, also for what is no answer."""
    recorded = ledger.entry(answer_id)
    if recorded.kind is not Kind.ANSWER:
        raise UnknownAnswer(f"{answer_id!r} is no answer but {recorded.kind}; check the id")
    facts = recorded.facts
    findings = standing(ledger, answer_id)
    quotes = [
        _shown_quote(library, number, quote, finding)
        for number, (quote, finding) in enumerate(
            zip(facts["quotes"], findings, strict=True), start=1
        )
    ]
    reason = why(recorded.trace, facts["probability"]) if recorded.trace else None
    return ShownAnswer(
        recorded=recorded,
        quotes=quotes,
        feedback=ledger.about(answer_id, Kind.FEEDBACK),
        opened=openings(ledger, answer_id),
        why=reason,
    )


def _shown_quote(
    library: Library, number: int, facts: Facts, finding: Finding | None
) -> ShownQuote:
    span, focus = Span(facts["start"], facts["end"]), Span(*facts["focus"])
    try:
        document = library.document(facts["doc_id"], facts["version"])
    except SourceError as error:
        return ShownQuote(number, facts, None, str(error), finding)
    text = document.text
    words = Words(text[span.start : focus.start], focus.of(text), text[focus.end : span.end])
    ease = reading_ease(words.all, document.source.language)
    return ShownQuote(number, facts, words, "", finding, ease)


def words_at(library: Library, doc_id: str, version: str, span: Span) -> str | None:
    """The words of a version at a place; none when the library cannot give them."""
    try:
        return span.of(library.document(doc_id, version).text)
    except SourceError:
        return None
