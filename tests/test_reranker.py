"""A cross-encoder by configuration: a small real one, made here, and what it changes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from index.errors import ModelUnusable
from index.reranker import CrossEncoderReranker
from qa.assistant import Assistant
from qa.doctor import examine
from qa.gate import is_calibrated
from qa.ledger.answers import trace_of
from qa.read_together import READ
from qa.settings import Settings

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# Scan\n\n## Noise\n\nA scan is loud. Ask for ear plugs. A scan does not hurt.\n",
}
LETTERS = "abcdefghijklmnopqrstuvwxyz.,?:"


def small_bert(folder, kinds=1):
    """A BERT of two layers over letters, its weights drawn by lot: real, and knows nothing."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    words += [f"##{letter}" for letter in LETTERS]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(1)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = BertConfig(
        vocab_size=len(words),
        intermediate_size=64,
        num_labels=kinds,
        initializer_range=0.6,
        **shape,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_bert(tmp_path_factory.mktemp("models") / "reranker")


def test_every_text_gets_a_figure_of_its_own(folder):
    reranker = CrossEncoderReranker(str(folder))
    texts = ["a scan is loud", "the skin is numbed first"]
    figures = reranker.logits("does it hurt?", texts)
    assert figures.shape == (2,)
    assert figures[0] != figures[1]
    alone = [reranker.logits("does it hurt?", [text])[0] for text in texts]
    assert np.allclose(figures, alone, atol=1e-4)
    assert reranker.logits("does it hurt?", []).shape == (0,)


def test_evidence_stands_in_the_order_of_both_judgements(folder, assistant_of):
    plain = assistant_of(FILES)
    settings = replace(plain.settings, reranker=str(folder))
    read = Assistant(settings, plain.library, plain.embedder)
    text = "Does a biopsy hurt?"
    _, before = plain.evidence(text)
    question, after = read.evidence(text)
    assert len(before) == len(after) <= READ
    assert {e.row for e in before} == {e.row for e in after}
    scores = [e.score for e in after]
    assert scores == sorted(scores, reverse=True)
    own = {e.row: e.score for e in before}
    first = after[0]
    words = first.statement.focus.of(first.document.text)
    heading = "Pain" if first.document.doc_id == "biopsy" else "Noise"
    shown = f"{first.document.source.title}: {heading}: {words}"
    logit = read.reranker.logits(question.searched, [shown])[0]
    odds = np.log(own[first.row] / (1 - own[first.row]))
    assert first.score == pytest.approx(1 / (1 + np.exp(-(odds + logit) / 2)), abs=1e-4)


def test_the_record_and_the_doctor_say_that_thresholds_were_set_without_it(folder, assistant_of):
    plain = assistant_of(FILES)
    settings = replace(plain.settings, reranker=str(folder))
    read = Assistant(settings, plain.library, plain.embedder)
    answer, workings = read.ask_with_workings("Does a biopsy hurt?")
    assert answer.model.endswith(f"reranked by {folder}")
    assert trace_of(workings, settings)["calibration"]["holds"] is False
    assert is_calibrated(Settings())
    found = {check.name: check for check in examine(settings)}
    assert found["reranker"].passed
    assert not found["thresholds"].passed
    assert "python -m evals.train" in found["thresholds"].remedy


def test_one_that_is_not_there_is_named_at_once(tmp_path):
    with pytest.raises(ModelUnusable, match="'no/reranker' is not on this machine; give the"):
        CrossEncoderReranker("no/reranker")


def test_one_that_does_not_load_says_what_to_do(folder, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (broken / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelUnusable, match=r"cannot be loaded .* or clear the setting"):
        CrossEncoderReranker(str(broken)).logits("a", ["b"])


def test_a_classifier_of_several_kinds_is_no_reranker(tmp_path):
    several = small_bert(tmp_path / "several", kinds=3)
    with pytest.raises(ModelUnusable, match="gives 3 figures a pair, not one; name a cross-enc"):
        CrossEncoderReranker(str(several)).logits("a", ["b"])
