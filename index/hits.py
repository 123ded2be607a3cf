"""What a search gives back. A hit has an id and scores, and no text."""

from typing import NamedTuple


class Hit(NamedTuple):
    """A passage in a ranking. `score` compares only within its ranking.

    `row` is the passage's number in the snapshot; `dense` is its cosine with the question, `near`
    the greatest of that and the cosines of the wordings that ask for it. `asked` says how much of
    the nearness of all wordings that were compared is theirs, 0 to 1, and 0 where there is none;
    `lexical` is the BM25 score, `late` what late interaction says, -1 where nothing was compared.
    """

    passage_id: str
    row: int
    score: float
    dense: float
    near: float
    asked: float
    lexical: float
    late: float


Ranking = tuple[Hit, ...]
"""Hits, best first; rank is counted from 1. Ties keep the order of the snapshot."""
