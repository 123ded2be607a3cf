"""Where the concepts of a lexicon stand in one message.

The words of a message lead to the phrases that it has all parts of, and these to the concepts
that they make, which may be parts of others. What no word leads to is never looked at.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from qa.triage.phrases import Lexicon, Part, Phrase
from qa.triage.wording import Word

GAP = 3  # words that "..." may stand for
FILLERS = 4  # words in a row that say nothing and may be passed over
NEAREST = 4  # places of one concept that are tried beside one place of another

Places = Mapping[int, Collection[int]]
"""The words that something begins with, in order, and where it may end when it begins there."""


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
        self._fillers = [word.plain in lexicon.spelling.fillers for word in words]
        self._negators = [word.plain in lexicon.spelling.negators for word in words]
        self._sentences = list(_sentences(words))
        self._sentence_at = [n for n, places in enumerate(self._sentences) for _ in places]
        self._places: dict[str, dict[int, Collection[int]]] = defaultdict(dict)
        for at, word in enumerate(words):
            for key in lexicon.keys(word):
                self._places[key][at] = (at + 1,)
        self._fitting: dict[str, list[Phrase]] = defaultdict(list)
        self._said = self._gather(lexicon)
        self._parts: dict[Part, Places] = {}
        self._with: dict[Part, frozenset[int]] = {}
        self._reach: dict[tuple[int, bool], range] = {}
        self._found: dict[str, Sequence[Match]] = {}

    def _gather(self, lexicon: Lexicon) -> set[str]:
        """Note every phrase that the message has all parts of, in whatever order.

        Gives all keys that the message has, those of concepts among them.
        """
        said = set(self._places)
        ahead = list(said)
        waiting: dict[str, list[int]] = defaultdict(list)  # phrases that lack a concept as yet
        noted: set[int] = set()
        while ahead:
            key = ahead.pop()
            for number in itertools.chain(lexicon.listed(key), waiting.pop(key, ())):
                phrase = lexicon.phrases[number]
                missing = next(filter(said.isdisjoint, phrase.parts), None)
                if missing is not None:
                    for concept in lexicon.concepts_in(missing):
                        waiting[concept].append(number)
                elif number not in noted:
                    noted.add(number)
                    self._fitting[phrase.concept].append(phrase)
                    made = f"{{{phrase.concept}}}"
                    if made not in said:
                        said.add(made)
                        ahead.append(made)
        return said

    @property
    def concepts(self) -> Collection[str]:
        """The concepts that the message has all parts of a phrase of; more than are named in it."""
        return self._fitting.keys()

    def sentence(self, at: int, back: int = 0, on: int = 0) -> range:
        """The words of the sentence that a word stands in, with `back` before it, `on` after."""
        number = self._sentence_at[at]
        last = min(number + on, len(self._sentences) - 1)
        return range(self._sentences[max(0, number - back)].start, self._sentences[last].stop)

    def find(self, name: str) -> Sequence[Match]:
        """Every place where a concept is named, in order of the words."""
        if name not in self._fitting:
            return ()
        if name not in self._found:
            places = self._places_of(f"{{{name}}}")
            self._found[name] = [Match(at, max(places[at])) for at in sorted(places)]
        return self._found[name]

    def written(self, match: Match) -> str:
        """The words of a match as the message has them."""
        words = (word.written for word in self.words[match.start : match.end])
        return " ".join(dict.fromkeys(words))

    def together(self, names: Sequence[str], within: int) -> Iterator[tuple[Match, ...]]:
        """One match of each concept, all begun within so many words of the first one's."""
        if not all(map(self._fitting.__contains__, names)) or not all(map(self.find, names)):
            return
        firsts, *others = map(self.find, names)
        for first in firsts:
            near = (_near(first.start, matches, within) for matches in others)
            yield from itertools.product([first], *near)

    def _places_of(self, key: str) -> Places:
        """Where a word of the message stands, or a concept that it has all parts of."""
        held = self._places.get(key)
        if held is None:
            held = self._places[key] = {}
            for phrase in self._fitting[key[1:-1]]:
                _add(held, self._places_of_phrase(phrase))
        return held

    def _places_of_phrase(self, phrase: Phrase) -> Places:
        first, *others = phrase.parts
        if not others:
            return self._places_of_part(first)
        sentences = self._sentences_with(first).intersection(*map(self._sentences_with, others))
        if not sentences:
            return {}
        found = {
            start: self._ends(phrase, start, ends)
            for start, ends in self._places_of_part(first).items()
            if self._sentence_at[start] in sentences
        }
        return {start: ends for start, ends in found.items() if ends}

    def _ends(self, phrase: Phrase, start: int, ends: Collection[int]) -> Collection[int]:
        """Where a phrase ends that begins at `start`, its first part ending at one of `ends`."""
        last = self.sentence(start).stop
        for part, gap in zip(phrase.parts[1:], phrase.gaps, strict=True):
            places = self._places_of_part(part)
            begins = {begin for end in ends for begin in self._onward(end, gap, last)}
            ends = {end for begin in begins & places.keys() for end in places[begin]}
            if not ends:
                break
        return ends

    def _sentences_with(self, part: Part) -> frozenset[int]:
        """The sentences, by number, that have any key of a part."""
        held = self._with.get(part)
        if held is None:
            starts = itertools.chain.from_iterable(map(self._places_of, part & self._said))
            held = self._with[part] = frozenset([self._sentence_at[start] for start in starts])
        return held

    def _places_of_part(self, part: Part) -> Places:
        """Where any key of a part stands."""
        held = self._parts.get(part)
        if held is None:
            keys = part & self._said
            if len(keys) == 1:
                held = self._places_of(*keys)
            else:
                held = {}
                for key in keys:
                    _add(held, self._places_of(key))
            self._parts[part] = held
        return held

    def _onward(self, start: int, gap: bool, last: int) -> range:
        """Where the next part may begin: behind words that say nothing, and a gap's words."""
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


def _near(to: int, matches: Sequence[Match], within: int) -> list[Match]:
    """The matches begun fewer than `within` words away, the nearest `NEAREST` of them."""
    near = [match for match in matches if -within < match.start - to < within]
    return sorted(near, key=lambda match: abs(match.start - to))[:NEAREST]


def _add(to: dict[int, Collection[int]], places: Places) -> None:
    for start, ends in places.items():
        to[start] = {*to[start], *ends} if start in to else ends


def _sentences(words: Sequence[Word]) -> Iterator[range]:
    """The sentences as ranges of words, in order."""
    start = 0
    for _, row in itertools.groupby(words, key=lambda word: word.sentence):
        end = start + sum(1 for _ in row)
        yield range(start, end)
        start = end
