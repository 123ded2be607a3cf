"""Spans of one text that answer a question, counted in words, as `quotewell quote` gives them.

The plain systems show their best statement, which is what a search without a gate would do.
"""

import re
import time
from collections.abc import Iterator, Sequence

from evals.baselines import PlainSearch, best_rows
from evals.corpus import TextWithoutWords, raw_span, read_text
from evals.formats.labelled import SpanQuestion, span_question
from evals.identity import digest
from evals.judged import OURS, Judged
from evals.measures import overlap, share, times
from evals.rows import made_of
from evals.suite import Bench, Suite
from index.embedder import Embedder
from index.passages import prepare
from qa.one_document import OneDocument
from sources.document import Document, Span

_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question of every file, asked of its own text."""
    for path in bench.files("spans"):
        data = path.name.split(".")[0]
        bench.read_from(data, [path])
        questions = list(made_of(path, span_question, bench.problems.append))
        bench.used[data]["library"] = digest(question.text for question in questions)
        asked = OneDocument(bench.place.embedders.asking)
        for question in questions:
            for system, (spans, figures) in _spans(question, asked, bench).items():
                yield _judged(data, system, question, spans, figures)


def _spans(
    question: SpanQuestion, asked: OneDocument, bench: Bench
) -> dict[str, tuple[list[Span], dict[str, float]]]:
    """What each system shows, with the time that ours took to read, index and ask."""
    began = time.perf_counter()
    try:
        document = read_text(question.text)
    except TextWithoutWords:
        return {OURS: ([], {})}
    quotes = asked.quotes(question.question, document, bench.place.settings.max_quotes)
    took = 1000 * (time.perf_counter() - began)
    plain = _plain(question.question, document, bench.place.embedders.indexing)
    ours = [raw_span(document, quote.span) for quote in quotes]
    return {OURS: (ours, {"ms": took}), **{system: (found, {}) for system, found in plain.items()}}


def _plain(question: str, document: Document, embedder: Embedder) -> dict[str, list[Span]]:
    rows = [
        (text, raw_span(document, statement.focus))
        for passage in prepare(document)
        for text, statement in zip(passage.statements_alone, passage.statements, strict=True)
    ]
    if not rows:
        return {}
    search = PlainSearch([text for text, _ in rows], embedder)
    scores = search.scores(question, embedder.embed([question])[0])
    return {system: [rows[at][1] for at in best_rows(s, 1)] for system, s in scores.items()}


def _judged(
    data: str,
    system: str,
    question: SpanQuestion,
    spans: Sequence[Span],
    figures: dict[str, float],
) -> Judged:
    shown, gold = _words(question.text, spans), _words(question.text, question.spans)
    answered = {"answerable: something quoted": float(bool(spans))} if gold else {}
    refused = {} if gold else {"unanswerable: something quoted": float(bool(spans))}
    return Judged(
        suite="spans",
        data=data,
        system=system,
        question_id=question.question_id,
        question=question.question,
        group="answerable" if gold else "unanswerable",
        values={
            "words right": len(shown & gold),
            "words quoted": len(shown),
            "words gold": len(gold),
            **answered,
            **refused,
            **figures,
        },
        right=bool(shown & gold) if gold else not shown,
        shown=" … ".join(span.of(question.text) for span in spans),
    )


def _words(text: str, spans: Sequence[Span]) -> set[int]:
    """Where the words begin that share a character with one of the spans."""
    return {
        word.start()
        for word in _WORD.finditer(text)
        if any(Span(*word.span()).overlaps(span) for span in spans)
    }


SUITE = Suite(
    name="spans",
    about="The words of a text that answer, and none beside them",
    measures=(
        *overlap("word", "words right", "words quoted", "words gold"),
        share("answerable: something quoted"),
        share("unanswerable: something quoted", lower_is_better=True),
        *times(),
    ),
    judge=judge,
)
