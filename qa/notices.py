"""The sentences people wrote, by name. No other sentence around a quote exists."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def _notices() -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        f"{group}.{name}": " ".join(str(text).split())
        for group, rows in table.items()
        if isinstance(rows, dict)
        for name, text in rows.items()
    }


def notice_text(name: str) -> str:
    """The sentence called `name`, as `group.name`. Raises `KeyError` for a name nobody wrote."""
    return _notices()[name]


def notice_names() -> list[str]:
    """All names, in the order of the file."""
    return list(_notices())
