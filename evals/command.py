"""`quotewell eval SUITE …`: run suites, print their figures, write a report."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals.identity import program_identity
from evals.judged import OURS, Judged, read_judged, write_judged
from evals.kept_home import place_for
from evals.measures import Estimate
from evals.report.page import write_report
from evals.results import Result, result_to_json, run_suite
from evals.suite import Bench, Part, Suite
from evals.suites import SUITES
from qa.library_commands import ProgressBar
from qa.settings import Settings
from qa.terminal import BadUsage, print_json

FAILED = 1
ROWS = "rows.jsonl"
FIGURES = "figures.json"  # what the staff's page lists of a report
TOLD = 40  # problems named on a terminal; a report names them all


def run_suites(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run the chosen suites; 1 when anything could not be used or a quote differs."""
    suites, part = _suites(chosen.suites), _part(chosen.part)
    before: Sequence[Judged] = read_judged(Path(chosen.compare)) if chosen.compare else ()
    bar = ProgressBar()
    place = place_for(settings, bar)
    shared = program_identity(place.embedders.asking)
    results: list[Result] = []
    problems: list[str] = []
    for suite in suites:
        bench = Bench(place, _path(chosen.data), part, _path(chosen.library))
        found = run_suite(suite, bench, shared, before)
        bar.close()
        results += found
        problems += [f"{suite.name}: {problem}" for problem in bench.problems]
        _tell(found, [f"{suite.name}: {problem}" for problem in bench.problems], chosen.json)
    if chosen.report:
        _write(Path(chosen.report), results, problems)
    return FAILED if problems else 0


def _suites(names: Sequence[str]) -> list[Suite]:
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise BadUsage(f"there is no suite {unknown[0]!r}; known are {', '.join(SUITES)}")
    return [SUITES[name] for name in dict.fromkeys(names)]


def _part(name: str) -> Part:
    if name not in list(Part):
        raise BadUsage(f"there is no part {name!r}; known are {', '.join(Part)}")
    return Part(name)


def _path(given: str | None) -> Path | None:
    return Path(given).expanduser() if given else None


def _tell(results: Sequence[Result], problems: Sequence[str], as_json: bool) -> None:
    for result in results:
        if as_json:
            print_json(result_to_json(result))
        else:
            print(_as_text(result), end="\n\n", flush=True)
    for problem in problems[:TOLD]:
        print(f"quotewell: {problem}", file=sys.stderr)
    if len(problems) > TOLD:
        print(f"quotewell: and {len(problems) - TOLD} problems more", file=sys.stderr)


def _as_text(result: Result) -> str:
    """A result as a table for a terminal: ours with its interval, the others beside it."""
    others = [system for system in result.systems if system != OURS]
    lines = [f"{result.suite.name} on {result.data}: {len(result.ours)} questions"]
    lines += ["".join([f"{'':<74}", *(f"{system:>16}" for system in others)])] if others else []
    for name, one in result.systems[OURS].items():
        beside = (result.systems[system].get(name) for system in others)
        cells = "".join(f"{other.value:>16.3f}" if other else f"{'':>16}" for other in beside)
        lines.append(f"  {name:<44}{_figure(one):<28}{cells}".rstrip())
    lines += [f"  changed: {name:<35}{_figure(one)}" for name, one in result.changed.items()]
    return "\n".join(lines)


def _figure(one: Estimate) -> str:
    return f"{one.value:9.3f} ({one.low:.3f} to {one.high:.3f})"


def _write(folder: Path, results: Sequence[Result], problems: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_judged((row for result in results for row in result.rows), folder / ROWS)
    page = write_report(folder, results, problems)
    told = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "results": [result_to_json(result) for result in results],
        "problems": problems,
    }
    (folder / FIGURES).write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(f"report: {page}; a line for each question: {folder / ROWS}", file=sys.stderr)
