"""What is said about a sign: that it is not there, is over, is somebody's past, or is only asked.

After ConText (Harkema and others, Journal of Biomedical Informatics 2009,
doi:10.1016/j.jbi.2009.05.002): a cue word throws a scope over the words behind it, before it or
around it, until a word that stops it. When in doubt a scope is short, so that a warning stays.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from qa.triage.reading import Match, Reading

OPENING = 2  # words a sentence may begin with before the word that makes it a question


class Sense(StrEnum):
    """How a sign is spoken of, when it is not simply reported."""

    NEGATED = "negated"  # "no numbness"
    PAST = "past"  # "two years ago", "it went away"
    FAMILY = "family"  # "my father died of a stroke"; a relative's sign now is a report
    POSSIBLE = "possible"  # "if I ever get", "I am afraid of"
    ASKED = "asked"  # "can it cause weakness?"
    SLIGHT = "slight"  # "a bit sore, the nurse said that is normal"; quiets no emergency
    SAYING = "saying"  # "weak at the knees when he walked in"


class Reach(StrEnum):
    """Which words a cue speaks about."""

    AFTER = "after"
    BEFORE = "before"
    SENTENCE = "sentence"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Cue:
    """A list of cue phrases and how far they reach.

    `words` bounds a reach before or after, in words; `back` adds earlier sentences and `on` later
    ones. A cue that `opens` counts among the first words of a sentence only. The cue does not count
    inside `not_in`, ends at `stops`, and is lifted when its sentence has `unless`.
    """

    sense: Sense
    cues: tuple[str, ...]
    reach: Reach
    words: int = 8
    back: int = 0
    on: int = 0
    opens: bool = False
    not_in: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Scope(NamedTuple):
    """One sense, its cue, and the half-open range of words it speaks about."""

    sense: Sense
    cue: Match
    start: int
    end: int


def cue_concepts(cues: Sequence[Cue]) -> Mapping[str, Sequence[str]]:
    """The phrases of all cues as concepts of a lexicon, named by place and part."""
    parts = ("cues", "not_in", "stops", "unless")
    return {
        _name(place, part): getattr(cue, part) for place, cue in enumerate(cues) for part in parts
    }


class Scopes:
    """The scopes in one message."""

    def __init__(self, reading: Reading, cues: Sequence[Cue]) -> None:
        self._over: list[list[Scope]] = [[] for _ in reading.words]  # the scopes over each word
        self._noes: set[int] = set()  # the words of cues that negate
        self._sayings: list[Match] = []
        for place, cue in enumerate(cues):
            if cue.reach is Reach.ITSELF:
                self._sayings += reading.find(_name(place, "cues"))
                continue
            for scope in _thrown(reading, place, cue):
                for over in self._over[scope.start : scope.end]:
                    over.append(scope)
                if cue.sense is Sense.NEGATED:
                    self._noes.update(range(*scope.cue))

    def senses(self, matches: Sequence[Match], background: Set[Match] = frozenset()) -> set[Sense]:
        """Every sense in which the words of a sign are spoken of; empty for a plain report.

        A cue inside the sign is a part of it: the "no" of "no feeling" denies nothing. A sign that
        shares a word with a figure of speech is a part of that. What is in the `background`, as a
        cancer cured years ago, still counts when it is past.
        """
        said = {
            scope.sense
            for match in matches
            for scope in self._over[match.start]
            if not any(_inside(scope.cue, other) for other in matches)
            and not (scope.sense is Sense.NEGATED and self._says_no(match))
            and not (scope.sense is Sense.PAST and match in background)
        }
        if any(_overlap(saying, match) for saying in self._sayings for match in matches):
            said.add(Sense.SAYING)
        return said

    def _says_no(self, match: Match) -> bool:
        """Whether a sign holds a "not" of its own, as "can not feel": no other denies it."""
        return not self._noes.isdisjoint(range(*match))


def _thrown(reading: Reading, place: int, cue: Cue) -> Iterator[Scope]:
    cues = reading.find(_name(place, "cues"))
    if not cues:
        return
    not_in = reading.find(_name(place, "not_in"))
    stops = [match.start for match in reading.find(_name(place, "stops"))]
    lifted = {reading.sentence(match.start) for match in reading.find(_name(place, "unless"))}
    for match in cues:
        alone, around = (
            reading.sentence(match.start),
            reading.sentence(match.start, cue.back, cue.on),
        )
        if alone in lifted or any(_overlap(other, match) for other in not_in):
            continue
        if cue.opens and match.start >= alone.start + OPENING:
            continue
        first, last = around.start, around.stop
        since = max((at + 1 for at in stops if first <= at < match.start), default=first)
        until = min((at for at in stops if match.end <= at < last), default=last)
        if cue.reach is Reach.AFTER:
            yield Scope(cue.sense, match, match.end, min(until, match.end + cue.words))
        elif cue.reach is Reach.BEFORE:
            yield Scope(cue.sense, match, max(since, match.start - cue.words), match.start)
        else:
            yield Scope(cue.sense, match, since, until)


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end


def _inside(one: Match, other: Match) -> bool:
    return other.start <= one.start and one.end <= other.end


def _name(place: int, part: str) -> str:
    return f"cue {place} {part}"
