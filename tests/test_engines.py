"""One contract for every vector engine: what `exact` says, the others say."""

import numpy as np
import pytest

from index.engines import DEFAULT_ENGINE, ENGINES, engine


@pytest.fixture(params=ENGINES)
def kind(request):
    return engine(request.param)


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(3).normal(size=(60, 12)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("row", [0, 7, 59])
def test_agrees_with_the_exact_engine(kind, vectors, row):
    rows, scores = kind.build(vectors).search(vectors[row], 10)
    expected, expected_scores = engine("exact").build(vectors).search(vectors[row], 10)
    assert rows.tolist() == expected.tolist()
    assert scores == pytest.approx(expected_scores, abs=1e-6)


def test_finds_a_row_itself_first_and_scores_never_rise(kind, vectors):
    rows, scores = kind.build(vectors).search(vectors[5], 60)
    assert rows[0] == 5
    assert scores[0] == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(scores) <= 0).all()


def test_rows_and_scores_have_the_types_of_the_contract(kind, vectors):
    rows, scores = kind.build(vectors).search(vectors[5], 3)
    assert (rows.dtype, scores.dtype) == (np.int64, np.float32)


def test_gives_all_rows_once_when_asked_for_more(kind, vectors):
    rows, _ = kind.build(vectors).search(vectors[0], 1000)
    assert sorted(rows.tolist()) == list(range(60))


@pytest.mark.parametrize("k", [0, -3])
def test_gives_nothing_when_asked_for_nothing(kind, vectors, k):
    rows, scores = kind.build(vectors).search(vectors[0], k)
    assert (rows.tolist(), scores.tolist()) == ([], [])


@pytest.mark.parametrize("width", [11, 13, 0])
def test_refuses_a_question_of_another_width(kind, vectors, width):
    with pytest.raises(ValueError, match=rf"shape \({width},\), the engine needs \(12,\)"):
        kind.build(vectors).search(np.zeros(width, dtype=np.float32), 3)


def test_refuses_many_questions_at_once(kind, vectors):
    with pytest.raises(ValueError, match=r"shape \(2, 12\)"):
        kind.build(vectors).search(vectors[:2], 3)


@pytest.mark.parametrize("shape", [(12,), (3, 0), (2, 3, 4)])
def test_refuses_vectors_that_are_no_matrix(kind, shape):
    with pytest.raises(ValueError, match=r"must have the shape \(n, d\)"):
        kind.build(np.zeros(shape, dtype=np.float32))


def test_takes_numbers_of_another_precision(kind, vectors):
    built = kind.build(vectors.astype(np.float64))
    assert built.search(vectors[4].astype(np.float64), 1)[0].tolist() == [4]


def test_says_the_same_after_it_was_saved_and_opened(kind, vectors, tmp_path):
    built = kind.build(vectors)
    built.save(tmp_path / "engine.bin")
    opened = kind.open(tmp_path / "engine.bin")
    assert (opened.size, opened.dimension) == (60, 12)
    assert opened.search(vectors[9], 5)[0].tolist() == built.search(vectors[9], 5)[0].tolist()


def test_an_engine_without_rows_finds_nothing(kind, tmp_path):
    kind.build(np.zeros((0, 4), dtype=np.float32)).save(tmp_path / "engine.bin")
    opened = kind.open(tmp_path / "engine.bin")
    assert opened.size == 0
    assert opened.search(np.ones(4, dtype=np.float32), 5)[0].tolist() == []


def test_the_default_engine_is_in_the_table():
    assert DEFAULT_ENGINE in ENGINES


def test_an_unknown_engine_is_told_with_the_known_ones():
    with pytest.raises(ValueError, match="no engine 'lucene'; choose one of: exact, faiss"):
        engine("lucene")
