"""A question's own time, by stage, as the library grows; retrieval beside the floor."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.bench import Bench, Grown, Part
from evals.bench.figures import Aim, Figure, Spread, alone, beside
from evals.bench.floor import Floor
from evals.bench.sides import Program, Worker, in_turn

MS = 1000
AT_MOST_OF_FLOOR = Aim(0.45, of_ratio=True)
STAGE = "of this, "  # what the name of a stage's figure begins with


def measure(bench: Bench) -> Iterator[Figure]:
    """Every size of the library in turn."""
    for grown in bench.grown():
        yield from _measured(bench, grown)


def _measured(bench: Bench, grown: Grown) -> Iterator[Figure]:
    asked, size = bench.questions, grown.name
    with TemporaryDirectory() as name, Worker(Program, grown.home) as ours:
        bench.texts_for_floor(grown, Path(name))
        with Worker(Floor, Path(name)) as floor:
            floor.seconds("hold", Path(name))
            pairs = [(MS * a, MS * b) for a, b in in_turn(ours, floor, "search", asked)]
        yield beside(f"retrieval, {size}", "ms", pairs, AT_MOST_OF_FLOOR)
        for text in asked:
            ours.seconds("answer", text)  # the documents of the quotes are read once
        took = [MS * ours.seconds("answer", text) for text in asked]
        yield alone(f"whole answer, {size}", "ms", took, Aim(25))
        late = Spread.of(took).most
        yield alone(f"whole answer, 95th percentile, {size}", "ms", [late], Aim(50))
        stages: dict[str, list[float]] = {}
        for text in asked:
            for stage, ms in ours.result("stages", text).items():
                stages.setdefault(stage, []).append(ms)
        for stage, values in stages.items():
            yield alone(f"{STAGE}{stage}, {size}", "ms", values)
        yield alone(f"peak memory, {size}", "MB", [ours.result("megabytes")])


PART = Part(
    "questions",
    "From a question to its answer, in libraries grown by copies under other titles whose vectors "
    "are a little turned; the floor is given the same texts and vectors",
    measure,
)
