"""`python -m evals.train`: fit the weights of the evidence and of the gate.

Only gold questions marked for training are used. Evidence: a conditional logit over statements
of the retrieved passages, a statement being right when its focus meets a gold answer. Gate:
logistic regression over questions, right when the first quote meets a gold answer.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from evals.gold import gold_questions
from evals.lessons import (
    PARTS,
    Candidates,
    GateRows,
    Matrix,
    document_rows,
    evidence_rows,
    lessons,
    library_rows,
)
from qa import evidence as evidence_module
from qa.evidence import Features
from qa.gate import GateFeatures

OTHER_SUBJECT_SHARE = 0.1  # of questions on other subjects, this share is shown passages
RIDGE = 0.3  # penalty on squared weights of the evidence


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

    start = np.zeros(rows[0][0].shape[1])
    found: Matrix = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


def fit_evidence(rows: Candidates) -> tuple[float, Matrix]:
    """Bias and weights whose logistic is the chance that a statement is right."""
    weights = fit_ranking(rows)
    scores = np.concatenate([features @ weights for features, _ in rows])[:, None]
    right = np.concatenate([labels for _, labels in rows])
    scale = LogisticRegression(C=100.0).fit(scores, right)
    return float(scale.intercept_[0]), weights * float(scale.coef_[0][0])


def thresholds(
    probability: Matrix, right: NDArray[np.bool_], kinds: Sequence[str]
) -> tuple[float, float]:
    """From where on an answer is shown as one, and from where on passages are shown at all.

    The first is where right answers shown less unanswerable questions answered is greatest
    (Youden's index); the second passes `OTHER_SUBJECT_SHARE` of questions on other subjects.
    """
    unanswerable = np.array([kind != "answerable" for kind in kinds])
    tried = np.unique(probability)
    gain = [
        np.mean(probability[right] >= t) - np.mean(probability[unanswerable] >= t) for t in tried
    ]
    answered = float(tried[int(np.argmax(gain))])
    others = probability[np.array([kind == "other_subject" for kind in kinds])]
    return answered, min(answered, float(np.quantile(others, 1 - OTHER_SUBJECT_SHARE)))


def _section(name: str, fields: Sequence[str], bias: float, weights: Matrix) -> str:
    rows = [f"bias = {bias:.3f}"]
    rows += [f"{field} = {weight:.3f}" for field, weight in zip(fields, weights, strict=True)]
    return f"[{name}]\n" + "\n".join(rows) + "\n"


def gate_sections(suffix: str, rows: GateRows) -> str:
    """The weights and thresholds of a gate as sections of the file."""
    model = LogisticRegression(C=1.0, max_iter=5000).fit(rows.features, rows.right)
    held_out = cross_val_predict(model, rows.features, rows.right, cv=10, method="predict_proba")
    answered, closest = thresholds(held_out[:, 1], rows.right, rows.kinds)
    fields = GateFeatures._fields
    gate = _section(f"gate{suffix}", fields, float(model.intercept_[0]), model.coef_[0])
    return f"{gate}\n[thresholds{suffix}]\nanswered = {answered:.3f}\nclosest = {closest:.3f}\n"


def main() -> int:
    """Fit the models and print them; with `--write` into `qa/evidence.toml`."""
    parser = argparse.ArgumentParser(description="Fit the weights in qa/evidence.toml.")
    parser.add_argument("--write", action="store_true", help="write the file, not only print it")
    chosen = parser.parse_args()
    path = Path(evidence_module.__file__).with_suffix(".toml")
    old = path.read_text(encoding="utf-8")
    asked = [question for question in gold_questions() if question.for_training]
    answerable = sum(question.answerable for question in asked)
    head = (
        "# Weights of the features in evidence.py and gate.py. Made by `python -m evals.train`,\n"
        f"# {date.today().isoformat()}, on {len(asked)} gold questions ({answerable} answerable) "
        f"in {PARTS + 1} libraries.\n\n"
    )
    try:
        with TemporaryDirectory() as home:
            taught = list(lessons(asked, Path(home)))
            bias, weights = fit_evidence(evidence_rows(taught))
            text = head + _section("evidence", Features._fields, bias, weights) + "\n"
            path.write_text(text, encoding="utf-8")  # the gates are fitted on these scores
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
