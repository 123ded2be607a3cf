"""Measures worked by hand, intervals that hold what they should, and paired differences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, precision_recall_fscore_support, roc_auc_score

from evals.judged import OURS, Judged
from evals.measures import (
    difference,
    discrimination,
    estimate,
    overlap,
    ranking_values,
    refusal_recall,
    risk_coverage,
    share,
    times,
    trust,
)


def rows(*values):
    return [Judged("s", "d", OURS, str(n), "?", "", one, None, "") for n, one in enumerate(values)]


def columns(**named):
    return rows(*(dict(zip(named, one, strict=True)) for one in zip(*named.values(), strict=True)))


def test_rankings_are_measured_as_worked_by_hand():
    qrels = {"q": {"a": 1, "b": 1}, "none": {"c": 1}}
    values = ranking_values(["nDCG@10", "R@10", "RR@10", "AP@10"], qrels, {"q": ["x", "a", "b"]})
    # gains at ranks 2 and 3 over the ideal 1 and 2: (1/log2 3 + 1/log2 4) / (1 + 1/log2 3)
    ideal = 1 + 1 / math.log2(3)
    assert values["q"]["nDCG@10"] == pytest.approx((1 / math.log2(3) + 1 / 2) / ideal)
    assert values["q"]["R@10"] == 1
    assert values["q"]["RR@10"] == 0.5
    assert values["q"]["AP@10"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert set(values["none"].values()) == {0}


def test_a_grade_below_the_named_one_is_not_relevant():
    values = ranking_values(["RR(rel=3)@10"], {"q": {"a": 2, "b": 3}}, {"q": ["a", "b"]})
    assert values["q"] == {"RR(rel=3)@10": 0.5}


def test_a_share_counts_only_the_questions_it_applies_to():
    one = estimate(share("hit"), rows({"hit": 1}, {"hit": 0}, {"ms": 3}, {"hit": 1}))
    assert one == pytest.approx((2 / 3, 0.0, 1.0, 3))
    assert estimate(share("hit"), rows({"ms": 3})) is None


def test_words_are_counted_over_all_questions_together():
    measured = overlap("word", "right", "found", "gold")
    asked = columns(right=[2, 0, 1], found=[4, 1, 1], gold=[2, 3, 1])
    values = [estimate(measure, asked).value for measure in measured]
    truth = [1, 1, 0, 0, 0, 1, 1, 1, 1]  # the same words one by one, shown or not
    shown = [1, 1, 1, 1, 1, 0, 0, 0, 1]
    expected = precision_recall_fscore_support(truth, shown, average="binary")[:3]
    assert values == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_area_under_the_curve_is_the_librarys(pairs):
    label, score = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    measure = discrimination("label", "score")[0]
    found = measure.statistic(label, score)
    if len(set(label)) < 2:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(roc_auc_score(label, score))


def test_the_brier_score_is_the_librarys():
    right, given_ = np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.4, 0.3])
    brier = trust("right", "probability")[2]
    assert brier.statistic(right, given_) == pytest.approx(brier_score_loss(right, given_))


def test_risk_and_coverage_are_as_worked_by_hand():
    coverage, risk = risk_coverage(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.1, 0.9, 0.6, 0.8]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    asked = columns(right=[0, 1, 1, 0], probability=[0.1, 0.9, 0.6, 0.8])
    assert estimate(trust("right", "probability")[1], asked).value == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("right", "share_"), [([1] * 19 + [0, 0], 20 / 21), ([0] + [1] * 5, 0), ([1, 1], 1)]
)
def test_coverage_ends_where_more_than_one_answer_in_twenty_is_wrong(right, share_):
    surest_first = [1 - n / 100 for n in range(len(right))]
    asked = columns(right=right, probability=surest_first)
    assert estimate(trust("right", "probability")[0], asked).value == pytest.approx(share_)


def test_refusals_are_counted_where_one_in_a_hundred_is_refused_falsely():
    inside = np.concatenate([np.ones(100), np.zeros(4)])
    score = np.concatenate([np.linspace(0.5, 1, 100), [0.1, 0.2, 0.501, 0.9]])
    assert refusal_recall(inside, score) == 0.75  # the one in scope at 0.5 may go, the next not


@pytest.mark.parametrize(("hit", "low", "high"), [(0, 0, 0.0362), (1, 0.9638, 1)])
def test_where_all_agree_the_interval_is_the_exact_binomial_one(hit, low, high):
    one = estimate(share("hit"), columns(hit=[hit] * 100))
    # no event in 100: the upper bound is 1 - 0.025 ** (1 / 100)
    assert one == pytest.approx((hit, low, high, 100), abs=1e-4)


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=30))
def test_an_interval_holds_its_value_and_is_the_same_each_time(values):
    asked = columns(hit=values)
    one = estimate(share("hit"), asked)
    assert min(values) - 1e-9 <= one.low <= one.value + 1e-9
    assert one.value - 1e-9 <= one.high <= max(values) + 1e-9
    assert one == estimate(share("hit"), asked)


def test_an_interval_is_as_wide_as_the_binomial_says():
    one = estimate(share("hit"), columns(hit=[1] * 80 + [0] * 20))
    assert one.value == 0.8
    # the normal approximation: 0.8 ± 1.96 · sqrt(0.8 · 0.2 / 100)
    assert (one.low, one.high) == pytest.approx((0.722, 0.878), abs=0.015)


def test_a_difference_is_paired_by_question():
    dice = np.random.default_rng(1)
    hard = dice.random(300)
    before = columns(score=hard.tolist())
    after = columns(score=(hard + 0.02).tolist())
    grown = difference(share("score"), after, before)
    assert grown == pytest.approx((0.02, 0.02, 0.02, 300))
    apart = estimate(share("score"), after)
    assert apart.high - apart.low > 0.05  # unpaired intervals would have told nothing


def test_a_difference_counts_only_questions_of_both_runs():
    after, before = columns(hit=[1, 1, 0]), columns(hit=[0, 1])
    grown = difference(share("hit"), after, before)
    assert (grown.value, grown.n) == (0.5, 2)
    assert difference(share("hit"), after, rows({"other": 1})) is None


def test_times_are_the_median_and_the_95th_percentile():
    median, late = (estimate(measure, columns(ms=list(range(101)))) for measure in times())
    assert (median.value, late.value) == (50, 95)
