"""Questions on paragraphs, answerable or not: the sentence that answers, over all paragraphs.

The unanswerable questions are adversarial: their words stand in a paragraph that does not answer.
"Own paragraph" asks the one paragraph that a question was written for, as `quotewell quote` does.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.baselines import PlainStatements
from evals.corpus import OutsideText, TextWithoutWords, raw_span, read_text
from evals.formats.squad import ParagraphQuestion, read_squad
from evals.identity import digest
from evals.judged import OURS, Judged
from evals.measures import discrimination, share, times, trust
from evals.suite import Bench, Suite
from qa.answer import Quote
from qa.gate import decide
from qa.one_document import OneDocument
from sources.document import Span

FILES = ("squad", "dev-v2", "train-v2")
FIRST = 3
Place = tuple[str, Span]  # a document's version, and where in the text it was read from


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question of every file, the paragraphs of a file being the library."""
    for path in bench.files(*FILES):
        questions = read_squad(path, bench.problems.append)
        if questions:
            paragraphs = _Paragraphs(path, questions, bench)
            for question in questions:
                yield paragraphs.ours(question)
                yield from paragraphs.plain(question)


class _Paragraphs:
    """The paragraphs of one file as a library, to be asked by ours and by the plain systems."""

    def __init__(self, path: Path, questions: Sequence[ParagraphQuestion], bench: Bench) -> None:
        self._data = path.name.split(".")[0]
        self._bench = bench
        bench.read_from(self._data, [path])
        texts = {_id_of(q): OutsideText(_id_of(q), q.title, q.paragraph) for q in questions}
        self._corpus = bench.corpus(self._data, list(texts.values()))
        self._embedders = bench.place.embedders
        self._statements = PlainStatements(self._corpus.assistant, self._embedders.indexing)
        self._alone = OneDocument(self._embedders.indexing)

    def ours(self, question: ParagraphQuestion) -> Judged:
        """The question asked of all paragraphs, and of its own."""
        assistant = self._corpus.assistant
        answer = self._bench.ask(assistant, question.question)
        _, found = assistant.evidence(question.question)
        places = [(e.document.version, raw_span(e.document, e.statement.focus)) for e in found]
        quoted = [self._focus(quote) for quote in answer.quotes[:1]]
        values = {
            "probability": answer.probability,
            "right": float(any(self._are_right(quoted, question))),
            "own probability": self._own_probability(question),
            "ms": answer.took_ms,
        }
        shown = answer.quotes[0].text if answer.quotes else ""
        return self._judged(question, OURS, places, values, shown)

    def plain(self, question: ParagraphQuestion) -> Iterator[Judged]:
        """The question asked of all paragraphs by the plain systems."""
        vector = self._embedders.asking.embed([question.question])[0]
        for system, found in self._statements.first(question.question, vector, FIRST).items():
            values = {"probability": found.score}
            yield self._judged(question, system, found.places, values, "")

    def _focus(self, quote: Quote) -> Place:
        """The part of a quote that answers; the short text around it would be right too easily."""
        document = self._corpus.assistant.library.document(quote.doc_id, quote.version)
        return quote.version, raw_span(document, quote.focus)

    def _own_probability(self, question: ParagraphQuestion) -> float:
        try:
            document = read_text(question.paragraph, question.title)
        except TextWithoutWords:
            return 0.0
        understood, found, lexical = self._alone.evidence(question.question, document)
        return decide(understood, found, lexical, one_document=True).probability

    def _are_right(self, places: Sequence[Place], question: ParagraphQuestion) -> list[bool]:
        own = self._corpus.versions.get(_id_of(question))
        return [
            version == own and any(span.overlaps(gold) for gold in question.answers)
            for version, span in places
        ]

    def _judged(
        self,
        question: ParagraphQuestion,
        system: str,
        places: Sequence[Place],
        values: dict[str, float],
        shown: str,
    ) -> Judged:
        right = self._are_right(places[:FIRST], question)
        if question.answers:
            values["hit@1"], values["hit@3"] = float(any(right[:1])), float(any(right))
        return Judged(
            suite="squad",
            data=self._data,
            system=system,
            question_id=question.question_id,
            question=question.question,
            group="answerable" if question.answers else "unanswerable",
            values={"answerable": float(bool(question.answers)), **values},
            right=any(right[:1]) if question.answers else None,
            shown=shown,
        )


def _id_of(question: ParagraphQuestion) -> str:
    return digest([question.title, question.paragraph])


SUITE = Suite(
    name="squad",
    about="The sentence that answers, over all paragraphs, and whether there is one",
    measures=(
        share("hit@1"),
        share("hit@3"),
        *discrimination("answerable", "probability"),
        *discrimination("answerable", "own probability", "own paragraph "),
        *trust("right", "probability"),
        *times(),
    ),
    judge=judge,
)
