"""Retrieval over ten thousand passages and over a million: what growing costs, and what it misses.

The passages are real ones and perturbed copies of them (`copies.py`). Each size is written as a
snapshot, then opened and asked in a process of its own, so that its memory is what serving takes.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from evals.bench.bench import Bench, Part
from evals.bench.copies import Originals, write_copies
from evals.bench.figures import Aim, Figure, alone
from evals.gold import gold_questions
from index.conversion import open_embedder
from index.embedder import DEFAULT_MODEL, Embedder
from index.engines import AUTO, POOL
from index.engines.recall import recall
from index.retriever import QuestionVectors, Retriever
from index.snapshot import SnapshotStore
from index.words import terms
from qa.evidence import CANDIDATES
from sources.library import Library

SIZES = (10_000, 1_000_000)
QUESTIONS = 200  # of the project's own
WITHDRAWN = 0.1  # share of documents that may not be quoted, in the second round
SEED = 5
FOUND = Aim(0.97, at_least=True)


class Asked(NamedTuple):
    """What an opened snapshot was asked: milliseconds of each question, shares, megabytes.

    `retrieval` is from the question's words to the ranking, by the clock and of processors;
    `search` is what of it is not embedding, and this and its parts are of one processor.
    """

    opened: float
    retrieval: list[float]
    retrieval_processor: list[float]
    search: list[float]
    nearest: list[float]
    words: list[float]
    withdrawn_search: list[float]
    found: float
    wordings_found: float
    withdrawn_found: float
    held: float
    own: float


def measure(bench: Bench) -> Iterator[Figure]:
    """Copies of the plain library, first few and then a great many."""
    with TemporaryDirectory(dir=bench.place.settings.home) as name:
        yield from growth(bench.plain.home, bench.place.embedders.asking, Path(name), SIZES)


def growth(home: Path, embedder: Embedder, folder: Path, sizes: Sequence[int]) -> Iterator[Figure]:
    """Every size in turn, made under `folder`, and how the greatest compares with the least."""
    library = Library(home)
    snapshot = SnapshotStore(home).open_current(embedder.identity)
    originals = Originals.of(snapshot, library)
    library.close()
    medians = []
    for count in sizes:
        place = folder / str(count)
        began = time.perf_counter()
        write_copies(originals, snapshot.manifest, place, count, AUTO)
        built = time.perf_counter() - began
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            asked = pool.submit(ask, place, home / "models").result()
        medians.append(statistics.median(asked.retrieval))
        yield from _figures(asked, count, built, _bytes_a_passage(place, count))
    told = f"retrieval, {sizes[-1]:,} passages beside {sizes[0]:,}"
    yield alone(told, "times", [medians[-1] / medians[0]], Aim(2))


def _figures(asked: Asked, count: int, built: float, size: float) -> Iterator[Figure]:
    def named(what: str) -> str:
        return f"{what}, {count:,} passages"

    yield alone(named("retrieval"), "ms", asked.retrieval)
    yield alone(named("retrieval, processors"), "ms", asked.retrieval_processor)
    yield alone(named("of it searching"), "ms", asked.search)
    yield alone(named("of it nearest passages"), "ms", asked.nearest)
    yield alone(named("of it words"), "ms", asked.words)
    yield alone(named("searching, a tenth withdrawn"), "ms", asked.withdrawn_search)
    yield alone(named("recall@10 of passages"), "of 1", [asked.found], FOUND)
    yield alone(named("recall@10 of wordings"), "of 1", [asked.wordings_found], FOUND)
    yield alone(named("recall@10, a tenth withdrawn"), "of 1", [asked.withdrawn_found], FOUND)
    yield alone(named("memory after the questions"), "MB", [asked.held], Aim(2000))
    yield alone(named("memory that no process shares"), "MB", [asked.own])
    yield alone(named("to open, every file hashed"), "s", [asked.opened])
    yield alone(named("to build, without embedding"), "s", [built])
    yield alone(named("index"), "bytes a passage", [size])


def ask(place: Path, models: Path) -> Asked:
    """Open the snapshot under `place` and ask it the project's own questions."""
    embedder = open_embedder(DEFAULT_MODEL, models)
    began = time.perf_counter()
    snapshot = SnapshotStore(place).open_current(embedder.identity)
    retriever = Retriever(snapshot, embedder)
    opened = time.perf_counter() - began
    texts = [question.text for question in gold_questions()][:QUESTIONS]
    versions = set(snapshot.passages.versions)
    retrievals = [partial(_retrieve, retriever, text, versions) for text in texts]
    whole = _milliseconds(retrievals, time.perf_counter)
    processor = _milliseconds(retrievals, time.process_time)
    embedded = [retriever.embed(text) for text in texts]
    vectors = np.stack([one.whole for one in embedded])
    pairs = list(zip(texts, embedded, strict=True))
    search = _milliseconds([partial(_search, retriever, *pair, versions) for pair in pairs])
    nearest = _milliseconds([partial(snapshot.engine.search, row, POOL) for row in vectors])
    words = _milliseconds([partial(snapshot.lexical.best, terms(t), POOL) for t in texts])
    held, own = _memory()  # before the exact search, which reads every vector
    dice = np.random.default_rng(SEED)
    kept = {version for version in sorted(versions) if dice.random() >= WITHDRAWN}
    fewer = _milliseconds([partial(_search, retriever, *pair, kept) for pair in pairs])
    among = np.array([version in kept for version in snapshot.passages.versions], np.bool_)
    mask = among[snapshot.passages.document_of]
    return Asked(
        opened=opened,
        retrieval=whole,
        retrieval_processor=processor,
        search=search,
        nearest=nearest,
        words=words,
        withdrawn_search=fewer,
        found=recall(snapshot.engine, snapshot.vectors, vectors),
        wordings_found=recall(snapshot.asked_engine, snapshot.wordings.vectors, vectors),
        withdrawn_found=recall(snapshot.engine, snapshot.vectors, vectors, mask),
        held=held,
        own=own,
    )


def _retrieve(retriever: Retriever, text: str, versions: set[str]) -> object:
    return _search(retriever, text, retriever.embed(text), versions)


def _search(
    retriever: Retriever, text: str, vectors: QuestionVectors, versions: set[str]
) -> object:
    return retriever.search(text, vectors, CANDIDATES, versions)


def _milliseconds(
    work: Sequence[Callable[[], object]], clock: Callable[[], float] = time.thread_time
) -> list[float]:
    """How long each piece of work took, all of it done once before for warmth.

    A search works in the thread that asks, whose own clock stands still while others are served.
    """
    for piece in work:
        piece()
    took = []
    for piece in work:
        began = clock()
        piece()
        took.append(1000 * (clock() - began))
    return took


def _memory() -> tuple[float, float]:
    """Megabytes that this process holds, and of them those that no other process can share."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    held = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return sum(map(int, held.values())) / 1024, int(held["RssAnon"]) / 1024


def _bytes_a_passage(place: Path, count: int) -> float:
    folder = SnapshotStore(place).current_folder()
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / count


PART = Part(
    "growth",
    "Real passages and perturbed copies of them, one wording each and no statements or tokens, "
    "which are looked up by their place; no floor",
    measure,
)
