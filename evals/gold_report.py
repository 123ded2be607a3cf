"""`python -m evals gold`: own questions on the starter library, the half not trained on."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from evals.bench_home import documents_by_id, open_assistant
from evals.gold import gold_questions, resolve
from evals.lessons import meets, turns
from qa.answer import Outcome

RESAMPLES = 2000
SEED = 5


def interval(values: list[bool]) -> dict[str, float]:
    """The mean of `values` with its bootstrap 95 % interval (percentile, `RESAMPLES` samples)."""
    rows = np.array(values, dtype=np.float64)
    dice = np.random.default_rng(SEED)
    means = dice.choice(rows, size=(RESAMPLES, len(rows))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "n": len(rows),
        "value": round(float(rows.mean()), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
    }


def gold_report() -> Mapping[str, object]:
    """Right first quotes, right quotes among those shown, and outcomes by kind of question.

    A quote is right when it shares a character with a gold answer. "plain" questions use the
    words of the documents, the others avoid them.
    """
    first: dict[str, list[bool]] = {"plain": [], "hard": []}
    shown: dict[str, list[bool]] = {"plain": [], "hard": []}
    answered: list[bool] = []
    outcomes: dict[str, Counter[str]] = {}
    with TemporaryDirectory() as home:
        assistant = open_assistant(Path(home))
        documents = documents_by_id(assistant)
        for question in gold_questions():
            if question.for_training:
                continue
            answer = assistant.ask(question.text, turns(question))
            outcomes.setdefault(question.kind, Counter())[answer.outcome.value] += 1
            wanted = [(row.doc_id, resolve(row, documents)) for row in question.answers]
            right = [meets(quote.doc_id, quote.span, wanted) for quote in answer.quotes]
            if question.answerable:
                style = "plain" if question.question_id.startswith("plain") else "hard"
                first[style].append(bool(right) and right[0])
                shown[style].append(any(right))
            if answer.outcome is Outcome.ANSWERED:
                answered.append(right[0])
    return {
        **{f"{style}: first quote right": interval(rows) for style, rows in first.items()},
        **{f"{style}: right among those shown": interval(rows) for style, rows in shown.items()},
        "answered: first quote right": interval(answered),
        "outcomes": {kind: dict(counts) for kind, counts in outcomes.items()},
    }
