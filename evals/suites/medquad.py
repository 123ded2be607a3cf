"""A large library of answers, as MedQuAD is published: each question's own answer, and the time.

All answers of a file are the library; `ASKED` of the questions, spread evenly, are asked. The
answer written for a question is the right one, whatever else might answer it too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.baselines import PlainSearch, best_rows
from evals.corpus import OutsideText
from evals.identity import digest
from evals.judged import OURS, Judged
from evals.measures import ranking_values, share, times
from evals.rows import Row, made_of
from evals.suite import Bench, Suite

ASKED = 300
KEPT = 100
RANKED = ("R@10", "RR@10")


class AnsweredQuestion(NamedTuple):
    """A question, what it is about, and the answer written for it."""

    question_id: str
    question: str
    about: str
    answer: str


def answered_question(row: Row) -> AnsweredQuestion:
    """A row `question`, `answer` and perhaps `focus_area`."""
    about = row.optional("focus_area", "focus", "title")
    return AnsweredQuestion(row.place, row.text("question"), about, row.text("answer"))


def judge(bench: Bench) -> Iterator[Judged]:
    """Some questions of every file, asked of all its answers."""
    for path in bench.files("medquad"):
        questions = list(made_of(path, answered_question, bench.problems.append))
        if questions:
            yield from _judge_file(path, questions, bench)


def _judge_file(path: Path, questions: list[AnsweredQuestion], bench: Bench) -> Iterator[Judged]:
    data, embedders = path.name.split(".")[0], bench.place.embedders
    bench.read_from(data, [path])
    texts = {_id_of(q): OutsideText(_id_of(q), q.about, q.answer) for q in questions}
    corpus, ids = bench.corpus(data, list(texts.values())), list(texts)
    ids_of = corpus.ids_of()
    plain = PlainSearch([f"{t.title} {t.text}" for t in texts.values()], embedders.indexing)
    asked = questions[:: max(1, len(questions) // ASKED)]
    runs: dict[str, dict[str, list[str]]] = {OURS: {}}
    took: dict[str, float] = {}
    for one in asked:
        took[one.question_id] = bench.ask(corpus.assistant, one.question).took_ms
        ranking = corpus.ranking(one.question)
        runs[OURS][one.question_id] = [key for v in ranking for key in ids_of[v]][:KEPT]
        vector = embedders.asking.embed([one.question])[0]
        for system, scores in plain.scores(one.question, vector).items():
            found = [ids[row] for row in best_rows(scores, KEPT)]
            runs.setdefault(system, {})[one.question_id] = found
    qrels = {one.question_id: {_id_of(one): 1} for one in asked}
    for system, run in runs.items():
        values = ranking_values(RANKED, qrels, run)
        for one in asked:
            key = one.question_id
            yield Judged(
                suite="medquad",
                data=data,
                system=system,
                question_id=key,
                question=one.question,
                group=one.about,
                values={**values[key], **({"ms": took[key]} if system == OURS else {})},
                right=values[key]["R@10"] > 0,
                shown=texts[run[key][0]].text if run[key] else "",
            )


def _id_of(question: AnsweredQuestion) -> str:
    return digest([question.about, question.answer])


SUITE = Suite(
    name="medquad",
    about="A large library: the answer that was written for a question, and the time it takes",
    measures=(*(share(name) for name in RANKED), *times()),
    judge=judge,
)
