"""Evidence put in a better order by a cross-encoder, where one is named in the settings."""

from collections.abc import Sequence

import numpy as np

from index.reranker import CrossEncoderReranker
from qa.evidence import Evidence
from qa.question import Question

READ = 32  # statements that are read together with the question


def read_together(
    question: Question, evidence: Sequence[Evidence], reranker: CrossEncoderReranker
) -> list[Evidence]:
    """`evidence` with its first `READ` in the order of both judgements, strongest first.

    The score is the logistic of the mean of two log-odds, that of the features and that of the
    cross-encoder. A statement that was not read keeps its score and stands behind those that were.
    """
    first, rest = list(evidence[:READ]), list(evidence[READ:])
    if not first:
        return rest
    texts = [_in_context(one) for one in first]
    own = np.clip([one.score for one in first], 1e-6, 1 - 1e-6)
    logits = (np.log(own / (1 - own)) + reranker.logits(question.searched, texts)) / 2
    scores = 1 / (1 + np.exp(-logits))
    order = np.argsort(-scores, kind="stable")
    return [first[at]._replace(score=float(scores[at])) for at in order] + rest


def _in_context(evidence: Evidence) -> str:
    """A statement as it must be read: behind its title and last heading, with what leads to it."""
    text, statement = evidence.document.text, evidence.statement
    block = evidence.document.blocks[evidence.document.block_index(statement.focus.start)]
    words = f"{statement.lead.of(text)} {statement.focus.of(text)}".strip()
    return ": ".join((evidence.candidate.source.title, *block.heading_path[-1:], words))
