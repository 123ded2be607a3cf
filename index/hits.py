"""What a search gives back. A hit has an id and scores, and no text."""

from typing import NamedTuple


class Hit(NamedTuple):
    """A passage in a ranking. `score` compares only within its ranking.

    `row` is the passage's number in the snapshot; `dense` is the cosine with the question,
    `lexical` the BM25 score, both as their retriever gave them.
    """

    passage_id: str
    row: int
    score: float
    dense: float
    lexical: float


Ranking = tuple[Hit, ...]
"""Hits, best first; rank is counted from 1. Ties keep the order of the snapshot."""
