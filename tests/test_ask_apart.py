"""A great many questions: several processes answer as one would, and end when they should."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from evals.bench.processes import PROGRAM
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


def test_without_an_index_signs_are_warned_of_before_the_error_and_nothing_after(
    library_of, capfd, monkeypatch
):
    monkeypatch.setattr(module, "SHARE", 2)
    answers = ask_apart(Settings(home=library_of(FILES).home), [SIGN, ASKED[0], SIGN, SIGN, SIGN])
    assert next(answers).outcome is Outcome.NOT_SEARCHED
    with pytest.raises(NoSnapshot, match="quotewell index build"):
        next(answers)
    told = capfd.readouterr().err
    assert told.startswith("quotewell: nothing is indexed")
    assert told.count("\n") == 1


def test_the_command_shares_out_many_questions(assistant, monkeypatch, tmp_path, capsys):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"q": text}) + "\n" for text in ASKED), encoding="utf-8")
    command = ["--home", str(assistant.settings.home), "ask", "--json", "--batch", str(rows)]
    printed, apart, shared_out = [], [], asking._ask_apart
    monkeypatch.setattr(asking, "CORES", 2)
    monkeypatch.setattr(asking, "_ask_apart", lambda *a: apart.append(a) or shared_out(*a))
    for many in (len(ASKED) + 1, len(ASKED)):
        assert not apart
        monkeypatch.setattr(asking, "MANY", many)
        assert main(command) == 0
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        printed.append([{**line, "answer_id": "", "took_ms": 0} for line in lines])
    assert [line["question"] for line in printed[0]] == ASKED
    assert printed[0] == printed[1]
    assert len(apart) == 1


@pytest.fixture
def many(assistant, tmp_path):
    """A command that is asked very much, in a group of processes of its own, as a terminal has."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text((json.dumps({"q": ASKED[0]}) + "\n") * 20_000, encoding="utf-8")
    command = ["ask", "--json", "--home", str(assistant.settings.home), "--batch", str(rows)]
    process = subprocess.Popen(
        [*PROGRAM, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_an_interrupt_ends_all_of_them_with_one_line(many):
    assert json.loads(many.stdout.readline())["question"] == ASKED[0]
    os.killpg(many.pid, signal.SIGINT)
    _, told = many.communicate(timeout=60)
    assert (many.returncode, told) == (130, "quotewell: stopped\n")


def test_when_the_first_is_killed_the_others_end_too(many):
    assert json.loads(many.stdout.readline())["question"] == ASKED[0]
    many.kill()
    many.communicate(timeout=60)  # until nobody holds its output open any more
    assert many.returncode == -signal.SIGKILL


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system lists no processes")
def test_a_process_that_the_system_ends_is_told_in_a_line(many):
    assert json.loads(many.stdout.readline())["question"] == ASKED[0]
    (worker, *_) = workers_of(many.pid)
    os.kill(worker, signal.SIGKILL)
    _, told = many.communicate(timeout=60)
    assert many.returncode == 1
    assert told == (
        "quotewell: the system ended a process that was answering, perhaps for want of memory; "
        "ask fewer questions at a time\n"
    )


def workers_of(first):
    """The processes that were begun by `first` and hold the model."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            begun_by = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (folder / "cmdline").read_text()
            if begun_by == first and "spawn_main" in words:
                yield int(folder.name)
