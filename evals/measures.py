"""Measures over judged questions, each with its bootstrap interval.

A measure names the figures it needs; questions without one of them are not counted. Rankings
are measured by ir-measures, everything about scores and labels by scikit-learn. Intervals are
percentiles of `RESAMPLES` draws of questions with replacement (Efron, 1979,
doi:10.1214/aos/1176344552), the same draws in every run. Where all questions say yes, or all no,
the draws cannot differ and would promise too much: there the interval is the exact binomial one
(Clopper and Pearson, 1934, doi:10.1093/biomet/26.4.404).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import ir_measures
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn import config_context
from sklearn.metrics import auc, average_precision_score, roc_curve

from evals.judged import Judged

Column = NDArray[np.float64]
RESAMPLES = 1000
SEED = 5
FALSE_REFUSAL = 0.01
WRONG = 0.05


class Estimate(NamedTuple):
    """A figure with the bounds of its 95 % interval, over `n` questions."""

    value: float
    low: float
    high: float
    n: int


class Measure(NamedTuple):
    """A named statistic of some figures of the questions. A lower value may be the better one."""

    name: str
    columns: tuple[str, ...]
    statistic: Callable[..., float]
    lower_is_better: bool = False

    def table(self, rows: Iterable[Judged]) -> dict[str, tuple[float, ...]]:
        """The figures of each question that has them all, by its id."""
        return {
            row.question_id: tuple(row.values[name] for name in self.columns)
            for row in rows
            if all(name in row.values for name in self.columns)
        }


def estimate(measure: Measure, rows: Iterable[Judged]) -> Estimate | None:
    """The measure over `rows`, or `None` when it applies to none of them."""
    table = tuple(measure.table(rows).values())
    if not table:
        return None
    if measure.statistic is np.mean and set(table) in ({(0.0,)}, {(1.0,)}):
        value = table[0][0]
        sure = binomtest(int(value * len(table)), len(table)).proportion_ci(0.95)
        return Estimate(value, float(sure.low), float(sure.high), len(table))
    return _estimate(_drawn(measure, table), len(table))


def difference(
    measure: Measure, rows: Iterable[Judged], before: Iterable[Judged]
) -> Estimate | None:
    """How much the measure has grown over the questions that both runs hold, paired by question.

    Each draw takes the same questions of both (paired bootstrap).
    """
    new, old = measure.table(rows), measure.table(before)
    shared = [key for key in new if key in old]
    if not shared:
        return None
    now = _drawn(measure, tuple(new[key] for key in shared))
    then = _drawn(measure, tuple(old[key] for key in shared))
    return _estimate(now - then, len(shared))


@lru_cache(maxsize=1024)  # ours is compared with every other system over the same questions
def _drawn(measure: Measure, table: tuple[tuple[float, ...], ...]) -> Column:
    """The measure over all questions, and then over each draw of them."""
    columns = np.array(table, dtype=np.float64).T
    dice, size = np.random.default_rng(SEED), len(table)
    picks = [dice.integers(size, size=size) for _ in range(RESAMPLES)]
    with config_context(assume_finite=True, skip_parameter_validation=True):
        values = [measure.statistic(*columns), *(measure.statistic(*columns[:, p]) for p in picks)]
    return np.array(values, dtype=np.float64)


def _estimate(drawn: Column, size: int) -> Estimate:
    value, draws = float(drawn[0]), drawn[1:]
    draws = draws[~np.isnan(draws)]  # a draw of one label alone has no area under a curve
    low, high = np.quantile(draws, [0.025, 0.975]) if draws.size else (np.nan, np.nan)
    return Estimate(value, float(low), float(high), size)


def share(name: str, column: str | None = None, *, lower_is_better: bool = False) -> Measure:
    """The mean of a figure, which for yes and no is a share."""
    return Measure(name, (column or name,), np.mean, lower_is_better)


def times() -> tuple[Measure, Measure]:
    """Median and 95th percentile of the time from question to answer, in milliseconds."""
    return (
        Measure("median ms", ("ms",), np.median, lower_is_better=True),
        Measure("p95 ms", ("ms",), lambda ms: float(np.quantile(ms, 0.95)), lower_is_better=True),
    )


def overlap(what: str, right: str, found: str, gold: str) -> tuple[Measure, Measure, Measure]:
    """Micro-averaged precision, recall and F1 of things counted in each question."""

    def precision(r: Column, f: Column) -> float:
        return _ratio(r.sum(), f.sum())

    def f1(r: Column, f: Column, g: Column) -> float:
        return _ratio(2 * r.sum(), f.sum() + g.sum())

    return (
        Measure(f"{what} precision", (right, found), precision),
        Measure(f"{what} recall", (right, gold), precision),
        Measure(f"{what} F1", (right, found, gold), f1),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def discrimination(label: str, score: str, prefix: str = "") -> tuple[Measure, Measure]:
    """How well a score tells a label that is 1 from one that is 0: AUROC and average precision."""
    return (
        Measure(f"{prefix}AUROC", (label, score), _auroc),
        Measure(f"{prefix}AP", (label, score), _average_precision),
    )


def trust(right: str, probability: str) -> tuple[Measure, Measure, Measure]:
    """How far a probability can be trusted, and how much can be answered by it.

    The area under risk and coverage, the Brier score, and the greatest share of questions whose
    answers, the surest first, are wrong at most `WRONG` of the time.
    """
    return (
        Measure(f"coverage at {WRONG:.0%} wrong", (right, probability), _safe_coverage),
        Measure("AURC", (right, probability), _aurc, lower_is_better=True),
        Measure("Brier", (right, probability), _brier, lower_is_better=True),
    )


def _auroc(label: Column, score: Column) -> float:
    if len(np.unique(label)) < 2:
        return float("nan")
    falsely, rightly, _ = roc_curve(label, score)
    return float(auc(falsely, rightly))


def _average_precision(label: Column, score: Column) -> float:
    return float(average_precision_score(label, score)) if label.any() else float("nan")


def _brier(right: Column, probability: Column) -> float:
    return float(np.mean((right - probability) ** 2))


def risk_coverage(right: Column, probability: Column) -> tuple[Column, Column]:
    """Coverage and risk when the surest 1, 2, … all questions are answered.

    The risk is the share of wrong ones among them (El-Yaniv and Wiener, JMLR 11, 2010).
    """
    order = np.argsort(-probability, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(1 - right[order]) / answered


def _aurc(right: Column, probability: Column) -> float:
    return float(risk_coverage(right, probability)[1].mean())


def _safe_coverage(right: Column, probability: Column) -> float:
    coverage, risk = risk_coverage(right, probability)
    return float(coverage[risk <= WRONG].max(initial=0.0))


def refusal_recall(in_scope: Column, score: Column) -> float:
    """The share of questions out of scope that are refused when 1 % of those in scope are."""
    if len(np.unique(in_scope)) < 2:
        return float("nan")
    falsely, rightly, _ = roc_curve(1 - in_scope, -score)
    return float(rightly[falsely <= FALSE_REFUSAL].max())


Qrels = Mapping[str, Mapping[str, int]]
Ranked = Mapping[str, Sequence[str]]


def ranking_values(names: Sequence[str], qrels: Qrels, run: Ranked) -> dict[str, dict[str, float]]:
    """Each question's figures by the named ir-measures, "nDCG@10" or "RR(rel=3)@10".

    `qrels` gives the grade of documents, `run` the ids of those found, best first; a question
    for which nothing was found has 0.
    """
    parsed = [ir_measures.parse_measure(name) for name in names]
    judged = [ir_measures.Qrel(q, d, g) for q, row in qrels.items() for d, g in row.items()]
    ranks = [
        ir_measures.ScoredDoc(question, document, float(-rank))
        for question, documents in run.items()
        for rank, document in enumerate(documents)
    ]
    values: dict[str, dict[str, float]] = {question: {} for question in qrels}
    spelled = dict(zip(parsed, names, strict=True))
    for metric in ir_measures.iter_calc(parsed, judged, ranks):
        values[metric.query_id][spelled[metric.measure]] = float(metric.value)
    return values
