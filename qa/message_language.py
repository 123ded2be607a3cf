"""In which language a message is, where it plainly is in one that notices are written in."""

import re

from qa.english import is_english
from qa.notices import languages
from qa.triage.check import triage
from qa.triage.wording import Spelling, is_daily, plain

# Marks and words that no other of our languages has, and that say enough alone.
DECISIVE = {"es": frozenset("¿ ¡ hola gracias adiós adios buenos buenas".split())}
WORDS = 2  # telltale words, as no single one is safe
KNOWN = 0.6  # share of words that a dictionary has: a kindred language shares telltales, not these
FEWEST = 3  # words that a message must have to be told from English
_WORD_OR_MARK = re.compile(r"[^\W\d_]+|[¿¡]")
_LATIN = re.compile(r"[a-zà-ɏ]+")


def message_language(text: str) -> str | None:
    """The code of the language that `text` is in, or `None` where that is not plain."""
    words = _WORD_OR_MARK.findall(text.lower())
    for language, decisive in DECISIVE.items():
        if decisive.intersection(words):
            return language
    told = {part.name: _telltales(words, part.spelling) for part in triage().languages}
    first, second, *_ = [*sorted(told, key=told.__getitem__, reverse=True), "", ""]
    plainly = told[first] >= WORDS and told[first] > told.get(second, 0)
    known = sum(is_daily(word) or is_daily(plain(word)) for word in words)
    return first if plainly and known >= KNOWN * len(words) and first in languages() else None


def plainly_not_english(text: str) -> bool:
    """Whether most of a message is no English: in other letters, or in words of no English text."""
    words = [word for word in _WORD_OR_MARK.findall(text.lower()) if word.isalpha()]
    other = sum(not (_LATIN.fullmatch(word) and is_english(word)) for word in words)
    letters = any(not _LATIN.fullmatch(word) for word in words)
    return bool(words) and 2 * other > len(words) and (letters or len(words) >= FEWEST)


def _telltales(words: list[str], spelling: Spelling) -> int:
    return len(spelling.telltale.intersection(words))
