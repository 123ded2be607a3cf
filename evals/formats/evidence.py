"""Which sentences of a document are the evidence for a query, however a data set marks them.

Marks are numbers, counted from 0 in the list of sentences that a document gives or as our own
splitter cuts its text, or the words themselves. They stand in the metadata of queries and in
claims, `{document: [{"sentences": [3, 4]}]}`, or in rows of their own, `evidence*`, with the ids
of query and document.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.corpus import OutsideText
from evals.rows import Row
from qa.terminal import BadInput
from sources.document import Span
from sources.segments import sentences

Place = tuple[str, str]  # the ids of a query and a document


class OnlyNumbered(Exception):
    """A sentence number beyond those that our own splitter finds, which proves nothing wrong."""


@dataclass(frozen=True, slots=True)
class Body:
    """A document and its sentences; `listed` when the data set itself tells them apart."""

    text: OutsideText
    sentences: tuple[Span, ...]
    listed: bool

    def place(self, mark: object, row: Row) -> Span:
        """Where a marked sentence stands. Raises `BadInput` or `OnlyNumbered` for no such one."""
        if isinstance(mark, int) and 0 <= mark < len(self.sentences):
            return self.sentences[mark]
        if isinstance(mark, int) and not self.listed:
            raise OnlyNumbered
        start = self.text.text.find(mark) if isinstance(mark, str) and mark.strip() else -1
        if start < 0:
            raise BadInput(
                f"{row.place}: document {self.text.text_id} has no sentence {mark!r}; correct it"
            )
        return Span(start, start + len(str(mark)))


def body_of(row: Row) -> Body:
    """A row of a corpus: `text`, or a list of sentences as SciFact's own `abstract` is."""
    text_id, title = row.text("_id", "doc_id", "id"), row.optional("title")
    listed = row.values.get("abstract", row.values.get("sentences"))
    if not isinstance(listed, list):
        text = str(row.value("text", "abstract"))
        return Body(OutsideText(text_id, title, text), _split(text), listed=False)
    spans, at = [], 0
    for sentence in map(str, listed):
        spans.append(Span(at, at + len(sentence)))
        at = spans[-1].end + 1
    text = " ".join(map(str, listed))
    return Body(OutsideText(text_id, title, text), tuple(spans), listed=True)


def _split(text: str) -> tuple[Span, ...]:
    return tuple(sentences(text, Span(0, len(text))))


def marks_of_query(row: Row) -> Iterator[tuple[Place, Sequence[object]]]:
    """What a query's metadata, or a claim, marks in each document."""
    marked = row.values.get("evidence", row.values.get("metadata"))
    for document, sets in marked.items() if isinstance(marked, dict) else ():
        if isinstance(sets, list) and all(isinstance(one, dict) for one in sets):
            marks = {mark: None for one in sets for mark in one.get("sentences", ())}
            yield (row.text("_id", "id"), document), list(marks)


def marks_of_row(row: Row) -> tuple[Place, Sequence[object]]:
    """What a row of its own marks: one sentence, or several."""
    place = row.text("query-id", "query_id", "qid"), row.text("corpus-id", "corpus_id", "doc_id")
    marks = row.value("sentences", "sentence", "text")
    return place, marks if isinstance(marks, list) else [marks]


def spans_of(marks: Sequence[object], body: Body, row: Row) -> tuple[Span, ...]:
    """Where all marked sentences stand, in the order of the text. Raises like `Body.place`."""
    return tuple(sorted(body.place(mark, row) for mark in marks))
