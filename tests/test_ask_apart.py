"""A great many questions: several processes answer as one would, and end when they should."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from index.build import build
from index.conversion import open_embedder
from index.embedder import DEFAULT_MODEL
from index.errors import NoSnapshot
from qa import ask_apart as module
from qa import asking
from qa.answer import Outcome
from qa.ask_all import ask_all
from qa.ask_apart import ask_apart
from qa.assistant import Assistant
from qa.cli import main
from qa.settings import Settings
from sources.library import Library
from tests.conftest import add_file

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
ASKED = ["Does a biopsy hurt?", "", "hello", "I cannot feel my legs", "Is the scan loud?", "bread?"]
SIGN = "I cannot feel my legs and I wet myself"
PROGRAM = "import sys; from qa.cli import program; sys.exit(program())"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory, models):
    home = tmp_path_factory.mktemp("apart")
    (home / "models").symlink_to(models)
    library = Library(home)
    for name, text in FILES.items():
        add_file(library, name, text)
    embedder = open_embedder(DEFAULT_MODEL, models)
    build(library, embedder, lambda *_: None)
    return Assistant(Settings(home=home), library, embedder)


def alike(answers):
    return [replace(answer, answer_id="", took_ms=0.0) for answer in answers]


def test_several_processes_answer_as_one_does_and_in_order(assistant, monkeypatch):
    monkeypatch.setattr(module, "SHARE", 4)
    texts = [*ASKED, *ASKED[::-1]]
    assert alike(ask_apart(assistant.settings, texts)) == alike(ask_all(assistant, texts))


def test_without_an_index_a_sign_is_warned_of_before_the_error(library_of, capfd):
    answers = ask_apart(Settings(home=library_of(FILES).home), [SIGN, ASKED[0]])
    assert next(answers).outcome is Outcome.NOT_SEARCHED
    with pytest.raises(NoSnapshot, match="quotewell index build"):
        next(answers)
    assert capfd.readouterr().err.startswith("quotewell: nothing is indexed")


def test_the_command_shares_out_many_questions(assistant, monkeypatch, tmp_path, capsys):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"q": text}) + "\n" for text in ASKED), encoding="utf-8")
    command = ["--home", str(assistant.settings.home), "ask", "--json", "--batch", str(rows)]
    printed = []
    for many in (len(ASKED) + 1, len(ASKED)):
        monkeypatch.setattr(asking, "MANY", many)
        assert main(command) == 0
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        printed.append([{**line, "answer_id": "", "took_ms": 0} for line in lines])
    assert [line["question"] for line in printed[0]] == ASKED
    assert printed[0] == printed[1]


def test_an_interrupt_ends_all_of_them_with_one_line(assistant, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text((json.dumps({"q": ASKED[0]}) + "\n") * 20_000, encoding="utf-8")
    command = ["ask", "--json", "--home", str(assistant.settings.home), "--batch", str(rows)]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, as a terminal gives one
    )
    assert json.loads(process.stdout.readline())["question"] == ASKED[0]
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "quotewell: stopped\n")
