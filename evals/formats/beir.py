"""Folders in the BEIR layout: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`, gzipped or not.

Where a data set marks the sentences that are the evidence, they are read too (SciFact does, in
the metadata of its queries or in its own claims).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.corpus import OutsideText
from evals.formats.evidence import (
    Body,
    OnlyNumbered,
    Place,
    body_of,
    marks_of_query,
    marks_of_row,
    spans_of,
)
from evals.rows import ROW_ENDINGS, Report, Row, ending_of, made_of, rows_of
from qa.terminal import BadInput
from sources.document import Span


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries and judgements; `evidence` by query and document, as spans of the text.

    `unplaced` counts evidence whose sentences are only numbered, beyond those that we find.
    `files` are those that it was read from.
    """

    name: str
    documents: Mapping[str, OutsideText]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    evidence: Mapping[Place, tuple[Span, ...]]
    unplaced: int
    files: tuple[Path, ...]


def collections_in(data: Path, report: Report) -> Iterator[Collection]:
    """Every BEIR folder at or below `data`. Raises `BadInput` when there is none."""
    if not data.is_dir():
        raise BadInput(f"{data} is no folder; name one with corpus.jsonl, queries.jsonl and qrels/")
    folders = sorted({path.parent for path in data.rglob("corpus.jsonl*")})
    if not folders:
        raise BadInput(f"{data} holds no corpus.jsonl, nor does a folder in it; check the name")
    for folder in folders:
        yield read_collection(folder, report)


def read_collection(folder: Path, report: Report) -> Collection:
    """The collection in `folder`. A missing file raises `BadInput`, a bad row is told."""
    corpus, queries, judged = _file(folder, "corpus"), _file(folder, "queries"), _qrels_of(folder)
    bodies = {body.text.text_id: body for body in made_of(corpus, body_of, report)}
    asked = {key: (text, row) for key, text, row in made_of(queries, _query, report)}
    qrels: dict[str, dict[str, int]] = {}
    for path in judged:
        for query, document, grade in made_of(path, _judgement, report):
            if query not in asked or document not in bodies:
                missing = f"query {query}" if query not in asked else f"document {document}"
                report(f"{path.name} judges {missing}, which is not there; correct it")
            else:
                qrels.setdefault(query, {})[document] = grade
    marked = _Evidence(bodies, report)
    marked.read(folder, [row for _, row in asked.values()])
    return Collection(
        name=folder.resolve().name,
        documents={key: body.text for key, body in bodies.items()},
        queries={key: text for key, (text, _) in asked.items()},
        qrels=qrels,
        evidence=marked.spans,
        unplaced=marked.unplaced,
        files=(corpus, queries, *judged),
    )


def _file(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"):
        if path.is_file():
            return path
    raise BadInput(f"{folder} has no {name}.jsonl; a BEIR folder needs it")


def _qrels_of(folder: Path) -> list[Path]:
    """The judgements of the test split, or all there are."""
    files = [path for path in sorted((folder / "qrels").glob("*")) if ending_of(path) == ".tsv"]
    if not files:
        raise BadInput(f"{folder} has no qrels/*.tsv; a BEIR folder needs it")
    return [path for path in files if path.name.startswith("test.")] or files


def _query(row: Row) -> tuple[str, str, Row]:
    return row.text("_id", "id"), row.text("text", "claim"), row


def _judgement(row: Row) -> tuple[str, str, int]:
    grade = int(row.number("score", "relevance", "label"))
    query, document = row.text("query-id", "query_id", "qid"), row.text("corpus-id", "corpus_id")
    return query, document, grade


class _Evidence:
    """Gathers the evidence of one collection."""

    def __init__(self, bodies: Mapping[str, Body], report: Report) -> None:
        self._bodies = bodies
        self._report = report
        self.spans: dict[Place, tuple[Span, ...]] = {}
        self.unplaced = 0

    def read(self, folder: Path, queries: Sequence[Row]) -> None:
        """From the queries, from SciFact's own claims, and from rows of its own."""
        claims = [r for path in _named(folder, "claims") for r in rows_of(path, self._report)]
        for row in (*queries, *claims):
            for place, marks in marks_of_query(row):
                self._add(place, marks, row)
        for path in _named(folder, "evidence"):
            for row in rows_of(path, self._report):
                try:
                    self._add(*marks_of_row(row), row)
                except BadInput as error:
                    self._report(str(error))

    def _add(self, place: Place, marks: Sequence[object], row: Row) -> None:
        body = self._bodies.get(place[1])
        if body is None:
            self._report(f"{row.place}: there is no document {place[1]}; correct it")
            return
        try:
            spans = spans_of(marks, body, row)
        except OnlyNumbered:
            self.unplaced += 1
        except BadInput as error:
            self._report(str(error))
        else:
            if spans:
                self.spans[place] = tuple(sorted({*self.spans.get(place, ()), *spans}))


def _named(folder: Path, word: str) -> list[Path]:
    return [path for path in sorted(folder.glob(f"{word}*")) if ending_of(path) in ROW_ENDINGS]
