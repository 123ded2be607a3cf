"""The overview's columns: nothing is lost, doubled or put beside its day."""

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ledger.figures import Day, quantile
from qa.staff.overview import columns_of, percents, times
from qa.staff.period import Period

days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(st.dictionaries(days, st.integers(1, 9), min_size=1, max_size=8))
def test_columns_follow_each_other_and_hold_every_answer(counts):
    rows = [Day(day.isoformat(), "answered", count) for day, count in sorted(counts.items())]
    every, columns = columns_of(rows, Period())
    assert (columns[0].first, columns[-1].last) == (min(counts), max(counts))
    assert all(a.last + timedelta(days=1) == b.first for a, b in itertools.pairwise(columns))
    for column in columns:
        inside = sum(n for day, n in counts.items() if column.first <= day <= column.last)
        assert column.answers == inside
    assert len(columns) <= 107
    assert (every == "day") == ((max(counts) - min(counts)).days < 92)


@pytest.mark.parametrize(
    ("last", "every", "count"),
    [("2026-01-01", "day", 1), ("2026-12-31", "week", 53), ("2029-01-01", "month", 37)],
)
def test_a_long_period_has_longer_columns(last, every, count):
    period = Period(date(2026, 1, 1), date.fromisoformat(last))
    found, columns = columns_of([], period)
    assert (found, len(columns)) == (every, count)
    assert (columns[0].first, columns[-1].last) == period
    assert columns_of([], Period()) == ("day", [])


def test_percents_by_hand():
    found = percents({0: 1, 4: 2, 5: 4, 99: 8, 100: 16})
    assert (found[0], found[1], found[-1]) == ((0, 4, 3), (5, 9, 4), (95, 100, 24))
    assert len(found) == 20


@given(st.dictionaries(st.integers(0, 5000), st.integers(1, 50), max_size=30))
def test_each_time_is_in_the_column_that_names_it(counts):
    found = times(counts)
    assert sum(one.answers for one in found) == sum(counts.values())
    for one in found:
        high = one.high if one.high is not None else max(counts)
        assert one.answers == sum(n for took, n in counts.items() if one.low <= took <= high)
    assert Counter(one.high is None for one in found)[True] <= 1
    assert len(found) <= 25
    if found and found[-1].high is None:
        assert found[-1].low > quantile(counts, 0.99)
