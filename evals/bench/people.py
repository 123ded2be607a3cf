"""Many people at once on the page's own endpoint, as a part of the benchmark."""

import asyncio
from collections.abc import Iterator

from evals.bench.bench import Bench, Part
from evals.bench.figures import Aim, Figure, alone
from evals.bench.load import Asking, crowd
from evals.bench.processes import page_of

PEOPLE = 50


def measure(bench: Bench) -> Iterator[Figure]:
    """A crowd that asks, reads and asks again, for three minutes."""
    with page_of(bench.plain.home) as (address, _):
        met = asyncio.run(crowd(address, PEOPLE, Asking(bench.questions)))
    yield alone("question sent to answer there", "ms", [met.median_ms])
    yield alone("the same, 95th percentile", "ms", [met.p95_ms], Aim(800))
    yield alone("questions lost", f"of {met.questions}", [met.lost], Aim(0))


PART = Part("load", f"{PEOPLE} people on the page's own endpoint", measure)
