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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.triage.wording import Spelling, Vocabulary, Word, plain

NUMBER, EXACT = "#", "="
NOTHING = -1  # the need of a phrase that needs no other word


class PhraseError(Exception):
    """A phrase cannot be understood; the message quotes it."""


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
    """An element: up to three words of any kind."""


Element = OneOf | Number | Gap


class Phrase(NamedTuple):
    """The first element, the others each with whether a gap comes before, and what they need.

    `needs` numbers the sets of stems, one of each of which its sentence must have.
    """

    first: Element
    others: tuple[tuple[Element, bool], ...]
    needs: frozenset[int]


class Lexicon:
    """Named concepts of one language, and the search for them in messages.

    A concept may name others, but not itself.
    """

    def __init__(self, spelling: Spelling, concepts: Mapping[str, Sequence[str]]) -> None:
        self.spelling = spelling
        self._rows = {name: list(dict.fromkeys(rows)) for name, rows in concepts.items()}
        self._elements: dict[str, Element] = {}  # the same words are the same element
        self._begins: dict[Element, frozenset[str]] = {}
        elements = {name: [self._parse(row) for row in rows] for name, rows in self._rows.items()}
        self._firsts: dict[str, frozenset[str]] = {}
        for name in elements:
            self._first(name, elements, ())
        numbers: dict[frozenset[str], int] = {}
        self._opening: dict[str, dict[str, list[Phrase]]] = {}
        opened: dict[str, dict[int, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        for name, parsed in elements.items():
            opening = self._opening[name] = defaultdict(list)
            for parts in parsed:
                stems = [self._stems(part) for part in parts if not isinstance(part, Gap)]
                needs = {numbers.setdefault(some, len(numbers)): some for some in stems[1:]}
                others = tuple(
                    (part, isinstance(before, Gap))
                    for before, part in itertools.pairwise(parts)
                    if not isinstance(part, Gap)
                )
                phrase = Phrase(parts[0], others, frozenset(needs))
                rarest = min(needs, key=lambda need: len(needs[need]), default=NOTHING)
                for stem in stems[0]:
                    opening[stem].append(phrase)
                    opened[stem][rarest][name] = None
        self._opened = {
            stem: {need: tuple(names) for need, names in by_need.items()}
            for stem, by_need in opened.items()
        }
        self._needs: dict[str, list[int]] = defaultdict(list)
        for some, number in numbers.items():
            for stem in some:
                self._needs[stem].append(number)
        words = [*_literals(self._rows), *spelling.expand]
        self._vocabulary = Vocabulary(words, spelling.fillers)

    def words(self, text: str) -> list[Word]:
        """The words of `text`, slips mended."""
        return self.spelling.words(text, self._vocabulary)

    def opened(self, stem: str) -> Mapping[int, Sequence[str]]:
        """The concepts of which a phrase can begin with this stem, by a need of the phrase.

        It is the need that fewest stems meet; phrases of one word are under `NOTHING`.
        """
        return self._opened.get(stem, {})

    def opening(self, name: str, stem: str) -> Sequence[Phrase]:
        """The phrases of a concept that can begin with this stem."""
        return self._opening[name].get(stem, ())

    def needs(self, stem: str) -> Sequence[int]:
        """The needs of phrases, by number, that this stem meets."""
        return self._needs.get(stem, ())

    def _parse(self, row: str) -> tuple[Element, ...]:
        parts = tuple(self._known_element(part, row) for part in row.split())
        if not parts or isinstance(parts[0], Gap) or isinstance(parts[-1], Gap):
            raise PhraseError(f"{row!r} must begin and end with a word; correct it")
        return parts

    def _known_element(self, part: str, row: str) -> Element:
        known = self._elements.get(part)
        if known is None:
            known = self._elements[part] = self._element(part, row)
        return known

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
        known = self._begins.get(element)
        if known is None:
            known = frozenset((NUMBER,))
            if isinstance(element, OneOf):
                known = element.stems.union(*(self._firsts[name] for name in element.concepts))
            self._begins[element] = known
        return known


def _literals(concepts: Mapping[str, Sequence[str]]) -> set[str]:
    """Every word that a phrase spells out."""
    parts = {part for rows in concepts.values() for row in rows for part in row.split()}
    bare = {word.removeprefix(EXACT) for part in parts for word in part.split("/")}
    return {plain(word) for word in bare if word.isalpha()}
