"""Whether the first quote answers the question: a calibrated probability and three outcomes."""

import math
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.aspects import lacks_figure
from index.lexical import LexicalIndex
from qa.answer import Outcome
from qa.evidence import Evidence
from qa.question import Question, Term
from qa.settings import STRICTEST, Settings


class GateFeatures(NamedTuple):
    """What speaks for the library having the answer, over the strongest statements."""

    score: float  # evidence score of the strongest statement
    similarity: float  # greatest cosine of question and statement among the first three
    passage_similarity: float  # greatest cosine of question and passage among the first three
    context_similarity: float  # cosine of question and strongest statement behind its headings
    asked: float  # greatest nearness of a passage among the first three, wordings counted
    asked_share: float  # root of the share that its section's wordings have of all nearness
    unasked: float  # whether no wording asks for its section; says neither yes nor no by itself
    late: float  # late interaction of question and strongest statement
    coverage: float  # greatest share of the question's terms in one statement of the first three
    context_coverage: float  # the same with title, headings and passage
    held: float  # share of the question's terms, by rarity, that its passage is indexed with
    full: float  # whether one of them holds every term, two at least, and the aspect asked for
    unknown: float  # share of the person's own terms, by rarity, that the library never uses
    no_figure: float  # whether a number or a time is asked for and the strongest one has none
    bm25: float  # BM25 of the strongest statement's passage, as x / (x + 5)
    standing: float  # its score as a share of the scores of the first `STANDING`
    margin: float  # by how much the strongest statement leads the fourth
    lead: float  # by how much it leads the strongest one of another passage
    asked_lead: float  # by how much its passage is nearer than any other, below 0 when it is not
    length: float  # how many terms the question has, as a share of six: more is clearer


class Decision(NamedTuple):
    """An outcome, the probability that the first quote answers, and what both rest on.

    The probability is 0 to 1. There are no features where there was no evidence.
    """

    outcome: Outcome
    probability: float
    features: GateFeatures | None = None


STANDING = 20
AGAINST = frozenset({"unknown", "no_figure"})  # features that speak against an answer
EITHER = frozenset({"unasked"})  # features that set what the others mean


def answered_at(wrong_at_most: float) -> str:
    """The name of the threshold for one of `LEVELS`."""
    return f"answered_{round(100 * wrong_at_most):02d}"


@cache
def table() -> dict[str, dict[str, float]]:
    """The weights and thresholds of `evidence.toml`, by section."""
    path = Path(__file__).with_name("evidence.toml")
    found: dict[str, dict[str, float]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def calibration() -> dict[str, str | float]:
    """On what the thresholds were set, how many questions, and what that cannot promise."""
    return dict(table()["calibration"])


def is_calibrated(settings: Settings) -> bool:
    """Whether the thresholds were set with the model and the reranker of `settings`."""
    made = calibration()
    return (settings.model, settings.reranker) == (made["model"], made["reranker"])


def gate_features(
    question: Question, evidence: Sequence[Evidence], lexical: LexicalIndex
) -> GateFeatures:
    """The features of the strongest statements; `evidence` is not empty, strongest first."""
    first, top = evidence[0], evidence[:3]
    fourth = evidence[3].score if len(evidence) > 3 else 0.0
    others = [e for e in evidence if e.hit.row != first.hit.row]
    return GateFeatures(
        score=first.score,
        similarity=max(e.features.similarity for e in top),
        passage_similarity=max(e.features.passage_similarity for e in top),
        asked=max(e.hit.near for e in top),
        context_similarity=first.features.context_similarity,
        asked_share=first.features.asked_share,
        unasked=float(first.hit.asked == 0),
        late=first.features.late,
        coverage=max(e.features.coverage for e in top),
        context_coverage=max(e.features.context_coverage for e in top),
        held=_held_share(question, first, lexical),
        full=float(len(question.terms) > 1 and any(_is_full(e) for e in top)),
        unknown=_unknown_share(question, lexical),
        no_figure=float(lacks_figure(question.searched, first.aspects)),
        bm25=first.hit.lexical / (first.hit.lexical + 5),
        standing=first.score / sum(e.score for e in evidence[:STANDING]),
        margin=first.score - fourth,
        lead=first.score - max((e.score for e in others), default=0.0),
        asked_lead=first.hit.near - max((e.hit.near for e in others), default=0.0),
        length=min(len(question.terms), 6) / 6,
    )


def _is_full(evidence: Evidence) -> bool:
    return evidence.features.coverage > 0.999 and evidence.features.aspect >= 0.5


def _held_share(question: Question, first: Evidence, lexical: LexicalIndex) -> float:
    """Of the terms searched those in the passage, its headings and its wordings."""
    row = np.array([first.hit.row])
    return _share(question.terms, lexical, lambda term: lexical.scores_of([term], row)[0] > 0)


def _unknown_share(question: Question, lexical: LexicalIndex) -> float:
    """An earlier turn never lowers the bar: only the words just written are counted here."""
    return _share(question.own_terms, lexical, lambda term: not lexical.knows(term))


def _share(terms: Sequence[Term], lexical: LexicalIndex, counts: Callable[[str], bool]) -> float:
    """How much of the terms counts, by rarity here and in English; 0 where there is none."""
    rarity = {term.stem: term.weight * lexical.rarity(term.stem) for term in terms}
    counted = sum(weight for stem, weight in rarity.items() if counts(stem))
    return counted / (sum(rarity.values()) or 1.0)


def decide(
    question: Question,
    evidence: Sequence[Evidence],
    lexical: LexicalIndex,
    *,
    wrong_at_most: float = STRICTEST,
    one_document: bool = False,
) -> Decision:
    """Whether the first quote answers the question.

    Of what is answered, a share of `wrong_at_most` is expected to be wrong: one of `LEVELS`.

    `one_document`: the evidence is all of a single text that someone chose, so that figures
    which compare passages of a library mean something else and have weights of their own.
    """
    if not evidence:
        return Decision(Outcome.NOT_IN_LIBRARY, 0.0)
    kind = "_one" if one_document else ""
    weight, threshold = table()[f"gate{kind}"], table()[f"thresholds{kind}"]
    features = gate_features(question, evidence, lexical)
    told = features._asdict().items()
    probability = 1 / (1 + math.exp(-weight["bias"] - sum(weight[name] * v for name, v in told)))
    outcome = Outcome.NOT_IN_LIBRARY
    if probability >= threshold[answered_at(wrong_at_most)]:
        outcome = Outcome.ANSWERED
    elif probability >= threshold["closest"]:
        outcome = Outcome.CLOSEST
    return Decision(outcome, probability, features)
