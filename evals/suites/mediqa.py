"""Graded answers to consumers' health questions: how well the right ones are ranked first.

All answers of a file are one library; each question's own answers are ranked among themselves by
their best passages. "order as given" is the order in which the data set lists them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.baselines import PlainSearch
from evals.corpus import OutsideText
from evals.formats.mediqa import RIGHT_FROM, GradedQuestion, read_mediqa
from evals.judged import OURS, Judged
from evals.measures import ranking_values, share, times
from evals.rows import ROW_ENDINGS
from evals.suite import Bench, Suite

AP, RR = f"AP(rel={RIGHT_FROM})@10", f"RR(rel={RIGHT_FROM})@10"
AS_GIVEN = "order as given"


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question of every file that has a right answer, by each system."""
    for path in bench.files("mediqa", endings=(".xml", *ROW_ENDINGS)):
        questions = read_mediqa(path, bench.problems.append)
        asked = [q for q in questions if any(a.grade >= RIGHT_FROM for a in q.answers)]
        if asked:
            yield from _judge_file(path, asked, bench)


def _judge_file(path: Path, questions: Sequence[GradedQuestion], bench: Bench) -> Iterator[Judged]:
    answers = _Answers(path, questions, bench)
    orders = {question.question_id: answers.orders(question) for question in questions}
    qrels = {q.question_id: {a.answer_id: a.grade for a in q.answers} for q in questions}
    text_of = {a.answer_id: a.text for q in questions for a in q.answers}
    for system in next(iter(orders.values())):
        run = {question_id: by_system[system] for question_id, by_system in orders.items()}
        values = ranking_values((AP, RR), qrels, run)
        for question in questions:
            key = question.question_id
            first = run[key][0] if run[key] else ""
            right = bool(first) and qrels[key][first] >= RIGHT_FROM
            found = {"MAP@10": values[key][AP], "RR@10": values[key][RR], "P@1": float(right)}
            if system == OURS:
                found["ms"] = answers.took_ms[key]
            yield Judged(
                suite="mediqa",
                data=answers.data,
                system=system,
                question_id=key,
                question=question.question,
                group="",
                values=found,
                right=right,
                shown=text_of.get(first, ""),
            )


class _Answers:
    """All answers of one file as a library."""

    def __init__(self, path: Path, questions: Sequence[GradedQuestion], bench: Bench) -> None:
        self.data = path.name.split(".")[0]
        self.took_ms: dict[str, float] = {}
        self._bench = bench
        bench.read_from(self.data, [path])
        texts = {a.answer_id: a.text for question in questions for a in question.answers}
        outside = [OutsideText(key, "", text) for key, text in texts.items()]
        self._corpus = bench.corpus(self.data, outside)
        self._plain = PlainSearch(list(texts.values()), bench.place.embedders.indexing)
        self._row_of = {key: row for row, key in enumerate(texts)}

    def orders(self, question: GradedQuestion) -> dict[str, list[str]]:
        """The question's own answers, best first, by system; ours is asked, and timed, too."""
        text, ids = question.question, [answer.answer_id for answer in question.answers]
        corpus = self._corpus
        self.took_ms[question.question_id] = self._bench.ask(corpus.assistant, text).took_ms
        versions = {key: corpus.versions[key] for key in ids if key in corpus.versions}
        ranked = corpus.ranking(text, list(versions.values()))
        place = {version: rank for rank, version in enumerate(ranked)}
        ours = sorted(versions, key=lambda key: place.get(versions[key], len(place)))
        vector = self._bench.place.embedders.asking.embed([text])[0]
        plain = {
            system: sorted(ids, key=lambda key: -float(scores[self._row_of[key]]))
            for system, scores in self._plain.scores(text, vector).items()
        }
        return {OURS: ours, **plain, AS_GIVEN: ids}


SUITE = Suite(
    name="mediqa",
    about="Ranking graded answers to consumers' health questions",
    measures=(share("MAP@10"), share("RR@10"), share("P@1"), *times()),
    judge=judge,
)
