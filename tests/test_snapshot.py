"""A snapshot is whole or refused, and `current` names a whole one at every moment."""

import json
import re
import shutil

import pytest

from index.build import build
from index.embedder import ModelIdentity
from index.errors import NoSnapshot, SnapshotDamaged, SnapshotMismatch
from index.snapshot import Manifest, SnapshotStore, index_recipe, open_snapshot

REBUILD = "run `quotewell index build`"
FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.txt": "MRI scan\n\nAn MRI scan is loud. It takes twenty minutes.\n",
}
PARTS = (
    "asked_engine.bin",
    "asked_statements.npy",
    "asked_vectors.npy",
    "context_vectors.npy",
    "engine.bin",
    "keys.npy",
    "passages.jsonl",
    "passages.npy",
    "statement_vectors.npy",
    "vectors.npy",
    "words.json",
)


@pytest.fixture
def home(library_of, embedder):
    library = library_of(FILES)
    build(library, embedder, lambda *_: None)
    return library.home


@pytest.fixture
def folder(home):
    return SnapshotStore(home).current_folder()


def edit_manifest(folder, **changes):
    """Change entries of the manifest and name the folder for it, as another program would."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return folder.rename(folder.with_name(Manifest.read(path).snapshot_id))


def test_holds_every_part_that_the_design_names(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {*PARTS, "lexical", "statements", "tokens", "manifest.json"}
    assert set(PARTS) < Manifest.read(folder / "manifest.json").files.keys()


def test_a_whole_one_opens_with_rows_that_belong_together(folder, embedder):
    snapshot = open_snapshot(folder, embedder.identity)
    count = len(snapshot.passages)
    assert snapshot.vectors.shape == (count, embedder.identity.dimension)
    assert (snapshot.engine.size, snapshot.lexical.size) == (count, count)
    assert len(snapshot.statements.spans) == snapshot.passages[-1].last
    assert len(snapshot.statement_vectors) == len(snapshot.context_vectors)
    assert snapshot.word_counts["biopsy"] >= 2


def test_a_manifest_reads_as_it_was_written(folder):
    manifest = Manifest.read(folder / "manifest.json")
    assert manifest.to_json() == (folder / "manifest.json").read_text(encoding="utf-8")
    assert (manifest.snapshot_id, manifest.recipe) == (folder.name, index_recipe())
    assert manifest.documents.keys() == {"biopsy", "scan"}


def test_every_file_that_is_missed_is_told_by_name(folder, embedder):
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        kept = path.read_bytes()
        path.unlink()
        name = re.escape(path.relative_to(folder).as_posix())
        with pytest.raises(SnapshotDamaged, match=f"has lost {name}; {REBUILD}"):
            open_snapshot(folder, embedder.identity)
        path.write_bytes(kept)
    open_snapshot(folder, embedder.identity)


@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_one_changed_byte_in_any_file_is_refused(folder, embedder, place):
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        kept = path.read_bytes()
        changed = bytearray(kept)
        changed[int(place * (len(kept) - 1))] ^= 1
        path.write_bytes(changed)
        with pytest.raises(SnapshotDamaged, match=re.escape(REBUILD)):
            open_snapshot(folder, embedder.identity)
        path.write_bytes(kept)
    open_snapshot(folder, embedder.identity)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 5}', "not JSON", "\ufffd"])
def test_a_manifest_that_is_none_is_refused(folder, embedder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(SnapshotDamaged, match=r"manifest.json cannot be read; run"):
        open_snapshot(folder, embedder.identity)


def test_a_manifest_about_other_documents_is_refused(folder, embedder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"biopsy"', '"biopsie"'))
    with pytest.raises(SnapshotDamaged, match="manifest has been changed"):
        open_snapshot(folder, embedder.identity)


@pytest.mark.parametrize(
    "other",
    [
        ModelIdentity("hashed stems", "stems-128", 64),
        ModelIdentity("hashed stems", "other", 128),
        ModelIdentity("another", "stems-128", 128),
    ],
)
def test_another_model_is_refused_with_both_names(folder, other):
    message = rf"built with hashed stems \(128 .* embedded with {other.name} \({other.dimension}"
    with pytest.raises(SnapshotMismatch, match=message):
        open_snapshot(folder, other)


def test_another_recipe_is_refused(folder, embedder):
    changed = edit_manifest(folder, recipe="sections-0")
    with pytest.raises(SnapshotMismatch, match="was cut by recipe sections-0; run"):
        open_snapshot(changed, embedder.identity)


def test_another_format_is_refused(folder, embedder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"format": 5', '"format": 99'))
    with pytest.raises(SnapshotMismatch, match="has format 99, this program 5; run"):
        open_snapshot(folder, embedder.identity)


def test_a_home_where_nothing_is_indexed_says_so(tmp_path, embedder):
    with pytest.raises(NoSnapshot, match=f"nothing is indexed yet; {REBUILD}"):
        SnapshotStore(tmp_path).open_current(embedder.identity)


def test_a_snapshot_that_was_removed_is_told(home, folder, embedder):
    shutil.rmtree(folder)
    with pytest.raises(SnapshotDamaged, match=f"{folder.name} has been removed; {REBUILD}"):
        SnapshotStore(home).open_current(embedder.identity)


@pytest.mark.parametrize("text", ["", "\n", "no-such-snapshot\n"])
def test_a_pointer_to_nothing_is_damage(home, embedder, text):
    (home / "current").write_text(text)
    with pytest.raises(SnapshotDamaged, match=re.escape(REBUILD)):
        SnapshotStore(home).open_current(embedder.identity)


def test_an_opened_snapshot_cannot_be_written_to(folder, embedder):
    snapshot = open_snapshot(folder, embedder.identity)
    big = snapshot.vectors
    with pytest.raises(ValueError, match="read-only"):
        big[0, 0] = 1
