"""`python -m evals.bench [--data FOLDER]`: figures of the program beside those of the floor.

Both take turns in the same run, so that a busy machine slows both; ratios are medians of pairs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evals.bench.floor import Floor
from evals.bench.sides import Program, Worker
from evals.gold import gold_questions
from index.passages import prepare
from sources.intake import files_in, starter_files, take_in
from sources.library import Library

COLD_STARTS, SLICE, QUESTIONS = 5, 128, 200
PROGRAM = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())"]
PORT = 7979


class Run(NamedTuple):
    """A finished process: seconds by the clock and of processors, and its peak memory in MB."""

    seconds: float
    processor: float
    megabytes: int


def run(command: Sequence[str]) -> Run:
    """Run a command to its end, its output thrown away; a failure ends the benchmark."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    took = time.perf_counter() - began
    return Run(took, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def beside(ours: Sequence[float], floor: Sequence[float]) -> Mapping[str, float]:
    """Medians of both, and the median and the extremes of their ratio pair by pair."""
    ratios = sorted(a / b for a, b in zip(ours, floor, strict=True))
    return {
        "ours": round(statistics.median(ours), 4),
        "floor": round(statistics.median(floor), 4),
        "ratio": round(statistics.median(ratios), 3),
        "least": round(ratios[0], 3),
        "most": round(ratios[-1], 3),
    }


def cold_start(home: Path, saved: Path, question: str) -> Mapping[str, object]:
    """From the start of a process to its end, with one question answered."""
    ours, floor = [], []
    for _ in range(COLD_STARTS + 1):
        ours.append(run([*PROGRAM, "ask", question, "--home", str(home)]))
        floor.append(run([sys.executable, "-m", "evals.bench.floor", str(saved), question]))
    pairs = zip(zip(*ours[1:], strict=True), zip(*floor[1:], strict=True), strict=True)
    return {name: beside(*pair) for name, pair in zip(Run._fields, pairs, strict=True)}


def in_turn(ours: Worker, floor: Worker, work: str, given: Sequence[object]) -> Mapping[str, float]:
    """Seconds of both sides for each thing given, one after the other; the first is for warmth."""
    pairs = [(ours.seconds(work, one), floor.seconds(work, one)) for one in [given[0], *given]]
    first, second = zip(*pairs[1:], strict=True)
    return beside(first, second)


def whole_answer(ours: Worker, asked: Sequence[str]) -> Mapping[str, float]:
    """Milliseconds from a question to its answer, with evidence and gate."""
    took = sorted(1000 * ours.seconds("answer", text) for text in asked)
    percentile = statistics.quantiles(took, n=20)[-1]
    return {"median": round(statistics.median(took), 2), "95th percentile": round(percentile, 2)}


def batch(home: Path, asked: Sequence[str], folder: Path) -> Mapping[str, float]:
    """Answers a second by `ask --batch`, the start of the process counted and not."""
    file = folder / "questions.jsonl"
    took = []
    for rows in (asked[:1], asked):
        file.write_text("".join(json.dumps({"q": text}) + "\n" for text in rows), encoding="utf-8")
        took.append(run([*PROGRAM, "ask", "--batch", str(file), "--home", str(home)]).seconds)
    more = len(asked) - 1
    return {"with the start": len(asked) / took[1], "after it": more / (took[1] - took[0])}


def page(home: Path) -> Mapping[str, float]:
    """Seconds until the page answers after `serve`, and the memory of the process then."""
    began = time.perf_counter()
    command = [*PROGRAM, "serve", "--home", str(home), "--port", str(PORT)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{PORT}/"):
            if process.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit(f"the page did not come up: {command}")
            time.sleep(0.02)
        took = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return {"seconds": round(took, 2), "megabytes": int(peak.split()[1]) // 1024}
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def report(data: Sequence[Path]) -> Mapping[str, object]:
    """Every figure, over the starter library and the files in `data`."""
    asked = [row.text for row in gold_questions()][:QUESTIONS]
    with TemporaryDirectory() as name:
        home, saved = Path(name) / "home", Path(name) / "floor"
        saved.mkdir()
        library = Library(home)
        take_in(library, [*starter_files(), *files_in(list(data))])
        run([*PROGRAM, "index", "build", "--home", str(home)])
        entries = library.quotable().values()
        rows = [row for e in entries for row in prepare(library.document(e.doc_id, e.version))]
        texts = [row.embedded for row in rows]
        slices = [texts[at : at + SLICE] for at in range(0, len(texts) - SLICE + 1, SLICE)]
        ours, floor = Worker(Program, home), Worker(Floor, saved)
        found: dict[str, object] = {
            "passages": len(texts),
            f"ingest, seconds for {SLICE} passages": in_turn(ours, floor, "ingest", slices),
        }
        floor.seconds("save", texts)
        found |= {
            "retrieval, seconds": in_turn(ours, floor, "search", asked),
            "whole answer, milliseconds": whole_answer(ours, asked),
        }
        ours.close()
        floor.close()
        return found | {
            "process start to printed answer": cold_start(home, saved, asked[0]),
            "ask --batch, answers a second": batch(home, asked, Path(name)),
            "page ready after serve": page(home),
        }


def main() -> int:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=__doc__)
    parser.add_argument("--data", type=Path, action="append", default=[])
    json.dump(report(parser.parse_args().data), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
