"""An answer as JSON: one shape for the command line, programs and records."""

from qa.answer import Answer, Quote
from qa.notices import notice_text
from qa.personal import PersonalQuestion
from qa.reading_ease import reading_ease
from qa.triage.care_card import red_flag_to_json


def answer_to_json(answer: Answer) -> dict[str, object]:
    """The answer as values that `json.dumps` takes, in the order people read them."""
    return {
        "answer_id": answer.answer_id,
        "question": answer.question,
        "searched": answer.searched,
        "outcome": answer.outcome.value,
        "probability": round(answer.probability, 4),
        "notice": answer.notice,
        "urgent": red_flag_to_json(answer.urgent),
        "personal": _personal_to_json(answer.personal),
        "details": sorted(answer.details),
        "quotes": [quote_to_json(quote) for quote in answer.quotes],
        "differs": [
            {"quotes": [one.first, one.second], "kind": one.kind.value} for one in answer.differs
        ],
        "related": list(answer.related),
        "disclaimer": notice_text(answer.disclaimer),
        "snapshot": answer.snapshot,
        "model": answer.model,
        "took_ms": round(answer.took_ms, 1),
    }


def _personal_to_json(personal: PersonalQuestion | None) -> dict[str, object] | None:
    if personal is None:
        return None
    return {"kind": personal.kind, "notice": personal.notice, "to_ask": list(personal.to_ask)}


def quote_to_json(quote: Quote) -> dict[str, object]:
    """One quote: its words, where they stand, and who answers for them."""
    source = quote.source
    ease = reading_ease(quote.text, source.language)
    return {
        "text": quote.text,
        "doc_id": quote.doc_id,
        "version": quote.version,
        "start": quote.span.start,
        "end": quote.span.end,
        "focus": list(quote.focus),
        "pages": list(quote.pages),
        "section": list(quote.section),
        "score": round(quote.score, 4),
        "banner": notice_text(quote.banner) if quote.banner else None,
        "reading": ease._asdict() if ease else None,
        "also": [
            {"doc_id": other.doc_id, "version": other.version, "start": other.span.start}
            | {"end": other.span.end, "text": other.text, "title": other.source.title}
            for other in quote.also
        ],
        "source": {
            "title": source.title,
            "publisher": source.publisher,
            "url": source.url,
            "licence": source.licence,
            "audience": source.audience.value,
            "language": source.language,
            "status": source.status.value,
            "reviewed": source.reviewed.isoformat() if source.reviewed else None,
            "review_due": source.review_due.isoformat() if source.review_due else None,
        },
    }
