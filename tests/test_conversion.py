"""The converted model: the reference's vectors without torch, and what happens when it fails."""

import logging
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import conversion
from index.conversion import LEAST_COSINE, TEXTS, difference, open_embedder, unlike_what_we_know
from index.embedder import DEFAULT_MODEL, SentenceTransformerEmbedder
from index.errors import NotConverted
from index.openvino_encoder import (
    NETWORK,
    RECORD,
    TOKENIZER,
    WEIGHTS,
    Conversion,
    OpenVinoEmbedder,
)
from qa.cli import main

ROOT = Path(__file__).parents[1]
ASKS = """
import sys
from pathlib import Path
from qa.settings import Settings
settings = Settings(home=Path(sys.argv[1]))
if sys.argv[2] == "serve":
    from app import build_app
    from index.conversion import open_embedder
    embedder = open_embedder(settings.model, settings.models)
    answer = build_app(settings, embedder).state.assistant.ask("Does a biopsy hurt?")
    assert answer.quotes
else:
    from qa.cli import main
    assert main(["ask", "Does a biopsy hurt?", "--home", sys.argv[1]]) == 0
slow = {"torch", "transformers", "sentence_transformers", "sklearn", "openvino_telemetry"}
when_asking = {"scipy", "bm25s", "gradio", "alembic", "cryptography", "argon2"}
slow |= when_asking if sys.argv[2] == "ask" else set()
sys.exit(" ".join(name for name in slow if sys.modules.get(name)) or 0)
"""


@pytest.fixture(scope="module")
def converted(models):
    return open_embedder(DEFAULT_MODEL, models)


@pytest.fixture
def kept(models, tmp_path):
    """The folder of a converted model that a test may change."""
    (found,) = (path for path in models.iterdir() if path.is_dir())
    return shutil.copytree(found, tmp_path / "models" / found.name, copy_function=shutil.copy)


@pytest.mark.parametrize("way", ["ask", "serve"])
def test_asking_and_serving_import_nothing_slow(way, models, tmp_path, library_of):
    (tmp_path / "home").mkdir()
    (tmp_path / "home/models").symlink_to(models)
    library_of(
        {"biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little.\n"}, tmp_path / "home"
    )
    assert main(["index", "build", "--home", str(tmp_path / "home")]) == 0
    command = [sys.executable, "-c", ASKS, str(tmp_path / "home"), way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_vectors_are_those_of_the_reference(converted, model):
    assert converted.identity == model.identity
    assert converted.runtime.startswith("OpenVINO 20")
    cosines = np.einsum("nd,nd->n", converted.embed(TEXTS), model.embed(TEXTS))
    assert cosines.min() >= LEAST_COSINE


def test_every_text_has_its_own_vector_whatever_it_is_embedded_with(converted):
    texts = [*TEXTS, *(f"sentence number {n} " * (n % 90 + 1) for n in range(120))]
    heard = []
    together = converted.embed(texts, heard.append)
    alone = np.concatenate([converted.embed([text]) for text in texts])
    assert np.einsum("nd,nd->n", together, alone).min() >= LEAST_COSINE
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    assert heard == sorted(set(heard))
    assert heard[-1] == len(texts)


def test_no_texts_are_no_vectors(converted):
    assert converted.embed([]).shape == (0, 384)
    vectors, tokens = converted.embed_tokens([])
    assert (vectors.shape, tokens) == ((0, 384), [])


def test_every_token_has_a_vector_of_unit_length(converted, model):
    texts = ["Will it hurt?", "", "hemangioma", "pain " * 400]
    (vectors, ours), (_, theirs) = converted.embed_tokens(texts), model.embed_tokens(texts)
    assert np.array_equal(vectors, converted.embed(texts))
    assert [row.vectors.shape for row in ours] == [(n, 384) for n in (4, 0, len(ours[2][0]), 254)]
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one.offsets, other.offsets)
        cosines = np.einsum("td,td->t", one.vectors, other.vectors)
        assert cosines == pytest.approx(np.ones(len(cosines)), abs=5e-4)


def test_apart_a_text_is_computed_to_the_last_digit_as_it_is_alone(converted):
    texts = ["", "Will it hurt?", "Is it loud?", *(f"Does it take {n} days?" for n in range(90))]
    texts += ["pain " * n for n in (3, 4, 5, 6, 7, 300)]
    vectors, tokens = converted.embed_tokens(texts, apart=True)
    for text, vector, own in zip(texts, vectors, tokens, strict=True):
        (alone,), (its,) = converted.embed_tokens([text])
        assert np.array_equal(vector, alone)
        assert np.array_equal(own.vectors, its.vectors)
        assert np.array_equal(own.offsets, its.offsets)


def test_tokens_say_where_they_stand(converted):
    _, (tokens,) = converted.embed_tokens(["Will it hurt?"])
    assert tokens.offsets.tolist() == [[0, 4], [5, 7], [8, 12], [12, 13]]


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER, WEIGHTS])
def test_a_file_that_was_changed_or_lost_is_noticed(kept, name):
    with (kept / name).open("r+b") as file:
        file.seek(100)
        file.write(b"?")
    with pytest.raises(NotConverted, match=f"{name} of the converted model in .* has been changed"):
        Conversion.read(kept)
    (kept / name).unlink()
    with pytest.raises(NotConverted, match="cannot be read"):
        Conversion.read(kept)


@pytest.mark.parametrize("text", ["", "[]", '{"recipe": 1}', "{", '{"files": [["a"]]}'])
def test_a_record_that_says_nothing_is_noticed(kept, text):
    (kept / RECORD).write_text(text)
    with pytest.raises(NotConverted, match="cannot be read"):
        Conversion.read(kept)


def test_a_model_proved_on_another_processor_is_not_taken(kept):
    replace(Conversion.read(kept), recipe="1 openvino 2026.4.1 f16").write(kept)
    with pytest.raises(NotConverted, match=r"was converted by 1 openvino 2026\.4\.1 f16"):
        Conversion.read(kept)


def test_a_model_of_another_width_is_not_taken(kept):
    made = replace(Conversion.read(kept), dimension=512)
    with pytest.raises(NotConverted, match="gives 384 numbers, not 512"):
        OpenVinoEmbedder(DEFAULT_MODEL, kept, made)


def test_a_damaged_model_is_converted_again_and_what_was_left_half_done_is_removed(kept, caplog):
    (kept / WEIGHTS).write_bytes(b"")
    left = kept.parent / ".converting-1"
    left.mkdir()
    assert open_embedder(DEFAULT_MODEL, kept.parent).runtime.startswith("OpenVINO")
    assert "model.bin of the converted model" in caplog.text
    assert "it is converted again" in caplog.text
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, "convert.lock"}


def test_where_nothing_can_be_converted_the_reference_answers_and_says_so(tmp_path, model, caplog):
    (tmp_path / "models").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        embedder = open_embedder(DEFAULT_MODEL, tmp_path / "models")
    assert embedder.identity == model.identity
    assert embedder.runtime == "sentence-transformers instead of OpenVINO"
    assert "cannot be converted" in embedder.instead
    assert "embedding by sentence-transformers instead, which is slower" in caplog.text


def test_a_model_that_was_refused_is_not_tried_again(kept, tmp_path, capsys):
    made = Conversion.read(kept)
    replace(made, files=(), refused="its pooling is max").write(kept)
    (tmp_path / "quotewell.toml").write_text(f'model = "{DEFAULT_MODEL}"\n')
    main(["doctor", "--home", str(tmp_path)])
    told = capsys.readouterr().out
    assert "sentence-transformers instead of OpenVINO (its pooling is max)" in told


POOLING = (
    'mean_tokens": true,\n  "pooling_mode_max_tokens": false',
    'mean_tokens": false,\n  "pooling_mode_max_tokens": true',
)
ONE_MORE = '{"idx": 3, "name": "3", "path": "3", "type": "sentence_transformers.models.Normalize"}'
CHANGES = {
    "its pooling is max": ("1_Pooling/config.json", *POOLING),
    "its parts are Transformer, Pooling, Norm": ("modules.json", "]", f", {ONE_MORE}]"),
    "it changes texts before it reads them": ("sentence_bert_config.json", "false", "true"),
}


@pytest.mark.parametrize("why", CHANGES)
def test_a_model_of_an_unknown_kind_is_refused(model, tmp_path, why):
    folder = shutil.copytree(model.folder, tmp_path / "model", copy_function=os.symlink)
    file, old, new = CHANGES[why]
    text = (folder / file).read_text()
    (folder / file).unlink()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    assert why in unlike_what_we_know(SentenceTransformerEmbedder(str(folder)).model)


def test_a_bad_conversion_is_refused(model, embedder_class, monkeypatch):
    assert unlike_what_we_know(model.model) == ""
    assert difference(model, embedder_class(128)) == "vectors have 128 numbers, not 384"
    assert difference(model, embedder_class(384)).startswith("vectors differ, cosine ")
    monkeypatch.setattr(conversion, "LEAST_COSINE", -1.0)
    assert difference(model, embedder_class(384)) == "rankings differ"
