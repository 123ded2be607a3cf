"""What aspect of an illness a question asks for and a statement speaks of: its cause, its cost.

The aspects are data, in `aspects.toml`. Which of them a statement speaks of is kept in the
index, as one bit each, so that no text is read while statements are weighed.
"""

import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).with_suffix(".toml")
FIGURE = "figure"  # the aspect of numbers and times


class Aspect(NamedTuple):
    """Something people ask about: how they ask for it, and how documents speak of it."""

    name: str
    asked: re.Pattern[str]
    said: re.Pattern[str]


@cache
def aspects() -> tuple[Aspect, ...]:
    """Every aspect, 64 at most; the place of one here is its bit."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Aspect(name, re.compile(asked), re.compile(said))
        for name, (asked, said) in table["aspects"].items()
    )


@cache
def aspects_recipe() -> str:
    """Names the aspects; an index made with others must be rebuilt."""
    return "aspects-" + hashlib.sha256(_FILE.read_bytes()).hexdigest()[:8]


def asked_for(question: str) -> int:
    """The bits of the aspects that `question` asks for; 0 when its form does not tell."""
    lowered = question.lower()
    return sum(1 << n for n, aspect in enumerate(aspects()) if aspect.asked.search(lowered))


def spoken_of(text: str) -> int:
    """The bits of the aspects that `text` speaks of."""
    lowered = text.lower()
    return sum(1 << n for n, aspect in enumerate(aspects()) if aspect.said.search(lowered))


def lacks_figure(question: str, spoken: int) -> bool:
    """Whether `question` asks for a number or a time and what `spoken` tells of holds none."""
    place = [aspect.name for aspect in aspects()].index(FIGURE)
    asked = aspects()[place].asked.search(question.lower())
    return asked is not None and not spoken >> place & 1


def shares_met(asked: int, spoken: NDArray[np.uint64]) -> NDArray[np.float64]:
    """For each row of bits the share of the aspects in `asked` that it has; 0 when none is."""
    if not asked:
        return np.zeros(len(spoken))
    met: NDArray[np.float64] = np.bitwise_count(spoken & np.uint64(asked)) / asked.bit_count()
    return met
