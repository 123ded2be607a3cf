"""Data sets are read as they are published, and what is wrong in them is told by its place."""

import gzip
import json

import pytest

from evals.formats.beir import collections_in
from evals.formats.labelled import label_of, question_pair, scope_question, span_question
from evals.formats.mediqa import read_mediqa
from evals.formats.squad import read_squad
from evals.rows import Row, stop
from qa.terminal import BadInput
from sources.document import Span

TEXT = "Vessels feed a tumour. Blood loss fell by half. Costs were not measured."
CLAIM = {"_id": "1", "text": "Blood loss falls.", "metadata": {"d1": [{"sentences": [1]}]}}
PARAGRAPH = "The cord ends at the first lumbar vertebra. Below it are nerves."
MEDIQA = """<?xml version="1.0" encoding="UTF-8"?>
<MEDIQA2019>
<Question QID="7"><QuestionText>What is gout?</QuestionText><AnswerList>
<Answer AID="7_1" SystemRank="1" ReferenceRank="2" ReferenceScore="2">
<AnswerURL>x</AnswerURL><AnswerText>Fruit &amp; bread.</AnswerText></Answer>
<Answer AID="7_2" SystemRank="2" ReferenceRank="1" ReferenceScore="4">
<AnswerURL>x</AnswerURL><AnswerText>A kind of arthritis.</AnswerText></Answer>
</AnswerList></Question>
<Question QID="8"><QuestionText>And this?</QuestionText><AnswerList/></Question>
</MEDIQA2019>
"""


def jsonl(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def folder(tmp_path):
    """A collection of two documents and one claim, its corpus zipped."""
    texts = {"_id": "d1", "title": "Embolization", "text": TEXT}, {"_id": "d2", "text": "Falls."}
    jsonl(tmp_path / "scifact/corpus.jsonl.gz", *texts)
    jsonl(tmp_path / "scifact/queries.jsonl", CLAIM, {"_id": "2", "text": "Who fell?"})
    (tmp_path / "scifact/qrels").mkdir()
    judged = "query-id\tcorpus-id\tscore\n1\td1\t1\n"
    (tmp_path / "scifact/qrels/test.tsv").write_text(judged)
    (tmp_path / "scifact/qrels/train.tsv").write_text("query-id\tcorpus-id\tscore\n2\td2\t1\n")
    return tmp_path


def test_a_beir_folder_is_found_below_with_its_evidence_and_its_test_split(folder):
    (collection,) = collections_in(folder, stop)
    assert collection.name == "scifact"
    assert collection.documents["d1"].title == "Embolization"
    assert collection.qrels == {"1": {"d1": 1}}
    (span,) = collection.evidence["1", "d1"]
    assert span.of(TEXT).strip() == "Blood loss fell by half."


def test_scifacts_own_files_give_the_evidence_too(folder):
    abstract = {"doc_id": 5, "title": "T", "abstract": ["One, e.g. two.", "Three."]}
    jsonl(folder / "scifact/corpus.jsonl.gz", abstract)
    jsonl(folder / "scifact/queries.jsonl", {"_id": "1", "text": "Three?"})
    (folder / "scifact/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n1\t5\t1\n")
    claim = {
        "id": 1,
        "claim": "Three?",
        "evidence": {"5": [{"sentences": [1], "label": "SUPPORT"}]},
    }
    jsonl(folder / "scifact/claims_dev.jsonl", claim)
    (collection,) = collections_in(folder, stop)
    assert collection.evidence["1", "5"][0].of(collection.documents["5"].text) == "Three."


def test_evidence_in_rows_of_its_own_is_given_in_words_or_numbers(folder):
    row = {"query-id": "1", "corpus-id": "d1"}
    jsonl(folder / "scifact/evidence.jsonl", {**row, "sentences": [2, "Vessels feed"]}, row)
    problems = []
    (collection,) = collections_in(folder, problems.append)
    said = [span.of(TEXT).strip() for span in collection.evidence["1", "d1"]]
    assert said == ["Vessels feed", "Blood loss fell by half.", "Costs were not measured."]
    assert problems == [
        "evidence.jsonl line 2 lacks 'sentences' or 'sentence' or 'text'; correct it"
    ]


def test_a_number_beyond_our_own_count_is_no_error_but_beyond_the_data_sets_own_list_it_is(folder):
    far = {"_id": "1", "text": "?", "metadata": {"d1": [{"sentences": [9]}]}}
    jsonl(folder / "scifact/queries.jsonl", far)
    (collection,) = collections_in(folder, stop)
    assert (collection.unplaced, collection.evidence) == (1, {})
    jsonl(folder / "scifact/corpus.jsonl.gz", {"_id": "d1", "title": "", "abstract": ["One."]})
    problems = []
    list(collections_in(folder, problems.append))
    assert problems == ["queries.jsonl line 1: document d1 has no sentence 9; correct it"]


@pytest.mark.parametrize(
    ("gone", "problem"),
    [
        ("corpus.jsonl.gz", r"holds no corpus\.jsonl, nor does a folder in it"),
        ("queries.jsonl", r"scifact has no queries\.jsonl; a BEIR folder needs it"),
        ("qrels/*.tsv", r"scifact has no qrels/\*\.tsv; a BEIR folder needs it"),
    ],
)
def test_a_beir_folder_without_one_of_its_files_is_refused(folder, gone, problem):
    for path in (folder / "scifact").glob(gone):
        path.unlink()
    with pytest.raises(BadInput, match=problem):
        list(collections_in(folder, stop))


def test_what_is_wrong_in_a_beir_folder_is_told_and_the_rest_is_read(folder):
    jsonl(
        folder / "scifact/queries.jsonl",
        {"_id": "1"},
        {"_id": "2", "text": "?", "metadata": {"d1": [{"sentences": ["It rained."]}]}},
    )
    judged = "query-id\tcorpus-id\tscore\n1\td1\t1\n2\td9\t1\n2\td1\tx\n2\td2\t1\n"
    (folder / "scifact/qrels/test.tsv").write_text(judged)
    problems = []
    (collection,) = collections_in(folder, problems.append)
    assert collection.qrels == {"2": {"d2": 1}}
    assert problems == [
        "queries.jsonl line 1 lacks 'text' or 'claim'; correct it",
        "test.tsv judges query 1, which is not there; correct it",
        "test.tsv judges document d9, which is not there; correct it",
        "test.tsv line 4: 'score' must be a number; correct it",
        "queries.jsonl line 2: document d1 has no sentence 'It rained.'; correct it",
    ]


def nested(answers):
    asked = {"id": "q1", "question": "Where does it end?", "answers": answers}
    paragraph = {"context": PARAGRAPH, "qas": [{**asked, "is_impossible": not answers}]}
    return json.dumps({"version": "v2.0", "data": [{"title": "Cord", "paragraphs": [paragraph]}]})


def flat(answers):
    row = {"id": "q1", "title": "Cord", "context": PARAGRAPH, "question": "Where does it end?"}
    columns = {name: [one[name] for one in answers] for name in ("text", "answer_start")}
    return json.dumps({**row, "answers": columns})


def table(answers):
    columns = {name: [one[name] for one in answers] for name in ("text", "answer_start")}
    return (
        f'id,title,context,question,answers\nq1,Cord,{PARAGRAPH},Where does it end?,"{columns}"\n'
    )


@pytest.mark.parametrize(
    ("name", "spell"), [("s.json", nested), ("s.jsonl", flat), ("s.csv", table)]
)
@pytest.mark.parametrize("words", ["at the first lumbar vertebra", ""])
def test_squad_is_read_nested_flat_and_as_a_table(tmp_path, name, spell, words):
    answers = [{"text": words, "answer_start": PARAGRAPH.index(words)}] if words else []
    (tmp_path / name).write_text(spell(answers))
    (question,) = read_squad(tmp_path / name, stop)
    assert (question.title, question.paragraph) == ("Cord", PARAGRAPH)
    assert [span.of(PARAGRAPH) for span in question.answers] == ([words] if words else [])


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([{"text": "lumbar", "answer_start": 3}], "the paragraph does not say 'lumbar' at 3"),
        ([{"text": "", "answer_start": 3}], "the paragraph does not say '' at 3"),
        ([{"answer_start": 3}], "answers need text and answer_start"),
        ({"text": ["a"], "answer_start": []}, "answers need text and answer_start"),
        (7, "answers need text and answer_start"),
    ],
)
def test_a_squad_answer_that_does_not_stand_there_is_told(tmp_path, answers, problem):
    path = tmp_path / "s.json"
    path.write_text(nested(answers))
    problems = []
    assert read_squad(path, problems.append) == []
    (said,) = problems
    assert said.startswith(f"s.json question q1: {problem}")


def test_mediqa_is_read_as_published_and_a_question_without_answers_is_told(tmp_path):
    path = tmp_path / "MEDIQA.xml"
    path.write_text(MEDIQA)
    problems = []
    (question,) = read_mediqa(path, problems.append)
    assert question.question == "What is gout?"
    assert [(a.answer_id, a.grade) for a in question.answers] == [("7_1", 2), ("7_2", 4)]
    assert question.answers[0].text == "Fruit & bread."
    assert problems == ["MEDIQA.xml line 9 has no answers; correct it"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('ReferenceScore="4"', 'ReferenceScore="good"', "line 6 has no ReferenceScore or no"),
        ("<QuestionText>What is gout?</QuestionText>", "", "line 3 has no QID or no QuestionText"),
    ],
)
def test_a_mediqa_question_that_lacks_something_is_told_with_its_line(tmp_path, old, new, problem):
    path = tmp_path / "m.xml"
    path.write_text(MEDIQA.replace(old, new))
    problems = []
    assert read_mediqa(path, problems.append) == []
    assert problems[0].startswith(f"m.xml {problem}")


def test_a_file_that_is_not_xml_is_told_with_its_line(tmp_path):
    path = tmp_path / "m.xml"
    path.write_text(MEDIQA.replace("</AnswerList></Question>", "", 1))
    with pytest.raises(BadInput, match=r"m\.xml line \d+ is not XML; correct it"):
        read_mediqa(path, stop)


def test_mediqa_rows_need_as_many_scores_as_answers(tmp_path):
    path = tmp_path / "m.jsonl"
    good = {"question": "?", "answers": ["a", "b"], "scores": [1, 4]}
    jsonl(path, good, {**good, "scores": [1]}, {**good, "scores": [1, "x"]})
    problems = []
    (question,) = read_mediqa(path, problems.append)
    assert [answer.grade for answer in question.answers] == [1, 4]
    assert [problem[:14] for problem in problems] == ["m.jsonl line 2", "m.jsonl line 3"]


@pytest.mark.parametrize("label", [1, "1", True, "in", "In_Scope", "same"])
def test_a_yes_is_spelled_in_many_ways(label):
    assert label_of(Row("f line 1", {"label": label}), "label")


@pytest.mark.parametrize("label", [0, "0", False, "out", "out-of-scope", "oos", "different"])
def test_and_so_is_a_no(label):
    assert not label_of(Row("f line 1", {"label": label}), "label")


def test_a_label_that_is_neither_is_told():
    with pytest.raises(BadInput, match="f line 1: the label 'maybe' is neither yes nor no"):
        label_of(Row("f line 1", {"label": "maybe"}), "label")


def test_labelled_rows_are_read():
    scope = scope_question(Row("f line 1", {"query": "Why?", "label": "out"}))
    assert scope == ("f line 1", "Why?", False)
    row = {"dr_id": "1", "question_1": "Why?", "question_2": "How?", "label": "1"}
    assert question_pair(Row("f line 2", row)) == ("f line 2", "Why?", "How?", True)
    spans = {"id": 3, "question": "Why?", "text": "So.", "spans": [[0, 2]]}
    assert span_question(Row("f line 3", spans)) == ("3", "Why?", "So.", (Span(0, 2),))
