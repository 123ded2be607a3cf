"""BM25 against its formula, worked by hand on three passages."""

import hashlib
import os
import subprocess
import sys
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import LexicalIndex

ROOT = Path(__file__).parents[1]
PASSAGES = (
    ("pain", "pain", "biopsy", "scan"),  # 4 terms
    ("scan",),  # 1 term
    ("biopsy",),  # 1 term, so a passage has 2 on average
)
WRITES = """
import sys
from pathlib import Path
from index.lexical import LexicalIndex
folder = Path(sys.argv[1])
folder.mkdir()
LexicalIndex.build([("zinc", "pain", "pain"), ("scan",), ("biopsy", "apple", "scan")]).save(folder)
"""


@pytest.fixture(scope="module")
def index():
    return LexicalIndex.build(PASSAGES)


def test_scores_are_those_of_the_formula(index):
    # By the variant of Lucene a term adds ln(1 + (N - n + 0.5) / (n + 0.5)) times
    # its share tf / (tf + k1 * (1 - b + b * length / average)), here k1 = 1.2 and b = 0.75.
    # "pain": n = 1, so ln(1 + 2.5 / 1.5) = ln(8/3); tf = 2 in a passage of 4:
    # 2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 2)) = 2 / (2 + 1.2 * 1.75) = 2 / 4.1
    assert index.scores(["pain"]).tolist() == pytest.approx([log(8 / 3) * 2 / 4.1, 0, 0], abs=1e-6)


def test_the_scores_of_several_terms_add_up(index):
    # "biopsy" and "scan": n = 2 each, so ln(1 + 1.5 / 2.5) = ln(1.6).
    # In the first passage each 1 / (1 + 1.2 * 1.75) = 1 / 3.1;
    # in a passage of 1 term 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / 2)) = 1 / 1.75
    expected = [2 * log(1.6) / 3.1, log(1.6) / 1.75, log(1.6) / 1.75]
    assert index.scores(["biopsy", "scan"]).tolist() == pytest.approx(expected, abs=1e-6)


def test_a_repeated_term_counts_once(index):
    assert index.scores(["scan", "scan"]).tolist() == index.scores(["scan"]).tolist()


def test_an_unknown_term_adds_nothing(index):
    assert index.scores(["bread", "scan"]).tolist() == index.scores(["scan"]).tolist()
    assert not index.knows("bread")


@pytest.mark.parametrize("asked", [[], ["bread"], ["bread", "yeast"]])
def test_a_question_without_known_terms_scores_nothing(index, asked):
    assert index.scores(asked).tolist() == [0, 0, 0]


def test_rarity_is_one_for_what_no_passage_holds_and_falls_with_every_passage(index):
    # Of three passages n hold the term: ln(4 / (n + 0.5)) as a share of ln(4 / 0.5) = ln(8).
    assert index.rarity("bread") == 1
    assert index.rarity("pain") == pytest.approx(log(4 / 1.5) / log(8))
    assert index.rarity("scan") == pytest.approx(log(4 / 2.5) / log(8))


def test_rarity_stays_above_nothing_for_a_word_of_every_passage():
    index = LexicalIndex.build([("spine",)] * 50)
    assert 0 < index.rarity("spine") < 0.01


def test_a_passage_of_stop_words_alone_keeps_its_place():
    index = LexicalIndex.build([(), ("scan",), ()])
    scores = index.scores(["scan"])
    assert scores[1] > 0
    assert (scores[0], scores[2]) == (0, 0)


WORDS = "spine pain scan biopsy doctor night".split()
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), min_size=1, max_size=40)


@given(
    TEXTS, st.lists(st.sampled_from([*WORDS, "bread"]), max_size=4), st.integers(0, 12), st.data()
)
def test_the_best_rows_are_those_of_all_scores_sorted(texts, asked, k, data):
    index = LexicalIndex.build(texts)
    mask = data.draw(st.none() | st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    allowed = None if mask is None else np.array(mask, np.bool_)
    scores = index.scores(asked)
    expected = [
        int(row)
        for row in np.argsort(-scores, kind="stable")
        if scores[row] > 0 and (allowed is None or allowed[row])
    ][:k]
    rows, found = index.best(asked, k, allowed)
    assert rows.tolist() == expected
    assert found.tolist() == scores[expected].tolist()
    some = np.arange(0, len(texts), 2)
    assert index.scores_of(asked, some).tolist() == scores[some].tolist()


def test_says_the_same_after_it_was_saved_and_opened(index, tmp_path):
    index.save(tmp_path)
    opened = LexicalIndex.open(tmp_path)
    assert opened.size == 3
    assert opened.scores(["pain", "scan"]).tolist() == index.scores(["pain", "scan"]).tolist()
    assert opened.rarity("pain") == index.rarity("pain")


def test_the_same_passages_give_the_same_bytes_in_every_process(tmp_path):
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", WRITES, str(folder)]
        subprocess.run(command, env=environment, check=True, cwd=ROOT, timeout=60)
        made.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()})
    assert len(made[0]) > 3
    assert made[0] == made[1]
