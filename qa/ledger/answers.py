"""An answer as shown becomes an entry: quotes by reference, figures, and words to be masked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from qa.answer import Answer, Quote
from qa.assistant import Workings
from qa.evidence import Features, weights
from qa.gate import calibration, is_calibrated, table
from qa.ledger.entries import Entry, Facts, Kind, Words, canonical, now, storable
from qa.ledger.identity import configuration
from qa.settings import Settings
from qa.triage.check import RedFlag
from sources.document import Audience

Mask = Callable[[str], str]
"""Takes out of a text what tells who wrote it."""
Boxes = Sequence[tuple[float, ...]]
"""Rectangles on the pages of a PDF: page from 1, then left, top, right, bottom as shares of it."""
TRACED = 24  # statements whose features are kept, strongest first


@dataclass(frozen=True, slots=True)
class Shown:
    """How an answer was shown, beside what it says itself.

    `language` is that of the page around the quotes. `boxes` are those of each quote, in order,
    empty for what is no PDF. `code` and `configuration` are what `qa.ledger.identity` gives.
    """

    reader: Audience
    language: str
    boxes: Sequence[Boxes]
    code: str
    configuration: str


def answer_entry(answer: Answer, shown: Shown, mask: Mask, trace: Facts | None = None) -> Entry:
    """The entry that records `answer` as it was shown just now.

    `mask` is put over every text that comes from the person; nothing else of it is kept.
    """
    facts = {
        "outcome": answer.outcome.value,
        "probability": answer.probability,
        "notice": answer.notice,
        "disclaimer": answer.disclaimer,
        "urgent": _rule_facts(answer.urgent),
        "personal": answer.personal.kind if answer.personal else None,
        "details": sorted(answer.details),
        "reader": shown.reader.value,
        "language": shown.language,
        "quotes": [
            quote_facts(quote, boxes)
            for quote, boxes in zip(answer.quotes, shown.boxes, strict=True)
        ],
        "differs": [list(one) for one in answer.differs],
        "related": list(answer.related),
        "snapshot": answer.snapshot,
        "model": answer.model,
        "code": shown.code,
        "configuration": shown.configuration,
        "took_ms": answer.took_ms,
    }
    made = {"searched": mask(answer.searched)}
    words = Words(storable(mask(answer.question)), canonical(made))
    return Entry(answer.answer_id, Kind.ANSWER, now(), answer.answer_id, facts, words, trace)


def _rule_facts(flag: RedFlag | None) -> Facts | None:
    """The rule whose card was shown, without the words it fired on."""
    if flag is None:
        return None
    first = flag.first
    return {
        "rule": first.rule,
        "version": first.version,
        "language": first.language,
        "level": first.level.value,
        "notice": first.notice,
    }


def _place(quote: Quote) -> Facts:
    return {
        "doc_id": quote.doc_id,
        "version": quote.version,
        "start": quote.span.start,
        "end": quote.span.end,
        "sha256": sha256(quote.text.encode()).hexdigest(),
    }


def quote_facts(quote: Quote, boxes: Boxes) -> Facts:
    """A quote by reference, with what stood beside it; its words only by their hash."""
    source = quote.source
    return {
        **_place(quote),
        "focus": list(quote.focus),
        "also": [_place(other) for other in quote.also],
        "pages": list(quote.pages),
        "boxes": [list(box) for box in boxes],
        "section": list(quote.section),
        "score": quote.score,
        "banner": quote.banner,
        "title": source.title,
        "publisher": source.publisher,
        "status": source.status.value,
        "reviewed": source.reviewed.isoformat() if source.reviewed else None,
        "review_due": source.review_due.isoformat() if source.review_due else None,
    }


def trace_of(workings: Workings, settings: Settings) -> Facts:
    """Why the answer was this one: every candidate by reference with its scores, never a word.

    Of the question only the number of its terms is kept: the words themselves are forgotten
    with it. With the features stand their weights and the thresholds, so that each one's part
    can be told for as long as the record lasts.
    """
    question, evidence, gate, stages = workings
    hits = {e.hit.passage_id: e for e in evidence}
    ranked = sorted(hits.values(), key=lambda e: -e.hit.score)
    bias, by_feature = weights()
    return {
        "terms": len(question.terms),
        "own_terms": len(question.own_terms),
        "passages": [
            {
                "passage_id": e.hit.passage_id,
                "doc_id": e.doc_id,
                "version": e.version,
                "dense": round(e.hit.dense, 6),
                "near": round(e.hit.near, 6),
                "lexical": round(e.hit.lexical, 6),
                "late": round(e.hit.late, 6),
                "fused": round(e.hit.score, 6),
            }
            for e in ranked
        ],
        "statements": [
            {
                "passage_id": e.hit.passage_id,
                "start": e.statement.span.start,
                "end": e.statement.span.end,
                "evidence": round(e.score, 6),
                "features": [round(value, 6) for value in e.features],
            }
            for e in evidence[:TRACED]
        ],
        "features": list(Features._fields),
        "weights": [bias, *map(float, by_feature)],
        "gate": gate._asdict() if gate else {},
        "stages": {name: round(took, 3) for name, took in stages.items()},
        "gate_weights": table()["gate"],
        "thresholds": table()["thresholds"],
        "calibration": {**calibration(), "holds": is_calibrated(settings)},
        "configuration": dict(configuration(settings)),
    }
