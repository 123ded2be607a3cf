"""The small language in which rules say what people write.

A phrase is a row of words; every ending of a word counts as the word, and words that say nothing
("my", "really") may stand between them.

    can not ... feel     up to three other words in between
    numb/dead/tingly     one of these
    {legs}               anything that the concept `legs` lists
    #38-42               a number in this range, both ends included
    =died                this very form and no other ending
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from qa.triage.wording import Spelling, Vocabulary, Word, plain

GAP = 3  # words that "..." may stand for
FILLERS = 4  # words in a row that say nothing and may be passed over
NEAREST = 4  # places of one concept that are tried beside one place of another
NUMBER, EXACT = "#", "="


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


class Phrase(NamedTuple):
    """The first element, the others each with whether a gap comes before, and what they need.

    `needs` numbers the sets of stems, one of each of which a message must have.
    """

    first: Element
    others: tuple[tuple[Element, bool], ...]
    needs: tuple[int, ...]


NONE: Mapping[str, list[Phrase]] = MappingProxyType({})


class Lexicon:
    """Named concepts of one language, and the search for them in messages.

    A message is first asked which stems it has at all: most phrases end there.
    """

    def __init__(self, spelling: Spelling, concepts: Mapping[str, Sequence[str]]) -> None:
        self.spelling = spelling
        self._rows = {name: list(dict.fromkeys(rows)) for name, rows in concepts.items()}
        elements = {name: [self._parse(row) for row in rows] for name, rows in self._rows.items()}
        self._firsts: dict[str, frozenset[str]] = {}
        for name in elements:
            self._first(name, elements, ())
        numbers: dict[frozenset[str], int] = {}
        self._starting: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        for name, parsed in elements.items():
            for parts in parsed:
                stems = [self._stems(part) for part in parts if not isinstance(part, Gap)]
                needs = (numbers.setdefault(some, len(numbers)) for some in stems[1:])
                others = tuple(
                    (part, isinstance(before, Gap))
                    for before, part in itertools.pairwise(parts)
                    if not isinstance(part, Gap)
                )
                phrase = Phrase(parts[0], others, tuple(dict.fromkeys(needs)))
                for stem in stems[0]:
                    self._starting[stem].append((name, phrase))
        self.needed = list(numbers)
        words = [*_literals(self._rows), *spelling.expand]
        self._vocabulary = Vocabulary(words, spelling.fillers)

    def read(self, text: str) -> "Reading":
        """`text` with every place in it where a concept may be named."""
        return Reading(self, self.spelling.words(text, self._vocabulary))

    def starting(self, stem: str) -> Sequence[tuple[str, Phrase]]:
        """Every phrase that can begin with this stem, with the name of its concept."""
        return self._starting.get(stem, ())

    def _parse(self, row: str) -> tuple[Element, ...]:
        parts = tuple(self._element(part, row) for part in row.split())
        if not parts or isinstance(parts[0], Gap) or isinstance(parts[-1], Gap):
            raise PhraseError(f"{row!r} must begin and end with a word; correct it")
        return parts

    def _element(self, part: str, row: str) -> Element:
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
        if strange := [name for name in concepts if name not in self._rows]:
            raise PhraseError(f"{row!r} names the unknown concept {strange[0]}; define it")
        words = [word for word in choices if not word.startswith("{")]
        bare = [word.removeprefix(EXACT) for word in words]
        if not all(word.isalpha() and word.islower() for word in bare):
            raise PhraseError(f"{part!r} in {row!r} must be lower-case letters")
        return OneOf(frozenset(self._stem(word, row) for word in words), concepts)

    def _stem(self, word: str, row: str) -> str:
        bare = plain(word.removeprefix(EXACT))
        meant = self.spelling.expand.get(bare, bare)
        if " " in meant:
            raise PhraseError(f"{word!r} in {row!r} stands for {meant!r}; write that")
        return EXACT + meant if word.startswith(EXACT) else self.spelling.stem(meant)

    def _first(
        self, name: str, elements: Mapping[str, Sequence[Sequence[Element]]], within: Sequence[str]
    ) -> frozenset[str]:
        """The stems a concept can begin with; worked out once for each, parts first."""
        if name in within:
            raise PhraseError(f"the concept {name} contains itself; correct it")
        if name not in self._firsts:
            for parts in elements[name]:
                for part in parts:
                    for other in part.concepts if isinstance(part, OneOf) else ():
                        self._first(other, elements, (*within, name))
            stems = (self._stems(parts[0]) for parts in elements[name])
            self._firsts[name] = frozenset[str]().union(*stems)
        return self._firsts[name]

    def _stems(self, element: Element) -> frozenset[str]:
        """The stems an element can begin with; `NUMBER` stands for any number."""
        if not isinstance(element, OneOf):
            return frozenset((NUMBER,))
        return element.stems.union(*(self._firsts[name] for name in element.concepts))


class Reading:
    """One message and where concepts stand in it."""

    def __init__(self, lexicon: Lexicon, words: Sequence[Word]) -> None:
        self.words = words
        self._keys = [NUMBER if word.plain[0].isdigit() else word.stem for word in words]
        self._exact = [EXACT + word.plain for word in words]
        self._fillers = [word.plain in lexicon.spelling.fillers for word in words]
        self._negators = [word.plain in lexicon.spelling.negators for word in words]
        self._last = _sentence_ends(words)
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, keys in enumerate(zip(self._keys, self._exact, strict=True)):
            for key in keys:
                self._places[key].append(at)
        self._possible = _possible(lexicon, self._places.keys())
        self._ends: dict[tuple[str, int], set[int]] = {}
        self._reach: dict[tuple[int, bool], range] = {}
        self._found: dict[str, Sequence[Match]] = {}

    def find(self, name: str) -> Sequence[Match]:
        """Every place where a concept is named, in order of the words."""
        if name not in self._possible:
            return ()
        if name not in self._found:
            begins = sorted({at for key in self._possible[name] for at in self._places[key]})
            found = ((at, max(self._concept(name, at), default=0)) for at in begins)
            self._found[name] = [Match(at, end) for at, end in found if end]
        return self._found[name]

    def written(self, match: Match) -> str:
        """The words of a match as the message has them."""
        words = (word.written for word in self.words[match.start : match.end])
        return " ".join(dict.fromkeys(words))

    def together(self, names: Sequence[str], within: int) -> Iterator[tuple[Match, ...]]:
        """One match of each concept, all begun within so many words of the first one's."""
        if not (self._possible.keys() >= set(names) and all(self.find(name) for name in names)):
            return
        for first in self.find(names[0]):
            near = [self._near(first, self.find(name), within) for name in names[1:]]
            yield from itertools.product([first], *near)

    def _near(self, to: Match, matches: Sequence[Match], within: int) -> list[Match]:
        """The matches begun fewer than `within` words away, the nearest `NEAREST` of them."""
        near = [match for match in matches if abs(match.start - to.start) < within]
        return sorted(near, key=lambda match: abs(match.start - to.start))[:NEAREST]

    def _concept(self, name: str, at: int) -> Collection[int]:
        """Where the phrases of a concept that begin at a word end; empty when none fits."""
        held = self._ends.get((name, at))
        if held is None:
            held = set()
            starting = self._possible.get(name, NONE)
            for key in (self._keys[at], self._exact[at]):
                for phrase in starting.get(key, ()):
                    held.update(self._phrase(phrase, at))
            self._ends[name, at] = held
        return held

    def _phrase(self, phrase: Phrase, at: int) -> Collection[int]:
        ends = self._element(phrase.first, at)
        for element, gap in phrase.others:
            if not ends:
                break
            begins = {begin for end in ends for begin in self._onward(end, gap, self._last[at])}
            if isinstance(element, OneOf) and not element.concepts:
                some, keys, exact = element.stems, self._keys, self._exact
                ends = [at + 1 for at in begins if keys[at] in some or exact[at] in some]
            else:
                ends = {end for begin in begins for end in self._element(element, begin)}
        return ends

    def _onward(self, start: int, gap: bool, last: int) -> range:
        """Where the next element may begin: behind words that say nothing, and a gap's words."""
        held = self._reach.get((start, gap))
        if held is None:
            passed = fillers = 0
            place = start
            while place < last and not self._negators[place]:
                filler = self._fillers[place]
                fillers, passed = fillers + filler, passed + (not filler)
                if passed > (GAP if gap else 0) or fillers > FILLERS:
                    break
                place += 1
            held = self._reach[start, gap] = range(start, min(place + 1, last))
        return held

    def _element(self, element: Element, at: int) -> Collection[int]:
        if isinstance(element, OneOf):
            here = (at + 1,) if self._is_one(at, element) else ()
            if not element.concepts:
                return here
            return {*here, *(end for name in element.concepts for end in self._concept(name, at))}
        found = isinstance(element, Number) and self._is_between(at, element)
        return (at + 1,) if found else ()

    def _is_one(self, at: int, element: OneOf) -> bool:
        return self._keys[at] in element.stems or self._exact[at] in element.stems

    def _is_between(self, at: int, number: Number) -> bool:
        if self._keys[at] != NUMBER:
            return False
        return number.low <= float(self.words[at].plain.replace(",", ".")) <= number.high


def _possible(lexicon: Lexicon, keys: Set[str]) -> dict[str, dict[str, list[Phrase]]]:
    """By concept and first stem, the phrases that lack none of their stems in a message."""
    lacking = {at for at, stems in enumerate(lexicon.needed) if stems.isdisjoint(keys)}
    possible: dict[str, dict[str, list[Phrase]]] = {}
    for key in keys:
        for name, phrase in lexicon.starting(key):
            if lacking.isdisjoint(phrase.needs):
                possible.setdefault(name, {}).setdefault(key, []).append(phrase)
    return possible


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
                bare = (word.removeprefix(EXACT) for word in part.split("/"))
                yield from (plain(word) for word in bare if word.isalpha())
