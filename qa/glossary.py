"""What medical words mean, in the words of the library's own glossaries.

A glossary is a document like any other: a meaning is a quote cut from it. An entry is a
paragraph, an item of a list or a row of a table: `word: meaning`, with other names of the same in
brackets or behind commas.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from index.words import STOP_WORDS, one_spelling, word_places
from qa.answer import Quote, cut
from qa.english import is_rarer
from sources.document import CELL_GAP, BlockKind, Document, Span
from sources.library import Library, Look

LONGEST = 60  # characters of an entry's words: what is longer before a colon is a sentence
KNOWN_TO_ALL = 100_000  # a single word that English texts use more often needs no meaning: "stage"
_ENTRY = re.compile(rf"(?P<words>[^:.!?\n]{{2,{LONGEST}}}?)(?:: +|{re.escape(CELL_GAP)})(?=\S)")
_NAMES = re.compile(r"\s*[,;()/]\s*")
_PLURALS = tuple(  # vertebrae, biopsies, metastasis and metastases, bone and bones
    (re.compile(rf"{plural}$"), single)
    for plural, single in (("ae", "a"), ("ies", "y"), ("s[ie]s", "s"), ("(?<!s)e?s", ""), ("e", ""))
)
_KINDS = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)


class Meaning(NamedTuple):
    """A word of a text, by its place in it, and what a glossary says of it."""

    place: Span
    quote: Quote


class _Word(NamedTuple):
    """A word of a quote: where it stands, and the key that entries are found by."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """Meanings by the words that they explain, each in its singular."""

    entries: dict[tuple[str, ...], Quote]
    longest: int

    def meanings(self, quote: Quote) -> Iterator[Meaning]:
        """The words of a quote that an entry in its language explains, each where it comes first.

        Of entries that begin at one word the longest counts. A glossary does not explain itself.
        """
        if quote.source.glossary:
            return
        places = [_Word(start, end, _key(word)) for start, end, word in word_places(quote.text)]
        explained = set()
        at = 0
        while at < len(places):
            size, found = self._entry(places[at : at + self.longest], quote)
            if found and found.span not in explained:
                explained.add(found.span)
                start, end = places[at][0], places[at + size - 1][1]
                yield Meaning(Span(quote.span.start + start, quote.span.start + end), found)
            at += size

    def _entry(self, places: Sequence["_Word"], quote: Quote) -> tuple[int, Quote | None]:
        """How many words the longest entry at the first place takes, and its meaning."""
        for size in range(len(places), 0, -1):
            found = self.entries.get(tuple(word.key for word in places[:size]))
            if found and found.source.language == quote.source.language:
                between = quote.text[places[0].end : places[size - 1].start] if size > 1 else ""
                if not re.search(r"[.,:;!?\n|]", between):
                    return size, found
        return 1, None


NO_GLOSSARY = Glossary({}, 0)
_last: WeakKeyDictionary[Library, tuple[object, Glossary]] = WeakKeyDictionary()


def glossary_of(library: Library) -> Glossary:
    """All that the glossaries in the library say today; of two entries for a word the first."""
    look = library.look()
    moment, known = _last.get(library, (None, NO_GLOSSARY))
    if moment != look.moment:
        known = _glossary_in(look)
        _last[library] = look.moment, known
    return known


def _glossary_in(look: Look) -> Glossary:
    found: dict[tuple[str, ...], Quote] = {}
    listed = [entry for entry in look.quotable.values() if entry.source.glossary]
    for entry in sorted(listed, key=lambda one: one.doc_id):
        for words, meaning in _entries(look.document(entry.version)):
            found.setdefault(words, meaning)
    return Glossary(found, max(map(len, found), default=0))


def _entries(document: Document) -> Iterator[tuple[tuple[str, ...], Quote]]:
    for block in document.blocks:
        text = block.span.of(document.text)
        entry = _ENTRY.match(text) if block.kind in _KINDS else None
        if entry is None:
            continue
        end = block.span.start + len(text.rstrip())
        meaning = cut(document, Span(block.span.start + entry.end(), end), 1.0)
        for name in _NAMES.split(entry["words"]):
            words = [word for _, _, word in word_places(name)]
            if words and _says_much(words):
                yield tuple(map(_key, words)), meaning


def _says_much(words: Sequence[str]) -> bool:
    said = [word for word in words if word not in STOP_WORDS]
    return len(said) > 1 or (len(said) == 1 and is_rarer(said[0], KNOWN_TO_ALL))


@lru_cache(maxsize=20_000)  # the words of a library, over and over
def _key(word: str) -> str:
    """A word in one spelling and in the singular, nearly: no other forms, which mean other things.

    An embolism is no embolization, and what is pathological is no pathologist.
    """
    word = one_spelling(word.removesuffix("'s"))
    for plural, single in _PLURALS:
        word, changed = plural.subn(single, word)
        if changed:
            break
    return word
