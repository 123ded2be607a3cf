"""The weights lie where their loss is least: no step within the bounds makes it smaller."""

import numpy as np
import pytest
from scipy.special import expit

from evals.train import RIDGE, fit_gate, fit_ranking
from qa.gate import AGAINST, EITHER, GateFeatures

FLAT = 0.01  # of a loss in the hundreds


@pytest.fixture
def alike():
    """Features that tell nearly the same, as cosines do, and one that is always there."""
    dice = np.random.default_rng(7)
    shared = dice.uniform(0.2, 0.9, (600, 1))
    table = shared + dice.normal(0, 0.03, (600, len(GateFeatures._fields)))
    table[:, GateFeatures._fields.index("unasked")] = 1.0
    right = dice.random(600) < expit(9 * shared[:, 0] - 4.5)
    return table, right


def test_a_gate_is_fitted_to_the_end(alike):
    table, right = alike
    bias, *weights = fit_gate(table, right)
    found = np.array(weights)
    wrong_by = expit(bias + table @ found) - right
    assert abs(wrong_by.sum()) < FLAT
    slope = wrong_by @ table + 2 * RIDGE * found
    for name, weight, rise in zip(GateFeatures._fields, found, slope, strict=True):
        sense = -1 if name in AGAINST else 1
        if weight or name in EITHER:
            assert abs(rise) < FLAT, name
        else:
            assert sense * rise > -FLAT, name


def test_evidence_is_fitted_to_the_end(alike):
    table, _ = alike
    rows = [(table[at : at + 6, :4], np.arange(6) == at % 5) for at in range(0, 600, 6)]
    found = fit_ranking(rows)
    assert (found >= 0).all()
    slope = 2 * RIDGE * found
    for features, right in rows:
        among_all = np.exp(features @ found)
        slope += among_all @ features / among_all.sum() - features[right][0]
    assert np.abs(slope[found > 0]).max(initial=0) < FLAT
    assert slope[found == 0].min(initial=0) > -FLAT
