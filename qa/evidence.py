"""Which statements answer a question: named features, weighed by a small logistic model.

The features can be looked at one by one; their weights lie in `evidence.toml`, made by
`python -m evals.train` and readable by anyone.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.embedder import Vectors
from index.hits import Hit, Ranking
from index.late import Place, WeighedTokens
from index.lexical import LexicalIndex
from index.passages import PassageRow
from index.retriever import QuestionVectors
from index.snapshot import Searchable
from index.words import STOP_WORDS, stem, terms, words_at
from qa.aspects import aspects_of, share_met
from qa.english import weight
from qa.question import Question
from sources.document import Document
from sources.segments import Statement

CANDIDATES = 24  # passages whose statements are weighed
LEAST = 0.15  # what a token of a word without meaning of its own weighs beside 1


class Features(NamedTuple):
    """What speaks for a statement; each 0 to 1 but for the cosines, which may fall below 0."""

    similarity: float  # cosine of question and statement
    context_similarity: float  # cosine of question and statement behind its title and heading
    passage_similarity: float  # cosine of question and the passage it stands in
    asked: float  # by how much a wording that asks for its section is nearer; 0 where none is
    late: float  # late interaction of question and statement with its headings, word by word
    coverage: float  # share of the question's terms, by rarity, in the statement and its lead
    context_coverage: float  # the same with the document's title and the headings above
    lexical: float  # BM25 of its passage as a share of the best
    rank: float  # 1 / rank of its passage
    aspect: float  # share of the aspects asked for that the statement speaks of


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement and how strongly it answers; `row` is its number in the snapshot.

    `beside` are the statements of its passage in order, itself among them.
    """

    document: Document
    statement: Statement
    beside: tuple[Statement, ...]
    row: int
    hit: Hit
    features: Features
    vector: Vectors
    score: float


@cache
def weights() -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The bias and the weight of each feature, in the order of `Features`."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found = table["evidence"]
    return float(found["bias"]), np.array([float(found[name]) for name in Features._fields])


def weigh(
    question: Question,
    vectors: QuestionVectors,
    ranking: Ranking,
    snapshot: Searchable,
    documents: Sequence[Document],
) -> list[Evidence]:
    """Every statement of the ranked passages, strongest first.

    `documents` are those that the hits stand in, one for each hit, in the order of the ranking.
    """
    if not ranking:
        return []
    best = max(hit.lexical for hit in ranking) or 1.0
    sheet = _CoverageSheet(question, snapshot.lexical)
    aspects = aspects_of(question.searched)
    asked = _weighed_tokens(question, vectors, snapshot.lexical)
    found: list[Evidence] = []
    for rank, (hit, document) in enumerate(zip(ranking, documents, strict=True), start=1):
        passage = snapshot.passages[hit.row]
        above = terms(f"{document.source.title} {' '.join(passage.heading)}")
        rows = slice(passage.first, passage.last)
        alone = np.asarray(snapshot.statement_vectors[rows], np.float32)
        in_context = np.asarray(snapshot.context_vectors[rows], np.float32)
        beside = snapshot.statements.statements(passage.first, passage.last)
        own_words = [_places(statement, snapshot.passages, hit.row) for statement in beside]
        late = snapshot.tokens.max_sim(asked, hit.row, own_words)
        for n, statement in enumerate(beside):
            words = f"{statement.lead.of(document.text)} {statement.focus.of(document.text)}"
            held = terms(words)
            features = Features(
                similarity=float(alone[n] @ vectors.whole),
                context_similarity=float(in_context[n] @ vectors.whole),
                passage_similarity=hit.dense,
                asked=hit.near - hit.dense,
                late=late[n],
                coverage=sheet.share(held),
                context_coverage=sheet.share([*above, *held]),
                lexical=hit.lexical / best,
                rank=1 / rank,
                aspect=share_met(aspects, words),
            )
            row = passage.first + n
            found.append(Evidence(document, statement, beside, row, hit, features, alone[n], 0.0))
    return _scored(found)


def _scored(found: Sequence[Evidence]) -> list[Evidence]:
    bias, by_feature = weights()
    rows = np.array([row.features for row in found], dtype=np.float64).reshape(-1, len(by_feature))
    logits = bias + rows @ by_feature
    scores = 1 / (1 + np.exp(-logits))
    order = np.argsort(-scores, kind="stable")
    return [replace(found[at], score=float(scores[at])) for at in order]


def _weighed_tokens(
    question: Question, vectors: QuestionVectors, lexical: LexicalIndex
) -> WeighedTokens:
    """The question's tokens, each weighing as much as its word says here and in English."""
    held = words_at(question.searched, vectors.tokens.offsets[:, 0])
    own = [
        LEAST if not word or word in STOP_WORDS else weight(word) * lexical.rarity(stem(word))
        for word in held
    ]
    rows = np.maximum(np.array(own, dtype=np.float32), np.float32(LEAST))
    return WeighedTokens(vectors.tokens.vectors, rows / rows.sum())


def _places(statement: Statement, rows: Sequence[PassageRow], row: int) -> list[Place]:
    """Where the focus and the lead of a statement of passage `row` stand.

    The lead of a long list stands in a passage before.
    """
    at = row
    while at > 0 and statement.lead.start < rows[at].span.start:
        at -= 1
    spans = ((row, statement.focus), (at, statement.lead))
    return [
        Place(n, span.start - rows[n].span.start, span.end - rows[n].span.start)
        for n, span in spans
    ]


class _CoverageSheet:
    """How much of a question some words cover, terms counting by rarity here and in English."""

    def __init__(self, question: Question, lexical: LexicalIndex) -> None:
        self._rarity = {t.stem: t.weight * lexical.rarity(t.stem) for t in question.terms}
        self._whole = sum(self._rarity.values())

    def share(self, found: Iterable[str]) -> float:
        """The share of the question's terms, by rarity, among `found`; 0 for no terms."""
        if self._whole == 0:
            return 0.0
        present = set(found)
        return sum(rarity for term, rarity in self._rarity.items() if term in present) / self._whole
