"""Two wordings of a question: whether they bring the same evidence, and two questions do not.

The library is chosen as for `scope`. The overlap of two rankings is what they share of their
first ten statements (Jaccard).
"""

from collections.abc import Iterator
from typing import NamedTuple

from evals.baselines import PlainStatements
from evals.corpus import raw_span
from evals.formats.labelled import QuestionPair, question_pair
from evals.judged import OURS, Judged
from evals.measures import discrimination, share, times
from evals.question_library import question_library
from evals.rows import made_of
from evals.suite import Bench, Suite
from qa.assistant import Assistant
from sources.document import Span

DEPTH = 10


class _Brought(NamedTuple):
    """The places of the first statements that a system brings, and how it ended."""

    places: list[tuple[str, Span]]
    outcome: str


def judge(bench: Bench) -> Iterator[Judged]:
    """Every pair of every file."""
    for path in bench.files("pairs", "mqp"):
        data = path.name.split(".")[0]
        bench.read_from(data, [path])
        pairs = list(made_of(path, question_pair, bench.problems.append))
        if not pairs:
            continue
        assistant = question_library(data, path, bench)
        plain = PlainStatements(assistant, bench.place.embedders.indexing)
        for pair in pairs:
            one, took = _bring(pair.one, assistant, plain, bench)
            other, _ = _bring(pair.other, assistant, plain, bench)
            for system in one:
                ms = {"ms": took} if system == OURS else {}
                yield _judged(data, system, pair, (one[system], other[system]), ms)


def _bring(
    question: str, assistant: Assistant, plain: PlainStatements, bench: Bench
) -> tuple[dict[str, _Brought], float]:
    answer = bench.ask(assistant, question)
    _, found = assistant.evidence(question)
    ours = [(e.document.version, raw_span(e.document, e.statement.focus)) for e in found[:DEPTH]]
    vector = bench.place.embedders.asking.embed([question])[0]
    others = {
        system: _Brought(first.places, "")
        for system, first in plain.first(question, vector, DEPTH).items()
    }
    return {OURS: _Brought(ours, answer.outcome.value), **others}, answer.took_ms


def _judged(
    data: str,
    system: str,
    pair: QuestionPair,
    brought: tuple[_Brought, _Brought],
    values: dict[str, float],
) -> Judged:
    one, other = brought
    every = {*one.places, *other.places}
    overlap = len({*one.places} & {*other.places}) / len(every) if every else 0.0
    if pair.same:
        values["same: overlap@10"] = overlap
        values["same: first evidence equal"] = float(one.places[:1] == other.places[:1])
        values["same: first found in three"] = float(
            bool(one.places) and one.places[0] in other.places[:3]
        )
        if one.outcome:
            values["same: outcome equal"] = float(one.outcome == other.outcome)
    else:
        values["different: overlap@10"] = overlap
    return Judged(
        suite="pairs",
        data=data,
        system=system,
        question_id=pair.pair_id,
        question=f"{pair.one} ‖ {pair.other}",
        group="same" if pair.same else "different",
        values={"same": float(pair.same), "overlap": overlap, **values},
        right=one.places[:1] == other.places[:1] if pair.same else None,
        shown=f"{one.outcome} ‖ {other.outcome}" if one.outcome else "",
    )


SUITE = Suite(
    name="pairs",
    about="Whether two wordings of a question bring the same evidence",
    measures=(
        share("same: first evidence equal"),
        share("same: first found in three"),
        share("same: overlap@10"),
        share("same: outcome equal"),
        share("different: overlap@10", lower_is_better=True),
        discrimination("same", "overlap")[0],
        *times(),
    ),
    judge=judge,
)
