"""The suites by name."""

from evals.suite import Suite
from evals.suites import beir, gold, mediqa, medquad, pairs, scope, seeds, spans, squad, verbatim

SUITES: dict[str, Suite] = {
    part.SUITE.name: part.SUITE
    for part in (beir, squad, mediqa, medquad, spans, scope, pairs, gold, seeds, verbatim)
}
