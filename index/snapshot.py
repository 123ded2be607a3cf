"""One immutable built index in a folder, and the pointer to the one that serves.

A snapshot is written aside, hashed, moved into place and then named by the file `current`, in
that order, so a reader always finds a whole one. Opening checks every file against the
manifest and refuses what is missing, changed, or made with another model or recipe.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.arrays import open_array
from index.aspects import aspects_recipe
from index.embedder import ModelIdentity, sha256_of
from index.engines import Engine, engine
from index.errors import REBUILD, NoSnapshot, SnapshotDamaged, SnapshotMismatch
from index.late import TokenTable
from index.lexical import LexicalIndex
from index.milvus import announce, let_go
from index.milvus_lexical import PLACE, MilvusLexicalIndex
from index.passage_table import PassageTable
from index.statements import StatementTable
from index.wordings import Wordings
from index.words import words_recipe
from sources.segments import RECIPE

FORMAT = 5


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is made of. `documents` maps doc_id to the indexed version.

    `recall` is the share of the ten nearest passages that the engine finds, measured at the build;
    `asked_engine` and `asked_recall` are the same for wordings.
    """

    format: int
    recipe: str
    model: ModelIdentity
    engine: str
    recall: float
    asked_engine: str
    asked_recall: float
    passages: int
    statements: int
    documents: dict[str, str]
    files: dict[str, str]

    @property
    def snapshot_id(self) -> str:
        """16 hexadecimal digits that follow from everything above: same content, same id."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """The manifest as it is written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """The manifest at `path`. Raises `SnapshotDamaged` or `SnapshotMismatch`."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise SnapshotMismatch(
                    f"the index has format {values['format']}, this program {FORMAT}; {REBUILD}"
                )
            values["model"] = ModelIdentity(**values["model"])
            return cls(**values)
        except FileNotFoundError as error:
            raise SnapshotDamaged(f"the index has lost {path.name}; {REBUILD}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise SnapshotDamaged(f"the index's {path.name} cannot be read; {REBUILD}") from error


def index_recipe() -> str:
    """Names the rules by which documents become passages, terms and aspects."""
    return f"{RECIPE} {words_recipe()} {aspects_recipe()}"


class Searchable(Protocol):
    """What searching needs of a snapshot: rows, vectors and words, all in the same order."""

    snapshot_id: str
    passages: PassageTable
    statements: StatementTable
    vectors: NDArray[np.float32]
    statement_vectors: NDArray[np.float16]
    context_vectors: NDArray[np.float16]
    wordings: Wordings
    tokens: TokenTable
    engine: Engine
    asked_engine: Engine
    lexical: LexicalIndex
    word_counts: dict[str, int]


class Snapshot:
    """An opened snapshot. Every array is read-only and left on disk until it is needed."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.snapshot_id = folder.name
        self.passages = PassageTable.open(folder)
        self.statements = StatementTable.open(folder / "statements")
        self.statement_vectors: NDArray[np.float16] = open_array(folder / "statement_vectors.npy")
        self.context_vectors: NDArray[np.float16] = open_array(folder / "context_vectors.npy")
        self.wordings = Wordings(
            open_array(folder / "asked_vectors.npy"),
            open_array(folder / "asked_statements.npy"),
            self.passages.asked_ends,
        )
        self.tokens = TokenTable.open(folder / "tokens")
        self.vectors: NDArray[np.float32] = open_array(folder / "vectors.npy")
        self.engine = engine(manifest.engine).open(folder / "engine.bin")
        self.asked_engine = engine(manifest.asked_engine).open(folder / "asked_engine.bin")
        self.lexical = _lexical(folder / "lexical")
        counts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        self.word_counts: dict[str, int] = counts


def _lexical(folder: Path) -> LexicalIndex:
    elsewhere = (folder / PLACE).exists()
    return MilvusLexicalIndex.open(folder) if elsewhere else LexicalIndex.open(folder)


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a snapshot but its manifest, by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: sha256_of(path) for name, path in names.items() if name != "manifest.json"}


def open_snapshot(folder: Path, model: ModelIdentity) -> Snapshot:
    """The snapshot in `folder`, checked whole, for questions embedded by `model`.

    Raises `SnapshotDamaged` or `SnapshotMismatch`.
    """
    manifest = Manifest.read(folder / "manifest.json")
    found = file_hashes(folder)
    for name, expected in manifest.files.items():
        if name not in found:
            raise SnapshotDamaged(f"the index has lost {name}; {REBUILD}")
        if found[name] != expected:
            raise SnapshotDamaged(f"{name} in the index has been changed; {REBUILD}")
    if manifest.snapshot_id != folder.name:
        raise SnapshotDamaged(f"the index's manifest has been changed; {REBUILD}")
    if manifest.recipe != index_recipe():
        raise SnapshotMismatch(f"the index was cut by recipe {manifest.recipe}; {REBUILD}")
    if manifest.model != model:
        raise SnapshotMismatch(
            f"the index was built with {_spell(manifest.model)}, questions are embedded with "
            f"{_spell(model)}; {REBUILD}, or configure the model it was built with"
        )
    return Snapshot(folder, manifest)


def _spell(model: ModelIdentity) -> str:
    return f"{model.name} ({model.dimension} numbers a vector, {model.fingerprint[:8]})"


class SnapshotStore:
    """The snapshots under one home, and which of them serves."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "snapshots"
        self._pointer = home / "current"

    @property
    def serves(self) -> bool:
        """Whether any snapshot was ever switched to."""
        return self._pointer.exists()

    def current_id(self) -> str:
        """The name of the snapshot that serves. Raises `NoSnapshot`."""
        try:
            return self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise NoSnapshot(f"nothing is indexed yet; {REBUILD}") from error

    def current_folder(self) -> Path:
        """The folder of the snapshot that serves. Raises `NoSnapshot` or `SnapshotDamaged`."""
        folder = self.folder / self.current_id()
        if not folder.is_dir():
            raise SnapshotDamaged(f"the index {folder.name} has been removed; {REBUILD}")
        return folder

    def open_current(self, model: ModelIdentity) -> Snapshot:
        """The snapshot that serves, opened and checked."""
        return open_snapshot(self.current_folder(), model)

    def switch_to(self, written: Path, manifest: Manifest) -> str:
        """Move a finished folder into place and let it serve; the one before is kept, others go."""
        (written / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        target = self.folder / manifest.snapshot_id
        before = self.current_id() if self.serves else None
        if target.exists() and file_hashes(target) != manifest.files:
            shutil.rmtree(target)  # damaged: the whole one takes its place
        if target.exists():
            shutil.rmtree(written)
        else:
            written.rename(target)
        aside = self._pointer.with_name(f".current-{os.getpid()}")
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(target.name + "\n")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._pointer)
        finally:
            aside.unlink(missing_ok=True)
        announce(target)
        self._forget_all_but({target.name, before})
        return target.name

    def _forget_all_but(self, kept: set[str | None]) -> None:
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in kept:
                self.discard(folder, kept)

    def discard(self, folder: Path, kept: set[str | None]) -> None:
        """Remove a snapshot, or what was written of one, here and where its engine keeps rows."""
        let_go(folder, [self.folder / name for name in kept if name])
        shutil.rmtree(folder, ignore_errors=True)
