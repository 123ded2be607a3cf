"""The command line: every command, its exit code, and errors of one line that say what to do."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.snapshot import SnapshotStore, index_recipe
from qa import commands
from qa.cli import main
from qa.notices import notice_text
from qa.settings import SETTINGS_FILE
from sources.library import Library

ROOT = Path(__file__).parents[1]
BIOPSY = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n"
SCAN = "MRI scan\n\nAn MRI scan is loud. Ask for ear plugs — they are free. Größe: 70 cm.\n"
HURT = "Does a biopsy hurt?"
ANSWER = "A biopsy hurts a little."


@pytest.fixture(scope="module")
def filled(tmp_path_factory, models):
    """A home with two documents and an index, made once by the commands themselves."""
    folder, home = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("filled")
    (home / "models").symlink_to(models)
    (folder / "biopsy.md").write_text(BIOPSY, encoding="utf-8")
    (folder / "scan.txt").write_text(SCAN, encoding="utf-8")
    assert main(["--home", str(home), "sources", "add", str(folder)]) == 0
    assert main(["--home", str(home), "index", "build"]) == 0
    return home


@pytest.fixture
def home(filled, tmp_path):
    """A copy of the filled home that a test may change."""
    return shutil.copytree(filled, tmp_path / "home", symlinks=True)


@pytest.fixture
def run(capsys, models):
    """Runs a command; gives its exit code, lines on standard output, lines on standard error."""

    def run(home, *words):
        if not home.is_file() and not (home / "models").exists():  # converted once for all homes
            home.mkdir(parents=True, exist_ok=True)
            (home / "models").symlink_to(models)
        capsys.readouterr()
        code = main(["--home", str(home), *map(str, words)])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return run


@pytest.fixture
def rows(tmp_path):
    """Writes rows into a JSON-lines file."""

    def write(*rows):
        path = tmp_path / "rows.jsonl"
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text(f"{text}\n", encoding="utf-8")
        return path

    return write


def refused(result, *parts):
    """Whether a command failed with one line that holds all of `parts`."""
    code, _, err = result
    assert (code, len(err)) == (1, 1), err
    assert err[0].startswith("quotewell: ")
    for part in parts:
        assert part in err[0]


# sources


def test_adding_says_what_became_of_each_file(run, tmp_path):
    (tmp_path / "biopsy.md").write_text(BIOPSY)
    home = tmp_path / "home"
    first = run(home, "sources", "add", tmp_path / "biopsy.md")
    assert first == (
        0,
        ["new document: biopsy  Biopsy", "1 new document", "Next: quotewell index build"],
        [],
    )
    again = run(home, "sources", "add", tmp_path / "biopsy.md")
    assert again == (0, ["already there: biopsy  Biopsy", "1 already there"], [])


def test_a_file_that_is_refused_does_not_stop_the_others(run, tmp_path):
    (tmp_path / "a.md").write_text(BIOPSY)
    (tmp_path / "b.txt").write_text("")
    code, out, err = run(tmp_path / "home", "sources", "add", tmp_path / "a.md", tmp_path / "b.txt")
    assert (code, out[-2]) == (3, "1 new document, 1 refused")
    assert err == ["refused: b.txt is empty; add a file with text in it"]


@pytest.mark.parametrize("name", ["missing.md", "empty.txt", "picture.png"])
def test_when_every_file_is_refused_the_command_failed(run, tmp_path, name):
    if name != "missing.md":
        (tmp_path / name).write_bytes(b"")
    code, _, err = run(tmp_path / "home", "sources", "add", tmp_path / name)
    assert (code, len(err)) == (1, 1)
    assert err[0].startswith("refused: ")


def test_adding_nothing_is_refused(run, tmp_path):
    code, _, wrong = run(tmp_path, "sources", "add")
    assert (code, wrong) == (2, ["quotewell: name files or folders to add, or give --starter"])
    (tmp_path / "folder").mkdir()
    refused(run(tmp_path, "sources", "add", tmp_path / "folder"), "no file of a known format")


def test_listing_names_every_version(run, filled):
    code, out, _ = run(filled, "sources", "list")
    assert (code, len(out)) == (0, 3)
    assert out[0].startswith("* biopsy  ")
    assert out[-1] == "2 documents, 2 versions; * may be quoted"


def test_listing_as_json_is_a_row_a_version(run, filled):
    _, out, _ = run(filled, "sources", "list", "--json")
    read = [json.loads(line) for line in out]
    assert [row["doc_id"] for row in read] == ["biopsy", "scan"]
    assert all(row["quotable"] for row in read)
    assert read[0]["source"]["title"] == "Biopsy"


def test_showing_tells_what_is_known(run, filled):
    code, out, _ = run(filled, "sources", "show", "biopsy")
    assert code == 0
    assert "doc_id: biopsy" in out
    _, out, _ = run(filled, "sources", "show", "biopsy", "--json")
    assert json.loads(out[0])["blocks"] == {"heading": 2, "paragraph": 1}


@pytest.mark.parametrize("doc_id", ["biopsy", "scan"])
def test_showing_the_text_is_byte_for_byte(filled, capsysbinary, doc_id):
    library = Library(filled)
    entry = library.entry(doc_id)
    text = library.document(doc_id, entry.version).text
    library.close()
    shown = ["sources", "show", doc_id, "--version", entry.version[:8], "--text"]
    assert main(["--home", str(filled), *shown]) == 0
    assert capsysbinary.readouterr().out == text.encode()


@pytest.mark.parametrize("verb", ["show", "withdraw"])
def test_an_unknown_document_is_told(run, filled, verb):
    refused(run(filled, "sources", verb, "nowhere"), "no document nowhere; see `quotewell sources")


def test_an_unknown_version_is_told(run, filled):
    shown = run(filled, "sources", "show", "biopsy", "--version", "xyz")
    refused(shown, "no document biopsy version xyz")


def test_a_withdrawn_document_is_never_quoted_again(run, home):
    code, out, _ = run(home, "sources", "withdraw", "biopsy")
    assert (code, out[0]) == (
        0,
        "biopsy is withdrawn and will not be quoted; its words are kept for the record",
    )
    _, out, _ = run(home, "ask", HURT, "--json")
    assert all(quote["doc_id"] != "biopsy" for quote in json.loads(out[0])["quotes"])
    assert run(home, "sources", "list")[1][0].startswith("  biopsy")


# index


def test_building_says_what_was_made(run, home):
    code, out, err = run(home, "index", "build")
    assert (code, err) == (0, [])
    assert out[0].endswith(": 2 passages, 0 of 12 texts newly embedded")
    _, out, _ = run(home, "index", "build", "--json")
    assert json.loads(out[0]).keys() == {"snapshot_id", "passages", "embedded", "texts"}


def test_the_status_tells_whether_the_library_moved_on(run, home):
    _, out, _ = run(home, "index", "status", "--json")
    status = json.loads(out[0])
    assert (status["up_to_date"], status["recall"], status["wordings_recall"]) == (True, 1.0, 1.0)
    run(home, "sources", "withdraw", "scan")
    code, out, _ = run(home, "index", "status")
    assert (code, out[-2]) == (0, "up_to_date: False")
    assert out[-1] == "The library has changed since. Next: quotewell index build"


def test_verifying_checks_every_file(run, filled):
    code, out, _ = run(filled, "index", "verify")
    assert code == 0
    assert out[0].endswith("files checked")
    assert json.loads(run(filled, "index", "verify", "--json")[1][0])["whole"] is True


def test_a_damaged_index_is_told(run, home):
    path = next(home.glob("snapshots/*/vectors.npy"))
    path.write_bytes(path.read_bytes()[:-1])
    words = ("vectors.npy in the index has been changed", "run `quotewell index build`")
    refused(run(home, "index", "verify"), *words)
    refused(run(home, "ask", HURT), *words)


@pytest.mark.parametrize("words", [("ask", HURT), ("index", "status"), ("index", "verify")])
def test_a_home_without_an_index_says_what_to_do(run, tmp_path, words):
    refused(run(tmp_path, *words), "nothing is indexed yet; run `quotewell index build`")


def test_a_home_that_is_a_file_is_told(run, tmp_path):
    (tmp_path / "home").write_text("no folder")
    refused(run(tmp_path / "home", "sources", "list"), "Not a directory", "check")


def test_an_empty_library_cannot_be_indexed(run, tmp_path):
    refused(run(tmp_path, "index", "build"), "nothing to index", "quotewell sources add")


# ask


def test_asking_prints_the_quote_with_its_source(run, filled):
    code, out, err = run(filled, "ask", HURT)
    assert (code, err) == (0, [])
    assert out[0] == notice_text("outcome.answered")
    assert f"    {ANSWER} The skin is numbed first." in out
    assert any(line.startswith("    — Biopsy › Pain (p. 1)") for line in out)


def test_asking_as_json_is_one_line(run, filled):
    code, out, _ = run(filled, "ask", HURT, "--json")
    assert (code, len(out)) == (0, 1)
    quote = json.loads(out[0])["quotes"][0]
    assert (quote["doc_id"], quote["text"]) == ("biopsy", f"{ANSWER} The skin is numbed first.")


def test_what_is_not_in_the_library_is_an_answer_too(run, filled):
    code, out, _ = run(filled, "ask", "How is bread baked?")
    assert (code, out[0]) == (0, notice_text("outcome.not_in_library"))


@pytest.mark.parametrize("question", ["", " ", "🙂"])
def test_an_empty_question_is_told_so(run, filled, question):
    assert run(filled, "ask", question)[:2] == (
        0,
        [notice_text("question.empty"), "", notice_text("disclaimer.patient")],
    )


def test_a_batch_of_questions_is_answered_in_order(run, filled, rows):
    path = rows({"q": HURT, "id": 7}, {"q": "hello"}, {"q": "Is the MRI scan loud?"})
    code, out, _ = run(filled, "ask", "--batch", path, "--json")
    assert code == 0
    asked = [json.loads(line) for line in out]
    assert [row["question"] for row in asked] == [HURT, "hello", "Is the MRI scan loud?"]
    assert run(filled, "ask", "--batch", path)[1].count(notice_text("disclaimer.patient")) == 3


# quote


def test_the_evidence_in_a_file(run, tmp_path):
    path = tmp_path / "biopsy.md"
    path.write_text(BIOPSY)
    code, out, _ = run(tmp_path, "quote", path, "--question", HURT)
    assert (code, out[0][: len(ANSWER)]) == (0, ANSWER)
    made = json.loads(run(tmp_path, "quote", path, "--question", HURT, "--json")[1][0])
    assert made.keys() == {"spans", "quotes", "version"}
    assert made["spans"] == [[quote["start"], quote["end"]] for quote in made["quotes"]]


def test_a_file_that_does_not_answer(run, tmp_path):
    path = tmp_path / "biopsy.md"
    path.write_text(BIOPSY)
    asked = ("quote", path, "--question", "How is bread baked?")
    assert run(tmp_path, *asked)[0] == 0
    assert json.loads(run(tmp_path, *asked, "--json")[1][0])["spans"] == []


def test_a_missing_file_and_a_folder_are_told(run, tmp_path):
    missing = run(tmp_path, "quote", tmp_path / "no.md", "--question", HURT)
    refused(missing, "no.md does not exist; check the name")
    refused(run(tmp_path, "quote", tmp_path, "--question", HURT), "is a folder; name a file")


@pytest.mark.parametrize("words", [(), ("a.md",), ("--question", HURT)])
def test_half_a_command_is_told(run, tmp_path, words):
    code, _, wrong = run(tmp_path, "quote", *words)
    assert code == 2
    assert wrong == ["quotewell: give either --question Q and a FILE, or --batch FILE.jsonl"]


ROWS = (  # the text of a row, and how the evidence in it begins
    (f"{ANSWER} The room is bright.", ANSWER),
    (f"Welcome to us.\r\n\r\n{ANSWER} The room is bright.\r\n", ANSWER),
    (f"\ufeff{ANSWER} The room is bright.", ANSWER),
    (f"\ufeff\r\n🙂👍🏽 \U0001f9d1\u200d\u2695\ufe0f\r\n\r\n{ANSWER} So be it.", ANSWER),
    ("The room is bright.\n\nA biopsy hurts a\n\nlittle. The room is big.", ANSWER),
    ("A bio\u00adpsy  hurts\ta\u00a0little. The room is bright.", "A bio\u00adpsy hurts a little."),
    (f"Größe \ud800 and so on.\n\n{ANSWER} The room is bright.", ANSWER),
    (f"\x0c{ANSWER}\x0c The room is bright.", ANSWER),
)


def test_spans_of_a_row_are_places_in_its_own_text(run, filled, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({"q": HURT, "text": text}) for text, _ in ROWS))
    code, out, _ = run(filled, "quote", "--batch", path)
    assert (code, len(out)) == (0, len(ROWS))
    for line, (text, found) in zip(out, ROWS, strict=True):
        start, end = json.loads(line)["spans"][0]
        assert text[start] == "A"
        assert " ".join(text[start:end].split()).startswith(found)


def test_a_row_without_words_has_no_spans(run, filled, rows):
    empty = ("", " \r\n", "\ufeff", "🙂", "…", "\x00\x01\x02", "|a|\n|-|\n")
    path = rows(*({"q": HURT, "text": text} for text in empty))
    assert run(filled, "quote", "--batch", path)[1] == ['{"spans": []}'] * len(empty)


def test_a_row_that_does_not_answer_has_no_spans(run, filled, rows):
    path = rows(*({"q": q, "text": BIOPSY} for q in ("How is bread baked?", "hello", "")))
    assert run(filled, "quote", "--batch", path)[1] == ['{"spans": []}'] * 3


@pytest.mark.parametrize("command", ["ask", "quote"])
def test_a_bad_row_is_told_with_its_line(run, filled, rows, tmp_path, command):
    good = {"q": HURT, "text": BIOPSY}
    for bad in ({"q": 5, "text": "x"}, []):
        done = run(filled, command, "--batch", rows(good, bad))
        refused(done, "rows.jsonl line 2 lacks q", "as text; correct it")
    (tmp_path / "rows.jsonl").write_text(f"\n{json.dumps(good)}\n{{'q': 1}}\n")
    refused(run(filled, command, "--batch", tmp_path / "rows.jsonl"), "line 3 is not JSON; correct")


def test_a_file_of_rows_with_a_mark_before_it_is_read(run, filled, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"q": HURT}).encode() + b"\r\n")
    assert run(filled, "ask", "--batch", path, "--json")[0] == 0


def test_a_line_separator_inside_a_row_ends_no_row(run, filled, rows):
    path = rows({"q": f"{HURT}\u2028\x85", "text": f"{ANSWER}\u2028The room is bright."})
    assert len(run(filled, "quote", "--batch", path)[1]) == 1


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00"])
def test_rows_that_cannot_be_read_are_told(run, filled, tmp_path, data):
    path = tmp_path / "rows.jsonl"
    if data is not None:
        path.write_bytes(data)
    refused(run(filled, "ask", "--batch", path), "rows.jsonl cannot be read as UTF-8 text; check")


@pytest.mark.parametrize("command", ["ask", "quote"])
def test_a_batch_without_a_name_is_refused(run, filled, command):
    assert run(filled, command, "--batch", "")[0] in (1, 2)


# settings, doctor, serve and the words of the command line


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("prot = 1", ("unknown setting 'prot'; did you mean 'port'?",)),
        ('port = "x"', ("port must be of type int; correct it",)),
        ("port = 99999", ("port must be between 0 and 65535; correct it",)),
        ("port =", ("does not parse", "correct it")),
        ('model = "nowhere"', ("'nowhere' is not on this machine; give the folder",)),
    ],
)
def test_settings_that_cannot_be_used_are_told(run, home, text, parts):
    (home / SETTINGS_FILE).write_text(text)
    refused(run(home, "ask", HURT), *parts)


def test_another_engine_in_the_settings_is_used(run, home):
    (home / SETTINGS_FILE).write_text('engine = "exact"\nmax_quotes = 1\n')
    assert run(home, "index", "build")[0] == 0
    assert json.loads(run(home, "index", "status", "--json")[1][0])["engine"] == "exact"
    assert len(json.loads(run(home, "ask", HURT, "--json")[1][0])["quotes"]) == 1


def test_the_doctor_finds_all_in_order(run, filled):
    code, out, _ = run(filled, "doctor")
    assert code == 0
    names = [line.split(":")[0] for line in out]
    checked = ("disk", "model", "thresholds", "documents", "originals", "index")
    assert names == [f"ok   {name}" for name in checked]


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(run, home):
    next((home / "originals").iterdir()).write_bytes(b"changed")
    run(home, "sources", "withdraw", "scan")
    code, out, _ = run(home, "doctor")
    assert code == 1
    assert any(line.startswith("FAIL originals: damaged or missing: ") for line in out)
    assert out[-1].endswith("behind the library; run `quotewell index build`")


def test_the_doctor_of_an_empty_home_says_what_comes_first(run, tmp_path):
    code, out, _ = run(tmp_path, "doctor")
    assert code == 1
    assert "0 quotable of 0 documents" in out[3]
    assert out[-1].startswith("FAIL index: nothing is indexed yet; run")


def test_a_document_that_has_only_a_title_leaves_the_index_up_to_date(run, home, tmp_path):
    (tmp_path / "title.md").write_text("# Only a title\n")
    run(home, "sources", "add", tmp_path / "title.md")
    run(home, "index", "build")
    assert run(home, "doctor")[0] == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), ("127.0.0.1", 7860)), (("--host", "0.0.0.0", "--port", "0"), ("0.0.0.0", 0))],
)
def test_serving_takes_host_and_port_from_the_words(filled, monkeypatch, words, expected):
    served = []
    monkeypatch.setitem(
        sys.modules, "app", SimpleNamespace(serve=lambda *given: served.extend(given))
    )
    assert main(["--home", str(filled), "serve", *words]) == 0
    assert (served[0].host, served[0].port) == expected


def test_serving_refuses_a_port_that_is_none(run, filled, monkeypatch):
    monkeypatch.setitem(sys.modules, "app", SimpleNamespace(serve=print))
    refused(run(filled, "serve", "--port", "99999"), "port must be between 0 and 65535")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["answer"],
        ["ask"],
        ["ask", "a", "--batch", "b"],
        ["sources"],
        ["sources", "show"],
        ["index", "drop"],
        ["serve", "--port", "x"],
        ["ask", HURT, "--verbose"],
    ],
)
def test_words_that_are_no_command_exit_with_two(words, capsys):
    with pytest.raises(SystemExit, match=r"^2$"):
        main(words)
    assert "usage: quotewell" in capsys.readouterr().err


def test_the_home_may_stand_before_or_behind_the_command(filled, capsys):
    assert main(["index", "status", "--home", str(filled), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 2


def test_the_installed_command_runs_and_gives_its_exit_code(tmp_path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, name = project["project"]["scripts"]["quotewell"].split(":")
    start = f"import sys; from {module} import {name}; sys.exit({name}())"
    command = [sys.executable, "-c", start, "index", "status", "--home", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "quotewell: nothing is indexed yet; run `quotewell index build`\n"


def test_an_index_of_another_version_is_built_anew_before_serving(assistant_of):
    settings = assistant_of({"a.md": "# A\n\nA scan takes an hour."}).settings
    assert not commands._needs_index(settings)
    path = SnapshotStore(settings.home).current_folder() / "manifest.json"
    path.write_text(path.read_text().replace(index_recipe(), "older"))
    assert commands._needs_index(settings)
