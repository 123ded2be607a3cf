"""What aspect of an illness a question is about: its cause, its cost, what happens afterwards.

The aspects are data, in `aspects.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Aspect(NamedTuple):
    """Something people ask about: how they ask for it, and how documents speak of it."""

    name: str
    asked: re.Pattern[str]
    said: re.Pattern[str]


@cache
def _aspects() -> tuple[Aspect, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Aspect(name, re.compile(asked), re.compile(said))
        for name, (asked, said) in table["aspects"].items()
    )


def aspects_of(question: str) -> tuple[Aspect, ...]:
    """The aspects that `question` asks for; none when its form does not tell."""
    lowered = question.lower()
    return tuple(aspect for aspect in _aspects() if aspect.asked.search(lowered))


def share_met(aspects: Sequence[Aspect], text: str) -> float:
    """The share of `aspects` that `text` speaks of, 0 to 1; 0 for none."""
    lowered = text.lower()
    met = sum(bool(aspect.said.search(lowered)) for aspect in aspects)
    return met / len(aspects) if aspects else 0.0
