"""One question put to one system and how it did: what every measure is made of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.rows import Row, made_of, stop

OURS = "quotewell"


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, and the figures that measures are taken from, by name.

    A figure that does not apply is left out: the right sentence's rank of a question without an
    answer. `right` is what the reader of a table wants to know, `None` when neither. `shown` is
    what came first, `group` what the question is of. Times are milliseconds, named "ms".
    """

    suite: str
    data: str
    system: str
    question_id: str
    question: str
    group: str
    values: Mapping[str, float]
    right: bool | None
    shown: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same question to the same system in another run."""
        return self.suite, self.data, self.system, self.question_id


def write_judged(rows: Iterable[Judged], path: Path) -> None:
    """One JSON line a row."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_judged(path: Path) -> list[Judged]:
    """What `write_judged` wrote. Raises `BadInput` with the line of a row that it did not."""
    return list(made_of(path, _judged, stop))


def _judged(row: Row) -> Judged:
    texts = {name: row.text(name) for name in ("suite", "data", "system", "question_id")}
    values = {name: float(value) for name, value in row.nested("values").items()}
    right = row.values.get("right")
    more = {name: str(row.values.get(name, "")) for name in ("question", "group", "shown")}
    return Judged(**texts, **more, values=values, right=right)
