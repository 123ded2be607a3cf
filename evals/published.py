"""What figures are held against: the aims of this project, and other systems' on the same data."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from evals.results import Result


class Target(NamedTuple):
    """An aim for one measure, and the figures of others by name.

    `value` is to be reached or, where less is better, not to be passed. `bound` is the same for
    the end of the interval, where there is an aim for it.
    """

    value: float
    bound: float | None
    lower_is_better: bool
    beside: dict[str, float]

    def reached(self, value: float, high: float) -> bool:
        """Whether a figure, with the upper end of its interval, meets the aim."""
        if not self.lower_is_better:
            return value >= self.value
        return value <= self.value and (self.bound is None or high <= self.bound)


@cache
def aims() -> tuple[dict[str, Any], ...]:
    """The rows of `published.toml`."""
    path = Path(__file__).with_suffix(".toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["target"])


def target_for(result: Result, measure: str) -> Target | None:
    """The aim for a measure of a result; one that names the data set comes before any other."""
    rows = [
        row
        for row in aims()
        if (row["suite"], row["measure"]) == (result.suite.name, measure)
        and row.get("data", "") in result.data.lower()
    ]
    if not rows:
        return None
    row = max(rows, key=lambda row: len(row.get("data", "")))
    beside = row.get("beside", {})
    if "lead" in row:
        value = result.systems[row["over"]][measure].value + row["lead"]
        return Target(value, None, lower_is_better=False, beside=beside)
    if "reach" in row:
        return Target(row["reach"], None, lower_is_better=False, beside=beside)
    return Target(row["at_most"], row.get("bound_at_most"), lower_is_better=True, beside=beside)
