"""What weighing needs of statements, kept by numbers, is what their words say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import open_array, rows_in
from index.memory import MemorySnapshot
from index.statements import StatementTable
from index.words import terms
from sources.read import read_document

BIOPSY = """# Biopsy of the spine

## Pain

A biopsy hurts a little. The skin is numbed first. It wears off after two hours.

## Before you come

Bring to the biopsy:

- your list of medicines
- somebody to drive you home
"""


@pytest.fixture
def document():
    return read_document(BIOPSY.encode(), "biopsy.md")


@pytest.fixture
def snapshot(document, embedder):
    return MemorySnapshot([document], embedder)


def test_a_statement_holds_the_terms_of_its_words_and_of_what_stands_above(document, snapshot):
    known = sorted({*terms(BIOPSY)})
    wanted = [snapshot.lexical.number(term) for term in known]
    for passage in snapshot.passages:
        above = {*terms(f"{document.source.title} {' '.join(passage.heading)}")}
        rows = np.arange(passage.first, passage.last)
        held = snapshot.statements.holds(rows, wanted)
        for n, row in enumerate(snapshot.statements.statements(passage.first, passage.last)):
            said = {*terms(f"{row.lead.of(document.text)} {row.focus.of(document.text)}")}
            assert {known[at] for at in np.flatnonzero(held.own[n])} == said
            assert {known[at] for at in np.flatnonzero(held.in_context[n])} == said | above


def test_a_term_that_nothing_holds_is_held_by_none(snapshot):
    assert snapshot.lexical.number("bread") == -1
    held = snapshot.statements.holds(np.array([0, 3]), [-1])
    assert not held.own.any()
    assert not held.in_context.any()


def test_the_lead_of_an_item_has_its_own_tokens(document, snapshot):
    passage = snapshot.passages[1]
    shift = passage.span.start - len(f"{document.source.title} › Before you come\n")

    def words(tokens):
        starts = snapshot.tokens.starts[slice(*tokens)]
        return [document.text[at + shift :].split(maxsplit=1)[0] for at in starts]

    focus, lead = snapshot.statements.tokens[passage.last - 1]
    assert (words(lead), words(focus)) == (["Bring", "biopsy:"], ["somebody", "drive", "home"])


def test_a_table_is_opened_as_it_was_saved(snapshot, tmp_path):
    snapshot.statements.save(tmp_path)
    opened = StatementTable.open(tmp_path)
    for name in StatementTable.__slots__:
        assert np.array_equal(getattr(opened, name), getattr(snapshot.statements, name))
    assert opened.statements(0, 5) == snapshot.statements.statements(0, 5)


@pytest.mark.parametrize("shape", [(0,), (0, 7), (1,), (300, 2)])
def test_an_array_of_any_size_can_be_opened(tmp_path, shape):
    np.save(tmp_path / "a.npy", np.ones(shape))
    assert np.array_equal(open_array(tmp_path / "a.npy"), np.ones(shape))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_rows_of_ranges_come_range_after_range(pairs):
    ranges = np.array([(start, start + size) for start, size in pairs], np.int64).reshape(-1, 2)
    assert rows_in(ranges).tolist() == [row for pair in ranges for row in range(*pair)]
