"""A few quotes out of much evidence: each saying something new, sources taking turns."""

from collections.abc import Sequence

from qa.answer import Quote, cut
from qa.evidence import Evidence
from sources.document import Audience, Span

SAME = 0.82  # cosine of two statements from which the second says nothing new
WORTH = 0.45  # a further quote has at least this share of the first one's score
WORTH_AGAIN = 0.55  # the same for a further quote from a document that is quoted already
WORTH_BESIDE = 0.25  # a sentence that continues a quote has at least this share
EQUAL = 0.06  # scores this near are equal support, and the reader's own audience comes first
JOINED_CHARACTERS = 520  # neighbours are quoted as one up to this length


def choose_quotes(evidence: Sequence[Evidence], audience: Audience, most: int) -> tuple[Quote, ...]:
    """Up to `most` quotes, strongest first, from evidence sorted by score."""
    chosen: list[Evidence] = []
    spans: list[Span] = []
    for candidate in _for_reader(evidence, audience):
        worth = candidate.score / chosen[0].score if chosen else 1.0
        beside = _beside(candidate, chosen, spans) if worth >= WORTH_BESIDE else None
        if beside is not None:
            spans[beside] = _joined(spans[beside], candidate.statement.span)
        elif worth < _bar(candidate, chosen):
            continue
        elif len(chosen) < most and not _repeats(candidate, chosen, spans):
            chosen.append(candidate)
            spans.append(candidate.statement.span)
    return tuple(cut(e.document, span, e.score) for e, span in zip(chosen, spans, strict=True))


def _bar(candidate: Evidence, chosen: Sequence[Evidence]) -> float:
    """The share of the first score that a further quote needs: other documents come easier."""
    quoted = {evidence.document.doc_id for evidence in chosen}
    return WORTH_AGAIN if candidate.document.doc_id in quoted else WORTH if chosen else 0.0


def _for_reader(evidence: Sequence[Evidence], audience: Audience) -> list[Evidence]:
    """The strongest evidence, sources written for this reader first where support is equal."""

    def place(item: Evidence) -> float:
        ours = item.document.source.audience is audience
        return -(item.score + (EQUAL if ours else 0.0))

    return sorted(evidence[:24], key=place)


def _joined(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))


def _beside(candidate: Evidence, chosen: Sequence[Evidence], spans: Sequence[Span]) -> int | None:
    """The chosen quote that this statement continues without a gap, when both fit in one."""
    new = candidate.statement.span
    for at, (other, span) in enumerate(zip(chosen, spans, strict=True)):
        if other.document.version != candidate.document.version:
            continue
        whole = _joined(span, new)
        apart = candidate.document.text[min(span.end, new.end) : max(span.start, new.start)]
        touching = span.overlaps(new) or not apart.strip()
        block = candidate.document.block_at(span.start)
        same_block = block == candidate.document.block_at(new.start)
        fits = whole.end - whole.start <= JOINED_CHARACTERS
        if touching and same_block and fits and not _meets_another(whole, at, chosen, spans):
            return at
    return None


def _meets_another(span: Span, at: int, chosen: Sequence[Evidence], spans: Sequence[Span]) -> bool:
    """Whether `span`, of the document of quote `at`, would run into another quote of it."""
    version = chosen[at].document.version
    rows = enumerate(zip(chosen, spans, strict=True))
    return any(n != at and e.document.version == version and s.overlaps(span) for n, (e, s) in rows)


def _repeats(candidate: Evidence, chosen: Sequence[Evidence], spans: Sequence[Span]) -> bool:
    """Whether the statement stands inside a chosen quote or says what one says already."""
    for other, span in zip(chosen, spans, strict=True):
        same_document = other.document.version == candidate.document.version
        if same_document and span.overlaps(candidate.statement.span):
            return True
        if float(other.vector @ candidate.vector) >= SAME:
            return True
    return False
