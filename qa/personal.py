"""Questions that must not be answered as they are asked: who can answer, and what to ask.

A dose, a diagnosis, a scan or a prognosis of one person is in no library. The rules are data, in
the language of the red-flag rules; the library's general words may stand below the notice.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from qa.triage.check import triage
from qa.triage.phrases import Lexicon
from qa.triage.reading import read
from qa.triage.rules import WITHIN, Language, Line, card_text, lines_of

FOLDER = Path(__file__).parent / "personal_questions"


class PersonalQuestion(NamedTuple):
    """A question about one person: its kind, and the notices that answer it instead.

    `notice` says who can answer; `to_ask` names three questions to bring to them.
    """

    kind: str
    language: str
    notice: str
    to_ask: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the notice says, in the language of the question."""
        return card_text(self.notice, self.language)

    @property
    def below(self) -> str:
        """That general words follow, in the language of the question."""
        return card_text("personal.below", self.language)

    @property
    def questions(self) -> list[str]:
        """The questions to bring, in the language of the question."""
        return [card_text(name, self.language) for name in self.to_ask]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question; a line of `lines` said in full makes a question one of it."""

    name: str
    notice: str
    to_ask: tuple[str, ...]
    lines: tuple[Line, ...]
    unless: str
    asks: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of one language, ready to be matched."""

    language: str
    kinds: tuple[Kind, ...]
    lexicon: Lexicon


def all_kinds() -> list[Kinds]:
    """The kinds of every language."""
    return [kinds_of(language) for language in triage().languages]


@cache
def kinds_of(language: Language) -> Kinds:
    """The kinds of one language, read once; their concepts may name those of its red flags."""
    path = FOLDER / f"{language.name}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    concepts: dict[str, Sequence[str]] = {**language.shared, **table["concepts"]}
    kinds = []
    for row in table["kind"]:
        unless = f"{row['name']} unless"
        concepts[unless] = row.get("unless", ())
        lines = lines_of(row["any"], concepts)
        examples = tuple(row["asks"]), tuple(row["other"])
        notices = row["notice"], tuple(row["to_ask"])
        kinds.append(Kind(row["name"], *notices, lines, unless, *examples))
    return Kinds(language.name, tuple(kinds), Lexicon(language.spelling, concepts))


def personal_question(text: str) -> PersonalQuestion | None:
    """What kind of question about one person `text` is; `None` for a general one."""
    for part in map(kinds_of, triage().told_by(text)):
        reading = read(text, part.lexicon)
        for kind in part.kinds:
            said = any(next(reading.together(line, WITHIN), ()) for line in kind.lines)
            if said and not reading.find(kind.unless):
                return PersonalQuestion(kind.name, part.language, kind.notice, kind.to_ask)
    return None
