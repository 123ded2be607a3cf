"""Whether the first quote answers the question: a calibrated probability and three outcomes."""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from index.lexical import LexicalIndex
from qa.answer import Outcome
from qa.evidence import Evidence
from qa.question import Question


class GateFeatures(NamedTuple):
    """What speaks for the library having the answer, over the strongest statements."""

    score: float  # evidence score of the strongest statement
    similarity: float  # greatest cosine of question and statement among the first three
    passage_similarity: float  # greatest cosine of question and passage among the first three
    asked: float  # the same with the wordings that ask for the passage's section
    late: float  # greatest late interaction of question and statement among the first three
    coverage: float  # greatest share of the question's terms in one statement of the first three
    context_coverage: float  # the same with title, headings and passage
    full: float  # whether one of them holds every term, two at least, and the aspect asked for
    unknown: float  # share of the person's own terms, by rarity, that the library never uses
    bm25: float  # BM25 of the strongest statement's passage, as x / (x + 5)
    margin: float  # by how much the strongest statement leads the fourth


@cache
def table() -> dict[str, dict[str, float]]:
    """The weights and thresholds of `evidence.toml`, by section."""
    path = Path(__file__).with_name("evidence.toml")
    found: dict[str, dict[str, float]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def gate_features(
    question: Question, evidence: Sequence[Evidence], lexical: LexicalIndex
) -> GateFeatures:
    """The features of the strongest statements; `evidence` is not empty, strongest first."""
    first, top = evidence[0], evidence[:3]
    fourth = evidence[3].score if len(evidence) > 3 else 0.0
    return GateFeatures(
        score=first.score,
        similarity=max(e.features.similarity for e in top),
        passage_similarity=max(e.features.passage_similarity for e in top),
        asked=max(e.features.asked for e in top),
        late=max(e.features.late for e in top),
        coverage=max(e.features.coverage for e in top),
        context_coverage=max(e.features.context_coverage for e in top),
        full=float(len(question.terms) > 1 and any(_is_full(e) for e in top)),
        unknown=_unknown_share(question, lexical),
        bm25=first.hit.lexical / (first.hit.lexical + 5),
        margin=first.score - fourth,
    )


def _is_full(evidence: Evidence) -> bool:
    return evidence.features.coverage > 0.999 and evidence.features.aspect >= 0.5


def _unknown_share(question: Question, lexical: LexicalIndex) -> float:
    """An earlier turn never lowers the bar: only the words just written are counted here."""
    rarity = {t.stem: t.weight * lexical.rarity(t.stem) for t in question.own_terms}
    whole = sum(rarity.values())
    unknown = sum(r for term, r in rarity.items() if not lexical.knows(term))
    return unknown / whole if whole else 0.0


def decide(
    question: Question,
    evidence: Sequence[Evidence],
    lexical: LexicalIndex,
    *,
    one_document: bool = False,
) -> tuple[Outcome, float]:
    """The outcome and the probability, 0 to 1, that the first quote answers the question.

    `one_document`: the evidence is all of a single text that someone chose, so that figures
    which compare passages of a library mean something else and have weights of their own.
    """
    if not evidence:
        return Outcome.NOT_IN_LIBRARY, 0.0
    kind = "_one" if one_document else ""
    weight, threshold = table()[f"gate{kind}"], table()[f"thresholds{kind}"]
    features = gate_features(question, evidence, lexical)._asdict()
    logit = weight["bias"] + sum(weight[name] * value for name, value in features.items())
    probability = 1 / (1 + math.exp(-logit))
    if probability >= threshold["answered"]:
        return Outcome.ANSWERED, probability
    if probability >= threshold["closest"]:
        return Outcome.CLOSEST, probability
    return Outcome.NOT_IN_LIBRARY, probability
