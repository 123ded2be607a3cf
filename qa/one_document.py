"""Evidence in one text that is in no library: the `quote` command and the evaluation suite."""

from functools import lru_cache
from typing import NamedTuple

from index.embedder import Embedder
from index.lexical import LexicalIndex
from index.memory import MemorySnapshot
from index.retriever import Retriever
from qa.answer import Outcome, Quote
from qa.evidence import CANDIDATES, Evidence, weigh
from qa.gate import decide
from qa.question import Question, Vocabulary, understand
from qa.selection import choose_quotes
from sources.document import Audience, Document, Source

REMEMBERED = 64  # texts whose vectors are kept, for many questions about the same one


class _Alone(NamedTuple):
    """A shelf with one document on it."""

    one: Document

    def source(self, _version: str) -> Source:
        return self.one.source

    def document(self, _version: str) -> Document:
        return self.one


class OneDocument:
    """Answers questions from single documents, each indexed in memory when it is first asked."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._retriever = lru_cache(maxsize=REMEMBERED)(self._new_retriever)

    def _new_retriever(self, document: Document) -> Retriever:
        return Retriever(MemorySnapshot([document], self.embedder), self.embedder)

    def evidence(
        self, text: str, document: Document
    ) -> tuple[Question, list[Evidence], LexicalIndex]:
        """The question as understood, the document's statements, strongest first, and its words."""
        retriever = self._retriever(document)
        snapshot = retriever.snapshot
        question = understand(text, (), Vocabulary(snapshot.word_counts), exact=True)
        if question.notice or not snapshot.passages:
            return question, [], snapshot.lexical
        vectors = retriever.embed(question.searched)
        ranking = retriever.search(question.searched, vectors, CANDIDATES, {document.version})
        found = weigh(question, vectors, ranking, snapshot, _Alone(document))
        return question, found, snapshot.lexical

    def quotes(self, text: str, document: Document, most: int) -> tuple[Quote, ...]:
        """Up to `most` quotes that answer, none when the document does not answer."""
        question, evidence, lexical = self.evidence(text, document)
        decision = decide(question, evidence, lexical, one_document=True)
        if decision.outcome is not Outcome.ANSWERED:
            return ()
        return choose_quotes(evidence, Audience.PATIENT, most, whole=False)
