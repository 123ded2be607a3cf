"""In which language a message is, where it plainly is in one that notices are written in."""

import re

from qa.notices import languages
from qa.triage.check import triage
from qa.triage.wording import Spelling, dictionary, plain

MARKS = {"es": "¿¡"}  # marks that no other of our languages has
WORDS = 2  # telltale words, as no single one is safe
KNOWN = 0.6  # share of words that a dictionary has: a kindred language shares telltales, not these
_LETTERS = re.compile(r"[^\W\d_]+")


def message_language(text: str) -> str | None:
    """The code of the language that `text` is in, or `None` where that is not plain."""
    for language, marks in MARKS.items():
        if any(mark in text for mark in marks):
            return language
    words = _LETTERS.findall(text.lower())
    told = {part.name: _telltales(words, part.lexicon.spelling) for part in triage().languages}
    first, second, *_ = [*sorted(told, key=told.__getitem__, reverse=True), "", ""]
    plainly = told[first] >= WORDS and told[first] > told.get(second, 0)
    known = sum(word in dictionary() or plain(word) in dictionary() for word in words)
    return first if plainly and known >= KNOWN * len(words) and first in languages() else None


def _telltales(words: list[str], spelling: Spelling) -> int:
    return len(spelling.telltale.intersection(words))
