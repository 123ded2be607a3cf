"""A few quotes out of much evidence: each saying something new, sources taking turns.

What is chosen is a statement, the *focus*; what is quoted is the short text it stands in, since
a sentence torn from its section is hard to understand and easy to misread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from qa.answer import Quote, cut
from qa.differences import difference
from qa.evidence import Evidence
from qa.reading_ease import reading_ease
from qa.stages import stage
from sources.document import Audience, Span

SAME = 0.82  # cosine of two statements from which the second says nothing new
WORTH = 0.45  # a further quote has at least this share of the first one's score
WORTH_AGAIN = 0.55  # the same for a further quote from a document that is quoted already
WORTH_BESIDE = 0.25  # a sentence that continues a focus has at least this share
EASE = 0.002  # what the ease of reading is worth beside a score: it settles ties, and no more
EQUAL = 0.06  # scores this near are equal support, and the reader's own audience comes first
JOINED_CHARACTERS = 520  # neighbours are one focus up to this length
WHOLE_CHARACTERS = 420  # a passage or paragraph up to this length is quoted whole


@dataclass(slots=True)
class _Pick:
    """A quote in the making: the statements that answer, and all that will be quoted."""

    evidence: Evidence
    focus: Span
    span: Span
    also: list[Evidence] = field(default_factory=list)

    def meets(self, version: str, span: Span) -> bool:
        """Whether a span of a document version shares a character with this quote."""
        return self.evidence.version == version and self.span.overlaps(span)


def choose_quotes(
    evidence: Sequence[Evidence], audience: Audience, most: int, *, whole: bool = True
) -> tuple[Quote, ...]:
    """Up to `most` quotes, strongest first, from evidence sorted by score.

    With `whole` a quote is the short passage or paragraph around its focus, else the focus alone.
    """
    with stage("choose"):
        picks = _picks(evidence, audience, most, whole=whole)
    with stage("cut"):
        return tuple(_quote(pick) for pick in picks)


def _picks(
    evidence: Sequence[Evidence], audience: Audience, most: int, *, whole: bool
) -> list[_Pick]:
    picks: list[_Pick] = []
    for candidate in _for_reader(evidence, audience):
        worth = candidate.score / picks[0].evidence.score if picks else 1.0
        if worth >= WORTH_BESIDE and _continues(candidate, picks):
            continue
        if worth < _bar(candidate, picks) or _stands_inside(candidate, picks):
            continue
        twin = _twin(candidate, picks)
        if twin is not None:
            twin.also.append(candidate)
        elif len(picks) < most:
            span = _surroundings(candidate, picks) if whole else candidate.statement.span
            picks.append(_Pick(candidate, candidate.statement.span, span))
    return picks


def _quote(pick: _Pick) -> Quote:
    """The quote, and one more of each other document that says the same."""
    own = {pick.evidence.doc_id}
    also = []
    for other in pick.also:
        if other.doc_id not in own:
            own.add(other.doc_id)
            also.append(cut(other.document, other.statement.span, other.score))
    made = cut(pick.evidence.document, pick.span, pick.evidence.score, pick.focus)
    return replace(made, also=tuple(also))


def _bar(candidate: Evidence, picks: Sequence[_Pick]) -> float:
    """The share of the first score that a further quote needs: other documents come easier."""
    quoted = {pick.evidence.doc_id for pick in picks}
    return WORTH_AGAIN if candidate.doc_id in quoted else WORTH if picks else 0.0


def _for_reader(evidence: Sequence[Evidence], audience: Audience) -> list[Evidence]:
    """The strongest evidence, sources written for this reader first where support is equal.

    For patients the more easily read comes first where even that is equal. What can become
    no part of a quote is left out.
    """
    if not evidence:
        return []
    least = WORTH_BESIDE * (evidence[0].score - EQUAL - EASE)
    worth = [item for item in evidence[:24] if item.score >= least]
    support = [
        item.score + (EQUAL if item.candidate.source.audience is audience else 0.0)
        for item in worth
    ]
    placed = [
        own + (_ease(item) if audience is Audience.PATIENT and _tied(own, support) else 0.0)
        for item, own in zip(worth, support, strict=True)
    ]
    return [worth[at] for at in sorted(range(len(worth)), key=lambda at: -placed[at])]


def _tied(own: float, support: Sequence[float]) -> bool:
    """Whether ease may settle the order of one and another; else no text need be fetched."""
    return sum(abs(own - other) <= EASE for other in support) > 1


def _ease(item: Evidence) -> float:
    """What the ease of reading a statement is worth, up to `EASE`."""
    words = item.statement.span.of(item.document.text)
    found = reading_ease(words, item.candidate.source.language)
    return EASE * min(max(found.ease, 0.0), 100.0) / 100 if found else 0.0


def _surroundings(candidate: Evidence, picks: Sequence[_Pick]) -> Span:
    """All of a statement's passage or else of its paragraph, when it is short and no quote yet."""
    beside, focus = candidate.candidate.statements, candidate.statement.focus
    block = candidate.document.block_at(focus.start)
    paragraph = [s for s in beside if block.span.overlaps(s.focus)]
    for around in (beside, paragraph):
        span = reduce(_joined, (statement.span for statement in around))
        free = not any(pick.meets(candidate.version, span) for pick in picks)
        if free and span.end - span.start <= WHOLE_CHARACTERS:
            return span
    return candidate.statement.span


def _joined(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))


def _continues(candidate: Evidence, picks: Sequence[_Pick]) -> bool:
    """Whether the statement goes on where a focus ends, or before it begins; it then joins it."""
    for pick, others in _each_with_others(picks):
        if not _touches(candidate, pick):
            continue
        focus = _joined(pick.focus, candidate.statement.span)
        span = _joined(pick.span, focus)
        free = not any(other.meets(candidate.version, span) for other in others)
        if free and focus.end - focus.start <= JOINED_CHARACTERS:
            pick.focus, pick.span = focus, span
            return True
    return False


def _each_with_others(picks: Sequence[_Pick]) -> Iterator[tuple[_Pick, list[_Pick]]]:
    for pick in picks:
        yield pick, [other for other in picks if other is not pick]


def _touches(candidate: Evidence, pick: _Pick) -> bool:
    """Whether nothing stands between a statement and a focus of the same block."""
    if pick.evidence.version != candidate.version:
        return False
    document, new, focus = candidate.document, candidate.statement.span, pick.focus
    apart = document.text[min(focus.end, new.end) : max(focus.start, new.start)]
    same_block = document.block_at(focus.start) == document.block_at(new.start)
    return same_block and (focus.overlaps(new) or not apart.strip())


def _stands_inside(candidate: Evidence, picks: Sequence[_Pick]) -> bool:
    """Whether the statement shares words with a quote."""
    span, version = candidate.statement.span, candidate.version
    return any(pick.meets(version, span) for pick in picks)


def _twin(candidate: Evidence, picks: Sequence[_Pick]) -> _Pick | None:
    """The quote that says the same already; none when a figure or a word turns it round."""
    for pick in picks:
        alike = float(pick.evidence.vector @ candidate.vector) >= SAME
        if alike and difference(_words(pick.evidence), _words(candidate)) is None:
            return pick
    return None


def _words(evidence: Evidence) -> str:
    return evidence.statement.focus.of(evidence.document.text)
