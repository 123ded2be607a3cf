"""`python -m evals.train`: fit the weights of the evidence and of the gate.

Only gold questions marked for training are used. Evidence: a conditional logit over statements
of the retrieved passages, a statement being right when its focus meets a gold answer. Gate:
logistic regression over questions, right when the first quote meets a gold answer.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from evals.bench_home import RememberingEmbedder, assistant_over, documents_by_id
from evals.gold import GoldQuestion, gold_questions, resolve
from index.embedder import SentenceTransformerEmbedder
from qa import evidence as evidence_module
from qa import gate as gate_module
from qa.answer import Turn
from qa.assistant import Assistant
from qa.evidence import Features
from qa.gate import GateFeatures, gate_features
from qa.selection import choose_quotes
from sources.document import Audience, Span
from sources.intake import starter_files

Matrix = NDArray[np.float64]
OTHER_SUBJECT_SHARE = 0.1  # of questions on other subjects, this share is shown passages
RIDGE = 0.3  # penalty on squared weights of the evidence
PARTS = 6  # small libraries that the starter library is dealt into
SEED = 7


class Lesson(NamedTuple):
    """A question put to one library, with the places there that answer it."""

    assistant: Assistant
    question: GoldQuestion
    wanted: tuple[tuple[str, Span], ...]

    @property
    def kind(self) -> str:
        """The question's kind; an answerable one without its documents is not in this library."""
        answerable = self.question.answerable
        return "not_in_library" if answerable and not self.wanted else self.question.kind


def lessons(asked: Sequence[GoldQuestion], home: Path) -> Iterator[Lesson]:
    """Every question put to the whole starter library, to the part that answers, and to one more.

    The parts teach two things that the whole cannot: what the figures look like in a small
    library, and how a question looks whose very subject is missing.
    """
    embedder = RememberingEmbedder(SentenceTransformerEmbedder())
    whole = assistant_over(home / "whole", starter_files(), embedder)
    documents = documents_by_id(whole)
    files = starter_files()
    np.random.default_rng(SEED).shuffle(files)
    parts = [
        assistant_over(home / f"part{n}", sorted(files[n::PARTS]), embedder) for n in range(PARTS)
    ]
    held = [set(documents_by_id(part)) for part in parts]
    for question in asked:
        wanted = tuple((a.doc_id, resolve(a, documents)) for a in question.answers)
        yield Lesson(whole, question, wanted)
        counts = [sum(doc_id in ids for doc_id, _ in wanted) for ids in held]
        for number in {int(np.argmax(counts)), int(np.argmin(counts))}:
            inside = tuple(row for row in wanted if row[0] in held[number])
            yield Lesson(parts[number], question, inside)


def meets(doc_id: str, span: Span, wanted: Sequence[tuple[str, Span]]) -> bool:
    """Whether a span shares a character with one of the answers."""
    return any(doc_id == other and span.overlaps(answer) for other, answer in wanted)


def turns(question: GoldQuestion) -> list[Turn]:
    """The earlier questions of a conversation."""
    return [Turn(text, text) for text in question.history]


Candidates = list[tuple[Matrix, NDArray[np.bool_]]]


def evidence_rows(taught: Sequence[Lesson]) -> Candidates:
    """For each lesson the features of its candidate statements, and which of them are right."""
    rows: Candidates = []
    for assistant, question, wanted in taught:
        _, found = assistant.evidence(question.text, turns(question))
        right = [meets(e.document.doc_id, e.statement.focus, wanted) for e in found]
        if any(right):
            features = np.array([e.features for e in found], dtype=np.float64)
            rows.append((features, np.array(right)))
    return rows


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


def gate_rows(taught: Sequence[Lesson]) -> tuple[Matrix, NDArray[np.bool_], list[str]]:
    """Gate features of every lesson, whether its first quote is right, and its kind."""
    features: list[GateFeatures] = []
    right: list[bool] = []
    kinds: list[str] = []
    for lesson in taught:
        assistant = lesson.assistant
        question, found = assistant.evidence(lesson.question.text, turns(lesson.question))
        if not found:
            continue
        first = choose_quotes(found, Audience.PATIENT, 1)[0]
        features.append(gate_features(question, found, assistant.snapshot.lexical))
        right.append(meets(first.doc_id, first.span, lesson.wanted))
        kinds.append(lesson.kind)
    return np.array(features, dtype=np.float64), np.array(right), kinds


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


def main() -> int:
    """Fit both models and write `qa/evidence.toml`."""
    parser = argparse.ArgumentParser(description="Fit the weights in qa/evidence.toml.")
    parser.add_argument("--write", action="store_true", help="write the file, not only print it")
    chosen = parser.parse_args()
    path = Path(evidence_module.__file__).with_suffix(".toml")
    asked = [question for question in gold_questions() if question.for_training]
    answerable = sum(question.answerable for question in asked)
    with TemporaryDirectory() as home:
        taught = list(lessons(asked, Path(home)))
        bias, weights = fit_evidence(evidence_rows(taught))
        evidence_part = _section("evidence", Features._fields, bias, weights)
        old = path.read_text(encoding="utf-8")
        path.write_text(evidence_part + old[old.index("[gate]") :], encoding="utf-8")
        evidence_module.weights.cache_clear()
        features, right, kinds = gate_rows(taught)
        second = LogisticRegression(C=1.0, max_iter=5000).fit(features, right)
        held_out = cross_val_predict(second, features, right, cv=10, method="predict_proba")[:, 1]
        answered, closest = thresholds(held_out, right, kinds)
        gate_module.table.cache_clear()
        if not chosen.write:
            path.write_text(old, encoding="utf-8")
    text = (
        "# Weights of the features in evidence.py and gate.py. Made by `python -m evals.train`,\n"
        f"# {date.today().isoformat()}, on {len(asked)} gold questions ({answerable} answerable) "
        f"in {PARTS + 1} libraries.\nversion = 1\n\n"
        + evidence_part
        + "\n"
        + _section("gate", GateFeatures._fields, float(second.intercept_[0]), second.coef_[0])
        + f"\n[thresholds]\nanswered = {answered:.3f}\nclosest = {closest:.3f}\n"
    )
    if chosen.write:
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
