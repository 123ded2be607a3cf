"""The gate: own questions on a slice of the starter library stay within what was recorded."""

import pytest

from evals.gate import as_toml, fallen, slice_estimates
from evals.kept_home import Embedders, Place
from evals.measures import Estimate
from evals.vectors import KeptVectors
from qa.settings import Settings


@pytest.fixture
def place(model, request):
    """A home that stays from run to run; what stands in it is used only when nothing changed."""
    home = request.config.cache.mkdir("gate")
    return Place(Settings(home=home), Embedders(KeptVectors(model, home), model), lambda *_: None)


def test_no_measure_falls_beyond_its_recorded_interval_and_no_quote_differs(place):
    now, problems = slice_estimates(place)
    assert problems == []
    assert now["quotes that differ"].value == 0
    assert fallen(now) == []


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "gate.toml"
    path.write_text(
        as_toml(
            {
                "first quote right": Estimate(0.6, 0.5, 0.7, 100),
                "unanswerable: answered": Estimate(0.2, 0.1, 0.3, 100),
            }
        )
    )
    return path


@pytest.mark.parametrize(
    ("right", "answered", "said"),
    [
        (0.5, 0.3, []),
        (0.9, 0.0, []),
        (0.49, 0.3, ["first quote right is 0.490, recorded 0.600 (0.500 to 0.700)"]),
        (0.5, 0.31, ["unanswerable: answered is 0.310, recorded 0.200 (0.100 to 0.300)"]),
    ],
)
def test_only_a_fall_beyond_the_interval_is_told(record, right, answered, said):
    now = {
        "first quote right": Estimate(right, 0, 1, 100),
        "unanswerable: answered": Estimate(answered, 0, 1, 100),
    }
    assert fallen(now, record) == said


def test_a_recorded_measure_that_is_gone_is_told(record):
    now = {"first quote right": Estimate(0.6, 0, 1, 100)}
    assert fallen(now, record) == ["unanswerable: answered is no longer measured"]
