"""What the parts of the benchmark are given: libraries of several sizes, and questions."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evals.bench.figures import Figure
from evals.bench.retitled import TurningEmbedder, copies_of
from evals.gold import gold_questions
from evals.kept_home import Place
from index.passages import prepare
from index.snapshot import SnapshotStore
from sources.intake import files_in, starter_files, take_in
from sources.library import Library

QUESTIONS = 120


class Grown(NamedTuple):
    """An indexed library: its home, how many passages it has, and how many are copies."""

    home: Path
    passages: int
    copies: int

    @property
    def name(self) -> str:
        """What it is called beside a figure."""
        return f"{self.passages:,} passages"

    @property
    def told(self) -> str:
        """The same, copies named as such."""
        return self.name + (f", {self.copies:,} of them turned copies" if self.copies else "")


@dataclass(frozen=True)
class Bench:
    """Libraries under a place of their own, kept from run to run, and what is asked of them.

    `data` is a folder of documents beside the starter library; `sizes` are passages to grow to.
    """

    place: Place
    data: Path | None
    sizes: tuple[int, ...]
    used: list[Grown] = field(default_factory=list)
    """The libraries that were asked of so far."""

    @cached_property
    def questions(self) -> list[str]:
        """Own questions, spread over all of them."""
        texts = [question.text for question in gold_questions()]
        return texts[:: max(1, len(texts) // QUESTIONS)][:QUESTIONS]

    @cached_property
    def plain(self) -> Grown:
        """The starter library and the documents of `data`, nothing else."""
        return self._grown("bench", 0)

    def grown(self) -> Iterator[Grown]:
        """The plain library, and it grown to each larger size."""
        yield self.plain
        for size in self.sizes:
            if size > self.plain.passages:
                yield self._grown(f"bench-{size}", size)

    def _grown(self, name: str, size: int) -> Grown:
        files = [*starter_files(), *(files_in([self.data]) if self.data else [])]
        place = self.place._replace(
            embedders=self.place.embedders._replace(
                indexing=TurningEmbedder(self.place.embedders.indexing)
            )
        )
        made_of = [str(size), *(f"{path} {path.stat().st_mtime_ns}" for path in files)]
        assistant = place.assistant(name, made_of, lambda library: fill(library, files, size))
        home = assistant.library.home
        models = home / "models"
        if not models.exists():  # one conversion serves all homes
            models.symlink_to((self.place.settings.home.parent / "models").resolve())
        passages = len(assistant.snapshot.passages)
        real = self.plain.passages if size else passages
        self.used.append(Grown(home, passages, passages - real))
        return self.used[-1]

    def texts_for_floor(self, grown: Grown, folder: Path) -> None:
        """Write the passages' texts and vectors into `folder`, for the floor to index."""
        library = Library(grown.home)
        entries = sorted(library.quotable().values(), key=lambda entry: entry.doc_id)
        rows = [row for e in entries for row in prepare(library.document(e.doc_id, e.version))]
        texts = json.dumps([row.embedded for row in rows])
        (folder / "texts.json").write_text(texts, encoding="utf-8")
        snapshot = SnapshotStore(grown.home).current_folder()
        np.save(folder / "vectors.npy", np.load(snapshot / "vectors.npy"))


class Part(NamedTuple):
    """One thing to measure; a file of its own each, listed in `parts.py`."""

    name: str
    about: str
    measure: Callable[[Bench], Iterator[Figure]]


def fill(library: Library, files: Sequence[Path], size: int) -> None:
    """The files, and as many copies of their documents as make `size` passages."""
    take_in(library, files)
    entries = sorted(library.quotable().values(), key=lambda entry: entry.doc_id)
    documents = [library.document(entry.doc_id, entry.version) for entry in entries]
    lengths = [sum(1 for _ in prepare(document)) for document in documents]
    held = sum(lengths)
    for number in count(1):
        for copy, length in zip(copies_of(documents, number), lengths, strict=True):
            if held >= size:
                return
            library.add(copy, copy.text.encode(), f"{copy.doc_id}.copy")
            held += length
