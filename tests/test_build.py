"""Building: the same library the same bytes, only what is new embedded, never half a snapshot."""

import json
from dataclasses import replace

import numpy as np
import pytest

from index.build import build
from index.embedder import ModelIdentity
from index.engines import ENGINES
from index.errors import BuildInProgress, NothingToIndex
from index.snapshot import Manifest, SnapshotStore, file_hashes
from qa.answer import Outcome
from sources.library import Library

BIOPSY = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n"
SCAN = "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n"
FILES = {"biopsy.md": BIOPSY, "scan.md": SCAN}


def quiet(*_):
    """Nobody watches."""


def bytes_of(home):
    folder = SnapshotStore(home).current_folder()
    return file_hashes(folder) | {"manifest": (folder / "manifest.json").read_text()}


def test_the_same_library_gives_the_same_id_and_bytes(library_of, embedder):
    made = [build(library_of(FILES), embedder, quiet) for _ in range(2)]
    backwards = build(library_of(dict(reversed(FILES.items()))), embedder, quiet)
    assert made[0].snapshot_id == made[1].snapshot_id == backwards.snapshot_id
    homes = [library_of({}).home.with_name(f"home{n}") for n in range(3)]
    assert bytes_of(homes[0]) == bytes_of(homes[1]) == bytes_of(homes[2])


def test_building_again_embeds_nothing_and_changes_nothing(library_of, embedder):
    library = library_of(FILES)
    first = build(library, embedder, quiet)
    before, embedder.texts = bytes_of(library.home), 0
    second = build(library, embedder, quiet)
    assert (second.snapshot_id, second.embedded, embedder.texts) == (first.snapshot_id, 0, 0)
    assert bytes_of(library.home) == before


def test_a_new_document_costs_only_its_own_texts(library_of, embedder, put):
    library = library_of({"biopsy.md": BIOPSY})
    first = build(library, embedder, quiet)
    put(library, "scan.md", SCAN)
    embedder.texts = 0
    second = build(library, embedder, quiet)
    assert second.embedded == embedder.texts == second.texts - first.texts
    alone = build(library_of(FILES), embedder, quiet)
    assert second.snapshot_id == alone.snapshot_id


def test_a_changed_sentence_costs_its_passage_and_itself_twice(library_of, embedder, put):
    library = library_of(FILES)
    build(library, embedder, quiet)
    put(library, "biopsy.md", BIOPSY.replace("a little", "a bit"))
    assert build(library, embedder, quiet).embedded == 3


def test_texts_that_are_alike_are_embedded_once(library_of, embedder):
    text = "# Leaflet {n}\n\nCall your doctor.\n"
    made = build(library_of({f"{n}.md": text.format(n=n) for n in "abc"}), embedder, quiet)
    assert made.texts - made.embedded == 2


def test_another_model_embeds_everything_anew(library_of, embedder, embedder_class):
    library = library_of(FILES)
    build(library, embedder, quiet)
    other = embedder_class(dimension=64)
    made = build(library, other, quiet)
    assert made.embedded == other.texts
    assert SnapshotStore(library.home).open_current(other.identity).vectors.shape[1] == 64


def test_a_damaged_snapshot_is_made_anew(library_of, embedder):
    library = library_of(FILES)
    whole = build(library, embedder, quiet)
    (SnapshotStore(library.home).current_folder() / "vectors.npy").write_bytes(b"damage")
    made = build(library, embedder, quiet)
    assert made == whole
    SnapshotStore(library.home).open_current(embedder.identity)


@pytest.mark.parametrize("engine_name", ENGINES)
def test_every_engine_can_serve(library_of, embedder, engine_name):
    library = library_of(FILES)
    build(library, embedder, quiet, engine_name)
    snapshot = SnapshotStore(library.home).open_current(embedder.identity)
    assert snapshot.manifest.engine == engine_name
    assert snapshot.engine.search(snapshot.vectors[1], 1)[0].tolist() == [1]
    assert (snapshot.manifest.asked_engine, snapshot.manifest.recall) == (engine_name, 1.0)


@pytest.mark.parametrize("fails_at", [1, 4, 6])
def test_a_build_that_breaks_off_leaves_the_old_snapshot_serving(assistant_of, put, fails_at):
    assistant = assistant_of(FILES)
    before = bytes_of(assistant.library.home)
    put(assistant.library, "stairs.md", "# Stairs\n\nClimb and rest. Go on. Stop.\n")
    assistant.embedder.texts, assistant.embedder.fails_at = 0, fails_at
    with pytest.raises(RuntimeError, match="the power went off"):
        build(assistant.library, assistant.embedder, quiet)
    assistant.embedder.fails_at = None
    assert bytes_of(assistant.library.home) == before
    assert assistant.ask("Does a biopsy hurt?").quotes


@pytest.mark.parametrize("step", ["save", "mkdir", "rename"])
def test_a_build_stopped_while_writing_leaves_the_old_snapshot_serving(
    library_of, embedder, put, monkeypatch, step
):
    library = library_of(FILES)
    build(library, embedder, quiet)
    before = bytes_of(library.home)
    put(library, "stairs.md", "# Stairs\n\nClimb and rest.\n")

    def stop(*_, **__):
        raise KeyboardInterrupt(step)

    where = {
        "save": "index.lexical.LexicalIndex.save",
        "mkdir": "pathlib.Path.mkdir",
        "rename": "pathlib.Path.replace",
    }
    with monkeypatch.context() as patched:
        patched.setattr(where[step], stop)
        with pytest.raises(KeyboardInterrupt, match=step):
            build(library, embedder, quiet)
    assert bytes_of(library.home) == before
    assert not list(SnapshotStore(library.home).folder.glob(".building-*"))
    SnapshotStore(library.home).open_current(embedder.identity)


def test_what_a_killed_build_left_behind_is_cleared_away(library_of, embedder):
    library = library_of(FILES)
    left = SnapshotStore(library.home).folder / ".building-killed"
    left.mkdir(parents=True)
    (left / "vectors.npy").write_bytes(b"half")
    build(library, embedder, quiet)
    assert not left.exists()


def test_the_snapshot_before_is_kept_and_older_ones_go(library_of, embedder, put):
    library = library_of(FILES)
    made = [build(library, embedder, quiet).snapshot_id]
    for n in range(3):
        put(library, "scan.md", f"{SCAN}\nScan number {n}.\n")
        made.append(build(library, embedder, quiet).snapshot_id)
    folders = {p.name for p in SnapshotStore(library.home).folder.iterdir()}
    assert folders == set(made[-2:])


def test_two_builds_at_once_are_one_build_and_a_refusal(library_of, embedder):
    library = library_of(FILES)
    refused = []

    def build_too(what, done, of):
        with pytest.raises(BuildInProgress, match="another process is building an index here"):
            build(library, embedder, quiet)
        refused.append(what)

    build(library, embedder, build_too)
    assert set(refused) == {"Cutting passages", "Embedding"}
    build(library, embedder, quiet)


def test_progress_is_told_to_the_end(library_of, embedder):
    seen = []
    made = build(library_of(FILES), embedder, lambda *step: seen.append(step))
    assert ("Cutting passages", 2, 2) in seen
    assert seen[-1] == ("Embedding", made.embedded, made.embedded)


@pytest.mark.parametrize("files", [{}, {"title.md": "# Only a title\n"}])
def test_a_library_without_words_to_quote_is_refused(library_of, embedder, files):
    with pytest.raises(NothingToIndex, match="nothing to index; add documents with"):
        build(library_of(files), embedder, quiet)


def test_a_library_of_withdrawn_documents_is_refused_and_the_index_stays(assistant_of):
    assistant = assistant_of(FILES)
    for doc_id in ("biopsy", "scan"):
        assistant.library.withdraw(doc_id)
    with pytest.raises(NothingToIndex, match="nothing to index"):
        build(assistant.library, assistant.embedder, quiet)
    assert assistant.ask("Does a biopsy hurt?").outcome is Outcome.NOT_IN_LIBRARY


def test_a_document_without_statements_stands_beside_the_others(assistant_of):
    assistant = assistant_of({**FILES, "head.md": "| Drug | Dose |\n|---|---|\n", "b.md": "# B\n"})
    assert assistant.ask("Does a biopsy hurt?").quotes


def test_the_manifest_names_every_document_even_one_without_passages(library_of, embedder):
    """Otherwise the index would be behind the library for ever."""
    library = library_of({**FILES, "title.md": "# Only a title\n"})
    build(library, embedder, quiet)
    manifest = Manifest.read(SnapshotStore(library.home).current_folder() / "manifest.json")
    assert manifest.documents == {e.doc_id: v for v, e in library.quotable().items()}


def test_rows_name_the_place_of_every_passage(library_of, embedder):
    library = library_of(FILES)
    build(library, embedder, quiet)
    snapshot = SnapshotStore(library.home).open_current(embedder.identity)
    row = snapshot.passages[0]
    text = row.span.of(library.document(row.doc_id, row.version).text)
    assert text == "A biopsy hurts a little. The skin is numbed first."
    assert (row.heading[-1], row.last - row.first) == ("Pain", 2)


def test_the_words_of_documents_are_not_in_the_snapshot(library_of, embedder):
    library = library_of(FILES)
    build(library, embedder, quiet)
    folder = SnapshotStore(library.home).current_folder()
    for path in (p for p in folder.rglob("*") if p.is_file()):
        assert b"hurts a little" not in path.read_bytes(), path.name


def test_known_words_are_the_words_of_the_library_counted(library_of, embedder):
    library = library_of({"biopsy.md": "# Biopsy\n\nPain is rare. Pain goes.\n"})
    build(library, embedder, quiet)
    folder = SnapshotStore(library.home).current_folder()
    counts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    assert counts == {"biopsy": 1, "goes": 1, "is": 1, "pain": 2, "rare": 1}


def test_the_real_model_builds_and_answers(library_of, model):
    library = library_of(FILES)
    made = build(library, model, quiet)
    snapshot = SnapshotStore(library.home).open_current(model.identity)
    nearest, _ = snapshot.engine.search(model.embed(["Is the scanner noisy?"])[0], 1)
    assert snapshot.passages[int(nearest[0])].doc_id == "scan"
    assert snapshot.snapshot_id == made.snapshot_id
    assert np.linalg.norm(snapshot.vectors, axis=1) == pytest.approx(np.ones(2), abs=1e-5)


def test_a_home_moved_elsewhere_still_serves(assistant_of, tmp_path, embedder):
    assistant = assistant_of(FILES)
    assistant.library.close()
    moved = assistant.library.home.rename(tmp_path / "moved")
    library = Library(moved)
    assert SnapshotStore(moved).open_current(embedder.identity).passages
    library.close()


def test_the_model_of_a_snapshot_is_in_its_manifest(library_of, embedder):
    library = library_of(FILES)
    build(library, embedder, quiet)
    manifest = Manifest.read(SnapshotStore(library.home).current_folder() / "manifest.json")
    assert manifest.model == ModelIdentity("hashed stems", "stems-128", 128)


def test_an_index_cut_by_other_rules_still_lends_its_vectors(library_of, embedder):
    library = library_of({"a.md": "# A\n\nA scan takes an hour.", "b.md": "# B\n\nRest helps."})
    build(library, embedder, quiet)
    store = SnapshotStore(library.home)
    folder = store.current_folder()
    manifest = replace(Manifest.read(folder / "manifest.json"), recipe="older")
    (folder / "manifest.json").unlink()
    store.switch_to(folder.rename(folder.with_name("older")), manifest)
    assert build(library, embedder, quiet).embedded == 0
