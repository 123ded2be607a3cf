"""The passages of a snapshot: where each stands, and what is indexed for it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from index.words import index_terms
from sources.document import Document, Span
from sources.segments import RECIPE, Statement, passages, statements


class PassageRow(NamedTuple):
    """One passage. Its statements are rows `first` to `last` (not included) of the statements.

    The wordings that ask for its section are rows `asked_first` to `asked_last` of theirs.
    """

    passage_id: str
    doc_id: str
    version: str
    span: Span
    heading: tuple[str, ...]
    first: int
    last: int
    asked_first: int
    asked_last: int

    @property
    def asks(self) -> bool:
        """Whether any wording asks for its section."""
        return self.asked_first < self.asked_last


class Prepared(NamedTuple):
    """A passage ready to be indexed: what is embedded for it and its statements, and its terms.

    `embedded` has `head` characters of title and headings before the passage's words.
    A statement is embedded twice: alone, and behind the title and heading that say what it is
    about, because "it can come back" means something only under its heading.
    """

    doc_id: str
    version: str
    span: Span
    heading: tuple[str, ...]
    statements: tuple[Statement, ...]
    embedded: str
    head: int
    statements_alone: tuple[str, ...]
    statements_in_context: tuple[str, ...]
    asked_as: tuple[str, ...]
    terms: tuple[str, ...]


def embedded_texts(prepared: Sequence[Prepared]) -> list[str]:
    """Passages, then statements alone, then statements in context, then wordings."""
    texts = [p.embedded for p in prepared]
    texts += [text for p in prepared for text in p.statements_alone]
    texts += [text for p in prepared for text in p.statements_in_context]
    return texts + [text for p in prepared for text in p.asked_as]


def passage_id(doc_id: str, version: str, span: Span) -> str:
    """The id of a passage, 24 hexadecimal digits, from where it stands and the recipe."""
    key = f"{doc_id}\x1f{version}\x1f{span.start}\x1f{span.end}\x1f{RECIPE}"
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def prepare(document: Document) -> Iterator[Prepared]:
    """The passages of a document with everything that indexing needs."""
    title = document.source.title
    for passage in passages(document):
        words = passage.span.of(document.text)
        rows = tuple(statements(document, passage.span))
        alone = tuple(statement_text(document, row) for row in rows)
        nearest = passage.heading[-1] if passage.heading else ""
        above = " › ".join((title, *passage.heading))
        yield Prepared(
            document.doc_id,
            document.version,
            passage.span,
            passage.heading,
            rows,
            f"{above}\n{words}",
            len(above) + 1,
            alone,
            tuple(f"{title}. {nearest} {text}" for text in alone),
            tuple(w.text for w in document.source.asked_as if w.section == passage.heading),
            tuple(index_terms(title, passage.heading, words)),
        )


def statement_text(document: Document, row: Statement) -> str:
    """What is embedded for a statement: its lead and its focus, as one line."""
    lead, focus = row.lead.of(document.text), row.focus.of(document.text)
    return " ".join(f"{lead} {focus}".split())


def passage_rows(prepared: Sequence[Prepared]) -> list[PassageRow]:
    """The rows of a snapshot for prepared passages, in the same order."""
    rows, first, asked = [], 0, 0
    for p in prepared:
        last, asked_last = first + len(p.statements), asked + len(p.asked_as)
        made = passage_id(p.doc_id, p.version, p.span)
        where = (p.doc_id, p.version, p.span, p.heading)
        rows.append(PassageRow(made, *where, first, last, asked, asked_last))
        first, asked = last, asked_last
    return rows


def write_rows(rows: Sequence[PassageRow], path: Path) -> None:
    """One JSON line a passage."""
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_rows(path: Path) -> list[PassageRow]:
    """What `write_rows` wrote."""
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        made, doc_id, version, span, heading, *numbers = json.loads(line)
        rows.append(PassageRow(made, doc_id, version, Span(*span), tuple(heading), *numbers))
    return rows


def rows_by_version(rows: Sequence[PassageRow]) -> dict[str, range]:
    """The passages of each document version: a snapshot keeps them together."""
    found, first = {}, 0
    for version, own in groupby(rows, key=lambda row: row.version):
        last = first + sum(1 for _ in own)
        found[version] = range(first, last)
        first = last
    return found
