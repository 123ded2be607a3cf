"""Whether a message tells of a sign that needs a person now. Needs no index, model or network."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from qa.triage.reading import Match, Reading, read
from qa.triage.rules import LANGUAGE_FILE, RED_FLAGS, Group, Language, Level, Line, Rule
from qa.triage.scopes import Scopes
from qa.triage.wording import told_by

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
        found = [row for part in self.told_by(text) for row in _fired(part, text)]
        if not found:
            return None
        found.sort(key=lambda row: (_ORDER.index(row[0].level), row[0].language != language))
        return RedFlag(tuple(fired for fired, _ in found), found[0][1].ask)

    def told_by(self, text: str) -> list[Language]:
        """The languages whose rules read `text`: all, but for those it plainly is not in."""
        told = told_by(text, [part.spelling for part in self.languages])
        return [part for part in self.languages if part.spelling in told]


@cache
def triage() -> Triage:
    """The project's own rules, each language read once."""
    folders = sorted(path.parent for path in RED_FLAGS.glob(f"*/{LANGUAGE_FILE}"))
    return Triage([Language(folder) for folder in folders])


def _fired(language: Language, text: str) -> Iterator[tuple[Fired, Group]]:
    reading = read(text, language.lexicon)
    scopes = Scopes(reading, language.cues)
    fired = None
    for group, rule, line in language.worth_trying(reading.concepts):
        if rule is fired:
            continue
        if words := _reported(rule, line, reading, scopes, language.background):
            fired = rule
            found = Fired(
                rule.rule_id,
                group.version,
                group.name,
                language.name,
                rule.level,
                rule.notice,
                words,
            )
            yield found, group


def _reported(
    rule: Rule, line: Line, reading: Reading, scopes: Scopes, background: Set[str]
) -> tuple[str, ...]:
    """The words of a line of a rule that is reported in full; none when it is not."""
    for matches in reading.together(line, rule.within):
        known = {match for name, match in zip(line, matches, strict=True) if name in background}
        senses = scopes.senses(matches, known)
        if senses <= rule.despite and not _excused(rule, reading, matches):
            return tuple(reading.written(match) for match in sorted(matches))
    return ()


def _excused(rule: Rule, reading: Reading, matches: Sequence[Match]) -> bool:
    """Whether a sentence that the words stand in also has what quiets the rule."""
    sentences = {reading.sentence(match.start) for match in matches}
    return any(reading.sentence(match.start) in sentences for match in reading.find(rule.unless))
