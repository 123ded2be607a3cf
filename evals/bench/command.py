"""`quotewell bench`: how fast and how big, beside the plain floor, as a table, JSON and a page."""

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals.bench.bench import Bench, Part
from evals.bench.measured import Measured
from evals.bench.page import write_page
from evals.bench.parts import PARTS
from evals.identity import program_identity
from evals.kept_home import place_for
from qa.library_commands import ProgressBar
from qa.settings import Settings
from qa.terminal import BadUsage, print_json

SIZES = (4_000, 10_000)


def run_bench(settings: Settings, chosen: argparse.Namespace) -> int:
    """Run the chosen parts, print their figures, and write the page where one is wanted."""
    parts = _parts(chosen.part or list(PARTS))
    bar = ProgressBar()
    place = place_for(settings, bar)
    bench = Bench(place, Path(chosen.data).expanduser() if chosen.data else None, SIZES)
    identity = {
        "taken": datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        "processors": str(len(os.sched_getaffinity(0))),
        **program_identity(place.embedders.asking),
    }
    measured = []
    for part in parts:
        before = os.getloadavg()[0]
        figures = list(part.measure(bench))
        bar.close()
        measured.append(Measured(part, figures, (before, os.getloadavg()[0])))
        if not chosen.json:
            print(measured[-1].as_text(), end="\n\n", flush=True)
    identity["libraries"] = "; ".join(grown.told for grown in bench.used)
    if chosen.json:
        print_json({"identity": identity, "parts": [one.to_json() for one in measured]})
    if chosen.report:
        write_page(Path(chosen.report).expanduser(), identity, measured)
    return 0


def _parts(names: Sequence[str]) -> list[Part]:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise BadUsage(f"there is no part {unknown[0]!r}; known are {', '.join(PARTS)}")
    return [PARTS[name] for name in dict.fromkeys(names)]
