"""Lists as CSV and JSON, written while they are read, so that no list is too long."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

Cells = Mapping[str, object]
"""One row by column; lists and tables are written into a cell as JSON."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so


def as_csv(columns: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """The rows as CSV (RFC 4180) with a head; text that looks like a formula gets a ' before it."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(columns)
    for row in rows:
        yield _taken(line)
        writer.writerow([_cell(row.get(name)) for name in columns])
    yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _cell(value: object) -> object:
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def as_json(rows: Iterable[Cells]) -> Iterator[str]:
    """The rows as one JSON list, a line each."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
