"""How near a question is to the wordings in which people ask for a section and its statements."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import prepare
from index.wordings import ELSEWHERE, SHARPNESS, Wordings, statement_of_each
from sources.read import read_document

TEXT = """---
asked_as:
  Pain:
    - will the needle sting
    - how long do i rest
  Pain > Food:
    - may i eat
---
# Biopsy

## Pain

It stings a little. Rest for an hour.

Rest is best lying down.

### Food

Eat nothing before it.

## Home

Somebody should drive you.
"""


def unit(*rows):
    table = np.array(rows, dtype=np.float32)
    return table / np.linalg.norm(table, axis=1, keepdims=True)


@pytest.fixture
def prepared():
    return list(prepare(read_document(TEXT.encode(), "biopsy.md")))


def test_a_wording_asks_for_the_nearest_statement_of_its_own_section(prepared):
    assert [len(passage.statements) for passage in prepared] == [3, 1, 1]
    assert [len(passage.asked_as) for passage in prepared] == [2, 1, 0]
    alone = unit((1, 0, 0), (0, 1, 0), (0, 1, 1), (1, 1, 1), (0, 0, 1))
    asked = unit((9, 1, 0), (0, 3, 1), (0, 0, 1))
    assert statement_of_each(prepared, alone, asked).tolist() == [0, 1, 3]


def test_passages_of_one_section_have_the_same_wordings_for_the_same_statements():
    long = "".join(f"\nThe {n}. needle is thin and long and is cleaned well.\n" for n in range(60))
    text = TEXT.replace("Rest is best lying down.\n", long)
    prepared = list(prepare(read_document(text.encode(), "biopsy.md")))
    several = [passage for passage in prepared if passage.heading == ("Pain",)]
    assert len(several) > 1
    count = sum(len(passage.statements) for passage in prepared)
    alone = np.eye(count, dtype=np.float32)
    last = sum(len(passage.statements) for passage in several) - 1
    rows = [alone[row] for passage in several for row in (last, 0)]
    found = statement_of_each(prepared, alone, np.array([*rows, alone[2]]))
    assert found[: 2 * len(several)].tolist() == [last, 0] * len(several)
    assert found[-1] == last + 1  # the only statement of its section, however far


@pytest.fixture
def wordings():
    """Two wordings for passage 0, none for passage 1, one for passage 2."""
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], dtype=np.float32)
    return Wordings(vectors, np.array([0, 1, 4]), np.array([0, 2, 2, 3]))


def test_passages_are_as_near_as_their_nearest_wording(wordings):
    right = np.float32([1.0, 0.0])
    nearest, weight = wordings.of_passages(np.arange(3), np.array([2, 0, 1]), right)
    assert nearest.tolist() == [1.0, -1.0, 0.0]
    one, more = np.exp(-SHARPNESS), 1 + np.exp(-0.4 * SHARPNESS)
    assert weight.tolist() == pytest.approx([more, 0.0, one])


def test_only_wordings_that_were_found_count_and_only_for_passages_asked_about(wordings):
    up = np.float32([0.0, 1.0])
    nearest, weight = wordings.of_passages(np.array([0, 1]), np.array([2, 0]), up)
    assert nearest.tolist() == [0.0, -1.0]
    assert weight.tolist() == pytest.approx([np.exp(-SHARPNESS), 0.0])


def test_a_statement_is_as_near_as_the_wording_that_asks_for_it(wordings):
    bounds = np.array([(0, 3), (3, 4), (4, 6)])
    found = wordings.of_statements(np.arange(3), bounds, np.float32([0.8, 0.6]))
    first, second, third = 0.8, 0.96, 0.6
    other = second - ELSEWHERE
    expected = [first, second, other, -1.0, third, third - ELSEWHERE]
    assert first > other
    assert found.tolist() == pytest.approx(expected)


def test_without_passages_or_wordings_nothing_is_near():
    none = Wordings(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), np.zeros(3, np.int64))
    nothing = np.zeros(0, np.int64)
    nearest, weight = none.of_passages(np.arange(2), nothing, np.float32([1.0, 0.0]))
    assert (nearest.tolist(), weight.tolist()) == ([-1.0, -1.0], [0.0, 0.0])
    bounds = np.array([(0, 1), (1, 3)])
    assert none.of_statements(np.arange(2), bounds, np.float32([1.0, 0.0])).tolist() == [-1.0] * 3


@given(st.data())
def test_statements_are_near_as_one_by_one(data):
    counts = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=1))
    dice = np.random.default_rng(data.draw(st.integers(0, 99)))
    ends = np.cumsum([0, *(asks for asks, _ in counts)])
    firsts = np.cumsum([0, *(says for _, says in counts)])
    vectors = dice.standard_normal((ends[-1], 3)).astype(np.float32)
    targets = dice.integers(0, firsts[-1], ends[-1])  # also of other passages of a section
    question = dice.standard_normal(3).astype(np.float32)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(counts) - 1), unique=True, min_size=1)))
    bounds = np.stack([firsts[chosen], firsts[chosen + 1]], axis=1)
    found = Wordings(vectors, targets, ends).of_statements(chosen, bounds, question)
    expected = [
        max(
            (
                float(vectors[row] @ question) - (0 if targets[row] == statement else ELSEWHERE)
                for row in range(ends[passage], ends[passage + 1])
            ),
            default=-1.0,
        )
        for passage in chosen
        for statement in range(firsts[passage], firsts[passage + 1])
    ]
    assert found.tolist() == pytest.approx(np.maximum(expected, -1.0).tolist(), abs=1e-5)
