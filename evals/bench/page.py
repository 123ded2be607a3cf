"""The benchmark as a page: one HTML file that needs nothing else, with a picture of each figure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from evals.bench.figures import Figure, Spread
from evals.bench.measured import Measured
from evals.bench.questions import STAGE
from evals.report.page import STYLE, rendered

HERE = Path(__file__).parent


class Band(NamedTuple):
    """Where a spread stands on a scale, in per cent of it."""

    left: float
    width: float
    at: float


class Line(NamedTuple):
    """A figure with its picture. The end of the scale is its greatest mark and a little more."""

    figure: Figure
    ours: Band
    floor: Band | None
    aim: float | None
    end: str


class Slice(NamedTuple):
    """A stage of an answer: its median in milliseconds and its share of all stages, in per cent."""

    name: str
    ms: float
    share: float


class Stack(NamedTuple):
    """Where the time of an answer goes, in a library of one size."""

    library: str
    total: float
    slices: list[Slice]


class Section(NamedTuple):
    """A part of the benchmark with its lines, and the stages where it has them."""

    measured: Measured
    lines: list[Line]
    stacks: list[Stack]


def write_page(path: Path, identity: Mapping[str, str], measured: Sequence[Measured]) -> None:
    """Write the page to `path`."""
    aims = [f.reached for one in measured for f in one.figures if f.aim]
    page = rendered(
        HERE / "bench.html",
        identity=identity,
        sections=[_section(one) for one in measured],
        reached=sum(bool(one) for one in aims),
        aims=len(aims),
        style=STYLE.read_text(encoding="utf-8") + (HERE / "bench.css").read_text(encoding="utf-8"),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _section(measured: Measured) -> Section:
    lines = [line_of(f) for f in measured.figures if not f.name.startswith(STAGE)]
    return Section(measured, lines, list(stacks_of(measured.figures)))


def line_of(figure: Figure) -> Line:
    """A figure on a scale of its own, from 0."""
    goal = _bound(figure)
    marks = [figure.ours.most, *(figure.floor or ()), *([goal] if goal is not None else [])]
    end = 1.08 * max(marks) or 1.0

    def band(spread: Spread) -> Band:
        left, right, at = (
            100 * value / end for value in (spread.least, spread.most, spread.median)
        )
        return Band(round(left, 2), round(right - left, 2), round(at, 2))

    return Line(
        figure,
        band(figure.ours),
        band(figure.floor) if figure.floor else None,
        round(100 * goal / end, 2) if goal is not None else None,
        f"{end:.3g} {figure.unit}",
    )


def _bound(figure: Figure) -> float | None:
    """The aim in the figure's own unit: a share of the floor is a share of its median."""
    if figure.aim is None:
        return None
    if not figure.aim.of_ratio:
        return figure.aim.bound
    return figure.aim.bound * figure.floor.median if figure.floor else None


def stacks_of(figures: Sequence[Figure]) -> Iterator[Stack]:
    """The stages of an answer, a stack for each library."""
    by_library: dict[str, dict[str, float]] = {}
    for figure in figures:
        if figure.name.startswith(STAGE):
            stage, _, library = figure.name.removeprefix(STAGE).partition(", ")
            by_library.setdefault(library, {})[stage] = figure.ours.median
    for library, stages in by_library.items():
        total = sum(stages.values())
        slices = [Slice(n, ms, round(100 * ms / (total or 1), 2)) for n, ms in stages.items()]
        yield Stack(library, total, slices)
