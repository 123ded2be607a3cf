"""What an English dictionary tells: slips of the pen, and which words say little.

A slip is corrected against the library's own words. A word that an English dictionary knows
is never touched: "bank" is no slip for "back".
The page always shows what was searched, and offers the exact words instead.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.words import STOP_WORDS, families, stem
from qa.word_lists import place_in, word_list

LEAST_WEIGHT = 0.15
ALL = 1_646_569_324  # what all counts of the dictionary come to
COMMON, RARE = 2.5, 4.5  # a word in 300 says next to nothing, one in 30,000 all it can
SENTENCE, FOREIGN = 4, 0.4  # of so many words, more than this share strange: not English
LONG = 8  # letters from which two slips are forgiven
_WORD = re.compile(r"[^\W\d_]+")
_CANDIDATE = re.compile(r"[^\W\d_]{5,}")


@lru_cache(maxsize=100_000)
def count(word: str) -> int:
    """How often English texts use the lower-case `word`, of `ALL` words; 0 if they do not."""
    lines = word_list("en")
    place = place_in(lines, word)
    line = lines[place : place + len(word.encode()) + 20].partition(b"\n")[0]
    found, _, used = line.removeprefix(b"\n").rpartition(b": ")
    return int(used.rstrip(b",")) if found == f'"{word}"'.encode() else 0


def is_english(word: str) -> bool:
    """Whether an English dictionary has the lower-case `word`."""
    return count(word) > 0


def is_rarer(word: str, than: int) -> bool:
    """Whether English texts use the lower-case `word` less than once in `than` words."""
    return count(word) * than < ALL


def weight(word: str) -> float:
    """How much a lower-case word says, `LEAST_WEIGHT` for "need" to 1 for "biopsy".

    It grows with the rarity of the word in English, by factors of ten.
    """
    used = count(word)
    if not used:
        return 1.0
    return min(1.0, max(LEAST_WEIGHT, (-math.log10(used / ALL) - COMMON) / (RARE - COMMON)))


def correct(text: str, known_words: Mapping[str, int]) -> str:
    """`text` with each slip replaced by the one nearest word of `known_words`, if there is one."""

    def is_word(word: str) -> bool:
        known = word in known_words or word in STOP_WORDS or word in families()
        return known or is_english(word)

    def mended(match: re.Match[str]) -> str:
        word = match.group().lower()
        return match.group() if is_word(word) else _nearest(word, known_words) or match.group()

    all_words = _WORD.findall(text.lower())
    strange = sum(not is_word(word) for word in all_words)
    if len(all_words) >= SENTENCE and strange > FOREIGN * len(all_words):
        return text  # another language: its words are no slips
    return _CANDIDATE.sub(mended, text)


def _nearest(word: str, known_words: Mapping[str, int]) -> str | None:
    """The known word that `word` was meant to be: fewest slips, then most frequent."""
    allowed = 1 if len(word) < LONG else 2
    near = process.extract(
        word, known_words.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=20
    )
    choices = [(slips, -known_words[found], found) for found, slips, _ in near]
    choices = [
        choice for choice in choices if choice[2][0] == word[0]
    ]  # the first letter is seldom wrong
    if not choices or any(stem(found) == stem(word) for _, _, found in choices):
        return None  # only another form of a word that is known already
    return min(choices)[2]
