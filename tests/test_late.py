"""Late interaction by hand, and that what is kept of tokens still says what it should."""

import numpy as np
import pytest

from index.embedder import TokenRows
from index.late import Place, StoredTokens, TokenTable, WeighedTokens, stored_tokens

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
BOTH = (EAST + NORTH) / np.sqrt(np.float32(2))


def rows(*vectors, starts):
    offsets = np.array([(start, start + 1) for start in starts], dtype=np.int32)
    return TokenRows(np.array(vectors, dtype=np.float32), offsets.reshape(-1, 2))


def table(*passages, heads):
    return TokenTable.of(passages, heads, 3)


def question(*vectors, weights):
    return WeighedTokens(np.array(vectors, dtype=np.float32), np.array(weights, dtype=np.float32))


TEXT = "Scans\nspine and cord"  # the heading takes six characters
TOKENS = stored_tokens(TEXT, rows(EAST, NORTH, BOTH, UP, starts=(0, 6, 12, 16)))


def test_stop_words_leave_no_tokens():
    assert TOKENS.starts.tolist() == [0, 6, 16]
    assert TOKENS.codes.tolist() == [[127, 0, 0], [0, 127, 0], [0, 0, 127]]


def test_each_token_of_the_question_finds_its_best_match():
    made = table(TOKENS, heads=[6])
    asked = question(EAST, BOTH, UP, weights=(0.5, 0.25, 0.25))
    # The first ten characters hold "spine", and the heading counts with every part.
    spine, cord = made.max_sim(asked, 0, [[Place(0, 0, 5)], [Place(0, 10, 14)]])
    assert spine == pytest.approx(0.5 * 1 + 0.25 * np.sqrt(0.5) + 0.25 * 0, abs=0.01)
    assert cord == pytest.approx(0.5 * 1 + 0.25 * np.sqrt(0.5) + 0.25 * 1, abs=0.01)


def test_a_lead_counts_with_its_focus():
    made = table(TOKENS, heads=[6])
    asked = question(NORTH, UP, weights=(0.5, 0.5))
    assert made.max_sim(asked, 0, [[Place(0, 10, 14), Place(0, 0, 5)]]) == pytest.approx(
        [1.0], abs=0.01
    )


def test_a_passage_has_its_own_tokens_only():
    other = stored_tokens("Beds\nsoft", rows(UP, UP, starts=(0, 5)))
    made = table(TOKENS, other, heads=[6, 5])
    assert made.of_passage(1).starts.tolist() == [0, 5]
    assert made.max_sim(question(EAST, weights=[1]), 1, [[Place(1, 0, 4)]]) == pytest.approx(
        [0], abs=0.01
    )


def test_a_lead_may_stand_in_another_passage():
    other = stored_tokens("Beds\nsoft", rows(UP, UP, starts=(0, 5)))
    made = table(other, TOKENS, heads=[5, 6])
    asked = question(NORTH, UP, weights=(0.5, 0.5))
    parts = [[Place(1, 0, 5), Place(0, 0, 4)], [Place(1, 0, 5)]]
    assert made.max_sim(asked, 1, parts) == pytest.approx([1.0, 0.5], abs=0.01)


def test_nothing_to_match_is_the_least_there_is():
    none = StoredTokens(np.zeros((0, 3), np.int8), np.zeros(0, np.int32))
    made = table(none, heads=[0])
    assert made.max_sim(question(EAST, weights=[1]), 0, [[Place(0, 0, 4)]]) == [-1]


def test_a_table_is_opened_as_it_was_saved(tmp_path):
    for number, made in enumerate((table(TOKENS, heads=[6]), table(heads=[]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        made.save(folder)
        opened = TokenTable.open(folder)
        assert np.array_equal(opened.codes, made.codes)
        assert np.array_equal(opened.first, made.first)


def test_a_byte_a_number_keeps_cosines_to_two_hundredths(model):
    text = "A benign vascular growth of the vertebra seldom needs treatment."
    _, (made,) = model.embed_tokens([text])
    kept = stored_tokens(text, made)
    own = np.isin(made.offsets[:, 0], kept.starts)
    exact = made.vectors[own] @ made.vectors[own].T
    coded = kept.codes.astype(np.float32) @ kept.codes.astype(np.float32).T / 127**2
    assert np.abs(exact - coded).max() < 0.02
