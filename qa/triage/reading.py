"""Where the concepts of a lexicon stand in one message."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from qa.triage.phrases import EXACT, NOTHING, NUMBER, Element, Lexicon, Number, OneOf, Phrase
from qa.triage.wording import Word

GAP = 3  # words that "..." may stand for
FILLERS = 4  # words in a row that say nothing and may be passed over
NEAREST = 4  # places of one concept that are tried beside one place of another


class Match(NamedTuple):
    """Where a phrase was found: half-open range of words."""

    start: int
    end: int


def read(text: str, lexicon: Lexicon) -> "Reading":
    """`text` ready to be searched for the concepts of a lexicon."""
    return Reading(lexicon, lexicon.words(text))


class Reading:
    """One message and where concepts stand in it."""

    def __init__(self, lexicon: Lexicon, words: Sequence[Word]) -> None:
        self.words = words
        self._keys = [NUMBER if word.plain[0].isdigit() else word.stem for word in words]
        self._exact = [EXACT + word.plain for word in words]
        self._fillers = [word.plain in lexicon.spelling.fillers for word in words]
        self._negators = [word.plain in lexicon.spelling.negators for word in words]
        self._sentences = list(_sentences(words))
        self._sentence_at = [n for n, places in enumerate(self._sentences) for _ in places]
        self._lexicon = lexicon
        self._met = [self._needs_met(places) for places in self._sentences]
        self._places: dict[str, list[int]] = defaultdict(list)  # where a concept might begin
        for at, keys in enumerate(zip(self._keys, self._exact, strict=True)):
            for key in keys:
                opened = lexicon.opened(key)
                for need in opened.keys() & self._met[self._sentence_at[at]]:
                    for name in opened[need]:
                        self._places[name].append(at)
        self._ends: dict[tuple[str, int], set[int]] = {}
        self._reach: dict[tuple[int, bool], range] = {}
        self._found: dict[str, Sequence[Match]] = {}

    def _needs_met(self, places: range) -> frozenset[int]:
        """The needs of phrases that the words of one sentence meet.

        Most phrases lack a word, which is what makes reading quick.
        """
        keys = itertools.chain(*((self._keys[at], self._exact[at]) for at in places))
        return frozenset(need for key in keys for need in self._lexicon.needs(key)) | {NOTHING}

    def sentence(self, at: int, back: int = 0, on: int = 0) -> range:
        """The words of the sentence that a word stands in, with `back` before it, `on` after."""
        number = self._sentence_at[at]
        last = min(number + on, len(self._sentences) - 1)
        return range(self._sentences[max(0, number - back)].start, self._sentences[last].stop)

    def find(self, name: str) -> Sequence[Match]:
        """Every place where a concept is named, in order of the words."""
        if name not in self._places:
            return ()
        if name not in self._found:
            places = dict.fromkeys(self._places[name])
            found = ((at, max(self._concept(name, at), default=0)) for at in places)
            self._found[name] = [Match(at, end) for at, end in found if end]
        return self._found[name]

    def written(self, match: Match) -> str:
        """The words of a match as the message has them."""
        words = (word.written for word in self.words[match.start : match.end])
        return " ".join(dict.fromkeys(words))

    def together(self, names: Sequence[str], within: int) -> Iterator[tuple[Match, ...]]:
        """One match of each concept, all begun within so many words of the first one's."""
        for name in names:
            if name not in self._places:
                return
        if not all(map(self.find, names)):
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
            met = self._met[self._sentence_at[at]]
            held = {
                end
                for key in (self._keys[at], self._exact[at])
                for phrase in self._lexicon.opening(name, key)
                if phrase.needs <= met
                for end in self._phrase(phrase, at)
            }
            self._ends[name, at] = held
        return held

    def _phrase(self, phrase: Phrase, at: int) -> Collection[int]:
        ends = self._element(phrase.first, at)
        if not phrase.others:
            return ends
        last = self.sentence(at).stop
        for element, gap in phrase.others:
            if not ends:
                break
            begins = {begin for end in ends for begin in self._onward(end, gap, last)}
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


def _sentences(words: Sequence[Word]) -> Iterator[range]:
    """The sentences as ranges of words, in order."""
    start = 0
    for _, row in itertools.groupby(words, key=lambda word: word.sentence):
        end = start + sum(1 for _ in row)
        yield range(start, end)
        start = end
