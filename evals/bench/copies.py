"""A snapshot of as many passages as are wanted: real ones first, then perturbed copies of them.

Nobody has a million passages about spines to measure on. Vectors of real texts (passages,
statements, wordings) are moved along differences of other real vectors and a little at random,
so that they lie as texts do and not as noise; a copy holds most of the terms of its original and
some of another's. A copy has one wording. It has no statements: these are looked up by their
place, which costs the same in an index of any size.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.build import write_engine
from index.embedder import Vectors
from index.late import TokenTable
from index.lexical import LexicalIndex
from index.passage_table import save_rows
from index.passages import PassageRow, prepare
from index.snapshot import FORMAT, Manifest, Snapshot, SnapshotStore, file_hashes, index_recipe
from index.statements import StatementTable
from sources.document import Span
from sources.library import Library

SEED = 7
OF_A_DOCUMENT = 15  # passages
MOVED = 0.5  # of the difference between two other texts; leaves a cosine of .77 to .88
NOISE = 0.25  # length of what is added at random
KEPT, BORROWED = 0.8, 0.2  # shares of terms: of its own, of another passage
BLOCK = 50_000


class Originals(NamedTuple):
    """Real texts: the vector of each, which passage it belongs to, and the passages' terms."""

    vectors: Vectors
    passage_of: NDArray[np.int64]
    terms: Sequence[NDArray[np.str_]]

    @classmethod
    def of(cls, snapshot: Snapshot, library: Library) -> Self:
        """Everything that the snapshot of a library embedded."""
        table = snapshot.passages
        entries = sorted(library.quotable().values(), key=lambda entry: entry.doc_id)
        documents = [library.document(entry.doc_id, entry.version) for entry in entries]
        terms = [np.array(p.terms) for document in documents for p in prepare(document)]
        statements = np.repeat(np.arange(len(table)), [row.last - row.first for row in table])
        wordings = np.repeat(np.arange(len(table)), np.diff(table.asked_ends))
        parts = (
            (snapshot.vectors, np.arange(len(table))),
            (snapshot.statement_vectors, statements),
            (snapshot.context_vectors, statements),
            (snapshot.wordings.vectors, wordings),
        )
        vectors = np.concatenate([np.asarray(rows, np.float32) for rows, _ in parts])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return cls(vectors, np.concatenate([of for _, of in parts]), terms)

    def copies(self, count: int, dice: np.random.Generator) -> tuple[Vectors, NDArray[np.int64]]:
        """The originals, shuffled, then perturbed copies; and the original of each."""
        real = dice.permutation(len(self.vectors))[:count]
        which = np.concatenate([real, dice.integers(len(self.vectors), size=count - len(real))])
        made = self.vectors[which]
        dimension = made.shape[1]
        for first in range(len(real), count, BLOCK):
            rows = made[first : first + BLOCK]
            one, other = dice.integers(len(self.vectors), size=(2, len(rows)))
            rows += MOVED * (self.vectors[one] - self.vectors[other])
            noise = dice.standard_normal((len(rows), dimension), dtype=np.float32)
            rows += NOISE / np.sqrt(dimension) * noise
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return made, self.passage_of[which]

    def terms_of(
        self, passages: NDArray[np.int64], dice: np.random.Generator
    ) -> Iterator[list[str]]:
        """The terms of a copy of each of `passages`."""
        for own, other in zip(passages, dice.permutation(passages), strict=True):
            mine, theirs = self.terms[own], self.terms[other]
            kept = mine[dice.random(len(mine)) < KEPT]
            yield [*kept.tolist(), *theirs[dice.random(len(theirs)) < BORROWED].tolist()]


def write_copies(originals: Originals, model: Manifest, home: Path, count: int, engine: str) -> str:
    """Write a snapshot of `count` passages under `home` and let it serve; its id.

    `model` is the manifest of the snapshot that the originals are of.
    """
    dice = np.random.default_rng(SEED)
    store = SnapshotStore(home)
    folder = store.folder / ".building-copies"
    for part in ("tokens", "lexical", "statements"):
        (folder / part).mkdir(parents=True)
    vectors, passages = originals.copies(count, dice)
    asked, _ = originals.copies(count, dice)
    sample = originals.vectors[:: max(len(originals.vectors) // 400, 1)]
    for name, rows in (("vectors", vectors), ("asked_vectors", asked)):
        np.save(folder / f"{name}.npy", rows)
    np.save(folder / "asked_statements.npy", np.zeros(count, np.int64))
    for name in ("statement_vectors", "context_vectors"):
        np.save(folder / f"{name}.npy", np.zeros((0, vectors.shape[1]), np.float16))
    none = np.zeros(0, np.int32)
    tokens = TokenTable(
        np.zeros((0, vectors.shape[1]), np.int8),
        none,
        np.zeros(count + 1, np.int64),
        np.zeros(count, np.int32),
    )
    tokens.save(folder / "tokens")
    save_rows([_row(n) for n in range(count)], folder)
    near = write_engine(folder / "engine.bin", engine, vectors, sample)
    wordings = write_engine(folder / "asked_engine.bin", engine, asked, sample)
    del vectors, asked
    lexical = LexicalIndex.build(list(originals.terms_of(passages, dice)))
    lexical.save(folder / "lexical")
    StatementTable.of((), tokens, lexical).save(folder / "statements")
    (folder / "words.json").write_text("{}", encoding="utf-8")
    manifest = Manifest(
        format=FORMAT,
        recipe=index_recipe(),
        model=model.model,
        engine=near.name,
        recall=near.recall,
        asked_engine=wordings.name,
        asked_recall=wordings.recall,
        passages=count,
        statements=0,
        documents={},
        files=file_hashes(folder),
    )
    return store.switch_to(folder, manifest)


def _row(number: int) -> PassageRow:
    document = f"{number // OF_A_DOCUMENT:08x}"
    span = Span(1000 * (number % OF_A_DOCUMENT), 1000 * (number % OF_A_DOCUMENT) + 600)
    heading = ("A section of some length", f"Passage {number}")
    numbers = (0, 0, number, number + 1)
    return PassageRow(f"{number:024x}", document, document * 8, span, heading, *numbers)
