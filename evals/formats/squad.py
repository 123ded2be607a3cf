"""Questions on paragraphs as SQuAD 2 publishes them, nested or one flat row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.rows import Report, Row, ending_of, json_of, rows_of, text_of
from qa.terminal import BadInput
from sources.document import Span


@dataclass(frozen=True, slots=True)
class ParagraphQuestion:
    """A question on a paragraph, with the places that answer it; none when it does not."""

    question_id: str
    question: str
    title: str
    paragraph: str
    answers: tuple[Span, ...]


def read_squad(path: Path, report: Report) -> list[ParagraphQuestion]:
    """The questions of a file, one that cannot be used being told."""
    found = []
    for row in _flat_rows(path, report):
        try:
            found.append(_question(row))
        except BadInput as error:
            report(str(error))
    return found


def _flat_rows(path: Path, report: Report) -> Iterator[Row]:
    whole: Any = json_of(path, text_of(path)) if ending_of(path) == ".json" else None
    articles = whole.get("data") if isinstance(whole, dict) else None
    if not isinstance(articles, list) or not all("paragraphs" in a for a in articles):
        yield from rows_of(path, report)
        return
    for article in articles:
        for paragraph in article["paragraphs"]:
            for asked in paragraph.get("qas", ()):
                above = {"title": article.get("title"), "context": paragraph.get("context")}
                yield Row(f"{path.name} question {asked.get('id')}", {**asked, **above})


def _question(row: Row) -> ParagraphQuestion:
    paragraph = str(row.value("context"))
    spans = {_place(row, paragraph, words, start) for words, start in _answers(row)}
    question_id = row.text("id")
    return ParagraphQuestion(
        question_id, row.text("question"), row.optional("title"), paragraph, tuple(sorted(spans))
    )


def _answers(row: Row) -> list[tuple[Any, Any]]:
    """Words and start of each answer, listed one by one or as two columns."""
    answers = row.nested("answers")
    try:
        if isinstance(answers, dict):
            return list(zip(answers["text"], answers["answer_start"], strict=True))
        return [(answer["text"], answer["answer_start"]) for answer in answers]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{row.place}: answers need text and answer_start, as many of each; correct it"
        ) from error


def _place(row: Row, paragraph: str, words: object, start: object) -> Span:
    if (
        not isinstance(words, str)
        or not isinstance(start, int)
        or paragraph[start : start + len(words)] != words
        or not words
    ):
        raise BadInput(f"{row.place}: the paragraph does not say {words!r} at {start}; correct it")
    return Span(start, start + len(words))
