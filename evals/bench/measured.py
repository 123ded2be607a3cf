"""A part of the benchmark that was run, for programs and for a terminal."""

from collections.abc import Mapping
from typing import NamedTuple

from evals.bench.bench import Part
from evals.bench.figures import Figure


class Measured(NamedTuple):
    """A part with its figures, and the load of the machine before it and behind it."""

    part: Part
    figures: list[Figure]
    load: tuple[float, float]

    def to_json(self) -> Mapping[str, object]:
        """The part for programs."""
        figures = [figure.to_json() for figure in self.figures]
        about = {"name": self.part.name, "about": self.part.about}
        return {**about, "load": [round(load, 2) for load in self.load], "figures": figures}

    def as_text(self) -> str:
        """The part as a table for a terminal."""
        before, behind = self.load
        lines = [f"{self.part.name}: {self.part.about} (load {before:.1f} to {behind:.1f})"]
        for figure in self.figures:
            floor = f"floor {figure.floor}" if figure.floor else ""
            ratio = f"ratio {figure.ratio}" if figure.ratio else ""
            ours = f"{figure.ours} {figure.unit}"
            said = f"{figure.name:<50}{ours:<34}{floor:<26}{ratio:<28}{figure.verdict}"
            lines.append(f"  {said}".rstrip())
        return "\n".join(lines)
