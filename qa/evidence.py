"""Which statements answer a question: named features, weighed by a small logistic model.

The features can be looked at one by one; their weights lie in `evidence.toml`, made by
`python -m evals.train` and readable by anyone.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.arrays import rows_in
from index.aspects import asked_for, shares_met
from index.embedder import Vectors
from index.hits import Hit, Ranking
from index.late import WeighedTokens, weighed_tokens
from index.lexical import LexicalIndex
from index.passages import PassageRow
from index.retriever import QuestionVectors
from index.snapshot import Searchable
from index.statements import StatementTable
from index.words import stem
from qa.english import weight
from qa.question import Question
from sources.document import Document, Source
from sources.segments import Statement

CANDIDATES = 24  # passages whose statements are weighed
NEAR_IN_RANK = 0.55  # what nearness counts in the rank of a passage, the rest being its words


class Features(NamedTuple):
    """What speaks for a statement; each 0 to 1 but for the cosines, which may fall below 0."""

    similarity: float  # cosine of question and statement
    context_similarity: float  # cosine of question and statement behind its title and heading
    passage_similarity: float  # cosine of question and the passage it stands in
    asked: float  # by how much a wording that asks for it is nearer than the passage; 0 if none is
    asked_share: float  # root of the share that its section's wordings have of all nearness
    late: float  # late interaction of question and statement with its headings, word by word
    coverage: float  # share of the question's terms, by rarity, in the statement and its lead
    context_coverage: float  # the same with the document's title and the headings above
    lexical: float  # BM25 of its passage as a share of the best, where nothing asks for it
    asked_lexical: float  # the same where wordings do and count among its words
    rank: float  # 1 / rank of its passage by nearness and words
    aspect: float  # share of the aspects asked for that the statement speaks of


class Shelf(Protocol):
    """Where the source and the words of a document version are looked up."""

    def source(self, version: str) -> Source:
        """Who answers for it."""
        ...

    def document(self, version: str) -> Document:
        """All of it, with its words."""
        ...


@dataclass(frozen=True)
class Candidate:
    """A passage whose statements are weighed. What it says is looked up when it is asked for."""

    hit: Hit
    passage: PassageRow
    table: StatementTable
    shelf: Shelf

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements in order."""
        return self.table.statements(self.passage.first, self.passage.last)

    @property
    def source(self) -> Source:
        """Who answers for it."""
        return self.shelf.source(self.passage.version)

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.shelf.document(self.passage.version)


class Evidence(NamedTuple):
    """A statement and how strongly it answers; `row` is its number in the snapshot."""

    candidate: Candidate
    row: int
    features: Features
    vector: Vectors
    score: float

    @property
    def statement(self) -> Statement:
        """Where it stands."""
        return self.candidate.statements[self.row - self.candidate.passage.first]

    @property
    def aspects(self) -> int:
        """The bits of the aspects that it speaks of."""
        return int(self.candidate.table.aspects[self.row])

    @property
    def hit(self) -> Hit:
        """Its passage in the ranking."""
        return self.candidate.hit

    @property
    def document(self) -> Document:
        """The document it stands in, fetched for its words."""
        return self.candidate.document

    @property
    def doc_id(self) -> str:
        """Which document it stands in."""
        return self.candidate.passage.doc_id

    @property
    def version(self) -> str:
        """Which version of it."""
        return self.candidate.passage.version


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
    shelf: Shelf,
) -> list[Evidence]:
    """Every statement of the ranked passages, strongest first.

    Their documents are on the `shelf`; no word of them is read here.
    """
    if not ranking:
        return []
    passages = [snapshot.passages[hit.row] for hit in ranking]
    hits = np.array([hit.row for hit in ranking])
    bounds = np.array([(passage.first, passage.last) for passage in passages])
    rows = rows_in(bounds)
    of = np.repeat(np.arange(len(ranking)), bounds[:, 1] - bounds[:, 0])
    alone = snapshot.statement_vectors[rows].astype(np.float32)
    wording = snapshot.wordings.of_statements(hits, bounds, vectors.whole)
    by_name = {
        **_of_passages(ranking, of, wording),
        **_of_words(question, snapshot, rows),
        "similarity": alone @ vectors.whole,
        "context_similarity": snapshot.context_vectors[rows].astype(np.float32) @ vectors.whole,
        "late": snapshot.tokens.max_sim(
            _weighed_tokens(question, vectors, snapshot.lexical),
            snapshot.statements.tokens[rows],
            hits[of],
        ),
    }
    features = np.stack([by_name[name] for name in Features._fields], axis=1, dtype=np.float64)
    scores = _scores(features)
    candidates = [
        Candidate(hit, passage, snapshot.statements, shelf)
        for hit, passage in zip(ranking, passages, strict=True)
    ]
    told = zip(of.tolist(), rows.tolist(), features.tolist(), alone, scores.tolist(), strict=True)
    found = [
        Evidence(candidates[n], row, Features(*values), vector, score)
        for n, row, values, vector, score in told
    ]
    return [found[at] for at in np.argsort(-scores, kind="stable")]


def _of_passages(
    ranking: Ranking, of: NDArray[np.int64], wording: Vectors
) -> dict[str, NDArray[np.float64]]:
    """The features that statements have of their passages, and of the wordings that ask for them.

    `of` says which hit each statement's passage is, counted from 0.
    """
    by_hit = np.array([(hit.dense, hit.near, hit.asked, hit.lexical) for hit in ranking])
    dense, near, asked, lexical = by_hit.T
    wordy = lexical / (lexical.max() or 1.0)
    # Late interaction is a feature of every statement, so it has no part in the rank.
    best_first = np.argsort(-(NEAR_IN_RANK * near + (1 - NEAR_IN_RANK) * wordy), kind="stable")
    place = np.argsort(best_first)
    return {
        "passage_similarity": dense[of],
        "asked": np.maximum(wording - dense[of], 0),
        "asked_share": np.sqrt(asked)[of],
        "lexical": np.where(asked > 0, 0, wordy)[of],
        "asked_lexical": np.where(asked > 0, wordy, 0)[of],
        "rank": 1 / (1 + place[of]),
    }


def _of_words(
    question: Question, snapshot: Searchable, rows: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """The features of statements that compare words, terms counting by rarity here and in English.

    The shares are 0 for a question without terms.
    """
    lexical, table = snapshot.lexical, snapshot.statements
    rarity = np.array([term.weight * lexical.rarity(term.stem) for term in question.terms])
    held = table.holds(rows, [lexical.number(term.stem) for term in question.terms])
    whole = rarity.sum() or 1.0
    return {
        "coverage": held.own @ rarity / whole,
        "context_coverage": held.in_context @ rarity / whole,
        "aspect": shares_met(asked_for(question.searched), table.aspects[rows]),
    }


def _scores(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """How strongly statements answer, 0 to 1, by their features `(n, features)`."""
    bias, by_feature = weights()
    found: NDArray[np.float64] = 1 / (1 + np.exp(-(bias + features @ by_feature)))
    return found


def _weighed_tokens(
    question: Question, vectors: QuestionVectors, lexical: LexicalIndex
) -> WeighedTokens:
    """The question's tokens, each weighing as much as its word says here and in English."""
    return weighed_tokens(
        question.searched,
        vectors.tokens,
        lambda word: weight(word) * lexical.rarity(stem(word)),
    )
