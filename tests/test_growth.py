"""Growing: the same ranking by every engine, and a disk without room leaves the last index."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.build import build
from index.engines import ENGINES
from index.errors import IndexNotWritten
from index.snapshot import SnapshotStore
from qa.assistant import Assistant
from qa.settings import Settings

ROOT = Path(__file__).parents[1]
WORDED = (
    "---\nasked_as:\n  Pain:\n    - will the needle sting\n    - jab agony {n}\n---\n"
    "# Biopsy {n}\n\n## Pain\n\nIt hurts a little on day {n}.\n\n## Rest\n\nLie down {n} hours.\n"
)
QUESTIONS = ("will the needle sting", "jab agony 7", "lie down", "Biopsy 3", "xylophone")


def quiet(*_):
    """Nobody watches."""


@pytest.fixture
def library(library_of):
    return library_of({f"doc{n}.md": WORDED.format(n=n) for n in range(90)})


def rankings(library, embedder):
    """What is found for some questions, as (row, score), with all to be quoted and with a third."""
    retriever = Assistant(Settings(home=library.home), library, embedder).retriever()
    quotable = library.quotable()
    third = set(list(quotable)[::3])
    for among in (quotable, third):
        for text in QUESTIONS:
            hits = retriever.search(text, retriever.embed(text), 20, among)
            assert all(retriever.snapshot.passages[hit.row].version in among for hit in hits)
            yield [round(hit.score, 4) for hit in hits]


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "exact"])
def test_every_engine_ranks_as_the_exact_one_does(library, embedder, name):
    build(library, embedder, quiet, "exact")
    expected = list(rankings(library, embedder))
    build(library, embedder, quiet, name)
    assert list(rankings(library, embedder)) == expected


CRAMPED = """
import resource, signal, sys
from pathlib import Path
from index.build import build
from index.errors import IndexNotWritten
from sources.library import Library
from tests.conftest import HashingEmbedder

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
library = Library(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    build(library, HashingEmbedder(), lambda *_: None)
except IndexNotWritten as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [40_000, 65_000])
def test_a_disk_that_takes_no_more_is_named_and_the_last_index_serves(
    library_of, put, embedder, limit
):
    """The system refuses every byte of a file beyond `limit`, as a full disk does."""
    library = library_of({"doc.md": WORDED.format(n=1)})
    before = build(library, embedder, quiet).snapshot_id
    for n in range(60):
        put(library, f"doc{n}.md", WORDED.format(n=n))
    command = [sys.executable, "-c", CRAMPED, str(library.home), str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, check=True, timeout=60, capture_output=True, text=True
    )
    assert "could not be written" in done.stdout
    assert "the one before still serves; free some space in" in done.stdout
    store = SnapshotStore(library.home)
    assert store.open_current(embedder.identity).snapshot_id == before
    assert [p.name for p in store.folder.iterdir()] == [before]
    assert build(library, embedder, quiet).snapshot_id != before


def test_what_has_no_room_is_refused_before_it_is_embedded(library, embedder, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: Full)
    with pytest.raises(IndexNotWritten, match=r"needs about . MB and 0 MB are free, the one"):
        build(library, embedder, quiet)
    assert embedder.texts == 0


class Full:
    """A disk with a kilobyte left."""

    free = 1024
