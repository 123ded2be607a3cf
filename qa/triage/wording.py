"""What a message says, word by word, in the plain form that rules are compared with.

Case, accents, apostrophes, drawn-out letters, invisible characters and emoji make no difference.
A word that no dictionary knows is taken for the nearest word of the rules themselves.
"""

import re
import string
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from qa.word_lists import place_in, word_list

DICTIONARIES = ("en", "es")
# A word seen fewer than 100 times in a dictionary's own corpus may be a slip.
_KNOWN_WORD = re.compile(rb'"([^"]+)": \d{3,}')
LETTERS = frozenset(string.ascii_lowercase)
PAIRS = frozenset(a + b for a in LETTERS for b in LETTERS)
BEHIND_Z, LAST = "{", chr(0x10FFFF)  # the first sign after the letters, and the last one
SHORTEST = 4  # letters a word must have to be taken for a slip
LONG = 7  # letters from which two slips are forgiven
_PART = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’`´][^\W\d_]+)*|[.!?;\n…¿¡]")
_LETTERS = re.compile(r"[^\W\d_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_local = threading.local()  # a Snowball stemmer may not be shared between threads


class Word(NamedTuple):
    """A word of a message: its plain form and stem, the words as written, and its sentence."""

    plain: str
    stem: str
    written: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one language is written: its stemmer, contractions and words that say nothing.

    `expand` gives several plain words for one ("cant" to "can not"). The `telltale` words are
    in daily use and in no other of our languages. No gap of a phrase passes over `negators`.
    """

    stemmer: str
    expand: Mapping[str, str]
    fillers: frozenset[str]
    telltale: frozenset[str]
    negators: frozenset[str]

    def stem(self, plain: str) -> str:
        """The stem of one plain word."""
        stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
        if self.stemmer not in stemmers:
            stemmers[self.stemmer] = Stemmer.Stemmer(self.stemmer)
        return str(stemmers[self.stemmer].stemWord(plain))

    def plain_words(self, written: str, vocabulary: "Vocabulary") -> list[tuple[str, str]]:
        """The plain words that a written word stands for, slips mended, each with its stem."""
        said = plain(written)
        meant = " ".join(map(vocabulary.meant, self.expand.get(said, said).split()))
        found = [word for part in meant.split() for word in self.expand.get(part, part).split()]
        return [(word, self.stem(word)) for word in found]


class Vocabulary:
    """The words that rules use, and those that may be run together with them."""

    def __init__(self, words: Iterable[str], joined: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._parts = self._words.union(joined)

    @cached_property
    def _by_letter(self) -> Mapping[str, Sequence[str]]:
        """The words that may be written with slips, by their first letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= SHORTEST:
                found[word[0]].append(word)
        return dict(found)

    def meant(self, word: str) -> str:
        """`word` itself when it is one, or else the nearest word of the rules, if any is near."""
        if word in self._parts or is_daily(word):
            return word
        if (single := _squeezed(word)) in self._parts:
            return single
        if len(word) < SHORTEST:
            return word
        return self._nearest(word) or self._apart(word) or word

    def _nearest(self, word: str) -> str | None:
        """The one word of the rules with the fewest slips, of those near enough."""
        allowed = 1 if len(word) < LONG else 2
        near = [
            (slips, found)
            for letter in dict.fromkeys(word[:2])  # the first two letters change places at most
            for found, slips, _ in process.extract(
                word,
                self._by_letter.get(letter, ()),
                scorer=OSA.distance,
                score_cutoff=allowed,
                limit=3,
            )
        ]
        return min(near)[1] if near else None

    def _apart(self, word: str) -> str | None:
        """Two words that were run together, as "cantbreathe"."""
        cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
        return next((f"{a} {b}" for a, b in cuts if a in self._parts and b in self._parts), None)


def is_daily(word: str) -> bool:
    """Whether a plain word is in daily use: then it is never taken for a slip.

    It is looked for where it can stand in the lists: among the words that begin with its own two
    letters, and among all that begin with other signs than letters, which may be plain as it is.
    """
    first, two = word[:1], word[:2]
    return (
        (two in PAIRS and word in _daily_between(two, first + chr(ord(two[1]) + 1)))
        or (first in LETTERS and word in _daily_between(first, first + "a"))
        or (first in LETTERS and word in _daily_between(first + BEHIND_Z, chr(ord(first) + 1)))
        or word in _daily_between("", "a")
        or word in _daily_between(BEHIND_Z, LAST)
    )


@cache
def _daily_between(start: str, end: str) -> frozenset[str]:
    """Plain forms of the words in daily use from `start` to before `end`, as the lists spell them.

    All of them at once would take a fifth of a second and 10 MB.
    """
    return frozenset(
        plain(word.decode())
        for lines in map(word_list, DICTIONARIES)
        for word in _KNOWN_WORD.findall(lines[place_in(lines, start) : place_in(lines, end)])
    )


def parts_of(text: str) -> Iterator[tuple[str, int]]:
    """The written words and numbers of `text` in order, each with its sentence's number."""
    sentence = 0
    for written in _PART.findall(visible(text)):
        if written[0].isalnum():
            yield written, sentence
        else:
            sentence += 1


def told_by(text: str, spellings: Sequence[Spelling]) -> list[Spelling]:
    """The languages that `text` may be in: those it has a telltale word of, or else all."""
    said = set(_LETTERS.findall(text.lower()))
    return [s for s in spellings if said & s.telltale] or list(spellings)


def visible(text: str) -> str:
    """`text` in compatibility form (full-width letters, ligatures) without invisible characters."""
    if text.isascii():
        return text
    shown = (c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", "".join(shown))


def plain(word: str) -> str:
    """One written word in lower case, without accents and apostrophes; drawn-out letters twice.

    The tilde of ñ stays: "año" is a year and "ano" is not.
    """
    bare = word.casefold()
    if not (bare.isascii() and bare.isalnum()):
        letters = unicodedata.normalize("NFKD", bare).replace("n\u0303", "ñ")
        bare = "".join(c for c in letters if c.isalnum() or c in ".,")
    return _DRAWN_OUT.sub(r"\1\1", bare) if not bare[:1].isdigit() else bare


def _squeezed(word: str) -> str:
    """`word` with every doubled letter once, as in "bleeed" written "bleeed" or "sstroke"."""
    return re.sub(r"(.)\1+", r"\1", word)
