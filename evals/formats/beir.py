"""Folders in the BEIR layout: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`, gzipped or not.

Where a data set marks the sentences that are the evidence (SciFact does, in the metadata of its
queries or in its own claims), they are read too: `{document: [{"sentences": [3, 4]}]}`.
Sentences are counted from 0 in the list that a document gives, or as our own splitter cuts it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.corpus import OutsideText
from evals.rows import Report, Row, ending_of, made_of, rows_of
from qa.library_commands import BadInput
from sources.document import Span
from sources.segments import sentences

Evidence = Mapping[tuple[str, str], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries and judgements; `evidence` by query and document, as spans of the text.

    `files` are those that it was read from.
    """

    name: str
    documents: Mapping[str, OutsideText]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    evidence: Evidence
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
    bodies: dict[str, _Body] = {}
    for body in made_of(corpus, _body, report):
        bodies[body.text.text_id] = body
    rows = [row for row in rows_of(queries, report) if _is_query(row, report)]
    asked = {row.text("_id", "id"): row.text("text", "claim") for row in rows}
    claims = [
        row for path in sorted(folder.glob("claims*.jsonl*")) for row in rows_of(path, report)
    ]
    qrels: dict[str, dict[str, int]] = {}
    for path in judged:
        for query, document, grade in made_of(path, _judgement, report):
            if query not in asked or document not in bodies:
                missing = f"query {query}" if query not in asked else f"document {document}"
                report(f"{path.name} judges {missing}, which is not there; correct it")
            else:
                qrels.setdefault(query, {})[document] = grade
    evidence = {
        place: spans for row in [*rows, *claims] for place, spans in _evidence(row, bodies, report)
    }
    documents = {key: body.text for key, body in bodies.items()}
    files = (corpus, queries, *judged)
    return Collection(folder.resolve().name, documents, asked, qrels, evidence, files)


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


@dataclass(frozen=True, slots=True)
class _Body:
    """A document and the sentences that it is made of."""

    text: OutsideText
    sentences: tuple[Span, ...]


def _body(row: Row) -> _Body:
    text_id, title = row.text("_id", "doc_id", "id"), row.optional("title")
    listed = row.values.get("abstract", row.values.get("sentences"))
    if not isinstance(listed, list):
        text = str(row.value("text", "abstract"))
        return _Body(OutsideText(text_id, title, text), tuple(sentences(text, Span(0, len(text)))))
    spans, at = [], 0
    for sentence in listed:
        spans.append(Span(at, at + len(str(sentence))))
        at = spans[-1].end + 1
    return _Body(OutsideText(text_id, title, " ".join(map(str, listed))), tuple(spans))


def _is_query(row: Row, report: Report) -> bool:
    try:
        return bool(row.text("_id", "id") and row.text("text", "claim"))
    except BadInput as error:
        report(str(error))
        return False


def _judgement(row: Row) -> tuple[str, str, int]:
    grade = int(row.number("score", "relevance", "label"))
    return (
        row.text("query-id", "query_id", "qid"),
        row.text("corpus-id", "corpus_id", "docid"),
        grade,
    )


def _evidence(
    row: Row, bodies: Mapping[str, _Body], report: Report
) -> Iterator[tuple[tuple[str, str], tuple[Span, ...]]]:
    """The evidence that a query or claim names, by query and document."""
    marked = row.values.get("evidence", row.values.get("metadata"))
    if not isinstance(marked, dict):
        return
    for document, sets in marked.items():
        if not isinstance(sets, list) or not all(isinstance(s, dict) for s in sets):
            continue  # metadata of another kind
        numbers = sorted({number for one in sets for number in one.get("sentences", ())})
        known = bodies[document].sentences if document in bodies else ()
        spans = tuple(known[n] for n in numbers if isinstance(n, int) and 0 <= n < len(known))
        if len(spans) < len(numbers):
            report(f"{row.place}: document {document} has no sentence {numbers}; correct it")
        elif spans:
            yield (row.text("_id", "id"), document), spans
