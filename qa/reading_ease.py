"""How easily a text is read, by formulas that have long been in use for English and Spanish.

English: Flesch's reading ease (J Appl Psychol 1948;32:221, doi:10.1037/h0057532) and the school
grade of Kincaid et al. (Research Branch Report 8-75, US Navy 1975). Spanish: Fernández Huerta
(Consigna 1959;214:29). On both scales of ease 100 is very easy and 30 very hard. They count
words and syllables and know nothing of meaning: a guide for staff, no verdict.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

FEWEST_WORDS = 5  # a shorter text says nothing about how it reads
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouyáéíóúü]+")
# An e at the end of an English word that is not said, alone and in "-ed" and "-es".
_SILENT = re.compile(
    r"(?<=[aeiouy][^aeiouyl])e$|(?<=[^aeiouy][^aeiouyl])e$|(?<=[aeiouy]l)e$"
    r"|(?<=[^aeiouydt])ed$|(?<=[^aeiouylscxzgh])e(?=s$)|(?<=[aeiouy]l)e(?=s$)"
)
_APART = re.compile(r"i[aou]|eo(?!p)|ea$|ei(?=ng$)|ua(?=l)|uou")  # two vowels, said apart
_NOT_APART = re.compile(r"[ct]i(?=[aou])|gi(?=ons?$|ous)")  # "-tion", "special", "region"
_STRONG = re.compile(r"[aeoáéóíú]")


class ReadingEase(NamedTuple):
    """The ease of a text, mostly 0 to 100, by the named formula; its school grade in English."""

    ease: float
    formula: str
    grade: float | None


@lru_cache(maxsize=20_000)  # the statements of a library, asked for again and again
def reading_ease(text: str, language: str) -> ReadingEase | None:
    """How easily `text` is read; `None` for few words, or a language without a formula."""
    words = _WORD.findall(text)
    count = _SYLLABLES.get(language.partition("-")[0].lower())
    if count is None or len(words) < FEWEST_WORDS:
        return None
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(text))
    per_sentence = len(words) / sentences
    per_word = sum(map(count, words)) / len(words)
    if count is _english:
        ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word
        grade = 0.39 * per_sentence + 11.8 * per_word - 15.59
        return ReadingEase(round(ease, 1), "Flesch", round(grade, 1))
    ease = 206.84 - 1.02 * per_sentence - 60 * per_word
    return ReadingEase(round(ease, 1), "Fernández Huerta", None)


def syllables(word: str, language: str) -> int:
    """About how many syllables a word has, at least one. Raises `KeyError` without a formula."""
    return _SYLLABLES[language](word)


def _english(word: str) -> int:
    """About how many syllables an English word has: groups of vowels, silent ones left out."""
    plain = _plain(word)
    said = _SILENT.sub("", plain)
    return max(1, len(_VOWELS.findall(said)) + len(_APART.findall(_NOT_APART.sub("-", said))))


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in letters if letter.isalpha())


def _spanish(word: str) -> int:
    """How many syllables a Spanish word has: one for each strong vowel, or for weak ones alone."""
    lower = re.sub(r"(?<=[gq])u(?=[eiéí])", "", word.lower())
    return max(1, sum(max(1, len(_STRONG.findall(group))) for group in _VOWELS.findall(lower)))


_SYLLABLES: dict[str, Callable[[str], int]] = {"en": _english, "es": _spanish}
