"""The hazard log: complete, honest, and every test that it names exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOG = (ROOT / "docs/hazards.md").read_text(encoding="utf-8")
HAZARDS = re.split(r"^## ", LOG, flags=re.MULTILINE)[1:]
NAMED = re.findall(r"`(tests/\w+\.py)::(\w+)`", LOG)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_proves_a_control_exists(path, name):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in functions


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda text: text.split(" ")[0])
def test_a_hazard_has_cause_effect_control_with_its_test_and_what_remains(hazard):
    for part in ("**Cause:**", "**Effect:**", "**Control:**", "**Residual:**"):
        assert part in hazard
    for control in re.split(r"- \*\*Control:\*\*", hazard.split("- **Residual:**")[0])[1:]:
        assert re.search(r"`tests/\w+\.py::\w+`", control)


def test_hazards_are_numbered_in_order():
    assert [text.split(" ")[0] for text in HAZARDS] == [f"H{n + 1}" for n in range(len(HAZARDS))]
    assert len(HAZARDS) >= 10


def test_the_log_says_that_nobody_has_signed_it():
    assert "No clinical safety\nofficer has reviewed or signed this log" in LOG
