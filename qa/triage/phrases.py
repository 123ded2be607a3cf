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
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from qa.triage.wording import Spelling, Vocabulary, Word, parts_of, plain

GAP, NUMBER, EXACT, CONCEPT = "...", "#", "=", "{"
WORDS_KEPT = 5_000  # as people write them, over and over
MANY = 1000  # phrases that a concept counts for: what it lists is said more than any one word

Part = frozenset[str]
"""The keys of which a phrase needs one: a stem, "=form", "{concept}" or "#low-high"."""


class PhraseError(Exception):
    """A phrase cannot be understood; the message quotes it."""


class Phrase(NamedTuple):
    """The concept that lists it, its parts in order, and whether a gap is between each two."""

    concept: str
    parts: tuple[Part, ...]
    gaps: tuple[bool, ...]


class Lexicon:
    """Named concepts of one language, ready to be looked for in messages.

    A concept may name others, but not itself. `phrases` are found by the rarest part of each, so
    that a message touches few of them.
    """

    def __init__(self, spelling: Spelling, concepts: Mapping[str, Sequence[str]]) -> None:
        self.spelling = spelling
        self.phrases: list[Phrase] = []
        self._concepts = concepts.keys()
        self._parts: dict[str, Part] = {}  # the same words are the same part
        self._keys: dict[str, str] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._words = set(spelling.expand)
        self._inside: dict[Part, Sequence[str]] = {}  # the keys of concepts in a part
        self._named: dict[str, set[str]] = defaultdict(set)  # and of those that a concept lists
        for name, rows in concepts.items():
            self._list(name, rows)
        self._check_no_concept_contains_itself()
        self._by_rarest = self._rarest_first()
        vocabulary = Vocabulary(self._words, spelling.fillers)
        plain_words = partial(spelling.plain_words, vocabulary=vocabulary)
        self._plain_words = lru_cache(WORDS_KEPT)(plain_words)

    def words(self, text: str) -> list[Word]:
        """The words of `text`, slips mended."""
        return [
            Word(said, stem, written, sentence)
            for written, sentence in parts_of(text)
            for said, stem in self._plain_words(written)
        ]

    def listed(self, key: str) -> Sequence[int]:
        """The phrases, by number, whose rarest part has this key."""
        return self._by_rarest.get(key, ())

    def concepts_in(self, part: Part) -> Sequence[str]:
        """The keys of the concepts that may be a part."""
        return self._inside.get(part, ())

    def keys(self, word: Word) -> Sequence[str]:
        """What a word is known by: its stem and very form, or the ranges that a number is in."""
        if word.plain[0].isdigit():
            value = float(word.plain.replace(",", "."))
            return [key for key, (low, high) in self._ranges.items() if low <= value <= high]
        return word.stem, EXACT + word.plain

    def _list(self, concept: str, rows: Sequence[str]) -> None:
        """Add the phrases of a concept; those that are a single part become one."""
        alone: set[str] = set()
        for row in dict.fromkeys(rows):
            words = row.split()
            if not words or GAP in (words[0], words[-1]):
                raise PhraseError(f"{row!r} must begin and end with a word; correct it")
            parts = [self._parts.get(p) or self._part(p, row) for p in words if p != GAP]
            if CONCEPT in row:
                self._named[concept].update(*map(self.concepts_in, parts))
            if len(parts) == 1:
                alone |= parts[0]
            else:
                gaps = [before == GAP for before, p in itertools.pairwise(words) if p != GAP]
                self.phrases.append(Phrase(concept, tuple(parts), tuple(gaps)))
        if alone:
            self.phrases.append(Phrase(concept, (frozenset(alone),), ()))

    def _part(self, part: str, row: str) -> Part:
        if part.startswith(NUMBER):
            low, _, high = part[1:].partition("-")
            try:
                self._ranges[part] = float(low), float(high)
            except ValueError as error:
                raise PhraseError(f"{part} in {row!r} is no range such as #38-42") from error
            keys = [part]
        else:
            keys = [self._keys.get(word) or self._key(word, row) for word in part.split("/")]
        found = self._parts[part] = frozenset(keys)
        if CONCEPT in part:
            self._inside[found] = [key for key in found if key[0] == CONCEPT]
        return found

    def _key(self, word: str, row: str) -> str:
        bare = word.removeprefix(EXACT)
        if word.startswith(CONCEPT) and word.endswith("}"):
            key = word
            if word[1:-1] not in self._concepts:
                raise PhraseError(f"{row!r} names the unknown concept {word[1:-1]}; define it")
        elif not (bare.isalpha() and bare.islower()):
            raise PhraseError(f"{word!r} in {row!r} must be lower-case letters")
        else:
            bare = plain(bare)
            self._words.add(bare)
            meant = self.spelling.expand.get(bare, bare)
            if " " in meant:
                raise PhraseError(f"{word!r} in {row!r} stands for {meant!r}; write that")
            key = EXACT + meant if word.startswith(EXACT) else self.spelling.stem(meant)
        self._keys[word] = key
        return key

    def _check_no_concept_contains_itself(self) -> None:
        named = {f"{{{name}}}": inside for name, inside in self._named.items()}
        try:
            TopologicalSorter(named).prepare()
        except CycleError as error:
            first, *_ = error.args[1]
            raise PhraseError(f"the concept {first[1:-1]} contains itself; correct it") from error

    def _rarest_first(self) -> dict[str, list[int]]:
        """The numbers of phrases by the keys of that part of each which is seldom said.

        A word of many phrases is taken for one that people use much.
        """
        used = Counter(key for phrase in self.phrases for part in phrase.parts for key in part)

        def often(part: Part) -> int:
            return sum(MANY if key[0] == CONCEPT else used[key] for key in part)

        listed = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            rarest = min(phrase.parts, key=often) if phrase.gaps else phrase.parts[0]
            for key in rarest:
                listed[key].append(number)
        return dict(listed)
