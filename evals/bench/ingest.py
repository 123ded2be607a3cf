"""How fast passages are embedded and indexed, beside the floor on the same texts."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.bench import Bench, Part
from evals.bench.figures import Aim, Figure, Spread, beside
from evals.bench.floor import Floor
from evals.bench.sides import Program, Worker, in_turn

SLICE, SLICES = 128, 4


def measure(bench: Bench) -> Iterator[Figure]:
    """Passages a second. Statements, which the floor does not have, are left out on our side."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        bench.texts_for_floor(bench.plain, folder)
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        slices = [texts[at : at + SLICE] for at in range(0, len(texts), SLICE)][:SLICES]
        with Worker(Program, bench.plain.home) as ours, Worker(Floor, folder) as floor:
            taken = in_turn(ours, floor, "ingest", slices)
    speeds = [(SLICE / a, SLICE / b) for a, b in taken]
    aim = Aim(2.2, of_ratio=True, at_least=True)
    yield beside("passages embedded and indexed", "a second", speeds, aim)
    snapshot = sum(f.stat().st_size for f in _files(bench))
    size = snapshot / 1024 / bench.plain.passages
    yield Figure("index on disk, a passage", "KB", Spread.of([size]))


def _files(bench: Bench) -> Iterator[Path]:
    folder = bench.plain.home / "snapshots"
    current = (bench.plain.home / "current").read_text(encoding="utf-8").strip()
    return (path for path in (folder / current).rglob("*") if path.is_file())


PART = Part("ingest", "Texts to vectors and an index, and its size on disk", measure)
