"""Why an answer was this one: from its trace, how much each feature spoke for what was shown.

The models are logistic: a feature's part is its value times its weight, the parts and the bias
add up, and the sum gives the score. So what is told here is the whole reason and no estimate.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from qa.ledger.entries import Facts


class Part(NamedTuple):
    """One feature: what it was, what it weighs."""

    name: str
    value: float
    weight: float

    @property
    def share(self) -> float:
        """What it adds to the sum, in logits; below 0 it spoke against."""
        return self.value * self.weight


class Reckoning(NamedTuple):
    """A logistic sum, part by part, as it was recorded. `recorded` is the score of that time."""

    bias: float
    parts: Sequence[Part]
    recorded: float

    @property
    def by_share(self) -> list[Part]:
        """The parts, what spoke for it first."""
        return sorted(self.parts, key=lambda part: -part.share)

    @property
    def total(self) -> float:
        """The sum, in logits."""
        return self.bias + sum(part.share for part in self.parts)

    @property
    def score(self) -> float:
        """What the sum comes to, 0 to 1."""
        return 1 / (1 + math.exp(-self.total))


class Candidate(NamedTuple):
    """A passage that was looked at, with its scores; `rank` from 1.

    `best` is its strongest statement's evidence, none when none of them is among those kept.
    Older records have neither `near` nor `late`.
    """

    rank: int
    passage_id: str
    doc_id: str
    version: str
    dense: float
    lexical: float
    fused: float
    best: float | None
    near: float | None = None
    late: float | None = None


class Statement(NamedTuple):
    """A statement that was weighed: where it stands, and why it weighs what it does."""

    doc_id: str
    version: str
    start: int
    end: int
    reckoning: Reckoning


class Why(NamedTuple):
    """Everything a trace tells. `gate` is none where there was nothing to weigh.

    `stages` are milliseconds by stage; a trace from before they were kept has none.
    """

    terms: int
    own_terms: int
    candidates: Sequence[Candidate]
    statements: Sequence[Statement]
    gate: Reckoning | None
    thresholds: Mapping[str, float]
    calibration: Mapping[str, Any]
    configuration: Mapping[str, Any]
    stages: Mapping[str, float]


def why(trace: Facts, probability: float) -> Why:
    """Read a trace as `qa.ledger.answers.trace_of` made it; `probability` is the answer's."""
    passages = {one["passage_id"]: one for one in trace["passages"]}
    best: dict[str, float] = {}
    for one in trace["statements"]:  # the strongest come first
        best.setdefault(one["passage_id"], one["evidence"])
    return Why(
        terms=trace["terms"],
        own_terms=trace["own_terms"],
        candidates=[
            Candidate(rank=rank, **passage, best=best.get(passage["passage_id"]))
            for rank, passage in enumerate(trace["passages"], start=1)
        ],
        statements=[
            _statement(one, passages[one["passage_id"]], trace) for one in trace["statements"]
        ],
        gate=_gate(trace, probability),
        thresholds=trace["thresholds"],
        calibration=trace["calibration"],
        configuration=trace["configuration"],
        stages=trace.get("stages", {}),
    )


def _statement(one: Facts, passage: Facts, trace: Facts) -> Statement:
    bias, *weights = trace["weights"]
    parts = map(Part, trace["features"], one["features"], weights)
    return Statement(
        doc_id=passage["doc_id"],
        version=passage["version"],
        start=one["start"],
        end=one["end"],
        reckoning=Reckoning(bias, list(parts), one["evidence"]),
    )


def _gate(trace: Facts, probability: float) -> Reckoning | None:
    if not trace["gate"]:
        return None
    weights = trace["gate_weights"]
    parts = [Part(name, value, weights[name]) for name, value in trace["gate"].items()]
    return Reckoning(weights["bias"], parts, probability)
