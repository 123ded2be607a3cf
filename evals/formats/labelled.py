"""Rows with a label: spans that answer, questions in or out of scope, pairs, red flags."""

from typing import NamedTuple

from evals.rows import Row
from qa.terminal import BadInput
from sources.document import Span

YES = frozenset({"1", "1.0", "true", "yes", "in", "in_scope", "in-scope", "in scope", "same"})
NO = frozenset(
    {"0", "0.0", "false", "no", "out", "out_of_scope", "out-of-scope", "out of scope", "oos"}
    | {"different"}
)


class SpanQuestion(NamedTuple):
    """A question on one text, with the characters that answer it; none when it does not."""

    question_id: str
    question: str
    text: str
    spans: tuple[Span, ...]


class ScopeQuestion(NamedTuple):
    """A question and whether it is of the library's subject."""

    question_id: str
    question: str
    in_scope: bool


class QuestionPair(NamedTuple):
    """Two questions and whether they ask the same."""

    pair_id: str
    one: str
    other: str
    same: bool


def span_question(row: Row) -> SpanQuestion:
    """A row `question`, `text`, `spans`."""
    text = str(row.value("text", "context", "document"))
    spans = row.spans(text, "spans", "gold", "gold_spans", "answers")
    question = row.text("question", "q", "query")
    return SpanQuestion(
        row.optional("id", "_id") or row.place, question, text, tuple(sorted(spans))
    )


def scope_question(row: Row) -> ScopeQuestion:
    """A row `query`, `label`, the label being yes or no in one of the usual spellings."""
    question = row.text("query", "question", "q", "text")
    in_scope = label_of(row, "in_scope", "label", "scope")
    return ScopeQuestion(row.optional("id", "_id") or row.place, question, in_scope)


def question_pair(row: Row) -> QuestionPair:
    """A row `question_1`, `question_2`, `label`. Several rows may share a `dr_id`."""
    one = row.text("question_1", "question1", "q1")
    other = row.text("question_2", "question2", "q2")
    return QuestionPair(row.place, one, other, label_of(row, "label", "same", "is_duplicate"))


def label_of(row: Row, *names: str) -> bool:
    """A label as yes or no. Raises `BadInput` for one that is neither."""
    found = str(row.value(*names)).strip().lower()
    if found not in YES | NO:
        raise BadInput(f"{row.place}: the label {found!r} is neither yes nor no; correct it")
    return found in YES
