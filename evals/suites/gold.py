"""The project's own questions on the starter library, the half that nothing was fitted on.

With `--data` all questions of a file are asked instead, such as staff make of answers, of the
library that `--library` names.

A first quote is right when it comes from a document with an answer and shares a character with
it; one that answers in words nobody marked counts as wrong. The focus of a quote, the part that
stands out, is held to the same. "plain" questions use the words of
the documents, "hard" ones avoid them.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from evals.bench_home import documents_by_id
from evals.gold import GOLD, GoldError, GoldQuestion, gold_questions, questions_in, resolve
from evals.judged import OURS, Judged
from evals.lessons import meets, turns
from evals.measures import Measure, discrimination, share, times, trust
from evals.question_library import question_library
from evals.suite import Bench, Part, Suite, is_verbatim
from qa.answer import Answer, Outcome
from qa.assistant import Assistant
from sources.intake import starter_files

DATA = "starter library"
KINDS = ("other_subject", "not_in_library", "false_premise")


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question of the chosen part, asked of the starter library, or those of given files."""
    if bench.data is not None:
        yield from _judge_given(bench)
        return
    assistant = bench.assistant(DATA, starter_files())
    bench.read_from(DATA, sorted(GOLD.glob("*.jsonl")))
    questions = [q for q in gold_questions(report=bench.problems.append) if _in(q, bench.part)]
    yield from judge_questions(questions, assistant, bench, DATA)


def _judge_given(bench: Bench) -> Iterator[Judged]:
    for path in bench.files("gold"):
        bench.read_from(path.stem, [path])
        assistant = question_library(path.stem, path, bench)
        given = questions_in(path, bench.problems.append)
        yield from judge_questions(given, assistant, bench, path.stem)


def _in(question: GoldQuestion, part: Part) -> bool:
    return part is Part.ALL or question.for_training is (part is Part.TRAINING)


def judge_questions(
    questions: Iterable[GoldQuestion], assistant: Assistant, bench: Bench, data: str
) -> Iterator[Judged]:
    """Each question with its figures; one whose gold words are gone is told and left out."""
    documents = documents_by_id(assistant)
    for question in questions:
        try:
            wanted = [(row.doc_id, resolve(row, documents)) for row in question.answers]
        except GoldError as error:
            bench.problems.append(f"{question.place}: {error}")
            continue
        answer = bench.ask(assistant, question.text, turns(question))
        right = [meets(quote.doc_id, quote.span, wanted) for quote in answer.quotes]
        stands_out = [meets(quote.doc_id, quote.focus, wanted) for quote in answer.quotes[:1]]
        differing = sum(not is_verbatim(quote, assistant) for quote in answer.quotes)
        yield Judged(
            suite="gold",
            data=data,
            system=OURS,
            question_id=question.question_id,
            question=" → ".join([*question.history, question.text]),
            group=_style(question) if question.answerable else question.kind,
            values={
                **_figures(question, answer, right),
                **({"first focus right": float(any(stands_out))} if question.answerable else {}),
                "quotes that differ": differing,
                "ms": answer.took_ms,
            },
            right=bool(right and right[0]) if question.answerable else not _answered(answer),
            shown=_shown(answer),
        )


def _style(question: GoldQuestion) -> str:
    return "plain" if question.question_id.startswith("plain") else "hard"


def _answered(answer: Answer) -> bool:
    return answer.outcome is Outcome.ANSWERED


def _shown(answer: Answer) -> str:
    first = f": {answer.quotes[0].text}" if answer.quotes else ""
    return f"{answer.outcome}{first}"


def _figures(question: GoldQuestion, answer: Answer, right: list[bool]) -> dict[str, float]:
    first = float(bool(right) and right[0])
    answered = float(_answered(answer))
    figures = {
        "answerable": float(question.answerable),
        "probability": answer.probability,
        "right": first,
    }
    if answered:
        figures["answered: first quote wrong"] = 1 - first
    if not question.answerable:
        kind = {f"{question.kind}: answered": answered}
        return {**figures, "unanswerable: answered": answered, **kind}
    if answered:
        figures["answerable and answered: first quote wrong"] = 1 - first
    return {
        **figures,
        "first quote right": first,
        f"{_style(question)}: first quote right": first,
        "right among those shown": float(any(right)),
        "answerable: answered": answered,
    }


SUITE = Suite(
    name="gold",
    about="The project's own questions on the starter library",
    measures=(
        share("first quote right"),
        share("plain: first quote right"),
        share("hard: first quote right"),
        share("first focus right"),
        share("right among those shown"),
        share("answerable: answered"),
        share("answerable and answered: first quote wrong", lower_is_better=True),
        share("answered: first quote wrong", lower_is_better=True),
        share("unanswerable: answered", lower_is_better=True),
        *(share(f"{kind}: answered", lower_is_better=True) for kind in KINDS),
        *discrimination("answerable", "probability", "answerable "),
        *trust("right", "probability"),
        Measure("quotes that differ", ("quotes that differ",), np.sum, lower_is_better=True),
        *times(),
    ),
    judge=judge,
)
