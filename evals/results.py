"""A suite run to its end: figures by system with their intervals, and what they were taken on."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.judged import OURS, Judged
from evals.measures import Estimate, difference, estimate
from evals.suite import Bench, Suite
from index.errors import SearchError
from qa.terminal import BadInput
from sources.errors import SourceError

Estimates = Mapping[str, Estimate]
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Result:
    """One suite on one data set.

    `systems` holds the estimates of each system by measure, ours first; `ahead` how much ours
    leads each other system, and `changed` how much it has grown since an earlier run, both
    paired by question.
    """

    suite: Suite
    data: str
    rows: Sequence[Judged]
    systems: Mapping[str, Estimates]
    ahead: Mapping[str, Estimates]
    changed: Estimates
    identity: Mapping[str, str]

    @property
    def ours(self) -> list[Judged]:
        """The questions as our system was asked them."""
        return [row for row in self.rows if row.system == OURS]


def run_suite(
    suite: Suite, bench: Bench, shared: Mapping[str, str], before: Sequence[Judged] = ()
) -> list[Result]:
    """A result for each data set of the suite; what ends it early is a problem like any other.

    `shared` is what every suite of the run is measured on, `before` the questions of an earlier
    run.
    """
    rows: list[Judged] = []
    try:
        rows.extend(suite.judge(bench))
    except (BadInput, SourceError, SearchError) as error:
        bench.problems.append(str(error))
    bench.problems.extend(_shared_ids(rows))
    if not rows and not bench.problems:
        bench.problems.append(f"the {suite.name} suite holds no question; check its data")
    found = []
    for data in dict.fromkeys(row.data for row in rows):
        own = [row for row in rows if row.data == data]
        earlier = [row for row in before if (row.suite, row.data) == (suite.name, data)]
        identity = {**shared, **bench.used.get(data, {})}
        found.append(_result(suite, own, earlier, identity))
    return found


def _shared_ids(rows: Sequence[Judged]) -> list[str]:
    """Questions that cannot be told apart, of which measures would count only the last."""
    counts = Counter(row.key for row in rows if row.system == OURS)
    return [
        f"{count} questions of {data} have the id {question_id!r} and count as one; rename them"
        for (_, data, _, question_id), count in counts.items()
        if count > 1
    ]


def _result(
    suite: Suite, rows: Sequence[Judged], before: Sequence[Judged], identity: Mapping[str, str]
) -> Result:
    ours = _of(OURS, rows)
    systems = list(dict.fromkeys([OURS, *(row.system for row in rows)]))
    return Result(
        suite=suite,
        data=rows[0].data,
        rows=rows,
        systems={system: _estimates(suite, _of(system, rows)) for system in systems},
        ahead={system: _differences(suite, ours, _of(system, rows)) for system in systems[1:]},
        changed=_differences(suite, ours, _of(OURS, before)),
        identity=identity,
    )


def _of(system: str, rows: Sequence[Judged]) -> list[Judged]:
    return [row for row in rows if row.system == system]


def _estimates(suite: Suite, rows: Sequence[Judged]) -> Estimates:
    found = {measure.name: estimate(measure, rows) for measure in suite.measures}
    return {name: one for name, one in found.items() if one is not None}


def _differences(suite: Suite, rows: Sequence[Judged], before: Sequence[Judged]) -> Estimates:
    found = {measure.name: difference(measure, rows, before) for measure in suite.measures}
    return {name: one for name, one in found.items() if one is not None}


def result_to_json(result: Result) -> dict[str, object]:
    """A result as one line of `quotewell eval --json`."""
    line: dict[str, object] = {
        "suite": result.suite.name,
        "data": result.data,
        "n": len(result.ours),
        "measures": _spelled(result.systems[OURS]),
        "identity": dict(result.identity),
    }
    baselines = {name: _spelled(own) for name, own in result.systems.items() if name != OURS}
    ahead = {name: _spelled(own) for name, own in result.ahead.items()}
    more = {"baselines": baselines, "ahead": ahead, "changed": _spelled(result.changed)}
    return {**line, **{name: value for name, value in more.items() if value}}


def _spelled(estimates: Estimates) -> dict[str, dict[str, float | int | None]]:
    """JSON has no word for a figure that does not exist: it is null."""

    def number(value: float) -> float | None:
        return None if math.isnan(value) else round(value, DECIMALS)

    return {
        name: {"value": number(e.value), "low": number(e.low), "high": number(e.high), "n": e.n}
        for name, e in estimates.items()
    }
