"""Rows of data files: every kind is read, and what cannot be used is told by file and line."""

import gzip
import json

import pytest

from evals.rows import ROW_ENDINGS, Row, files_for, made_of, rows_of, stop
from qa.terminal import BadInput
from sources.document import Span

WANTED = [{"id": "1", "q": "Größe?"}, {"id": "2", "q": "a, b\nc"}]


def as_text(ending):
    if ending == ".jsonl":
        return "\n\n".join(json.dumps(row) for row in WANTED)
    if ending == ".json":
        return json.dumps({"data": WANTED})
    gap = "\t" if ending == ".tsv" else ","
    return f'id{gap}q\r\n1{gap}Größe?\r\n2{gap}"a, b\nc"\r\n'


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("ending", ROW_ENDINGS)
def test_every_kind_of_file_is_read_with_or_without_a_mark_and_zipped(tmp_path, ending, zipped):
    path = tmp_path / f"rows{ending}{'.gz' if zipped else ''}"
    data = as_text(ending).encode("utf-8-sig")
    path.write_bytes(gzip.compress(data) if zipped else data)
    assert [row.values for row in rows_of(path, stop)] == WANTED


def test_a_bad_line_is_told_and_the_lines_after_it_are_read(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"q": "one"}\n{"q": \n[1]\n\n{"q": "two"}\n')
    problems = []
    rows = list(rows_of(path, problems.append))
    assert [(row.place, row.text("q")) for row in rows] == [
        ("rows.jsonl line 1", "one"),
        ("rows.jsonl line 5", "two"),
    ]
    assert problems == [
        "rows.jsonl line 2 is not JSON; correct it",
        "rows.jsonl line 3 is not a row; correct it",
    ]


def test_a_row_of_a_table_with_too_few_or_too_many_cells_is_told(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1\n1,2\n1,2,3\n")
    problems = []
    assert [row.place for row in rows_of(path, problems.append)] == ["rows.csv line 3"]
    assert problems == [f"rows.csv line {n} has not as many cells as the head" for n in (2, 4)]


def test_a_row_that_its_maker_refuses_is_told_and_the_rest_are_made(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"q": "one"}\n{"p": "two"}\n{"q": "three"}\n')
    problems = []
    assert list(made_of(path, lambda row: row.text("q"), problems.append)) == ["one", "three"]
    assert problems == ["rows.jsonl line 2 lacks 'q'; correct it"]


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("gone.jsonl", None, "gone.jsonl cannot be read as UTF-8 text; check the file"),
        ("latin.csv", b"\xe9", "latin.csv cannot be read as UTF-8 text; check the file"),
        ("cut.jsonl.gz", gzip.compress(b"{}" * 99, mtime=0)[:-9], "cut.jsonl.gz cannot be read"),
        ("bad.json", b'[\n{"a": 1},\n{"a" 2}]', "bad.json line 3 is not JSON; correct it"),
        ("word.json", b"7", "word.json is not a list of rows; correct it"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, data, problem):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadInput, match=problem):
        list(rows_of(path, stop))


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (lambda row: row.value("x", "y"), "f line 1 lacks 'x' or 'y'; correct it"),
        (lambda row: row.text("blank"), "f line 1: 'blank' must be text"),
        (lambda row: row.text("list"), "f line 1: 'list' must be text"),
        (lambda row: row.number("word"), "f line 1: 'word' must be a number"),
        (lambda row: row.nested("word"), "f line 1: 'word' must be a list or table"),
        (lambda row: row.tables("list"), "f line 1: 'list' must be a list of tables"),
        (lambda row: row.spans("four", "list"), "1 is no span of a text of 4 characters"),
        (lambda row: row.spans("four", "late"), r"\[2, 5\] is no span of a text of 4"),
        (lambda row: row.spans("four", "empty"), r"\[2, 2\] is no span of a text of 4"),
    ],
)
def test_a_value_of_another_kind_is_told_with_its_place(read, problem):
    values = {"blank": " ", "list": [1], "word": "seven", "late": [[2, 5]], "empty": [[2, 2]]}
    with pytest.raises(BadInput, match=problem):
        read(Row("f line 1", values))


def test_spans_are_given_as_lists_or_with_names_and_spelled_in_either_language():
    row = Row("f line 1", {"a": [[0, 2], {"start": 3, "end": 4}], "b": "[(0, 2)]", "c": "[[1,3]]"})
    assert row.spans("four", "a") == [Span(0, 2), Span(3, 4)]
    assert row.spans("four", "b") == [Span(0, 2)]
    assert row.spans("four", "c") == [Span(1, 3)]


def test_files_are_found_by_a_word_in_their_name_or_their_folders(tmp_path):
    for name in ("squad2_a.json", "deep/squad/b.jsonl.gz", "my-squad.csv", "antisquad.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[]")
    found = files_for(tmp_path, ["squad"], ROW_ENDINGS)
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["deep/squad/b.jsonl.gz", "my-squad.csv", "squad2_a.json"]
    assert files_for(tmp_path / "deep/squad", ["squad"], ROW_ENDINGS) == found[:1]
    assert files_for(found[1], ["mediqa"], ROW_ENDINGS) == found[1:2]
    with pytest.raises(BadInput, match=r"holds no mediqa\* with the ending \.xml"):
        files_for(tmp_path, ["mediqa"], [".xml"])
    with pytest.raises(BadInput, match=r"there is no .*nowhere; check the name"):
        files_for(tmp_path / "nowhere", ["mediqa"], [".xml"])
