"""The small language in which rules say what people write.

A phrase is a row of words; every ending of a word counts as the word, and words that say nothing
("my", "really") may stand between them.

    can not ... feel     up to three other words in between
    numb/dead/tingly     one of these
    {legs}               anything that the concept `legs` lists
    #38-42               a number in this range, both ends included
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.triage.wording import Spelling, Vocabulary, Word, plain

GAP = 3  # words that "..." may stand for
FILLERS = 4  # words in a row that say nothing and may be passed over
NUMBER = "#"


class PhraseError(Exception):
    """A phrase cannot be understood; the message quotes it."""


class Match(NamedTuple):
    """Where a phrase was found: half-open range of words."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """An element: any of these stems, or any phrase of these concepts."""

    stems: frozenset[str]
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """An element: a number from `low` to `high`."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gap:
    """An element: up to `GAP` words of any kind."""


Element = OneOf | Number | Gap
Phrase = tuple[Element, ...]


class Lexicon:
    """Named concepts of one language, and the search for them in messages."""

    def __init__(self, spelling: Spelling, concepts: Mapping[str, Sequence[str]]) -> None:
        self.spelling = spelling
        written = {name: list(dict.fromkeys(rows)) for name, rows in concepts.items()}
        self._phrases = {
            name: [self._parse(row, written) for row in rows] for name, rows in written.items()
        }
        self._firsts: dict[str, frozenset[str]] = {}
        for name in written:
            self._first(name, ())
        self._starting: dict[str, dict[str, list[Phrase]]] = {}  # concept, stem: phrases
        self._concepts_at: dict[str, list[str]] = defaultdict(list)  # stem: concepts
        for name, phrases in self._phrases.items():
            starting: dict[str, list[Phrase]] = defaultdict(list)
            for phrase in phrases:
                for stem in self._first_of(phrase[0], ()):
                    starting[stem].append(phrase)
            self._starting[name] = dict(starting)
            for stem in starting:
                self._concepts_at[stem].append(name)
        words = [*_literals(written), *spelling.expand]
        self._vocabulary = Vocabulary(words, spelling.fillers)

    def read(self, text: str) -> "Reading":
        """`text` with every place in it where a concept is named."""
        return Reading(self, self.spelling.words(text, self._vocabulary))

    def _parse(self, row: str, known: Mapping[str, object]) -> Phrase:
        phrase = tuple(self._element(part, row, known) for part in row.split())
        if not phrase or isinstance(phrase[0], Gap) or isinstance(phrase[-1], Gap):
            raise PhraseError(f"{row!r} must begin and end with a word; correct it")
        return phrase

    def _element(self, part: str, row: str, known: Mapping[str, object]) -> Element:
        if part == "...":
            return Gap()
        if part.startswith(NUMBER):
            low, _, high = part[1:].partition("-")
            try:
                return Number(float(low), float(high))
            except ValueError as error:
                raise PhraseError(f"{part} in {row!r} is no range such as #38-42") from error
        choices = part.split("/")
        concepts = tuple(c[1:-1] for c in choices if c.startswith("{") and c.endswith("}"))
        if strange := [name for name in concepts if name not in known]:
            raise PhraseError(
                f"{row!r} names the unknown concept {strange[0]}; define or correct it"
            )
        words = [word for word in choices if not word.startswith("{")]
        if not all(word.isalpha() and word.islower() for word in words):
            raise PhraseError(f"{part!r} in {row!r} must be lower-case letters")
        return OneOf(frozenset(self._stem(word, row) for word in words), concepts)

    def _stem(self, word: str, row: str) -> str:
        meant = self.spelling.expand.get(plain(word), plain(word))
        if " " in meant:
            raise PhraseError(f"{word!r} in {row!r} stands for {meant!r}; write that")
        return self.spelling.stem(meant)

    def _first(self, name: str, within: tuple[str, ...]) -> frozenset[str]:
        if name in within:
            raise PhraseError(f"the concept {name} begins with itself; correct it")
        if name not in self._firsts:
            self._firsts[name] = frozenset(
                stem
                for phrase in self._phrases[name]
                for stem in self._first_of(phrase[0], (*within, name))
            )
        return self._firsts[name]

    def _first_of(self, element: Element, within: tuple[str, ...]) -> frozenset[str]:
        if not isinstance(element, OneOf):
            return frozenset((NUMBER,))
        return element.stems.union(*(self._first(name, within) for name in element.concepts))

    def starting(self, name: str, stem: str) -> Sequence[Phrase]:
        """The phrases of a concept that can begin with this stem."""
        return self._starting[name].get(stem, ())

    def concepts_at(self, stem: str) -> Sequence[str]:
        """The concepts that can begin with this stem."""
        return self._concepts_at.get(stem, ())


class Reading:
    """One message and where each concept stands in it."""

    def __init__(self, lexicon: Lexicon, words: Sequence[Word]) -> None:
        self.words = words
        self._lexicon = lexicon
        self._keys = [NUMBER if word.plain[0].isdigit() else word.stem for word in words]
        self._fillers = [word.plain in lexicon.spelling.fillers for word in words]
        self._negators = [word.plain in lexicon.spelling.negators for word in words]
        self._last = _sentence_ends(words)
        self._ends: dict[tuple[str, int], frozenset[int]] = {}
        self._found: dict[str, list[Match]] = defaultdict(list)
        for at, key in enumerate(self._keys):
            for name in lexicon.concepts_at(key):
                if ends := self._concept(name, at):
                    self._found[name].append(Match(at, max(ends)))

    def find(self, name: str) -> Sequence[Match]:
        """Every place where a concept is named, in order of the words."""
        return self._found.get(name, ())

    def _concept(self, name: str, at: int) -> frozenset[int]:
        held = self._ends.get((name, at))
        if held is None:
            phrases = self._lexicon.starting(name, self._keys[at])
            held = frozenset(end for phrase in phrases for end in self._phrase(phrase, at))
            self._ends[name, at] = held
        return held

    def _phrase(self, phrase: Phrase, at: int) -> frozenset[int]:
        ends = self._element(phrase[0], at)
        gap = False
        for element in phrase[1:]:
            if not ends:
                break
            if isinstance(element, Gap):
                gap = True
                continue
            starts = {start for end in ends for start in self._onward(end, self._last[at], gap)}
            ends = frozenset(end for start in starts for end in self._element(element, start))
            gap = False
        return ends

    def _onward(self, start: int, last: int, gap: bool) -> Iterator[int]:
        """Where the next element may begin: behind words that say nothing, and a gap's words."""
        passed = fillers = 0
        for place in range(start, last):
            yield place
            if self._negators[place]:
                return
            if self._fillers[place]:
                fillers += 1
            else:
                passed += 1
            if passed > (GAP if gap else 0) or fillers > FILLERS:
                return

    def _element(self, element: Element, at: int) -> frozenset[int]:
        if isinstance(element, OneOf):
            here = self._keys[at] in element.stems
            ends = frozenset((at + 1,)) if here else frozenset()
            return ends.union(*(self._concept(name, at) for name in element.concepts))
        found = isinstance(element, Number) and self._is_between(at, element)
        return frozenset((at + 1,)) if found else frozenset()

    def _is_between(self, at: int, number: Number) -> bool:
        if self._keys[at] != NUMBER:
            return False
        return number.low <= float(self.words[at].plain.replace(",", ".")) <= number.high


def _sentence_ends(words: Sequence[Word]) -> list[int]:
    """For each word the place behind the last word of its sentence."""
    ends = [0] * len(words)
    for at in range(len(words) - 1, -1, -1):
        same = at + 1 < len(words) and words[at + 1].sentence == words[at].sentence
        ends[at] = ends[at + 1] if same else at + 1
    return ends


def _literals(concepts: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Every word that a phrase spells out."""
    for rows in concepts.values():
        for row in rows:
            for part in row.split():
                yield from (plain(word) for word in part.split("/") if word.isalpha())
