"""What commands share: rows they are given, what cannot be used, and the lines they print."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path


class BadInput(Exception):
    """A row or an argument that cannot be used; the message names it."""


class BadUsage(Exception):
    """Options that do not go together; the message says which do."""


def print_json(value: object) -> None:
    """One line of JSON on standard output."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_error(told: object) -> None:
    """One line on standard error."""
    print(f"quotewell: {told}", file=sys.stderr)


def rows_in(path: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a JSON-lines file; a bad row stops the run with its line number."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text; check the name") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{path} line {number} is not JSON; correct it") from error
        if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in needed):
            raise BadInput(f"{path} line {number} lacks {' and '.join(needed)} as text; correct it")
        yield row
