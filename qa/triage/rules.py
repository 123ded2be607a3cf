"""Red-flag rules as they lie in `qa/red_flags`, one folder a language and one file a group.

`language.toml` of a folder says how the language is written, which concepts the rules share,
and the cues that say a sign is absent, over or only asked about; `sayings.toml` lists figures of
speech. A rule fires when, for one line
of its `any`, every phrase of the line is reported within `within` words.
"""

import hashlib
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from qa.notices import FIRST, languages, notice_text
from qa.triage.phrases import Lexicon
from qa.triage.scopes import Cue, Reach, Sense, cue_concepts
from qa.triage.wording import Spelling, plain

RED_FLAGS = Path(__file__).parents[1] / "red_flags"
WITHIN = 14
_NAMED = re.compile(r"\{(\w+)\}")
LANGUAGE_FILE, SAYINGS_FILE = "language.toml", "sayings.toml"
_GROUP_KEYS = {"group", "level", "notice", "ask", "reason", "source", "concepts", "rule"}
_RULE_KEYS = {"id", "why", "any", "unless", "despite", "within", "level", "notice"}
_RULE_KEYS |= {"fires", "quiet"}


Line = tuple[str, ...]
"""The names of concepts that fire a rule together."""


class RuleError(Exception):
    """A rule file cannot be used; the message names it and says what to correct."""


class Level(StrEnum):
    """How soon a person is needed, most urgent first."""

    CRISIS = "crisis"  # a life in danger by one's own hand: emergency help, in other words
    EMERGENCY = "emergency"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `any` has lines of concept names; one line reported in full fires the rule."""

    rule_id: str
    why: str
    level: Level
    notice: str
    lines: tuple[Line, ...]
    unless: str
    despite: frozenset[Sense]
    within: int
    fires: tuple[str, ...]
    quiet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The rules of one file. `ask` is what the library is asked, to quote it below the card.

    `version` is a SHA-256 over the file, all that it shares with others of its language, and the
    advice that is shown: over everything a clinician signs.
    """

    name: str
    language: str
    level: Level
    notice: str
    ask: str
    reason: str
    source: str
    version: str
    rules: tuple[Rule, ...]


class Language:
    """The rules of one language folder.

    How the language is written is read at once. Its rules are read when a message may be in it;
    `RuleError` is raised for a file that cannot be used. `shared` are the concepts of all its
    rules; `background` names those that count although past, as a cancer or an operation.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._folder = folder
        self._table = _toml(folder / LANGUAGE_FILE)
        self.shared: Mapping[str, Sequence[str]] = self._table["concepts"]
        self.background = frozenset(self._table["background"])
        self.spelling = Spelling(
            stemmer=self._table["stemmer"],
            expand=self._table["expand"],
            fillers=frozenset(map(plain, " ".join(self._table["fillers"]).split())),
            negators=frozenset(map(plain, self._table["negators"].split())),
            telltale=frozenset(self._table["telltale"].split()),
        )

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """What says that a sign is absent, over or only asked about."""
        rows = [*self._table["cue"], _toml(self._folder / SAYINGS_FILE)]
        return tuple(_cue(row, self._folder) for row in rows)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The rules, a group a file."""
        return self._rules[0]

    @property
    def lexicon(self) -> Lexicon:
        """All concepts of the rules and the cues."""
        return self._rules[1]

    @cached_property
    def _rules(self) -> tuple[tuple[Group, ...], Lexicon]:
        concepts = {**self.shared, **cue_concepts(self.cues)}
        files = LANGUAGE_FILE, SAYINGS_FILE
        shared_bytes = b"".join((self._folder / name).read_bytes() for name in files)
        groups = tuple(
            _group(path, shared_bytes, self.shared.keys(), concepts)
            for path in sorted(self._folder.glob("*.toml"))
            if path.name not in files
        )
        return groups, Lexicon(self.spelling, concepts)

    def worth_trying(self, named: Iterable[str]) -> list[tuple[Group, Rule, Line]]:
        """The lines that can be reported where these concepts are named, in the files' order."""
        lines, by_rarest = self._by_rarest
        return [
            lines[at] for at in sorted({at for name in named for at in by_rarest.get(name, ())})
        ]

    @cached_property
    def _by_rarest(self) -> tuple[list[tuple[Group, Rule, Line]], Mapping[str, list[int]]]:
        """All lines, and their places by that concept of each which fewest lines have."""
        rules = [(group, rule) for group in self.groups for rule in group.rules]
        lines = [(group, rule, line) for group, rule in rules for line in rule.lines]
        used = Counter(name for _, _, line in lines for name in line)
        found: dict[str, list[int]] = defaultdict(list)
        for place, (_, _, line) in enumerate(lines):
            found[min(line, key=used.__getitem__)].append(place)
        return lines, found


def card_text(name: str, language: str) -> str:
    """The sentence called `name` in a language; in English where nobody wrote any in it."""
    return notice_text(name, language if language in languages() else FIRST)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path} does not parse: {error}; correct it") from error


def _cue(row: Mapping[str, Any], folder: Path) -> Cue:
    try:
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        return Cue(**given | {"sense": Sense(row["sense"]), "reach": Reach(row["reach"])})
    except (KeyError, TypeError, ValueError) as error:
        raise RuleError(f"a cue in {folder / LANGUAGE_FILE} has {error}; correct it") from error


def _group(
    path: Path, shared_bytes: bytes, shared: Set[str], concepts: dict[str, Sequence[str]]
) -> Group:
    """The group of one file; its own concepts and phrases are added to `concepts`.

    It may name only these and the `shared` ones, so that its version covers all that it says.
    """
    table = _toml(path)
    _check_keys(table, _GROUP_KEYS, path)
    own = table.get("concepts", {})
    if twice := own.keys() & concepts.keys():
        raise RuleError(f"{path} defines {', '.join(sorted(twice))} again; use another name")
    if foreign := set(_NAMED.findall(str(table))) - own.keys() - shared:
        raise RuleError(f"{path} uses {', '.join(sorted(foreign))} of another group; share it")
    concepts |= own
    rules = tuple(_rule(row, table, path, concepts) for row in table["rule"])
    advice = "".join(card_text(rule.notice, path.parent.name) for rule in rules).encode()
    return Group(
        name=str(table["group"]),
        language=path.parent.name,
        level=Level(table["level"]),
        notice=table["notice"],
        ask=table.get("ask", ""),
        reason=table["reason"],
        source=table["source"],
        version=hashlib.sha256(path.read_bytes() + shared_bytes + advice).hexdigest(),
        rules=rules,
    )


def _rule(
    row: Mapping[str, Any],
    table: Mapping[str, Any],
    path: Path,
    concepts: dict[str, Sequence[str]],
) -> Rule:
    _check_keys(row, _RULE_KEYS, path)
    rule_id = f"{table['group']}/{row['id']}"
    unless = f"{rule_id} unless"
    concepts[unless] = row.get("unless", ())
    level = Level(row.get("level", table["level"]))
    return Rule(
        rule_id=rule_id,
        why=row.get("why", ""),
        level=level,
        notice=row.get("notice", table["notice"]),
        lines=lines_of(row["any"], concepts),
        unless=unless,
        despite=_despite(row, level),
        within=row.get("within", WITHIN),
        fires=tuple(row["fires"]),
        quiet=tuple(row["quiet"]),
    )


def _despite(row: Mapping[str, Any], level: Level) -> frozenset[Sense]:
    """The senses in which a rule still fires; an emergency does although it is called slight."""
    slight = () if level is Level.URGENT else (Sense.SLIGHT,)
    return frozenset((*map(Sense, row.get("despite", ())), *slight))


def lines_of(rows: Sequence[Sequence[str]], concepts: dict[str, Sequence[str]]) -> tuple[Line, ...]:
    """The lines of an `any` by the names of concepts; phrases become concepts of their own.

    In a line, "dead | not there" is one phrase or the other.
    """
    for phrase in (phrase for row in rows for phrase in row):
        if _named(phrase) != phrase[1:-1]:
            concepts[_named(phrase)] = phrase.split(" | ")
    return tuple(tuple(map(_named, row)) for row in rows)


def _named(phrase: str) -> str:
    """The concept that a phrase is, or a name for a concept of its own."""
    alone = phrase.startswith("{") and phrase[1:-1].isidentifier()
    return phrase[1:-1] if alone else f"phrase {phrase}"


def _check_keys(table: Mapping[str, Any], known: set[str], path: Path) -> None:
    if strange := table.keys() - known:
        raise RuleError(f"{path} has the unknown {', '.join(sorted(strange))}; correct it")
