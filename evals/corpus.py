"""Outside texts as a library, by the product's own readers, index and retriever."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evals.identity import digest
from evals.kept_home import Place
from qa.assistant import Assistant
from sources.document import Document, Span
from sources.errors import SourceError
from sources.library import Library
from sources.read import read_document

PASSAGES = 1000  # more than any retriever gives back: a ranking of documents needs all of them


class OutsideText(NamedTuple):
    """A text of a data set, with the name that its judgements know it by."""

    text_id: str
    title: str
    text: str


class TextWithoutWords(Exception):
    """A text in which there is nothing to quote."""


def read_text(text: str, title: str = "") -> Document:
    """A text as the readers see it; its places lead back to `text` itself.

    Raises `TextWithoutWords`.
    """
    declared = {"doc_id": f"text-{digest([text])}", "title": title or "-"}
    try:
        return read_document(_bytes(text), "text.txt", declared)
    except SourceError as error:
        raise TextWithoutWords(str(error)) from error


def _bytes(text: str) -> bytes:
    return text.replace("\ufeff", " ").encode("utf-8", "replace")  # as many characters as before


def raw_span(document: Document, span: Span) -> Span:
    """Where a part of `document` stands in the text that it was read from."""
    return document.offsets.to_raw(span)


@dataclass(frozen=True, slots=True)
class Corpus:
    """An assistant over outside texts. Texts with the same words are one document.

    `versions` leads from the texts' ids to documents; a text without words is not in it.
    """

    assistant: Assistant
    versions: Mapping[str, str]

    def ids_of(self) -> dict[str, list[str]]:
        """The texts that became each document."""
        found: dict[str, list[str]] = {}
        for text_id, version in self.versions.items():
            found.setdefault(version, []).append(text_id)
        return found

    def ranking(self, question: str, among: Sequence[str] | None = None) -> list[str]:
        """The versions of documents, best passage first, of all or of those in `among`."""
        understood, _ = self.assistant.evidence(question)
        if understood.notice:
            return []
        retriever = self.assistant.retriever()
        vectors = retriever.embed(understood.searched)
        allowed = self.assistant.library.quotable() if among is None else set(among)
        hits = retriever.search(understood.searched, vectors, PASSAGES, allowed)
        rows = retriever.snapshot.passages
        return list(dict.fromkeys(rows[hit.row].version for hit in hits))


def corpus_of(texts: Sequence[OutsideText], name: str, place: Place) -> Corpus:
    """A corpus of `texts`, indexed at `place` unless the same one stands there."""

    def fill(library: Library) -> None:
        for done, text in enumerate(texts, start=1):
            try:
                document = read_text(text.text, text.title)
            except TextWithoutWords:
                continue
            library.add(document, _bytes(text.text), f"{document.doc_id}.txt")
            place.seen("Reading texts", done, len(texts))

    assistant = place.assistant(name, (part for text in texts for part in text), fill)
    held = assistant.library.quotable()
    versions = {text.text_id: hashlib.sha256(_bytes(text.text)).hexdigest() for text in texts}
    return Corpus(assistant, {key: value for key, value in versions.items() if value in held})
