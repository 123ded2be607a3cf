"""The parts of the benchmark by name, in the order in which they are run."""

from evals.bench import batches, ingest, people, questions, starts

_IN_ORDER = (ingest, starts, questions, batches, people)
PARTS = {module.PART.name: module.PART for module in _IN_ORDER}
