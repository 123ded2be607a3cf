"""Rows of data files: JSON lines, JSON, CSV and TSV, gzipped or not, each with its place.

A row that cannot be used is told by file and line and the rows after it are still read. Who
reads decides what telling means: `stop` ends the run, a list's `append` gathers.
"""

import ast
import csv
import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from qa.terminal import BadInput
from sources.document import Span

Report = Callable[[str], None]
Made = TypeVar("Made")
ROW_ENDINGS = (".jsonl", ".json", ".csv", ".tsv")


def stop(problem: str) -> NoReturn:
    """A `Report` that ends the run."""
    raise BadInput(problem)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row, and where it stands, as in "pairs.csv line 7"."""

    place: str
    values: Mapping[str, Any]

    def value(self, *names: str) -> Any:  # noqa: ANN401  a data file holds anything
        """The first of `names` that the row has. Raises `BadInput` when it has none of them."""
        for name in names:
            if self.values.get(name) is not None:
                return self.values[name]
        raise BadInput(f"{self.place} lacks {' or '.join(map(repr, names))}; correct it")

    def text(self, *names: str) -> str:
        """The same as text that is not blank; numbers are spelled."""
        found = self.value(*names)
        if not isinstance(found, str | int | float) or not str(found).strip():
            raise BadInput(f"{self.place}: {names[0]!r} must be text; correct it")
        return str(found)

    def optional(self, *names: str) -> str:
        """The same, empty when the row has none of `names`."""
        known = any(self.values.get(name) not in (None, "") for name in names)
        return self.text(*names) if known else ""

    def number(self, *names: str) -> float:
        """The same as a number."""
        try:
            return float(self.value(*names))
        except (TypeError, ValueError) as error:
            raise BadInput(f"{self.place}: {names[0]!r} must be a number; correct it") from error

    def nested(self, *names: str) -> Any:  # noqa: ANN401
        """The same as a list or table, which a CSV file spells as JSON or as Python does."""
        found = self.value(*names)
        if not isinstance(found, str):
            return found
        for read in (json.loads, ast.literal_eval):
            try:
                return read(found)
            except (ValueError, SyntaxError):
                continue
        raise BadInput(f"{self.place}: {names[0]!r} must be a list or table; correct it")

    def tables(self, *names: str) -> list["Row"]:
        """A list of tables as rows that stand in the same place."""
        found = self.nested(*names)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadInput(f"{self.place}: {names[0]!r} must be a list of tables; correct it")
        return [Row(self.place, values) for values in found]

    def spans(self, text: str, *names: str) -> list[Span]:
        """Character spans inside `text`, given as `[start, end]` or with those names."""
        found = []
        for pair in self.nested(*names):
            start, end = _ends(pair)
            if not 0 <= start < end <= len(text):
                raise BadInput(
                    f"{self.place}: {pair} is no span of a text of {len(text)} characters; "
                    "correct it"
                )
            found.append(Span(start, end))
        return found


def _ends(pair: object) -> tuple[int, int]:
    """Where a span given as a list or with names starts and ends; (-1, -1) when it is none."""
    ends = [pair.get("start"), pair.get("end")] if isinstance(pair, dict) else pair
    match ends:
        case [int(start), int(end)]:
            return start, end
    return -1, -1


def text_of(path: Path) -> str:
    """The text of a file, gzipped or not. Raises `BadInput`."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text; check the file") from error


def rows_of(path: Path, report: Report) -> Iterator[Row]:
    """The rows of a file, by its ending; lines that are none are told to `report`."""
    text, ending = text_of(path), ending_of(path)
    if ending == ".jsonl":
        yield from _json_lines(path, text, report)
    elif ending == ".json":
        yield from _json_list(path, text, report)
    else:
        csv.field_size_limit(sys.maxsize)
        table = csv.DictReader(
            io.StringIO(text, newline=""), delimiter="\t" if ending == ".tsv" else ","
        )
        for values in table:
            if None in values or None in values.values():
                report(f"{path.name} line {table.line_num} has not as many cells as the head")
            else:
                yield Row(f"{path.name} line {table.line_num}", values)


def ending_of(path: Path) -> str:
    """What kind of file this is by its name, gzipped or not: ".jsonl", ".json", ".csv"."""
    return path.with_suffix("").suffix.lower() if path.suffix == ".gz" else path.suffix.lower()


def _json_lines(path: Path, text: str, report: Report) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path.name} line {number}"
        try:
            values = json.loads(line)
        except ValueError:
            report(f"{place} is not JSON; correct it")
            continue
        if isinstance(values, dict):
            yield Row(place, values)
        else:
            report(f"{place} is not a row; correct it")


def _json_list(path: Path, text: str, report: Report) -> Iterator[Row]:
    rows = json_of(path, text)
    rows = rows.get("data", rows) if isinstance(rows, dict) else rows
    if not isinstance(rows, Sequence):
        raise BadInput(f"{path.name} is not a list of rows; correct it")
    for number, values in enumerate(rows, start=1):
        if isinstance(values, dict):
            yield Row(f"{path.name} row {number}", values)
        else:
            report(f"{path.name} row {number} is not a row; correct it")


def json_of(path: Path, text: str) -> Any:  # noqa: ANN401
    """`text` as JSON. Raises `BadInput` with the line where it stops being it."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(f"{path.name} line {error.lineno} is not JSON; correct it") from error


def made_of(path: Path, make: Callable[[Row], Made], report: Report) -> Iterator[Made]:
    """What `make` makes of each row; a row that it refuses is told and the rest go on."""
    for row in rows_of(path, report):
        try:
            yield make(row)
        except BadInput as error:
            report(str(error))


def files_for(data: Path, words: Sequence[str], endings: Sequence[str]) -> list[Path]:
    """The data files of one kind in a folder: their name, or a folder's above, has one of `words`.

    A single file, and a folder that is named so itself, are taken as they are. Raises `BadInput`
    when there is none.
    """
    if not data.exists():
        raise BadInput(f"there is no {data}; check the name")
    if data.is_file():
        return [data]
    named = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, words))})", re.IGNORECASE)
    every = sorted(p for p in data.rglob("*") if p.is_file() and ending_of(p) in endings)
    if not named.search(data.resolve().name):
        every = [path for path in every if named.search(path.relative_to(data).as_posix())]
    if not every:
        kinds = " or ".join(f"{word}*" for word in words)
        raise BadInput(f"{data} holds no {kinds} with the ending {', '.join(endings)}")
    return every
