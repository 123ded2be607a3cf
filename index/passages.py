"""The passages of a snapshot: where each stands, and what is indexed for it."""

import hashlib
from collections.abc import Iterator, Sequence
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
        asked = tuple(w.text for w in document.source.asked_as if w.section == passage.heading)
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
            asked,
            tuple(index_terms(title, passage.heading, words, asked)),
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
