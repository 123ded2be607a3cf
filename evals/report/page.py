"""The report: one HTML file that needs nothing else, to be opened, sent or kept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.judged import Judged
from evals.report.plots import calibration_plot, latency_plot, risk_plot
from evals.report.scorecard import Change, Line, changes_of, lines_of
from evals.results import Result

HERE = Path(__file__).parent
STYLE = HERE / "report.css"
SHOWN_CHARACTERS = 400


class Plot(NamedTuple):
    """A drawing with its title and a sentence on how to read it."""

    title: str
    reading: str
    svg: str


class Section(NamedTuple):
    """One suite on one data set; `compared` counts the measures that an earlier run has too."""

    anchor: str
    suite: str
    about: str
    data: str
    n: int
    lines: list[Line]
    plots: list[Plot]
    compared: int
    changes: list[Change]
    identity: dict[str, str]


def write_report(folder: Path, results: Sequence[Result], problems: Sequence[str]) -> Path:
    """Write `report.html` into `folder`, with `problems` at its head, and say where it is."""
    sections = [_section(number, result) for number, result in enumerate(results)]
    aims = [line.reached for section in sections for line in section.lines if line.aim]
    page = rendered(
        HERE / "report.html",
        made=datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        sections=sections,
        problems=problems,
        reached=sum(bool(one) for one in aims),
        aims=len(aims),
        questions=[_question(row) for result in results for row in result.ours],
        style=STYLE.read_text(encoding="utf-8"),
        script=(HERE / "report.js").read_text(encoding="utf-8"),
    )
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def rendered(template: Path, **values: object) -> str:
    """A template with its values; whatever is text is shown as text, and a missing one an error."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template(template.name).render(**values)


def _section(number: int, result: Result) -> Section:
    plots = [
        Plot(
            "Risk and coverage",
            "If only the surest questions were answered, how many of these answers would be wrong. "
            "Lower is better.",
            risk_plot(result.ours),
        ),
        Plot(
            "Calibration",
            "How often the first quote is right where a probability is given, in ten groups of "
            "equal size. On the diagonal the probability can be taken at its word.",
            calibration_plot(result.ours),
        ),
        Plot("Time", "From question to answer, on this machine.", latency_plot(result.ours)),
    ]
    return Section(
        anchor=f"suite-{number}",
        suite=result.suite.name,
        about=result.suite.about,
        data=result.data,
        n=len(result.ours),
        lines=lines_of(result),
        plots=[plot for plot in plots if plot.svg],
        compared=len(result.changed),
        changes=changes_of(result),
        identity=dict(result.identity),
    )


def _question(row: Judged) -> dict[str, object]:
    """A question as the page's script lists it."""
    return {
        "from": f"{row.suite} · {row.data}",
        "id": row.question_id,
        "group": row.group,
        "question": row.question[:SHOWN_CHARACTERS],
        "right": row.right,
        "shown": row.shown[:SHOWN_CHARACTERS],
        "probability": row.values.get("probability"),
        "ms": row.values.get("ms"),
    }
