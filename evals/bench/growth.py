"""`python -m evals.bench.growth`: retrieval over ten thousand passages and over a million.

The passages are real ones and perturbed copies of them (`copies.py`). Each size is written as a
snapshot, then opened and asked in a process of its own, so that its memory is what serving takes.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from evals.bench.copies import Originals, write_copies
from evals.gold import gold_questions
from index.build import build
from index.conversion import open_embedder
from index.embedder import DEFAULT_MODEL
from index.engines import AUTO, POOL
from index.engines.recall import recall
from index.retriever import QuestionVectors, Retriever
from index.snapshot import SnapshotStore
from index.words import terms
from sources.intake import starter_files, take_in
from sources.library import Library

SIZES = (10_000, 1_000_000)
QUESTIONS = 200  # of the project's own
CANDIDATES = 24  # passages of a ranking, as an answer takes them
WITHDRAWN = 0.1  # share of documents that may not be quoted, in the second round
SEED = 5


class Asked(NamedTuple):
    """Searching an opened snapshot. Milliseconds are medians over questions, recall is @10.

    `retrieval` is from the question's words to the ranking, by the clock and of processors;
    `search` is what of it is not embedding, and this and its parts are of one processor.
    """

    engine: str
    seconds_to_open: float
    retrieval_ms: float
    retrieval_processor_ms: float
    retrieval_ms_95: float
    search_ms: float
    nearest_ms: float
    lexical_ms: float
    withdrawn_search_ms: float
    recall: float
    wordings_recall: float
    withdrawn_recall: float
    rss_mb: int
    anonymous_mb: int


class Size(NamedTuple):
    """One size: what was found when asking, how long the build took, and bytes on disk."""

    passages: int
    asked: Asked
    seconds_to_build: float
    bytes_a_passage: dict[str, int]


class Growth(NamedTuple):
    """Every size, and how the greatest compares with the least."""

    sizes: tuple[Size, ...]
    retrieval_ratio: float
    processor_ratio: float
    search_ratio: float


def growth(home: Path, folder: Path, sizes: Sequence[int] = SIZES, engine: str = AUTO) -> Growth:
    """Write and measure a snapshot of each size under `folder`, with the originals of `home`.

    A home where nothing is indexed is given the starter library first.
    """
    embedder = open_embedder(DEFAULT_MODEL, home / "models")
    library = Library(home)
    if not (home / "current").exists():
        take_in(library, starter_files())
        build(library, embedder, lambda *_: None)
    snapshot = SnapshotStore(home).open_current(embedder.identity)
    originals = Originals.of(snapshot, library)
    library.close()
    found = []
    for count in sizes:
        place = folder / str(count)
        began = time.perf_counter()
        write_copies(originals, snapshot.manifest, place, count, engine)
        took = time.perf_counter() - began
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            asked = pool.submit(ask, place, home / "models").result()
        found.append(Size(count, asked, round(took, 1), _bytes_a_passage(place, count)))
    first, last = found[0].asked, found[-1].asked
    return Growth(
        tuple(found),
        round(last.retrieval_ms / first.retrieval_ms, 2),
        round(last.retrieval_processor_ms / first.retrieval_processor_ms, 2),
        round(last.search_ms / first.search_ms, 2),
    )


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
    lexical = _milliseconds([partial(snapshot.lexical.best, terms(t), POOL) for t in texts])
    rss, anonymous = _memory()  # before the exact search, which reads every vector
    dice = np.random.default_rng(SEED)
    kept = {version for version in sorted(versions) if dice.random() >= WITHDRAWN}
    fewer = _milliseconds([partial(_search, retriever, *pair, kept) for pair in pairs])
    held = np.array([version in kept for version in snapshot.passages.versions], np.bool_)
    mask = held[snapshot.passages.document_of]
    return Asked(
        engine=snapshot.manifest.engine,
        seconds_to_open=round(opened, 2),
        retrieval_ms=round(statistics.median(whole), 2),
        retrieval_processor_ms=round(statistics.median(processor), 2),
        retrieval_ms_95=round(statistics.quantiles(whole, n=20)[-1], 2),
        search_ms=round(statistics.median(search), 2),
        nearest_ms=round(statistics.median(nearest), 3),
        lexical_ms=round(statistics.median(lexical), 3),
        withdrawn_search_ms=round(statistics.median(fewer), 2),
        recall=round(recall(snapshot.engine, snapshot.vectors, vectors), 4),
        wordings_recall=round(recall(snapshot.asked_engine, snapshot.wordings.vectors, vectors), 4),
        withdrawn_recall=round(recall(snapshot.engine, snapshot.vectors, vectors, mask), 4),
        rss_mb=rss,
        anonymous_mb=anonymous,
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


def _memory() -> tuple[int, int]:
    """Megabytes that this process holds, and of them those that no other process can share."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    held = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return sum(map(int, held.values())) // 1024, int(held["RssAnon"]) // 1024


def _bytes_a_passage(place: Path, count: int) -> dict[str, int]:
    folder = SnapshotStore(place).current_folder()
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0]
            found[part] = found.get(part, 0) + path.stat().st_size
    return {part: round(size / count) for part, size in sorted(found.items()) if size >= count}


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.growth", description=__doc__)
    parser.add_argument("--home", type=Path, help="a home that is indexed; else one is made")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", default=AUTO)
    chosen = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        found = growth(chosen.home or folder / "home", folder, chosen.sizes, chosen.engine)
    for size in found.sizes:
        print(json.dumps({**size._asdict(), "asked": size.asked._asdict()}))
    print(json.dumps({**found._asdict(), "sizes": list(chosen.sizes)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
