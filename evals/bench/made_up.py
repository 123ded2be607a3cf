"""Made-up answers of the size and shape that real ones have, as many as a measurement needs."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from qa.evidence import Features, weights
from qa.gate import GateFeatures, calibration, table
from qa.ledger.entries import Entry, Kind, Words, new_entry
from sources.document import Document, Span
from sources.segments import passages, statements

QUOTING = 5_000  # answers that quote the document that will change
THINGS = (
    "scan biopsy tumour spine surgery needle hemangioma vertebra pain nurse clinic result".split()
)
VERBS = "hurts takes helps shows needs follows changes starts ends costs".split()


def made_up_text(dice: random.Random, sentences: int) -> str:
    """A document of so many sentences, ten under each heading."""
    parts = ["# The document that changes\n"]
    for number in range(sentences):
        if number % 10 == 0:
            parts.append(f"\n## Part {number // 10}\n\n")
        one, two, three = dice.sample(THINGS, 3)
        parts.append(f"The {one} {dice.choice(VERBS)} the {two} in {number} days with a {three}. ")
    return "".join(parts)


def changed_text(text: str, dice: random.Random) -> str:
    """The same document after an edit: words changed, sentences gone, all moved by a new one."""
    found = ["# The document that changes\n\nA new sentence stands first.\n"]
    for line in text.split("\n")[1:]:
        kept = [part for part in line.split(". ") if dice.random() > 0.1]
        edited = [p.replace(" days", " weeks") if dice.random() < 0.2 else p for p in kept]
        found.append(". ".join(edited))
    return "\n".join(found)


def made_up_answers(count: int, document: Document, dice: random.Random) -> Iterator[Entry]:
    """Answers over a year, oldest first; every tenth quotes `document`, up to `QUOTING`."""
    spans = [s.span for p in passages(document) for s in statements(document, p.span)]
    every = max(1, count // QUOTING)
    start = datetime.now(UTC) - timedelta(days=365)
    for number in range(count):
        quotes = [_quote(f"other-{dice.randrange(400)}", f"{number:064x}", Span(0, 80), dice)] * 2
        if number % every == 0:
            quotes[0] = _quote(document.doc_id, document.version, dice.choice(spans), dice)
        at = start + timedelta(seconds=number * 365 * 86400 / count)
        name = f"{dice.getrandbits(96):024x}"
        asked = " ".join(dice.choices(THINGS + VERBS, k=9))
        yield Entry(
            name,
            Kind.ANSWER,
            at.isoformat(timespec="milliseconds"),
            name,
            {
                "outcome": dice.choice(["answered", "answered", "closest", "not_in_library"]),
                "probability": dice.random(),
                "notice": "outcome.answered",
                "disclaimer": "disclaimer.patient",
                "urgent": {"rule": "cauda-equina"} if number % 97 == 0 else None,
                "reader": "patient",
                "language": "en",
                "personal": None,
                "details": [],
                "differs": [],
                "related": [f"Part {dice.randrange(40)}" for _ in range(3)],
                "quotes": quotes,
                "snapshot": "20261121-120000-abcdef",
                "model": "all-MiniLM-L6-v2",
                "code": "c" * 64,
                "configuration": "d" * 64,
                "took_ms": dice.uniform(10, 60),
            },
            Words(f"What about the {asked} {number}?", f'{{"searched":"{asked}"}}'),
            _trace(document.doc_id, document.version, dice),
        )


def _quote(doc_id: str, version: str, span: Span, dice: random.Random) -> dict[str, object]:
    return {
        "doc_id": doc_id,
        "version": version,
        "start": span.start,
        "end": span.end,
        "sha256": f"{dice.getrandbits(256):064x}",
        "focus": [span.start, span.end],
        "also": [],
        "pages": [1, 1],
        "boxes": [[1, 0.1, 0.2, 0.9, 0.22]],
        "section": ["Part 3"],
        "score": dice.random(),
        "title": "A document",
        "publisher": "A publisher",
        "status": "unreviewed",
        "reviewed": None,
        "review_due": None,
    }


def _trace(doc_id: str, version: str, dice: random.Random) -> dict[str, object]:
    def share() -> float:
        return round(dice.random(), 6)

    ids = [f"{dice.getrandbits(128):032x}" for _ in range(24)]
    bias, by_feature = weights()
    return {
        "terms": 5,
        "own_terms": 5,
        "passages": [
            {
                "passage_id": one,
                "doc_id": doc_id,
                "version": version,
                "dense": share(),
                "lexical": share(),
                "fused": share(),
            }
            for one in ids
        ],
        "statements": [
            {
                "passage_id": one,
                "start": 1,
                "end": 9,
                "evidence": share(),
                "features": [share() for _ in Features._fields],
            }
            for one in ids
        ],
        "features": list(Features._fields),
        "weights": [bias, *map(float, by_feature)],
        "gate": {name: share() for name in GateFeatures._fields},
        "gate_weights": table()["gate"],
        "thresholds": table()["thresholds"],
        "calibration": calibration(),
        "configuration": {"wrong_at_most": 0.05},
    }


def made_up_feedback(answer_id: str, dice: random.Random) -> Entry:
    """What somebody said of an answer."""
    facts = {"helpful": dice.random() < 0.7, "reason": None}
    return new_entry(Kind.FEEDBACK, answer_id, facts, "It was what I asked.")
