"""Whether a message tells of a sign that needs a person now. Needs no index, model or network."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from qa.triage.phrases import Match, Reading
from qa.triage.rules import LANGUAGE_FILE, RED_FLAGS, Group, Language, Level, Rule, read_language
from qa.triage.scopes import Scopes

_WORD = re.compile(r"[^\W\d_]+")
TELLING = 1  # so many words of one language and none of another: the other need not read
_ORDER = list(Level)


class Fired(NamedTuple):
    """A rule that fired: its id and version, how urgent it is, and the words it fired on."""

    rule: str
    version: str
    group: str
    language: str
    level: Level
    notice: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedFlag:
    """What a message was found to tell: every rule that fired, the most urgent first."""

    fired: tuple[Fired, ...]
    ask: str

    @property
    def first(self) -> Fired:
        """The most urgent rule that fired; its notice is the card to show."""
        return self.fired[0]


class Triage:
    """Rules of one or more languages. All of them read every message: recall comes first."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = tuple(languages)

    def check(self, text: str, language: str | None = None) -> RedFlag | None:
        """The red flag in `text`, or `None`. At equal urgency `language` comes first."""
        found = [row for part in self._reading(text) for row in _fired(part, text)]
        if not found:
            return None
        found.sort(key=lambda row: (_ORDER.index(row[0].level), row[0].language != language))
        return RedFlag(tuple(fired for fired, _ in found), found[0][1].ask)

    def _reading(self, text: str) -> Iterator[Language]:
        """The languages whose rules read `text`: all, but for those it plainly is not in."""
        said = set(_WORD.findall(text.lower()))
        telling = {p.name: len(said & p.lexicon.spelling.telltale) for p in self.languages}
        plainly_one = max(telling.values()) >= TELLING
        return (part for part in self.languages if telling[part.name] or not plainly_one)


@cache
def triage() -> Triage:
    """The project's own rules, read once."""
    folders = sorted(path.parent for path in RED_FLAGS.glob(f"*/{LANGUAGE_FILE}"))
    return Triage([read_language(folder) for folder in folders])


def _fired(language: Language, text: str) -> Iterator[tuple[Fired, Group]]:
    reading = language.lexicon.read(text)
    scopes = Scopes(reading, language.cues)
    for group in language.groups:
        for rule in group.rules:
            if words := _reported(rule, reading, scopes):
                yield (
                    Fired(
                        rule.rule_id,
                        group.version,
                        group.name,
                        language.name,
                        rule.level,
                        rule.notice,
                        words,
                    ),
                    group,
                )


def _reported(rule: Rule, reading: Reading, scopes: Scopes) -> tuple[str, ...]:
    """The words of the first line of a rule that is reported in full; none when none is."""
    for line in rule.lines:
        if not (reading.may_name(line) and all(reading.find(name) for name in line)):
            continue
        found = [reading.find(name) for name in line]
        for together in _together(found, rule.within):
            if scopes.senses(together) <= rule.despite and not _excused(rule, reading, together):
                return tuple(_written(reading, match) for match in sorted(together))
    return ()


def _together(found: Sequence[Sequence[Match]], within: int) -> Iterator[tuple[Match, ...]]:
    """One match of each list, all begun within so many words of the first list's."""
    for first in found[0]:
        near = [[m for m in other if abs(m.start - first.start) < within] for other in found[1:]]
        yield from itertools.product([first], *near)


def _excused(rule: Rule, reading: Reading, matches: Sequence[Match]) -> bool:
    """Whether a sentence that the words stand in also has what quiets the rule."""
    sentences = {reading.words[match.start].sentence for match in matches}
    quieting = reading.find(rule.unless)
    return any(reading.words[match.start].sentence in sentences for match in quieting)


def _written(reading: Reading, match: Match) -> str:
    words = (word.written for word in reading.words[match.start : match.end])
    return " ".join(dict.fromkeys(words))
