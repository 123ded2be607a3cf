"""Plots as inline SVG, drawn in the colours of the page: nothing to load, sharp at any size.

Points are given in the plot's own units; the vertical axis points up.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evals.judged import Judged
from evals.measures import Column, risk_coverage

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 14, 14, 46
MOST_POINTS = 240
BINS = 10
BARS = 28


class Axis(NamedTuple):
    """What an axis tells, where it ends (it starts at 0), and how its figures are written."""

    words: str
    end: float
    written: str


class _Frame:
    """A frame with two axes to draw into."""

    def __init__(self, across: Axis, up: Axis) -> None:
        self._across, self._up = across, up
        self._parts: list[str] = []
        self._axes()

    def x(self, value: float) -> float:
        """Where a value of the horizontal axis stands."""
        return round(LEFT + value / self._across.end * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Where a value of the vertical axis stands."""
        return round(HEIGHT - BOTTOM - value / self._up.end * (HEIGHT - TOP - BOTTOM), 1)

    def _axes(self) -> None:
        for part in np.linspace(0, 1, 6):
            across, up = part * self._across.end, part * self._up.end
            x, y = self.x(across), self.y(up)
            self._parts += [
                f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>',
                f'<text class="tick" x="{LEFT - 7}" y="{y + 4}" text-anchor="end">'
                f"{up:{self._up.written}}</text>",
                f'<text class="tick" x="{x}" y="{HEIGHT - BOTTOM + 17}" text-anchor="middle">'
                f"{across:{self._across.written}}</text>",
            ]
        middle, bottom = (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8
        self._parts += [
            f'<text class="axis" x="{middle}" y="{bottom}" text-anchor="middle">'
            f"{self._across.words}</text>",
            f'<text class="axis" x="14" y="{HEIGHT / 2}" text-anchor="middle" '
            f'transform="rotate(-90 14 {HEIGHT / 2})">{self._up.words}</text>',
        ]

    def line(self, kind: str, points: Sequence[tuple[float, float]]) -> None:
        """A line through `points`."""
        places = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)
        self._parts.append(f'<polyline class="{kind}" points="{places}"/>')

    def dot(self, x: float, y: float, told: str) -> None:
        """A dot that tells `told` when it is pointed at."""
        self._parts.append(
            f'<circle class="dot" cx="{self.x(x)}" cy="{self.y(y)}" r="4.5">'
            f"<title>{told}</title></circle>"
        )

    def bar(self, left: float, right: float, height: float, told: str) -> None:
        """A bar from the horizontal axis up."""
        top, width = self.y(height), max(self.x(right) - self.x(left) - 1, 0.5)
        self._parts.append(
            f'<rect class="bar" x="{self.x(left)}" y="{top}" width="{width:.1f}" '
            f'height="{self.y(0) - top:.1f}"><title>{told}</title></rect>'
        )

    def upright(self, x: float, told: str, row: int) -> None:
        """An upright line with its words beside it, in the given row of words from the top."""
        at, flip = self.x(x), x > 0.45 * self._across.end
        self._parts += [
            f'<line class="mark" x1="{at}" x2="{at}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>',
            f'<text class="tick strong" x="{at + (-5 if flip else 5)}" y="{TOP + 10 + 15 * row}" '
            f'text-anchor="{"end" if flip else "start"}">{told}</text>',
        ]

    def svg(self, told: str) -> str:
        """The plot, with what it shows in words for those who do not see it."""
        inside = "".join(self._parts)
        return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">{inside}</svg>'


def _columns(rows: Sequence[Judged], *names: str) -> list[Column]:
    """The figures of the rows that have them all, a column for each name."""
    known = [row.values for row in rows if all(name in row.values for name in names)]
    return [np.array([values[name] for values in known], dtype=np.float64) for name in names]


def risk_plot(rows: Sequence[Judged]) -> str:
    """Risk against coverage; empty when the rows have no probability that something is right."""
    right, probability = _columns(rows, "right", "probability")
    if not len(right):
        return ""
    coverage, risk = risk_coverage(right, probability)
    kept = np.unique(np.linspace(0, len(risk) - 1, MOST_POINTS).astype(int))
    top = next(end for end in (0.1, 0.25, 0.5, 1.0) if end >= risk[kept].max())
    frame = _Frame(
        Axis("share of questions answered, surest first", 1.0, ".0%"),
        Axis("of these wrong", top, ".0%"),
    )
    frame.line("curve", list(zip(coverage[kept], risk[kept], strict=True)))
    shown = _shown_share(rows)
    if shown:
        frame.upright(shown, f"now shown as an answer: {shown:.0%}", 0)
    half = risk[(len(risk) - 1) // 2]
    return frame.svg(f"Of the surest half of the questions {half:.0%} are wrong")


def _shown_share(rows: Sequence[Judged]) -> float:
    """The share of questions that are shown something as an answer, 0 where nobody says."""
    return sum("answered: first quote wrong" in row.values for row in rows) / len(rows)


def calibration_plot(rows: Sequence[Judged]) -> str:
    """How often the first quote is right where a probability is given; empty without one."""
    right, probability = _columns(rows, "right", "probability")
    if not len(right):
        return ""
    frame = _Frame(Axis("probability given", 1.0, ".1f"), Axis("share right", 1.0, ".1f"))
    frame.line("even", [(0, 0), (1, 1)])
    gaps = []
    for group in np.array_split(np.argsort(probability, kind="stable"), min(BINS, len(right))):
        said, was, size = float(probability[group].mean()), float(right[group].mean()), len(group)
        spread = 1.96 * (was * (1 - was) / size) ** 0.5
        frame.line("spread", [(said, max(0, was - spread)), (said, min(1, was + spread))])
        frame.dot(said, was, f"given {said:.2f}, right {was:.2f}, {size} questions")
        gaps.append(abs(said - was) * size)
    gap = sum(gaps) / len(right)
    return frame.svg(f"Given and observed shares differ by {gap:.2f} on average")


def latency_plot(rows: Sequence[Judged]) -> str:
    """How long questions take; empty when none was timed. The slowest 1 % share the last bar."""
    (took,) = _columns(rows, "ms")
    if not len(took):
        return ""
    end = _round_up(float(np.quantile(took, 0.99)))
    counts, edges = np.histogram(np.minimum(took, end), bins=BARS, range=(0, end))
    frame = _Frame(
        Axis("milliseconds from question to answer", end, ".0f"),
        Axis("questions", _round_up(float(counts.max())), ".0f"),
    )
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            frame.bar(left, right, float(count), f"{left:.0f} to {right:.0f} ms: {count}")
    median, late = (float(value) for value in np.quantile(took, [0.5, 0.95]))
    frame.upright(median, f"median {median:.0f} ms", 0)
    frame.upright(late, f"95th percentile {late:.0f} ms", 1)
    return frame.svg(f"Half of the questions take at most {median:.0f} ms, 95 % {late:.0f} ms")


def _round_up(value: float) -> float:
    """The next figure that five equal steps lead to in round numbers."""
    size = 10.0 ** np.floor(np.log10(max(value, 5.0)))
    return float(next(size * part for part in (1, 1.5, 2, 2.5, 5, 10) if size * part >= value))
