"""The gold questions: their answers stand in the starter documents, and there are enough."""

import json
from collections import Counter

import pytest

from evals.gold import GOLD, GoldAnswer, GoldError, gold_questions, resolve
from evals.rows import made_of, stop
from evals.suites.seeds import QUESTIONS as SEED_QUESTIONS
from evals.suites.seeds import seed_question
from qa.terminal import BadInput
from sources.intake import starter_files
from sources.read import read_bytes, read_document, sidecar_of

QUESTIONS = list(gold_questions())
KINDS = {"answerable", "not_in_library", "other_subject", "false_premise"}


@pytest.fixture(scope="module")
def documents():
    read = [read_document(read_bytes(p), p.name, sidecar_of(p)) for p in starter_files()]
    return {document.doc_id: document for document in read}


def test_every_gold_answer_stands_in_its_document_word_for_word(documents):
    for question in QUESTIONS:
        for answer in question.answers:
            span = resolve(answer, documents)
            words = span.of(documents[answer.doc_id].text)
            assert words == " ".join(answer.text.split()), question.question_id


def test_no_gold_answer_is_page_furniture(documents):
    for question in QUESTIONS:
        for answer in question.answers:
            document = documents[answer.doc_id]
            kind = document.block_at(resolve(answer, documents).start).kind
            assert kind in ("paragraph", "list_item", "table_row"), question.question_id


def test_ids_are_unique_and_name_their_file():
    rows = [
        (path.stem, json.loads(line)["id"])
        for path in sorted(GOLD.glob("*.jsonl"))
        if path.name != "red_flags.jsonl"  # messages, not questions; test_red_flags reads them
        for line in path.read_text(encoding="utf-8").split("\n")
        if line
    ]
    assert [id_ for id_, count in Counter(id_ for _, id_ in rows).items() if count > 1] == []
    assert all(id_.startswith(f"{stem}-") for stem, id_ in rows)


def test_no_question_is_asked_twice_in_the_same_conversation():
    asked = Counter((q.history, q.text.casefold()) for q in QUESTIONS)
    assert [text for (_, text), count in asked.items() if count > 1] == []


def test_there_are_enough_questions_of_both_kinds():
    answerable = sum(question.answerable for question in QUESTIONS)
    assert answerable >= 250
    assert len(QUESTIONS) - answerable >= 150


def test_every_question_is_of_a_known_kind():
    assert {question.kind for question in QUESTIONS} == KINDS


def test_a_question_is_answerable_exactly_when_it_has_answers():
    for question in QUESTIONS:
        assert question.answerable == bool(question.answers), question.question_id


@pytest.mark.parametrize("for_training", [True, False])
def test_both_halves_of_the_split_hold_plenty_of_both_kinds(for_training):
    half = [question for question in QUESTIONS if question.for_training is for_training]
    kinds = Counter(question.answerable for question in half)
    assert kinds[True] >= 100
    assert kinds[False] >= 60
    assert len({question.question_id.split("-")[0] for question in half}) >= 4


def test_the_split_follows_from_the_id_alone():
    question = QUESTIONS[0]
    assert question._replace(text="other").for_training is question.for_training


def test_answers_stand_in_most_of_the_starter_documents(documents):
    named = {answer.doc_id for question in QUESTIONS for answer in question.answers}
    assert len(named) >= 0.8 * len(documents)


def test_the_seed_questions_read_and_name_fragments():
    seeds = list(made_of(SEED_QUESTIONS, seed_question, stop))
    assert len(seeds) >= 100
    assert all(has for question in seeds for _, has in question.answers)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "x.jsonl line 2 is not JSON"),
        ("[]", "x.jsonl line 2 is not a row"),
        ('{"id": "x"}', "x.jsonl line 2 lacks 'gold'"),
        ('{"id": "x", "gold": 3}', "x.jsonl line 2: 'gold' must be a list of tables"),
        ('{"id": "x", "q": "?", "kind": "answerable", "gold": [{}]}', "line 2 lacks 'doc_id'"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path, row, problem):
    (tmp_path / "x.jsonl").write_text(f"\n{row}\n")
    with pytest.raises(BadInput, match=f"{problem}.*; correct it"):
        list(gold_questions(tmp_path))


def test_who_gathers_problems_reads_the_rows_after_them(tmp_path):
    row = {"id": "x-1", "q": "one", "kind": "other_subject", "gold": []}
    (tmp_path / "x.jsonl").write_text(f"{{\n{json.dumps(row)}\n")
    problems = []
    assert [q.place for q in gold_questions(tmp_path, problems.append)] == ["x.jsonl line 2"]
    assert problems == ["x.jsonl line 1 is not JSON; correct it"]


def test_a_line_separator_inside_a_question_ends_no_row(tmp_path):
    row = {"id": "x-1", "q": "one\u2028two", "history": [], "kind": "other_subject", "gold": []}
    (tmp_path / "x.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert [question.text for question in gold_questions(tmp_path)] == ["one\u2028two"]


def test_an_answer_whose_words_are_gone_is_told(documents):
    with pytest.raises(GoldError, match=r"biopsy no longer says 'It never hurts\.'; correct"):
        resolve(GoldAnswer("biopsy", "It never hurts."), documents)


def test_an_answer_in_a_document_that_is_gone_is_told(documents):
    with pytest.raises(GoldError, match="there is no document nowhere; correct the gold row"):
        resolve(GoldAnswer("nowhere", "words"), documents)
