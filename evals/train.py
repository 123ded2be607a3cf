"""`python -m evals.train`: fit the weights of the evidence and of the gate.

Only gold questions marked for training are used. Evidence: a conditional logit over statements
of the retrieved passages, a statement being right when its focus meets a gold answer. Gate:
logistic regression over questions, right when the first quote meets a gold answer.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from evals.gold import gold_questions
from evals.lessons import (
    PARTS,
    SEED,
    Candidates,
    GateRows,
    Matrix,
    document_rows,
    evidence_rows,
    lessons,
    library_rows,
)
from index.embedder import DEFAULT_MODEL
from qa import evidence as evidence_module
from qa.evidence import Features
from qa.gate import AGAINST, EITHER, GateFeatures, answered_at
from qa.settings import LEVELS, Settings

OTHER_SUBJECT_SHARE = 0.1  # of questions on other subjects, this share is shown passages
CLOSEST_BELOW = 0.9  # passages are shown at the latest from this share of the first on
CALIBRATED_ON = "own gold questions on the starter library, training part"
METHOD = "split-conformal risk control on the share of wrong answers among those given"
LIMITS = (
    "The questions were written for this library. Other libraries and other people may ask "
    "otherwise, and the stated share is an expectation over questions like these, not a promise "
    "for one answer."
)
RIDGE = 0.1  # penalty on squared weights, of the evidence and of the gates
Loss = Callable[[Matrix], tuple[float, Matrix]]
Bounds = tuple[float | None, float | None]
STEPS = {"ftol": 1e-12, "maxiter": 10_000}  # by default a fit may stop far from its end


def fit_ranking(rows: Candidates) -> Matrix:
    """Weights that make the right statements of each question the likeliest among its candidates.

    Conditional logit (McFadden, 1974): the mean over questions of the log of the share of right
    statements in a softmax over all candidates, with a penalty `RIDGE` on squared weights.
    """

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for features, right in rows:
            scores = features @ weights
            among_all, among_right = softmax(scores), softmax(scores[right])
            total += float(logsumexp(scores) - logsumexp(scores[right]))
            slope = slope + among_all @ features - among_right @ features[right]
        return total, slope

    width = rows[0][0].shape[1]
    bounds = [(0.0, None)] * width  # every feature of evidence speaks for a statement
    return _least(loss, np.zeros(width), bounds)


def fit_gate(features: Matrix, right: NDArray[np.bool_]) -> Matrix:
    """Bias and weights of a logistic regression, none against the sense of its feature.

    What speaks for an answer may not count against it, nor the other way round. The penalty on
    squared weights, not the bias, is `RIDGE`.
    """
    table = np.hstack([np.ones((len(features), 1)), features])
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        margins = signs * (table @ weights)
        total = float(np.logaddexp(0, -margins).sum() + RIDGE * weights[1:] @ weights[1:])
        slope = -(signs * expit(-margins)) @ table
        slope[1:] += 2 * RIDGE * weights[1:]
        return total, slope

    senses = [
        (None if name in AGAINST | EITHER else 0.0, 0.0 if name in AGAINST else None)
        for name in GateFeatures._fields
    ]
    start = np.zeros(table.shape[1])
    bounds = [(None, None), *senses]
    return _least(loss, start, bounds)


def _least(loss: Loss, start: Matrix, bounds: Sequence[Bounds]) -> Matrix:
    """Where `loss`, which tells its slope too, is least between the bounds."""
    found: Matrix = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=STEPS
    ).x
    return found


def held_out_probability(rows: GateRows) -> Matrix:
    """The probability of each row by a gate fitted on the other nine tenths."""
    found = np.zeros(len(rows.right))
    folds = StratifiedKFold(n_splits=10, shuffle=True, random_state=SEED)
    for train, test in folds.split(rows.features, rows.right):
        weights = fit_gate(rows.features[train], rows.right[train])
        found[test] = expit(weights[0] + rows.features[test] @ weights[1:])
    return found


def fit_evidence(rows: Candidates) -> tuple[float, Matrix]:
    """Bias and weights whose logistic is the chance that a statement is right."""
    weights = fit_ranking(rows)
    scores = np.concatenate([features @ weights for features, _ in rows])[:, None]
    right = np.concatenate([labels for _, labels in rows])
    scale = LogisticRegression(C=100.0).fit(scores, right)
    return float(scale.intercept_[0]), weights * float(scale.coef_[0][0])


def conformal_threshold(probability: Matrix, right: NDArray[np.bool_], level: float) -> float:
    """The least threshold above which at most `level` of the answers are expected to be wrong.

    Of the questions above it, those wrong and one more, the next to come, are at most `level`
    of all of them and that one: conformal risk control (Angelopoulos et al., ICLR 2024,
    arXiv:2208.02814) on what is answered. Where no threshold does that, nothing is answered.
    """
    order = np.argsort(-probability, kind="stable")
    wrong = np.cumsum(~right[order])
    held = (wrong + 1) / (np.arange(len(order)) + 2) <= level
    return float(probability[order[np.flatnonzero(held)[-1]]]) if held.any() else 1.0


def best_threshold(probability: Matrix, rows: GateRows) -> float:
    """Where right answers shown less unanswerable questions answered is greatest (Youden)."""
    unanswerable = np.array([kind != "answerable" for kind in rows.kinds])
    tried = np.unique(probability)
    shown, misled = probability[rows.right], probability[unanswerable]
    gain = [np.mean(shown >= t) - np.mean(misled >= t) for t in tried]
    return float(tried[int(np.argmax(gain))])


def closest_threshold(probability: Matrix, kinds: Sequence[str], answered: float) -> float:
    """From where on passages are shown at all: `OTHER_SUBJECT_SHARE` of other subjects pass."""
    others = probability[np.array([kind == "other_subject" for kind in kinds])]
    closest = float(np.quantile(others, 1 - OTHER_SUBJECT_SHARE))
    return min(closest, CLOSEST_BELOW * answered)


def _section(name: str, fields: Sequence[str], bias: float, weights: Matrix) -> str:
    rows = [f"bias = {bias:.3f}"]
    rows += [f"{field} = {weight:.3f}" for field, weight in zip(fields, weights, strict=True)]
    return f"[{name}]\n" + "\n".join(rows) + "\n"


def gate_sections(suffix: str, rows: GateRows) -> str:
    """The weights and thresholds of a gate as sections of the file."""
    weights = fit_gate(rows.features, rows.right)
    probability = held_out_probability(rows)
    whole = rows.whole
    if whole.any():
        given, right = probability[whole], rows.right[whole]
        answered = {level: conformal_threshold(given, right, level) for level in LEVELS}
    else:
        answered = dict.fromkeys(LEVELS, best_threshold(probability, rows))
    closest = closest_threshold(probability, rows.kinds, min(answered.values()))
    gate = _section(f"gate{suffix}", GateFeatures._fields, float(weights[0]), weights[1:])
    rows_of = "".join(f"{answered_at(level)} = {at:.3f}\n" for level, at in answered.items())
    return f"{gate}\n[thresholds{suffix}]\n{rows_of}closest = {closest:.3f}\n"


def main() -> int:
    """Fit the models and print them; with `--write` into `qa/evidence.toml`."""
    parser = argparse.ArgumentParser(description="Fit the weights in qa/evidence.toml.")
    parser.add_argument("--write", action="store_true", help="write the file, not only print it")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="the embedding model to use")
    parser.add_argument("--reranker", default="", help="the cross-encoder to use")
    chosen = parser.parse_args()
    settings = Settings(model=chosen.model, reranker=chosen.reranker)
    path = Path(evidence_module.__file__).with_suffix(".toml")
    old = path.read_text(encoding="utf-8")
    asked = [question for question in gold_questions() if question.for_training]
    answerable = sum(question.answerable for question in asked)
    head = (
        "# Weights of the features in evidence.py and gate.py. Made by `python -m evals.train`.\n\n"
        f'[calibration]\nmade = "{date.today().isoformat()}"\nset = "{CALIBRATED_ON}"\n'
        f"questions = {len(asked)}\nanswerable = {answerable}\nlibraries = {PARTS + 1}\n"
        f'model = "{settings.model}"\nreranker = "{settings.reranker}"\n'
        f'method = "{METHOD}"\nlimits = "{LIMITS}"\n\n'
    )
    try:
        with TemporaryDirectory() as home:
            taught = list(lessons(asked, replace(settings, home=Path(home))))
            bias, weights = fit_evidence(evidence_rows(taught))
            text = head + _section("evidence", Features._fields, bias, weights) + "\n"
            # The gates are fitted on these scores; whoever asks meanwhile finds a whole file.
            path.write_text(text + old[old.index("[gate]") :], encoding="utf-8")
            evidence_module.weights.cache_clear()
            text += gate_sections("", library_rows(taught)) + "\n"
            text += gate_sections("_one", document_rows(taught))
    finally:
        path.write_text(old, encoding="utf-8")
    if chosen.write:
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
