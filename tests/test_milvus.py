"""Milvus as an engine: the ranking of the exact one, and what happens when it goes away."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.build import build
from index.engines import engine
from index.errors import EngineAway, SnapshotDamaged
from index.milvus import collections_of, filter_of
from index.snapshot import SnapshotStore
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.settings import Settings, read_settings
from qa.ui.patient import Desk, answer_question
from qa.ui.recorder import Recorder
from tests.milvus_server import free_port

ROOT = Path(__file__).parents[1]
FILES = {
    f"doc{n}.md": f"---\nasked_as:\n  Pain:\n    - will needle {n} sting\n---\n# Biopsy {n}\n\n"
    f"## Pain\n\nIt hurts a little on day {n}.\n\n## Rest\n\nLie down for {n} hours.\n"
    for n in range(12)
}
QUESTIONS = ("will needle 7 sting", "lie down for 9 hours", "Biopsy 3", "xylophone")


def quiet(*_):
    """Nobody watches."""


def collections(address):
    from pymilvus import MilvusClient

    client = MilvusClient(address.replace("milvus", "http"), timeout=5, dedicated=True)
    names = {name for name in client.list_collections() if name.startswith("quotewell_")}
    client.close()
    return names


def assistant_over(library, embedder):
    return Assistant(Settings(home=library.home), library, embedder)


def ranked(assistant, text, among):
    retriever = assistant.retriever()
    return retriever.search(text, retriever.embed(text), 20, among)


def test_ranks_as_the_exact_engine_does_all_or_some_being_quotable(library_of, embedder, milvus):
    library = library_of(FILES)
    quotable = library.quotable()
    some = [set(list(quotable)[::3]), set(list(quotable)[:9]), {next(iter(quotable))}, set()]
    found = []
    for name in ("exact", milvus.address):
        build(library, embedder, quiet, name)
        assistant = assistant_over(library, embedder)
        found.append([ranked(assistant, text, s) for text in QUESTIONS for s in (quotable, *some)])
        assert assistant.snapshot.manifest.engine == name.split(":")[0]
        assert assistant.snapshot.manifest.recall == 1.0
    for exact, ours in zip(*found, strict=True):
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in exact], abs=1e-6)
        assert {hit.row for hit in ours[:5]} <= {hit.row for hit in exact}


def test_a_withdrawn_document_is_gone_at_once(library_of, embedder, milvus):
    library = library_of(FILES)
    build(library, embedder, quiet, milvus.address)
    assistant = assistant_over(library, embedder)
    (first, *_) = ranked(assistant, "will needle 7 sting", library.quotable())
    assert assistant.snapshot.passages[first.row].doc_id == "doc7"
    library.withdraw("doc7")
    hits = ranked(assistant, "will needle 7 sting", library.quotable())
    assert "doc7" not in {assistant.snapshot.passages[hit.row].doc_id for hit in hits}


def test_rows_in_lists_are_found_though_many_may_not_be(milvus, monkeypatch):
    monkeypatch.setattr("index.engines.milvus.APPROXIMATE_FROM", 1000)
    dice = np.random.default_rng(5)
    heaps, of = dice.normal(size=(40, 16)), dice.integers(40, size=2000)
    rows = (heaps[np.sort(of)] + 0.4 * dice.normal(size=(2000, 16))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    made = engine(milvus.address).build(rows)
    found = 0
    for at in range(0, 2000, 200):
        for allowed in (None, np.abs(np.arange(2000) - at) > 150):
            mask = np.ones(2000, np.bool_) if allowed is None else allowed
            nearest, _ = made.search(rows[at], 100, allowed)
            assert mask[nearest].all()
            best = np.sort((rows @ rows[at])[mask])[-10]
            found += min(int(np.sum((rows @ rows[at])[nearest] >= best - 1e-6)), 10)
    assert found >= 0.97 * 200


@pytest.mark.parametrize(
    ("allowed", "told"),
    [
        ([True] * 4, ""),
        ([False, True, True, True], "(1 <= row and row < 4)"),
        ([True, False, True, True], "not ((1 <= row and row < 2))"),
        ([False, False, True, False], "(2 <= row and row < 3)"),
        ([True, False, True, True, False], "(0 <= row and row < 1) or (2 <= row and row < 4)"),
    ],
)
def test_a_filter_names_the_fewer_runs(allowed, told):
    assert filter_of(np.array(allowed, np.bool_)) == told
    assert filter_of(None) == ""


def test_aliases_name_what_serves_and_old_collections_go(library_of, embedder, put, milvus):
    from pymilvus import MilvusClient

    library = library_of({"one.md": "# One\n\nOne for the aliases.\n"})
    store = SnapshotStore(library.home)
    others, made = collections(milvus.address), []
    for n in range(3):
        put(library, "more.md", f"# More\n\nMore about day {n} of it.\n")
        made.append(build(library, embedder, quiet, milvus.address).snapshot_id)
    named = [collections_of(store.folder / name) for name in made[-2:]]
    kept = {collection.name for folder in named for collection in folder.values()}
    assert collections(milvus.address) - others == kept
    client = MilvusClient(f"http://127.0.0.1:{milvus.port}", timeout=5, dedicated=True)
    for alias, collection in named[-1].items():
        assert client.describe_alias(alias)["collection_name"] == collection.name
    client.close()
    build(library, embedder, quiet)  # another engine again
    build(library, embedder, quiet, "exact")
    assert collections(milvus.address) == others


def test_building_the_same_again_sends_nothing(library_of, embedder, milvus):
    library = library_of(FILES)
    first = build(library, embedder, quiet, milvus.address)
    before = collections(milvus.address)
    assert build(library, embedder, quiet, milvus.address).snapshot_id == first.snapshot_id
    assert collections(milvus.address) == before


def test_milvus_away_in_mid_search_is_named_and_back_again_it_answers(
    library_of, embedder, own_milvus
):
    library = library_of(FILES)
    build(library, embedder, quiet, own_milvus.address)
    assistant = assistant_over(library, embedder)
    before = ranked(assistant, "Biopsy 3", library.quotable())
    own_milvus.stop()
    for asked in (assistant, assistant_over(library, embedder)):  # in mid-search, and at start
        with pytest.raises(EngineAway, match=r"Milvus at milvus://127.* start it, or set another"):
            asked.ask("Does a biopsy hurt?")
    ledger = Ledger(library.home)
    recorder = Recorder(assistant.settings, Clerk(ledger, library, retain_days=30))
    (shown,) = answer_question(Desk(assistant, recorder), "Does a biopsy hurt?", False, [])
    ledger.close()
    assert (shown.answer, shown.notice) == (None, "page.no_index")
    own_milvus.start()
    assert ranked(assistant, "Biopsy 3", library.quotable()) == before
    assert assistant_over(library, embedder).ask("Does a biopsy hurt?").quotes


def test_milvus_away_at_a_build_leaves_the_last_index_serving(library_of, embedder, put):
    library = library_of(FILES)
    before = build(library, embedder, quiet).snapshot_id
    put(library, "more.md", "# More\n\nMore about it.\n")
    with pytest.raises(EngineAway, match="does not answer as it should"):
        build(library, embedder, quiet, f"milvus://127.0.0.1:{free_port()}")
    store = SnapshotStore(library.home)
    assert store.current_id() == before
    assert [path.name for path in store.folder.iterdir()] == [before]
    assert assistant_over(library, embedder).ask("Does a biopsy hurt?").quotes


def test_a_build_that_fails_later_takes_its_rows_away(library_of, embedder, milvus, monkeypatch):
    library = library_of({"late.md": "# Late\n\nIt fails in the end.\n"})
    before = collections(milvus.address)

    def stop(*_):
        raise KeyboardInterrupt("index")

    monkeypatch.setattr(SnapshotStore, "switch_to", stop)
    with pytest.raises(KeyboardInterrupt, match="index"):
        build(library, embedder, quiet, milvus.address)
    assert collections(milvus.address) == before


def test_rows_that_milvus_lost_are_told(library_of, embedder, milvus):
    library = library_of(FILES)
    build(library, embedder, quiet, milvus.address)
    held = collections_of(SnapshotStore(library.home).current_folder())
    held["quotewell_wordings"].drop()
    with pytest.raises(SnapshotDamaged, match=r"has lost rows of quotewell_.* index build"):
        assistant_over(library, embedder).ask("Does a biopsy hurt?")
    build(library, embedder, quiet, milvus.address)
    assert assistant_over(library, embedder).ask("Does a biopsy hurt?").quotes


def test_an_engine_is_chosen_by_its_address_in_the_settings(tmp_path, milvus):
    (tmp_path / "quotewell.toml").write_text(f'engine = "{milvus.address}"')
    assert read_settings(tmp_path).engine == milvus.address


NOTHING = """
import sys
from index import snapshot, build, retriever
from index.engines import engine
engine("faiss"); engine("faiss-ivf")
print(sorted({name.split(".")[0] for name in sys.modules} & {"pymilvus", "grpc", "pandas"}))
"""


def test_nothing_of_pymilvus_is_imported_where_another_engine_serves():
    command = [sys.executable, "-c", NOTHING]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
