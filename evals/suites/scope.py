"""Questions in and out of a library's subject: whether the system can tell them apart.

The library is the one given with `--library`, a corpus beside the questions, or the starter
library. The score is the probability that the first quote answers; the plain systems give their
best statement's score.
"""

from collections.abc import Iterator

from evals.baselines import PlainStatements
from evals.formats.labelled import scope_question
from evals.judged import OURS, Judged
from evals.measures import FALSE_REFUSAL, Measure, discrimination, refusal_recall, share, times
from evals.question_library import question_library
from evals.rows import made_of
from evals.suite import Bench, Suite
from qa.answer import Outcome


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question of every file, asked of the library."""
    for path in bench.files("scope"):
        data = path.name.split(".")[0]
        bench.read_from(data, [path])
        questions = list(made_of(path, scope_question, bench.problems.append))
        if not questions:
            continue
        assistant = question_library(data, path, bench)
        embedders = bench.place.embedders
        plain = PlainStatements(assistant, embedders.indexing)
        for question in questions:
            answer = bench.ask(assistant, question.question)
            refused = answer.outcome in (Outcome.NOT_IN_LIBRARY, Outcome.NOT_A_QUESTION)
            vector = embedders.asking.embed([question.question])[0]
            found = plain.first(question.question, vector, 1)
            scores = {system: {"score": one.score} for system, one in found.items()}
            side = "in scope" if question.in_scope else "out of scope"
            ours = {
                "score": answer.probability,
                "ms": answer.took_ms,
                f"{side}: refused": float(refused),
            }
            for system, values in {OURS: ours, **scores}.items():
                yield Judged(
                    suite="scope",
                    data=data,
                    system=system,
                    question_id=question.question_id,
                    question=question.question,
                    group=side,
                    values={"in scope": float(question.in_scope), **values},
                    right=refused != question.in_scope if system == OURS else None,
                    shown=answer.quotes[0].text if system == OURS and answer.quotes else "",
                )


SUITE = Suite(
    name="scope",
    about="Telling questions of the library's subject from others",
    measures=(
        discrimination("in scope", "score")[0],
        Measure(
            f"recall at {FALSE_REFUSAL:.0%} false refusal", ("in scope", "score"), refusal_recall
        ),
        share("in scope: refused", lower_is_better=True),
        share("out of scope: refused"),
        *times(),
    ),
    judge=judge,
)
