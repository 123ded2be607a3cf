"""What a benchmark gives: figures, beside the floor where there is one, and what to reach."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

MANY = 20


def written(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


class Spread(NamedTuple):
    """The median of several runs, with the least and the most.

    Of `MANY` runs and more these are the 5th and the 95th percentile: a busy machine always
    interrupts some.
    """

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one value."""
        ends = (0.05, 0.95) if len(values) >= MANY else (0, 1)
        return cls(*(float(value) for value in np.quantile(values, (0.5, *ends))))

    def __str__(self) -> str:
        """The median, with the least and the most where they differ."""
        around = f" ({written(self.least)} to {written(self.most)})"
        return written(self.median) + (around if self.least < self.most else "")


class Aim(NamedTuple):
    """What a figure should reach: at most or at least `bound`, a ratio to the floor or itself."""

    bound: float
    of_ratio: bool = False
    at_least: bool = False

    def __str__(self) -> str:
        """The aim in words."""
        bound = f"{self.bound:g}" + (" of the floor" if self.of_ratio else "")
        return f"at {'least' if self.at_least else 'most'} {bound}"

    def reached(self, value: float) -> bool:
        """Whether a figure, or its ratio, is good enough."""
        return value >= self.bound if self.at_least else value <= self.bound


class Figure(NamedTuple):
    """One thing that was measured. `ratio` is pair by pair, ours divided by the floor's."""

    name: str
    unit: str
    ours: Spread
    floor: Spread | None = None
    ratio: Spread | None = None
    aim: Aim | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the aim was reached; none where there is none."""
        if self.aim is None:
            return None
        held = self.ratio if self.aim.of_ratio else self.ours
        return held is not None and self.aim.reached(held.median)

    @property
    def verdict(self) -> str:
        """Whether the aim was reached, in words; empty where there is none."""
        return f"{'reached' if self.reached else 'missed'}: {self.aim}" if self.aim else ""

    def to_json(self) -> Mapping[str, object]:
        """The figure for programs."""
        told: dict[str, object] = {"name": self.name, "unit": self.unit}
        for name in ("ours", "floor", "ratio"):
            spread = getattr(self, name)
            told[name] = {k: round(v, 4) for k, v in spread._asdict().items()} if spread else None
        told["aim"] = self.aim._asdict() if self.aim else None
        return {**told, "reached": self.reached}


def alone(name: str, unit: str, values: Sequence[float], aim: Aim | None = None) -> Figure:
    """A figure that no floor has."""
    return Figure(name, unit, Spread.of(values), aim=aim)


def beside(
    name: str, unit: str, pairs: Sequence[tuple[float, float]], aim: Aim | None = None
) -> Figure:
    """A figure from pairs of ours and the floor's, taken one right after the other."""
    ours, floor = zip(*pairs, strict=True)
    ratio = Spread.of([a / b for a, b in pairs])
    return Figure(name, unit, Spread.of(ours), Spread.of(floor), ratio, aim)
