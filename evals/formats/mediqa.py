"""Questions with graded answers, as the MEDIQA 2019 question answering task publishes them.

XML with `Question`, `QuestionText` and `AnswerList`, or rows `{"question", "answers", "scores"}`.
An answer is right from grade 3 of 4 on, as in the task (Ben Abacha, Shivade and
Demner-Fushman, 2019, doi:10.18653/v1/W19-5039).
"""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from evals.rows import Report, Row, ending_of, made_of, text_of
from qa.terminal import BadInput

RIGHT_FROM = 3


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """An answer and its grade, 1 to 4."""

    answer_id: str
    text: str
    grade: int


@dataclass(frozen=True, slots=True)
class GradedQuestion:
    """A question with its answers, in the order in which the data set gives them."""

    question_id: str
    question: str
    answers: tuple[GradedAnswer, ...]


def read_mediqa(path: Path, report: Report) -> list[GradedQuestion]:
    """The questions of a file, one that cannot be used being told."""
    if ending_of(path) != ".xml":
        return list(made_of(path, _question_of_row, report))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text_of(path).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise BadInput(f"{path.name} line {error.lineno} is not XML; correct it") from error
    found = []
    for element in root.iter("Question"):
        try:
            found.append(_question(path, element))
        except BadInput as error:
            report(str(error))
    return found


def _question(path: Path, element: etree._Element) -> GradedQuestion:
    place = f"{path.name} line {element.sourceline}"
    number = element.get("QID") or element.get("qid")
    text = _words(element.find("QuestionText"))
    if not number or not text:
        raise BadInput(f"{place} has no QID or no QuestionText; correct it")
    answers = [_answer(path, answer) for answer in element.iter("Answer")]
    return _checked(place, GradedQuestion(number, text, tuple(answers)))


def _answer(path: Path, element: etree._Element) -> GradedAnswer:
    place = f"{path.name} line {element.sourceline}"
    grade, text = element.get("ReferenceScore"), _words(element.find("AnswerText"))
    if grade is None or not grade.isdigit() or not text:
        raise BadInput(f"{place} has no ReferenceScore or no AnswerText; correct it")
    return GradedAnswer(element.get("AID") or place, text, int(grade))


def _words(element: etree._Element | None) -> str:
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def _question_of_row(row: Row) -> GradedQuestion:
    texts, grades = row.nested("answers"), row.nested("scores", "labels")
    if not isinstance(texts, list) or not isinstance(grades, list) or len(texts) != len(grades):
        raise BadInput(f"{row.place}: answers and scores must be lists as long as each other")
    if not all(isinstance(grade, int) for grade in grades):
        raise BadInput(f"{row.place}: scores must be whole numbers; correct it")
    number = row.optional("id", "qid") or row.place
    answers = [
        GradedAnswer(f"{number}-{at}", str(text), grade)
        for at, (text, grade) in enumerate(zip(texts, grades, strict=True))
    ]
    return _checked(row.place, GradedQuestion(number, row.text("question"), tuple(answers)))


def _checked(place: str, question: GradedQuestion) -> GradedQuestion:
    if not question.answers:
        raise BadInput(f"{place} has no answers; correct it")
    return question
