"""What the weights are learned from: questions put to libraries, large, small and of one text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.bench_home import RememberingEmbedder, assistant_over, documents_by_id
from evals.gold import GoldQuestion, resolve
from index.conversion import open_embedder
from index.lexical import LexicalIndex
from index.passages import PassageRow
from qa.answer import Turn
from qa.assistant import Assistant
from qa.evidence import Evidence
from qa.gate import GateFeatures, gate_features
from qa.one_document import OneDocument
from qa.question import Question
from qa.selection import choose_quotes
from qa.settings import Settings
from sources.document import Audience, Document, Span
from sources.intake import starter_files
from sources.read import read_document

Matrix = NDArray[np.float64]
Candidates = list[tuple[Matrix, NDArray[np.bool_]]]
PARTS = 6  # small libraries that the starter library is dealt into
SEED = 7


class GateRows(NamedTuple):
    """Gate features of questions, whether the first quote is right, and the questions' kinds.

    `whole` says which of them were put to the whole starter library.
    """

    features: Matrix
    right: NDArray[np.bool_]
    kinds: list[str]
    whole: NDArray[np.bool_]


class Lesson(NamedTuple):
    """A question put to one library, with the places there that answer it."""

    assistant: Assistant
    question: GoldQuestion
    wanted: tuple[tuple[str, Span], ...]

    @property
    def kind(self) -> str:
        """The question's kind; an answerable one without its documents is not in this library."""
        answerable = self.question.answerable
        return "not_in_library" if answerable and not self.wanted else self.question.kind

    @property
    def whole(self) -> bool:
        """Whether it is put to the whole starter library."""
        return len(self.assistant.library.entries()) == len(starter_files())


def lessons(asked: Sequence[GoldQuestion], settings: Settings) -> Iterator[Lesson]:
    """Every question put to the whole starter library, to the part that answers, and to one more.

    The parts teach what the whole cannot: what the figures look like in a small library, how a
    question looks whose very subject is missing, and, as half of them have no wordings in which
    people ask, how a library is searched that has none.
    """
    embedder = RememberingEmbedder(open_embedder(settings.model, settings.models))
    whole = assistant_over(_at(settings, "whole"), starter_files(), embedder)
    documents = documents_by_id(whole)
    files = starter_files()
    np.random.default_rng(SEED).shuffle(files)
    parts = [
        assistant_over(
            _at(settings, f"part{n}"), sorted(files[n::PARTS]), embedder, asked_as=n % 2 == 0
        )
        for n in range(PARTS)
    ]
    held = [set(documents_by_id(part)) for part in parts]
    for question in asked:
        wanted = tuple((a.doc_id, resolve(a, documents)) for a in question.answers)
        yield Lesson(whole, question, wanted)
        counts = [sum(doc_id in ids for doc_id, _ in wanted) for ids in held]
        for number in {int(np.argmax(counts)), int(np.argmin(counts))}:
            inside = tuple(row for row in wanted if row[0] in held[number])
            yield Lesson(parts[number], question, inside)


def _at(settings: Settings, name: str) -> Settings:
    """The same settings with a home inside the one given."""
    return replace(settings, home=settings.home / name)


def meets(doc_id: str, span: Span, wanted: Sequence[tuple[str, Span]]) -> bool:
    """Whether a span shares a character with one of the answers."""
    return any(doc_id == other and span.overlaps(answer) for other, answer in wanted)


def turns(question: GoldQuestion) -> list[Turn]:
    """The earlier questions of a conversation."""
    return [Turn(text, text) for text in question.history]


def evidence_rows(taught: Sequence[Lesson]) -> Candidates:
    """For each lesson the features of its candidate statements, and which of them are right."""
    rows: Candidates = []
    for assistant, question, wanted in taught:
        _, found = assistant.evidence(question.text, turns(question))
        right = [meets(e.document.doc_id, e.statement.focus, wanted) for e in found]
        if any(right):
            features = np.array([e.features for e in found], dtype=np.float64)
            rows.append((features, np.array(right)))
    return rows


class _GateSheet:
    """Gathers `GateRows` a question at a time."""

    def __init__(self) -> None:
        self._features: list[GateFeatures] = []
        self._right: list[bool] = []
        self._kinds: list[str] = []
        self._whole: list[bool] = []

    def add(
        self, question: Question, found: Sequence[Evidence], lexical: LexicalIndex, lesson: "Wanted"
    ) -> None:
        """One question with its evidence; nothing found is nothing to learn from."""
        if not found:
            return
        first = choose_quotes(found, Audience.PATIENT, 1)[0]
        self._features.append(gate_features(question, found, lexical))
        self._right.append(meets(first.doc_id, first.span, lesson.places))
        self._kinds.append(lesson.kind)
        self._whole.append(lesson.whole)

    def rows(self) -> GateRows:
        """All of them."""
        features = np.array(self._features, dtype=np.float64)
        return GateRows(features, np.array(self._right), self._kinds, np.array(self._whole))


class Wanted(NamedTuple):
    """Where the answer of a question stands, the question's kind, and whether all was asked."""

    places: Sequence[tuple[str, Span]]
    kind: str
    whole: bool = False


def library_rows(taught: Sequence[Lesson]) -> GateRows:
    """Every lesson, asked of its library."""
    sheet = _GateSheet()
    for lesson in taught:
        assistant = lesson.assistant
        question, found = assistant.evidence(lesson.question.text, turns(lesson.question))
        lexical = assistant.snapshot.lexical
        sheet.add(question, found, lexical, Wanted(lesson.wanted, lesson.kind, lesson.whole))
    return sheet.rows()


def document_rows(taught: Sequence[Lesson]) -> GateRows:
    """Each answerable question, asked of three passages, each a document of its own.

    They are the one that answers, another of the same document, and one of another document.
    """
    dice = np.random.default_rng(SEED)
    sheet = _GateSheet()
    asked = OneDocument(taught[0].assistant.embedder)
    for lesson in taught:
        assistant, question, wanted = lesson
        if not wanted or not lesson.whole:
            continue  # the whole library alone has every passage
        rows = assistant.snapshot.passages
        for row, places in _passages_for(rows, wanted, dice):
            held = assistant.library.document(row.doc_id, row.version)
            text, spans = _cut_out(held, row.span, places)
            understood, found, lexical = asked.evidence(question.text, text)
            kind = "answerable" if spans else "other_subject"
            sheet.add(understood, found, lexical, Wanted([(text.doc_id, s) for s in spans], kind))
    return sheet.rows()


def _passages_for(
    rows: Sequence[PassageRow], wanted: Sequence[tuple[str, Span]], dice: np.random.Generator
) -> Iterator[tuple[PassageRow, list[Span]]]:
    """A passage with the first answer, one beside it without any, and one of another document."""
    doc_id, first = wanted[0]
    same = [row for row in rows if row.doc_id == doc_id]
    inside = [row for row in same if row.span.overlaps(first)]
    beside = [row for row in same if not any(meets(doc_id, row.span, [w]) for w in wanted)]
    others = [row for row in rows if row.doc_id not in {other for other, _ in wanted}]
    for choices in (inside[:1], beside, others):
        if choices:
            row = choices[int(dice.integers(len(choices)))]
            answers = [span for other, span in wanted if other == row.doc_id]
            yield row, [span for span in answers if span.overlaps(row.span)]


def _cut_out(document: Document, span: Span, places: Sequence[Span]) -> tuple[Document, list[Span]]:
    """A passage as a document of its own, and where the answers stand in it."""
    text = read_document(span.of(document.text).encode(), "passage.txt")
    found = [text.text.find(place.of(document.text)[:40]) for place in places]
    return text, [Span(start, start + 40) for start in found if start >= 0]
