"""Evaluation reports that lie in `reports/` in the home, newest first. Nothing is evaluated here.

`quotewell eval SUITE … --report <home>/reports/NAME` writes them: `report.html`, which needs
nothing else, and beside it `figures.json`.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = "reports"
PAGE, FIGURES = "report.html", "figures.json"
_NAME = re.compile(r"[\w][\w .+-]*")  # of a folder; nothing that leads out of it


class Figure(NamedTuple):
    """One measure with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float


class Run(NamedTuple):
    """One suite on one data set, and how many questions it had."""

    suite: str
    data: str
    questions: int
    figures: Sequence[Figure]


class Report(NamedTuple):
    """One report. `made` is UTC, ISO 8601. `problem` says what of it cannot be read."""

    name: str
    made: str
    runs: Sequence[Run]
    problem: str


class Point(NamedTuple):
    """One figure as a report had it."""

    report: str
    made: str
    figure: Figure


def reports(home: Path) -> list[Report]:
    """All reports, the newest first."""
    pages = (home / FOLDER).glob(f"*/{PAGE}")
    found = [_report(path.parent) for path in pages if _NAME.fullmatch(path.parent.name)]
    return sorted(found, key=lambda report: (report.made, report.name), reverse=True)


def report_page(home: Path, name: str) -> Path | None:
    """The page of a report; none when there is no report of that name."""
    if not _NAME.fullmatch(name):
        return None
    path = home / FOLDER / name / PAGE
    inside = path.resolve().is_relative_to((home / FOLDER).resolve())
    return path if inside and path.is_file() else None


def _report(folder: Path) -> Report:
    written = datetime.fromtimestamp((folder / PAGE).stat().st_mtime, UTC)
    made = written.isoformat(timespec="seconds")
    try:
        told = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
        runs = [_run(one) for one in told["results"]]
        return Report(folder.name, str(told["made"]), runs, "")
    except FileNotFoundError:
        return Report(folder.name, made, [], f"it has no {FIGURES}; an older program wrote it")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Report(folder.name, made, [], f"its {FIGURES} cannot be read: {error!r}")


def _run(one: Mapping[str, Any]) -> Run:
    figures = [
        Figure(name, float(each["value"]), _number(each["low"]), _number(each["high"]))
        for name, each in one["measures"].items()
        if each["value"] is not None
    ]
    return Run(str(one["suite"]), str(one["data"]), int(one["n"]), figures)


def _number(value: float | None) -> float:
    """A figure; one that does not exist is null in JSON."""
    return math.nan if value is None else float(value)


def history(found: Sequence[Report]) -> dict[tuple[str, str, str], list[Point]]:
    """For each measure of a suite on a data set, its figures from report to report, oldest first.

    `found` is as `reports` gives it. The latest report's measures come first.
    """
    lines: dict[tuple[str, str, str], list[Point]] = {}
    for report in found:
        for run in report.runs:
            for figure in run.figures:
                point = Point(report.name, report.made, figure)
                lines.setdefault((run.suite, run.data, figure.name), []).insert(0, point)
    return lines
