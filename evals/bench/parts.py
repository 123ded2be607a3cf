"""The parts of the benchmark by name, in the order in which they are run."""

from evals.bench import batches, growth, ingest, people, questions, starts

_IN_ORDER = (ingest, starts, questions, batches, people, growth)
PARTS = {module.PART.name: module.PART for module in _IN_ORDER}
