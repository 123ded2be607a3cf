"""A question to a ranking of passages: dense and lexical search and late interaction, fused.

A passage is as near to a question as its own words, or as the nearest of the wordings in which
people ask for its section. Each search gives a few rows; only these are compared exactly, so an
answer takes about as long in a million passages as in ten thousand. The best of them are compared
once more, word by word.
"""

from collections.abc import Container, Sequence
from typing import NamedTuple

import numpy as np

from index.arrays import gather
from index.embedder import Embedder, TokenRows, Vectors
from index.engines import POOL, Mask, Rows
from index.hits import Hit, Ranking
from index.late import weighed_tokens
from index.one_thread import numpy_on_one_thread
from index.snapshot import Searchable
from index.words import stem, terms

NEAR, LATE, LEXICAL = 0.4, 0.4, 0.2  # what each counts in the score
CLOSER = 32  # passages whose tokens are compared, the best by the other two
WORDINGS = 4 * POOL  # wordings compared; a passage may have several


class QuestionVectors(NamedTuple):
    """A question as vectors: of the whole, `(dimension,)`, and of its tokens."""

    whole: Vectors
    tokens: TokenRows


class _Allowed(NamedTuple):
    """Which passages and wordings may be found for some versions; `None` where all may."""

    versions: Container[str]
    passages: Mask | None
    wordings: Mask | None


class Retriever:
    """Searches one snapshot. Asking reads only, so threads may share it."""

    def __init__(self, snapshot: Searchable, embedder: Embedder) -> None:
        numpy_on_one_thread()
        self.snapshot = snapshot
        self.embedder = embedder
        self._allowed = _Allowed((), None, None)
        self._ahead: dict[str, QuestionVectors] = {}

    def embed(self, text: str) -> QuestionVectors:
        """The vectors of a question, computed once for everything that needs them."""
        ahead = self._ahead.pop(text, None)
        return ahead or self._embedded([text])[0]

    def embed_ahead(self, texts: Sequence[str]) -> None:
        """Embed questions that will soon be asked: together is cheaper, and changes no digit."""
        texts = list(dict.fromkeys(texts))
        self._ahead.update(zip(texts, self._embedded(texts), strict=True))

    def _embedded(self, texts: Sequence[str]) -> list[QuestionVectors]:
        vectors, tokens = self.embedder.embed_tokens(texts, apart=True)
        return [QuestionVectors(*row) for row in zip(vectors, tokens, strict=True)]

    def search(
        self, text: str, vectors: QuestionVectors, k: int, versions: Container[str]
    ) -> Ranking:
        """The `k` best passages of the document versions in `versions`, which never changes.

        The score is convex: nearness, BM25 as a share of its best in this ranking (Bruch, Gai and
        Ingber, ACM TOIS 2023, doi:10.1145/3596512), and, of the `CLOSER` best by these two,
        late interaction.
        """
        words, vector = terms(text), vectors.whole
        rows, wordings = self._pool(vector, words, self._allowed_by(versions))
        if rows.size == 0:
            return ()
        dense = np.asarray(gather(self.snapshot.vectors, rows) @ vector, dtype=np.float32)
        nearest, weight = self.snapshot.wordings.of_passages(rows, wordings, vector)
        near = np.maximum(dense, nearest)
        asked = weight / (weight.sum() or 1)
        lexical = self.snapshot.lexical.scores_of(words, rows)
        best = float(lexical.max()) or 1.0
        fused = NEAR * near + LEXICAL * lexical / best
        closer = np.argsort(-fused, kind="stable")[:CLOSER]
        late = np.full(len(rows), -1, dtype=np.float32)
        late[closer] = self._late(text, vectors.tokens, rows[closer])
        fused += LATE * late
        order = np.argsort(-fused, kind="stable")[:k]
        return tuple(
            Hit(
                self.snapshot.passages.passage_id(int(rows[at])),
                int(rows[at]),
                float(fused[at]),
                float(dense[at]),
                float(near[at]),
                float(asked[at]),
                float(lexical[at]),
                float(late[at]),
            )
            for at in order
        )

    def _late(self, text: str, tokens: TokenRows, rows: Rows) -> Vectors:
        """How well passages answer word by word, each word counting by its rarity here."""
        lexical = self.snapshot.lexical
        question = weighed_tokens(text, tokens, lambda word: lexical.rarity(stem(word)))
        return self.snapshot.tokens.max_sim_whole(question, rows)

    def _allowed_by(self, versions: Container[str]) -> _Allowed:
        """What `versions` allow, worked out again only when other ones are given."""
        known = self._allowed
        if known.versions is not versions:
            table = self.snapshot.passages
            documents = np.array([version in versions for version in table.versions], np.bool_)
            if documents.all():
                known = _Allowed(versions, None, None)
            else:
                passages = documents[table.document_of]
                known = _Allowed(versions, passages, passages[self.snapshot.wordings.passage_of])
            self._allowed = known
        return known

    def _pool(self, vector: Vectors, words: Sequence[str], allowed: _Allowed) -> tuple[Rows, Rows]:
        """Allowed rows that one of the searches finds, in snapshot order, and wordings found."""
        nearest, _ = self.snapshot.engine.search(vector, POOL, allowed.passages)
        wordiest, _ = self.snapshot.lexical.best(words, POOL, allowed.passages)
        wordings, wanted = self._asked_for(vector, allowed)
        return np.unique(np.concatenate([nearest, wordiest, wanted])), wordings

    def _asked_for(self, vector: Vectors, allowed: _Allowed) -> tuple[Rows, Rows]:
        """The nearest wordings, none beyond a right angle, and the passages of the first ones."""
        engine, k = self.snapshot.asked_engine, WORDINGS
        while True:
            found, scores = engine.search(vector, k, allowed.wordings)
            found = found[scores > 0]
            passages = self.snapshot.wordings.passage_of[found]
            _, first = np.unique(passages, return_index=True)
            if len(first) >= POOL or len(passages) < k:
                return found, passages[np.sort(first)][:POOL]
            k *= 4
