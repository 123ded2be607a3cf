"""The sentences people wrote, by name. No other sentence around a quote exists.

A file here holds those of one language. English is written first; another language is another
file, with the same names.
"""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

FIRST = "en"
_spoken = ContextVar("the language that notices are read in", default=FIRST)


@cache
def languages() -> dict[str, str]:
    """The languages there are notices in, by code, each with its own name: English first."""
    codes = sorted((path.stem for path in Path(__file__).parent.glob("*.toml")), key=_order)
    return {code: _notices(code)["language.name"] for code in codes}


def _order(code: str) -> tuple[bool, str]:
    return code != FIRST, code


@cache
def _notices(language: str) -> dict[str, str]:
    path = Path(__file__).with_name(f"{language}.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        f"{group}.{name}": " ".join(str(text).split())
        for group, rows in table.items()
        if isinstance(rows, dict)
        for name, text in rows.items()
    }


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Notices are read in `language` meanwhile; in English where there are none in it."""
    before = _spoken.set(language if language in languages() else FIRST)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The code of the language that notices are read in now."""
    return _spoken.get()


def notice_text(name: str, language: str | None = None) -> str:
    """The sentence called `name`, as `group.name`, in `language` or else in the one spoken.

    Raises `KeyError` for a name nobody wrote.
    """
    return _notices(language or spoken())[name]


def notice_names(language: str = FIRST) -> list[str]:
    """All names, in the order of the file."""
    return list(_notices(language))
