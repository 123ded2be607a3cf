"""One contract for every vector engine: what `exact` says, the others say."""

from pathlib import Path

import numpy as np
import pytest

from index.engines import APPROXIMATE_FROM, AUTO, ENGINES, engine, engine_for
from index.engines.recall import ENOUGH, recall

# How far a score may be from that of the rows themselves: one or two bytes a number are not exact.
WITHIN = {"faiss-half": 1e-3, "faiss-ivf": 0.03}


@pytest.fixture(params=[*ENGINES, "milvus"])
def name(request):
    if request.param != "milvus":
        return request.param
    return request.getfixturevalue("milvus").address


@pytest.fixture
def kind(name):
    return engine(name)


@pytest.fixture
def within(name):
    return WITHIN.get(name, 1e-6)


@pytest.fixture(scope="module")
def vectors():
    rows = np.random.default_rng(3).normal(size=(60, 12)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("row", [0, 7, 59])
def test_agrees_with_the_exact_engine(kind, vectors, row, within):
    rows, scores = kind.build(vectors).search(vectors[row], 10)
    expected, expected_scores = engine("exact").build(vectors).search(vectors[row], 10)
    assert scores == pytest.approx(expected_scores, abs=within)
    assert vectors[rows] @ vectors[row] == pytest.approx(expected_scores, abs=2 * within)
    if within < 1e-3:
        assert rows.tolist() == expected.tolist()


def test_finds_a_row_itself_first_and_scores_never_rise(kind, vectors, within):
    rows, scores = kind.build(vectors).search(vectors[5], 60)
    assert rows[0] == 5
    assert scores[0] == pytest.approx(1.0, abs=within)
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


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
def test_finds_only_what_is_allowed_and_all_of_it(kind, vectors, share, within):
    allowed = np.random.default_rng(4).random(60) < share
    allowed[11] = True
    rows, scores = kind.build(vectors).search(vectors[7], 60, allowed)
    expected, expected_scores = engine("exact").build(vectors[allowed]).search(vectors[7], 60)
    assert sorted(rows.tolist()) == np.flatnonzero(allowed).tolist()
    assert scores == pytest.approx(expected_scores, abs=within)
    assert len(expected) == len(rows)


def test_finds_nothing_where_nothing_is_allowed(kind, vectors):
    assert kind.build(vectors).search(vectors[7], 5, np.zeros(60, np.bool_))[0].tolist() == []


def test_refuses_a_mask_of_another_length(kind, vectors):
    with pytest.raises(ValueError, match=r"allowed has the shape \(59,\), the engine needs \(60,"):
        kind.build(vectors).search(vectors[7], 5, np.ones(59, np.bool_))


def test_takes_numbers_of_another_precision(kind, vectors):
    built = kind.build(vectors.astype(np.float64))
    assert built.search(vectors[4].astype(np.float64), 1)[0].tolist() == [4]


def test_says_the_same_after_it_was_saved_and_opened(kind, vectors, tmp_path):
    built = kind.build(vectors)
    built.save(tmp_path / "engine.bin")
    opened = kind.open(tmp_path / "engine.bin")
    assert (opened.size, opened.dimension) == (60, 12)
    assert opened.search(vectors[9], 5)[0].tolist() == built.search(vectors[9], 5)[0].tolist()


def test_a_disk_that_is_full_is_an_error_of_the_system(kind, vectors):
    with pytest.raises(OSError, match="No space left"):
        kind.build(vectors).save(Path("/dev/full"))


def test_an_engine_without_rows_finds_nothing(kind, tmp_path):
    kind.build(np.zeros((0, 4), dtype=np.float32)).save(tmp_path / "engine.bin")
    opened = kind.open(tmp_path / "engine.bin")
    assert opened.size == 0
    assert opened.search(np.ones(4, dtype=np.float32), 5)[0].tolist() == []


@pytest.fixture(scope="module")
def many():
    """Four thousand rows in eighty heaps, of unlike sizes, as texts about few things lie."""
    dice = np.random.default_rng(5)
    heaps = dice.normal(size=(80, 32))
    of = np.minimum(dice.geometric(0.04, size=4000) - 1, 79)
    rows = (heaps[of] + 0.6 * dice.normal(size=(4000, 32))).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("share", [1, 0.5, 0.05])
def test_recall_holds_however_few_rows_are_allowed(name, many, share):
    """Those hidden are spread over all rows, or are the 3, 30 or 90 in 100 that lie nearest."""
    made = engine(name).build(many)
    queries = many[::80] + 0.1 * np.random.default_rng(6).normal(size=(50, 32)).astype(np.float32)
    spread = np.random.default_rng(7).random(len(many)) < share
    for hidden in (0, 0.03, 0.3, 0.9):
        found, wanted = 0, 0
        for query in queries:
            scores = many @ query
            mask = spread & (scores <= np.quantile(scores, 1 - hidden))
            rows, _ = made.search(query, 100, mask)
            assert mask[rows].all()
            best = np.sort(scores[mask])[-10:]
            found += min(np.sum(scores[rows] >= best[0] - 1e-6), len(best))
            wanted += len(best)
        assert found >= 0.97 * wanted


def test_an_approximate_engine_looks_into_few_lists_and_is_tuned_to_enough(many):
    made = engine("faiss-ivf").build(many)
    assert 1 < made.probes < made.lists
    assert recall(made, many, many[7::80]) >= ENOUGH - 0.02


def test_recall_is_counted_by_hand():
    """An engine that finds two of the ten nearest each time."""

    class Two(type(engine("exact").build(np.eye(20, dtype=np.float32)))):
        def search(self, query, k, allowed=None):
            rows, scores = super().search(query, 2)
            return rows, scores

    rows = np.random.default_rng(8).normal(size=(50, 20)).astype(np.float32)
    assert recall(Two.build(rows), rows, rows[:3]) == pytest.approx(0.2)
    assert recall(engine("exact").build(rows), rows, rows[:3]) == 1
    assert recall(Two.build(rows[:2]), rows[:2], rows[:3]) == 1  # there are only two
    assert recall(Two.build(rows), rows, rows[:0]) == 1


def test_auto_goes_by_the_number_of_rows_and_a_name_does_not():
    assert [engine_for(AUTO, n) for n in (0, APPROXIMATE_FROM - 1, APPROXIMATE_FROM)] == [
        "faiss-half",
        "faiss-half",
        "faiss-ivf",
    ]
    assert engine_for("exact", 10**9) == "exact"


def test_an_unknown_engine_is_told_with_the_known_ones():
    with pytest.raises(ValueError, match="no engine 'lucene'; choose one of: exact, faiss, "):
        engine("lucene")
