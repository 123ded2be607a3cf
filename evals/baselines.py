"""Plain rankings to stand beside ours: BM25 alone, vectors alone, and half of each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.corpus import raw_span
from evals.judged import OURS
from index.embedder import Embedder, Vectors
from index.lexical import LexicalIndex
from index.passages import statement_text
from index.words import terms
from qa.assistant import Assistant
from sources.document import Span

LEXICAL, DENSE, MIXED = "BM25 alone", "vectors alone", "plain mix"
PLAIN = (LEXICAL, DENSE, MIXED)
SYSTEMS = (OURS, *PLAIN)
Scores = NDArray[np.float32]


class PlainSearch:
    """Scores of texts by words, by vectors and by the mean of both, and nothing else.

    The mix is half the cosine and half BM25 as a share of the best text's (Bruch, Gai and
    Ingber, 2023, doi:10.1145/3596512). Texts are whole: no passages, headings or features.
    """

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self._lexical = LexicalIndex.build([terms(text) for text in texts])
        self._vectors = embedder.embed(texts)

    def scores(self, question: str, vector: Vectors) -> Mapping[str, Scores]:
        """The score of every text, shape `(n,)`, by system."""
        bm25 = self._lexical.scores(terms(question))
        cosine = np.asarray(self._vectors @ vector, dtype=np.float32)
        best = float(bm25.max(initial=0.0)) or 1.0
        return {LEXICAL: bm25, DENSE: cosine, MIXED: 0.5 * cosine + 0.5 * bm25 / best}


class PlainStatements:
    """The statements of an assistant's library, ranked plainly."""

    def __init__(self, assistant: Assistant, embedder: Embedder) -> None:
        snapshot = assistant.snapshot
        self._places: list[tuple[str, Span]] = []
        texts = []
        for passage in snapshot.passages:
            document = assistant.library.document(passage.doc_id, passage.version)
            for statement in snapshot.statements.statements(passage.first, passage.last):
                self._places.append((passage.version, raw_span(document, statement.focus)))
                texts.append(statement_text(document, statement))
        self._search = PlainSearch(texts, embedder)
        self._versions = np.array([version for version, _ in self._places])

    def first(self, question: str, vector: Vectors, most: int) -> Mapping[str, "Found"]:
        """The best statements of all by system, with the best score."""
        return {
            system: Found(
                [self._places[row] for row in best_rows(scores, most)], float(scores.max(initial=0))
            )
            for system, scores in self._search.scores(question, vector).items()
        }

    def ranked_in(self, version: str, question: str, vector: Vectors) -> Mapping[str, list[Span]]:
        """The statements of one document, best first, by system."""
        rows = np.flatnonzero(self._versions == version)
        return {
            system: [self._places[rows[at]][1] for at in best_rows(scores[rows], len(rows))]
            for system, scores in self._search.scores(question, vector).items()
        }


class Found(NamedTuple):
    """Statements, best first: the version of the document and where each stands in its text.

    `score` is the best one's, which compares between questions only for one system.
    """

    places: list[tuple[str, Span]]
    score: float


def best_rows(scores: Scores, most: int) -> list[int]:
    """The rows of the best scores, best first; a row without any word in common is none."""
    order = np.argsort(-scores, kind="stable")[:most]
    return [int(row) for row in order if scores[row] != 0]
