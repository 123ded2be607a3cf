"""The word lists, read as they lie, beside the library that they come from."""

import random

import pytest
from spellchecker import SpellChecker

from qa.english import ALL, LEAST_WEIGHT, count, is_english, weight
from qa.triage.wording import is_daily, plain


@pytest.fixture(scope="module")
def dictionary():
    return SpellChecker(language="en").word_frequency


def test_every_count_is_that_of_the_library(dictionary):
    known = list(dictionary)
    for word in [known[0], known[-1], *random.Random(7).sample(known, 2000)]:
        assert count(word) == dictionary[word]
        assert count(f"{word}q") == dictionary[f"{word}q"]
    assert dictionary.total_words == ALL


@pytest.mark.parametrize("word", ["", " ", "a b", "0", "~~~~", "zzzzzz", "痛み", '"a"', "a\n"])
def test_what_is_no_word_is_not_found(word):
    assert count(word) == 0
    assert not is_english(word)
    assert weight(word) == 1.0


def test_rare_words_say_more():
    assert LEAST_WEIGHT == weight("need") < weight("doctor") < weight("biopsy") == 1.0


def test_words_in_daily_use_are_found_in_their_plain_form_and_no_others():
    daily, rare = set(), set()
    for language in ("en", "es"):
        for word, used in SpellChecker(language=language).word_frequency.dictionary.items():
            (daily if used >= 100 else rare).add(plain(word))
    assert {"cant", "esta", "ultimo", "año"} < daily
    assert all(map(is_daily, daily))
    assert not any(map(is_daily, rare - daily))
    assert not any(map(is_daily, ["", "q", "боль", "aн", "a{"]))
