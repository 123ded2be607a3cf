"""Words as searching compares them: spellings, endings and families fall together."""

import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index import words as words_module
from index.words import STOP_WORDS, index_terms, stem, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("haemangioma", "hemangioma"),
        ("haemangiomas", "hemangioma"),
        ("haemorrhage", "hemorrhage"),
        ("anaemia", "anemia"),
        ("ischaemic", "ischemic"),
        ("oedema", "edema"),
        ("oesophagus", "esophagus"),
        ("paediatric", "pediatric"),
        ("gynaecology", "gynecology"),
        ("tumours", "tumor"),
        ("behaviour", "behavior"),
        ("centre", "center"),
        ("litres", "liter"),
        ("stabilised", "stabilized"),
        ("analyse", "analyze"),
        ("anaesthetist", "anesthesia"),
        ("embolisation", "embolization"),
        ("metastases", "spread"),
        ("vertebrae", "vertebra"),
        ("radiation", "radiotherapy"),
        ("doctor's", "doctors"),
    ],
)
def test_two_ways_to_write_one_word_are_one_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bone", "bones marrow".split()[1]),
        ("exercise", "exorcise"),
        ("lumbar", "lumber"),
        ("benign", "begin"),
        ("hour", "her"),
        ("four", "for"),
    ],
)
def test_different_words_stay_different(one, other):
    assert stem(one) != stem(other)


def test_words_are_read_in_lower_case_with_their_apostrophes():
    assert words("Don’t SAY “It's”—MRI-scan, 5 mg!") == (
        ["don't", "say", "it's", "mri", "scan", "5", "mg"]
    )


def test_no_word_is_found_where_there_is_none():
    assert words(" \n…!?🙂_") == []


def test_stop_words_are_not_searched_and_content_words_are():
    assert terms("What is the pain like after a biopsy?") == [stem("pain"), stem("biopsy")]


def test_no_stop_word_belongs_to_a_family():
    assert not STOP_WORDS & words_module.families().keys()


def test_every_word_belongs_to_one_family_only():
    text = Path(words_module.__file__).with_name("families.toml").read_text(encoding="utf-8")
    counts = Counter(w for row in tomllib.loads(text)["families"] for w in row.split())
    assert [word for word, count in counts.items() if count > 1] == []


def test_a_passage_is_found_by_its_title_and_headings_too():
    assert index_terms("Biopsy", ["After"], "Rest.", ["may i walk", "naps"]) == terms(
        "Biopsy After Rest. may i walk naps"
    )
    assert index_terms("Biopsy", ["After", "Going home"], "Rest.") == terms(
        "Biopsy After Going home Rest."
    )


def test_stems_are_the_same_in_every_thread():
    text = " ".join(f"vertebrae{n} treatments{n} swellings{n}" for n in range(200))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(terms, [text] * 16))
    assert all(row == found[0] for row in found)
