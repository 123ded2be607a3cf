"""The house rules that a reader should be able to trust without checking."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("sources", "index", "qa", "evals")
FILES = [*sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py")), ROOT / "app.py"]
MAY_IMPORT = {
    "sources": {"sources"},
    "index": {"index", "sources"},
    "qa": {"qa", "index", "sources"},
    "evals": {"evals", "qa", "index", "sources"},
    "app.py": {"qa", "index", "sources"},
}
UPWARD = {"qa/commands.py": {"app", "evals"}}  # `serve` and `eval` start what stands above them
ONE_DOOR = {  # a third-party library, and the only places that may name it
    "Stemmer": ("index/words.py", "qa/triage/wording.py"),
    "alembic": ("qa/ledger/",),
    "argon2": ("qa/staff/passwords.py",),
    "authlib": ("qa/staff/sign_on.py",),
    "babel": ("qa/ui/in_words.py",),
    "bm25s": ("index/lexical.py", "evals/bench/floor.py"),
    "cryptography": ("qa/ledger/seal.py",),
    "docx": ("sources/readers/docx.py",),
    "faiss": ("index/engines/", "evals/bench/floor.py"),
    "fastapi": ("app.py", "qa/ui/", "evals/bench/desk.py"),
    "fpdf": ("qa/ui/sheet_pdf.py",),
    "grpc": ("index/milvus.py",),
    "gradio": ("qa/ui/lean_gradio.py",),
    "ir_measures": ("evals/measures.py",),
    "httpx2": ("qa/staff/sign_on.py",),
    "itsdangerous": ("qa/staff/key.py",),
    "joserfc": ("qa/staff/sign_on.py",),
    "jinja2": ("evals/report/page.py", "qa/ui/staff/paper.py"),
    "lxml": ("evals/formats/mediqa.py",),
    "markdown_it": ("sources/readers/markdown.py", "sources/starter/typeset.py"),
    "openvino": ("index/openvino_encoder.py", "index/conversion.py"),
    "pymilvus": ("index/milvus.py",),
    "pypdf": ("sources/readers/",),
    "pypdfium2": ("qa/ui/pages.py",),
    "rapidfuzz": (
        "qa/english.py",
        "qa/ledger/compare.py",
        "qa/staff/changes.py",
        "qa/triage/wording.py",
    ),
    "reportlab": ("sources/starter/typeset.py",),
    "segno": ("qa/ui/qr.py",),
    "sentence_transformers": ("index/embedder.py", "evals/bench/floor.py"),
    "sklearn": ("evals/",),
    "spellchecker": ("qa/word_lists.py",),
    "sqlalchemy": (
        "sources/history.py",
        "sources/library.py",
        "sources/review.py",
        "sources/shelf.py",
        "sources/tables.py",
        "qa/ledger/",
        "qa/staff/",
    ),
    "threadpoolctl": ("index/one_thread.py",),
    "tokenizers": ("index/openvino_encoder.py",),
    "torch": ("index/reranker.py",),
    "trafilatura": ("sources/readers/html.py",),
    "yaml": ("sources/metadata.py", "sources/starter/typeset.py"),
}
BANNED = (
    "util",
    "helper",
    "manager",
    "handler",
    "processor",
    "service",
    "wrapper",
    "misc",
    "common",
)
MAX_LINES = 300


def place_of(path):
    return path.relative_to(ROOT).as_posix()


def imports(path):
    """Every module that ``path`` names in an import, at any depth of the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=place_of)
class TestEveryFile:
    def test_imports_only_downward(self, path):
        home = path.relative_to(ROOT).parts[0]
        ours = {name.split(".")[0] for name in imports(path)} & {*PACKAGES, "app"}
        assert ours <= MAY_IMPORT[home] | UPWARD.get(place_of(path), set())

    def test_goes_through_the_one_door(self, path):
        place = place_of(path)
        for library in {name.split(".")[0] for name in imports(path)} & ONE_DOOR.keys():
            assert place.startswith(ONE_DOOR[library]), f"{place} may not import {library}"

    def test_is_short_and_says_what_it_is(self, path):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= MAX_LINES
        assert ast.get_docstring(ast.parse(text)), "a module starts with a docstring"

    def test_has_no_empty_names(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names = [node.name.lower() for node in ast.walk(tree) if isinstance(node, kinds)]
        for name in [*names, path.stem]:
            assert not any(word in name for word in BANNED), f"{name} says nothing"


def test_only_cut_makes_a_quote():
    makers = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Quote":
                makers.append(place_of(path))
    assert makers == ["qa/answer.py"]


def test_the_packages_are_ours_and_not_the_index_ones():
    import evals
    import index
    import sources

    for package in (evals, index, sources):
        assert Path(package.__file__).is_relative_to(ROOT)
