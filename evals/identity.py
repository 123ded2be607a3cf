"""What a figure was measured on: hashes of index, model, library, data and code."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from index.embedder import Embedder, sha256_of
from index.snapshot import index_recipe

ROOT = Path(__file__).parents[1]
PROGRAM = ("sources", "index", "qa")  # what answers; the evaluation itself may grow meanwhile
CODE_ENDINGS = (".py", ".toml")
DIGITS = 16


def digest(parts: Iterable[str]) -> str:
    """16 hexadecimal digits that follow from `parts` and their order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() + b"\x1f")
    return whole.hexdigest()[:DIGITS]


def code_digest(folders: Iterable[str] = PROGRAM) -> str:
    """Of the program's files, rules and weights included."""
    files = sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in CODE_ENDINGS
    )
    return digest(f"{path.relative_to(ROOT).as_posix()} {sha256_of(path)}" for path in files)


def documents_digest(versions: Iterable[str]) -> str:
    """Of a library: the versions it may quote from, in whatever order."""
    return digest(sorted(versions))


def data_digest(files: Iterable[Path]) -> str:
    """Of data files, by content."""
    return digest(sha256_of(path) for path in files)


def program_identity(embedder: Embedder) -> Mapping[str, str]:
    """The part of an identity that all suites of a run share."""
    model = embedder.identity
    return {
        "model": f"{model.name} {model.fingerprint[:DIGITS]}, {embedder.runtime}",
        "recipe": index_recipe(),
        "code": code_digest(),
    }
