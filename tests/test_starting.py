"""What a start does without: Gradio's stubs and tables, and the code of other commands."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LEAN = """
import sys
from qa.ui.lean_gradio import gr
assert "pandas.core" not in sys.modules, "pandas was read"
import inspect
assert inspect.getfile(gr.HTML).endswith("html.py"), "a file is told again"
import pandas
assert pandas.DataFrame({"a": [1]}).shape == (1, 1)
assert "pandas.core" in sys.modules
try:
    pandas.nothing_of_this_name
except AttributeError as error:
    print(error)
"""

PART_OF_PANDAS = """
from qa.ui.lean_gradio import gr
from pandas.errors import ParserError
import pandas
assert pandas.errors.ParserError is ParserError, "a part of it was run twice"
from pandas.api.types import is_integer_dtype
print(is_integer_dtype("int32"))
"""

ASKED = """
import sys
from qa.cli import program
code = program()
other = {"qa.doctor", "qa.ledger.ledger", "qa.staff.accounts", "index.build", "tqdm"}
sys.exit(" ".join(other & sys.modules.keys()) or code)
"""


def ran(code, *words):
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_gradio_is_imported_without_pandas_which_comes_when_it_is_asked_for():
    done = ran(LEAN)
    assert done.stderr == ""
    assert done.stdout == "module 'pandas' has no attribute 'nothing_of_this_name'\n"


def test_another_library_may_import_a_part_of_pandas_first():
    done = ran(PART_OF_PANDAS)
    assert done.stderr == ""
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("ask", "I have crushing chest pain"), 0, "nothing is indexed"),
        (("ask", "--nothing"), 2, "usage"),
    ],
)
def test_asking_imports_no_other_command_and_gives_its_code(tmp_path, words, code, told):
    done = ran(ASKED, *words, "--home", tmp_path / "home")
    assert done.returncode == code, done.stderr
    assert told in done.stderr
