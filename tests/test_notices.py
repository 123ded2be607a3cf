"""Every sentence around a quote was written by a person, is used, and promises nothing."""

import ast
import re
from pathlib import Path

import pytest

from qa.answer import Outcome
from qa.notices import FIRST, languages, notice_names, notice_text, speaking, spoken
from qa.question import TALK
from sources.document import Status

QA = Path(__file__).parents[1] / "qa"
# Code that speaks to readers. Commands speak to whoever runs the program, staff pages to staff.
READERS = [
    path
    for path in sorted(QA.rglob("*.py"))
    if "staff" not in path.relative_to(QA).parts
    and path.name not in ("cli.py", "doctor.py")
    and not path.stem.endswith("commands")
]
RULES = [p for p in sorted(QA.glob("*/**/*.toml")) if p.parent.name != "notices"]  # name them too
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted(QA.rglob("*.py"))}
GROUPS = "|".join(sorted({name.split(".")[0] for name in notice_names()}))
NAMED = re.compile(rf"""["']((?:{GROUPS})\.(?!css|js|toml|html|csv)[a-z_]+)["']""")
MADE = re.compile(rf"""f["']({GROUPS})\.\{{""")  # as in f"status.{{...}}"
BY_VALUE = {f"outcome.{outcome}" for outcome in Outcome} | {
    f"{group}.{status.replace(' ', '_')}" for group in ("status", "banner") for status in Status
}


def used_names():
    texts = [*SOURCES.values(), *(p.read_text(encoding="utf-8") for p in RULES)]
    return {name for text in texts for name in NAMED.findall(text)}


def made_names():
    """Names put together from a group and a word, both in the same file."""
    for text in SOURCES.values():
        for group in MADE.findall(text):
            words = set(re.findall(r"\w+", text))
            yield from (f"{group}.{word}{end}" for word in words for end in ("", "_head"))


def test_every_name_in_the_code_was_written():
    assert used_names() <= set(notice_names())


def test_every_notice_is_used_somewhere():
    assert 'startswith("example.")' in SOURCES[QA / "ui/patient.py"]
    unused = set(notice_names()) - used_names() - set(made_names()) - BY_VALUE
    assert {name for name in unused if not name.startswith("example.")} == set()


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.NOT_A_QUESTION])
def test_every_outcome_has_its_notice(outcome):
    assert notice_text(f"outcome.{outcome.value}")


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_notice(status):
    assert notice_text(f"status.{status.replace(' ', '_')}")


@pytest.mark.parametrize("name", TALK)
def test_every_kind_of_talk_has_its_notice(name):
    assert notice_text(name)


@pytest.mark.parametrize("name", notice_names())
def test_a_notice_holds_no_figure_and_no_address(name):
    text = notice_text(name)
    assert text == " ".join(text.split())
    assert text
    assert not re.search(r"\d|https?:|www\.|@|<", text)


@pytest.mark.parametrize("name", notice_names())
def test_blanks_to_fill_are_the_known_ones(name):
    known = {
        "emergency_number",
        "urgent_line",
        "crisis_line",
        "date",
        "days",
        "first",
        "last",
        "page",
        "pages",
        "question",
        "language",
    }
    assert blanks(name, FIRST) <= known


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_sentence_with_the_same_blanks(language):
    assert notice_names(language) == notice_names(FIRST)
    for name in notice_names():
        assert blanks(name, language) == blanks(name, FIRST), name
        assert notice_text(name, language), name


def test_a_sentence_is_read_in_the_language_spoken_and_english_comes_back():
    with speaking("es"):
        assert notice_text("page.ask") == "Preguntar"
        with speaking("tlh"):
            assert spoken() == FIRST
        assert spoken() == "es"
    assert notice_text("page.ask") == "Ask"


def blanks(name, language):
    return set(re.findall(r"\{(\w*)\}", notice_text(name, language)))


def test_a_name_that_nobody_wrote_is_an_error():
    with pytest.raises(KeyError, match=r"outcome\.guessed"):
        notice_text("outcome.guessed")


def said(tree):
    """String constants that are neither docstrings nor the words of an error."""
    silent = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            silent |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield node.value


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_no_sentence_for_readers_stands_in_code(path):
    sentence = re.compile(r"^[A-Z][\w’']*(?: [\w’',-]+){2,}[.!?]$")
    found = [text for text in said(ast.parse(SOURCES[path])) if sentence.match(text.strip())]
    assert found == []
