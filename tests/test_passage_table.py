"""Passages on disk are the passages that were written, and a document's are found at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passage_table import PassageTable, save_rows
from index.passages import PassageRow
from sources.document import Span


def rows_of(counts, heading=("Ärger", 'mit "Zeilen"\n\u2028')):
    """`counts[n]` passages of document `n`, each with two wordings and three statements."""
    rows = []
    for number, count in enumerate(counts):
        for at in range(count):
            n = len(rows)
            span = Span(10 * at, 10 * at + 9)
            ids = (f"{n:024x}", f"doc-{number}", f"{number:064x}")
            rows.append(PassageRow(*ids, span, heading, 3 * n, 3 * n + 3, 2 * n, 2 * n + 2))
    return rows


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_a_table_gives_back_the_rows_it_was_made_of(counts):
    rows = rows_of(counts)
    table = PassageTable.of(rows)
    assert list(table) == rows == table[:]
    assert (len(table), table[-1], table[1:3]) == (len(rows), rows[-1], rows[1:3])
    assert table.asked_ends.tolist() == [0, *(row.asked_last for row in rows)]
    assert [table.passage_id(n) for n in range(len(rows))] == [row.passage_id for row in rows]
    assert [table.versions[n] for n in table.document_of] == [row.version for row in rows]
    for version in table.versions:
        assert table.of_version(version) == [row for row in rows if row.version == version]


def test_says_the_same_after_it_was_saved_and_opened(tmp_path):
    rows = rows_of([2, 1, 3])
    save_rows(rows, tmp_path)
    table = PassageTable.open(tmp_path)
    assert list(table) == rows
    assert table.of_version(f"{1:064x}") == [rows[2]]


def test_a_version_that_is_not_indexed_has_no_passages():
    assert PassageTable.of(rows_of([1])).of_version("none") == []


@pytest.mark.parametrize("at", [6, -7])
def test_there_is_no_row_beyond_the_last(at):
    with pytest.raises(IndexError, match="out of range"):
        PassageTable.of(rows_of([6]))[at]


def test_a_table_without_rows_is_empty():
    table = PassageTable.of([])
    assert (list(table), table.versions, table.asked_ends.tolist()) == ([], [], [0])
