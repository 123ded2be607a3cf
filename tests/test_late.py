"""Late interaction by hand, and that what is kept of tokens still says what it should."""

import numpy as np
import pytest

from index.embedder import TokenRows
from index.late import (
    StoredTokens,
    TokenTable,
    WeighedTokens,
    stored_tokens,
    weighed_tokens,
)

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


def answered(made, asked, row, *parts):
    """How well parts of passage `row` answer, each given as places: passage, start and end."""
    ranges = [[made.between(*place) for place in part] for part in parts]
    return made.max_sim(asked, np.array(ranges), np.full(len(parts), row)).tolist()


def test_each_token_of_the_question_finds_its_best_match():
    made = table(TOKENS, heads=[6])
    asked = question(EAST, BOTH, UP, weights=(0.5, 0.25, 0.25))
    # The characters from 6 to 11 hold "spine", and the heading counts with every part.
    spine, cord = answered(made, asked, 0, [(0, 6, 11)], [(0, 16, 20)])
    assert spine == pytest.approx(0.5 * 1 + 0.25 * np.sqrt(0.5) + 0.25 * 0, abs=0.01)
    assert cord == pytest.approx(0.5 * 1 + 0.25 * np.sqrt(0.5) + 0.25 * 1, abs=0.01)


def test_a_lead_counts_with_its_focus():
    made = table(TOKENS, heads=[6])
    asked = question(NORTH, UP, weights=(0.5, 0.5))
    assert answered(made, asked, 0, [(0, 16, 20), (0, 6, 11)]) == pytest.approx([1.0], abs=0.01)


def test_a_passage_has_its_own_tokens_only():
    other = stored_tokens("Beds\nsoft", rows(UP, UP, starts=(0, 5)))
    made = table(TOKENS, other, heads=[6, 5])
    assert made.of_passage(1).starts.tolist() == [0, 5]
    asked = question(EAST, weights=[1])
    assert answered(made, asked, 1, [(1, 5, 9)]) == pytest.approx([0], abs=0.01)


def test_a_lead_may_stand_in_another_passage():
    other = stored_tokens("Beds\nsoft", rows(UP, UP, starts=(0, 5)))
    made = table(other, TOKENS, heads=[5, 6])
    asked = question(NORTH, UP, weights=(0.5, 0.5))
    with_lead, alone = [(1, 6, 11), (0, 5, 9)], [(1, 6, 11), (1, 6, 6)]
    assert answered(made, asked, 1, with_lead, alone) == pytest.approx([1.0, 0.5], abs=0.01)


def test_a_whole_passage_answers_with_its_headings_and_its_words():
    other = stored_tokens("Beds\nsoft", rows(UP, UP, starts=(0, 5)))
    made = table(TOKENS, other, heads=[6, 5])
    asked = question(EAST, UP, weights=(0.75, 0.25))
    assert made.max_sim_whole(asked, np.array([1, 0])) == pytest.approx([0.25, 1.0], abs=0.01)


def test_a_token_weighs_what_its_word_says_and_a_stop_word_the_least():
    says = {"scar": 0.45, "the": 1.0, "faded": 0.01}
    found = weighed_tokens(
        "the scar faded!", rows(EAST, NORTH, UP, UP, starts=(0, 4, 9, 14)), says.get
    )
    assert found.weights == pytest.approx([1 / 6, 3 / 6, 1 / 6, 1 / 6])
    assert np.array_equal(found.vectors, [EAST, NORTH, UP, UP])


def test_nothing_to_match_is_the_least_there_is():
    none = StoredTokens(np.zeros((0, 3), np.int8), np.zeros(0, np.int32))
    made = table(none, heads=[0])
    assert answered(made, question(EAST, weights=[1]), 0, [(0, 0, 4)]) == [-1]


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
