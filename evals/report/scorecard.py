"""The scorecard: a line for each measure, with everything to hold it against on one scale."""

import math
from typing import NamedTuple

from evals.judged import OURS
from evals.measures import Estimate, Measure
from evals.published import Target, target_for
from evals.results import Result


class Mark(NamedTuple):
    """A figure on a scale: "plain", "published" or "aim", at a percentage of its width."""

    kind: str
    name: str
    shown: str
    at: float


class Line(NamedTuple):
    """One measure: our figure with its interval, and marks on a scale between two ends."""

    measure: str
    shown: str
    interval: str
    at: float
    low_at: float
    high_at: float
    ends: tuple[str, str]
    marks: list[Mark]
    aim: str
    reached: bool | None
    lower_is_better: bool
    n: int


class Change(NamedTuple):
    """How a measure differs from an earlier run: better, worse, or within its interval."""

    measure: str
    shown: str
    interval: str
    verdict: str
    n: int


def lines_of(result: Result) -> list[Line]:
    """The scorecard of a result, in the order of the suite's measures."""
    ours = result.systems[OURS]
    return [_line(result, measure) for measure in result.suite.measures if measure.name in ours]


def _line(result: Result, measure: Measure) -> Line:
    one, target = result.systems[OURS][measure.name], target_for(result, measure.name)
    beside = [
        ("plain", system, own[measure.name].value)
        for system, own in result.systems.items()
        if system != OURS and measure.name in own
    ]
    if target:
        beside += [("published", name, value) for name, value in target.beside.items()]
        beside.append(("aim", "aim", target.value))
    every = [one.value, one.low, one.high, *(value for _, _, value in beside)]
    scale = _Scale(every, shares=not measure.name.endswith(" ms") and not _counts(measure.name))
    return Line(
        measure=measure.name,
        shown=spelled(measure.name, one.value),
        interval=_interval(measure.name, one),
        at=scale.at(one.value),
        low_at=scale.at(one.low),
        high_at=scale.at(one.high),
        ends=(spelled(measure.name, scale.low), spelled(measure.name, scale.high)),
        marks=[Mark(k, name, spelled(measure.name, v), scale.at(v)) for k, name, v in beside],
        aim=_aim(measure.name, target) if target else "",
        reached=target.reached(one.value, one.high) if target else None,
        lower_is_better=measure.lower_is_better,
        n=one.n,
    )


def _aim(name: str, target: Target) -> str:
    if not target.lower_is_better:
        return f"≥ {spelled(name, target.value)}"
    bound = f", upper bound ≤ {spelled(name, target.bound)}" if target.bound is not None else ""
    return f"≤ {spelled(name, target.value)}{bound}"


class _Scale:
    """A scale that holds all values, from one round figure to another; shares end at 1."""

    def __init__(self, values: list[float], *, shares: bool) -> None:
        known = [value for value in values if not math.isnan(value)] or [0.0]
        low, high = min(known), max(known)
        least = 0.1 if shares else 1.0
        step: float = 10.0 ** math.floor(math.log10(max(high - low, least)))
        self.high = max(math.ceil(high / step) * step, step)
        self.low = min(math.floor(low / step) * step, self.high - step)

    def at(self, value: float) -> float:
        """Where a value stands, as a percentage of the scale's width."""
        if math.isnan(value):
            return 0.0
        return round(100 * (value - self.low) / (self.high - self.low), 2)


def changes_of(result: Result) -> list[Change]:
    """Which measures differ from the earlier run; none without one."""
    found = []
    for measure in result.suite.measures:
        one = result.changed.get(measure.name)
        if one is None or not any(one[:3]):
            continue
        grown, shrunk = one.low > 0, one.high < 0
        better = shrunk if measure.lower_is_better else grown
        verdict = "better" if better else "worse" if grown or shrunk else "within the interval"
        shown = f"{'+' if one.value >= 0 else '−'}{spelled(measure.name, abs(one.value))}"
        found.append(Change(measure.name, shown, _interval(measure.name, one), verdict, one.n))
    return found


def _interval(name: str, one: Estimate) -> str:
    if math.isnan(one.low):
        return "no interval"
    return f"{spelled(name, one.low)} to {spelled(name, one.high)}"


def spelled(name: str, value: float) -> str:
    """A figure as a reader wants it: times in milliseconds, counts whole, shares to the third."""
    if math.isnan(value):
        return "–"
    text = f"{value:.0f}" if _counts(name) else f"{value:.3f}"
    text = f"{value:.0f} ms" if name.endswith(" ms") else text
    return text.replace("-", "−")


def _counts(name: str) -> bool:
    return name.startswith("quotes ")
