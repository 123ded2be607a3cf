"""What the documents say is so."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from qa.settings import Settings

ROOT = Path(__file__).parents[1]
DESIGN = (ROOT / "docs/design.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAP = re.findall(r"^\| `([\w/]+\.py)` \|", DESIGN, re.MULTILINE)


def module(place):
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def says_something(path):
    return len(ast.parse(path.read_text(encoding="utf-8")).body) > 1


def test_every_file_is_on_the_map():
    tops = ("sources", "index", "qa", "evals")
    files = {p for top in tops for p in (ROOT / top).rglob("*.py") if says_something(p)}
    assert {p.relative_to(ROOT).as_posix() for p in files} | {"app.py"} == set(MAP)


@pytest.mark.parametrize("place", MAP)
def test_a_file_uses_only_what_stands_above_it(place):
    later = {module(other) for other in MAP[MAP.index(place) :]} - {module(place)}
    tree = ast.parse((ROOT / place).read_text(encoding="utf-8"))
    froms = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    used = {node.module for node in froms}
    used |= {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
    assert not used & later


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_documented_with_its_default(field):
    if field.name == "home":
        return
    row = next(line for line in DESIGN.splitlines() if f"`{field.name}`" in line)
    assert str(field.default) in row


def test_every_command_is_in_the_readme():
    source = (ROOT / "qa/cli.py").read_text(encoding="utf-8")
    commands = re.findall(r'add_parser\(\s*"(\w+)"', source)
    assert commands
    for command in commands:
        assert f"`{command}" in README or f" {command}" in README, command


def test_the_pictures_of_the_readme_exist():
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).stat().st_size < 500_000


def test_the_repository_names_no_path_of_a_machine_and_no_registry():
    asked = re.compile(r"/(?:work|root|home/\w+)/|pypi\.org|files\.pythonhosted|registry\.npmjs")
    endings = {".py", ".md", ".toml", ".txt", ".sh", ".css", ".js", ".jsonl", ".yaml"}
    hidden = (".venv", ".git", ".quotewell", ".mypy_cache", ".ruff_cache")
    for path in ROOT.rglob("*"):
        if path.suffix in endings and not any(part in hidden for part in path.parts):
            if path == Path(__file__):
                continue
            assert not asked.search(path.read_text(encoding="utf-8")), path
