"""From the start of a process to its first answer, and to a page that answers."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.bench import Bench, Part
from evals.bench.figures import Aim, Figure, alone, beside
from evals.bench.floor import Floor
from evals.bench.processes import PROGRAM, run, served
from evals.bench.sides import Worker

STARTS, PAGES = 5, 3


def measure(bench: Bench) -> Iterator[Figure]:
    """Cold starts of both sides in turn, warm files, the first not counted; and the page."""
    home, question = bench.plain.home, bench.questions[0]
    ask = [*PROGRAM, "ask", question, "--home", str(home)]
    with TemporaryDirectory() as name:
        bench.texts_for_floor(bench.plain, Path(name))
        with Worker(Floor, Path(name)) as floor:
            floor.seconds("save", Path(name))
        plain = [sys.executable, "-m", "evals.bench.floor", name, question]
        pairs = [(run(ask), run(plain)) for _ in range(STARTS + 1)][1:]
    clock = [(a.seconds, b.seconds) for a, b in pairs]
    yield beside("start to printed answer", "s", clock, Aim(0.25, of_ratio=True))
    yield alone("start to printed answer, by the clock", "s", [a for a, _ in clock], Aim(1.5))
    spent = [(a.processor, b.processor) for a, b in pairs]
    yield beside("start to printed answer, processors", "s", spent)
    memory = [(a.megabytes, b.megabytes) for a, b in pairs]
    yield beside("peak memory, asking", "MB", memory)
    yield alone("peak memory, asking from the command line", "MB", [a for a, _ in memory], Aim(300))
    pages = [served(home) for _ in range(PAGES)]
    yield alone("page ready after serve", "s", [page.seconds for page in pages], Aim(4))
    yield alone("peak memory, page ready", "MB", [page.megabytes for page in pages], Aim(550))


PART = Part("start", "Processes from their start, warm files", measure)
