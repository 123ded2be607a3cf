"""A model converted once to OpenVINO, proved against the reference, and kept by its hash.

Converting happens in a process of its own, so that torch never enters the one that answers.
What cannot be converted, or not now, is embedded by the reference, and said so.
"""

import fcntl
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from index.embedder import (
    Embedder,
    SentenceTransformerEmbedder,
    Vectors,
    model_fingerprint,
    model_folder,
    sha256_of,
)
from index.errors import ModelUnusable, NotConverted
from index.openvino_encoder import (
    STREAMS,
    TOKENIZER,
    Conversion,
    OpenVinoEmbedder,
    conversion_recipe,
    openvino,
    precisions,
    write_prepared,
)

logger = logging.getLogger(__name__)

LEAST_COSINE = 0.9999  # of the same text by both runtimes
SLACK = 0.002  # cosines this near may change places in a ranking
MOST_SECONDS = 1800
QUESTIONS = (
    "Does it hurt?",
    "How long does it take to recover from the operation?",
    "What happens if I miss a dose of my tablets?",
)
TEXTS = (
    *QUESTIONS,
    "",
    "  a word with blanks around it  ",
    "MRI",
    "A biopsy hurts a little. The skin is numbed first.",
    "Most people go home on the same day and are back at work within two weeks.",
    "If you forget a tablet, take it when you remember, but never two at once.",
    "Größe: 70 cm; naïve café — “quoted”, 37.5 °C, ½ tablet.",
    "痛みはありますか。 هل هو مؤلم؟ Болит ли это?",
    "Ring your doctor at once when you cannot feel your legs. " * 30,
    " ".join(f"word{number}" for number in range(700)),
)


def open_embedder(name: str, models: Path, streams: int = STREAMS) -> Embedder:
    """The model `name`, converted when it is first used and kept in the folder `models`.

    It computes so many batches at once, each stream taking memory. It is the reference, and says
    so, where the model cannot be converted. Raises `ModelUnusable`.
    """
    folder = model_folder(name)
    fingerprint = model_fingerprint(name, folder)
    kept = models / fingerprint
    try:
        return _open(name, kept, streams)
    except NotConverted as error:
        if kept.exists():
            logger.warning("%s; it is converted again", error)
    try:
        _convert_apart(name, kept)
        return _open(name, kept, streams)
    except (NotConverted, OSError) as error:
        logger.warning("%s; embedding by sentence-transformers instead, which is slower", error)
        return SentenceTransformerEmbedder(name, instead=str(error))


def _open(name: str, kept: Path, streams: int = STREAMS) -> Embedder:
    made = Conversion.read(kept)
    if made.refused:
        return SentenceTransformerEmbedder(name, instead=made.refused)
    return OpenVinoEmbedder(name, kept, made, streams)


def _convert_apart(name: str, kept: Path) -> None:
    """Run `python -m index.conversion` and wait. Raises `NotConverted` with its last words."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__, name, str(kept)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise NotConverted(f"the model cannot be converted for OpenVINO: {words[-1]}")


def convert(name: str, kept: Path) -> None:
    """Make the folder `kept`, whole or not at all; a second process waits for the first.

    A model of a kind that is not known gives a record with the reason instead.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "convert.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _open(name, kept)
        except NotConverted:
            for left in kept.parent.glob(".converting-*"):  # of a process that was interrupted
                shutil.rmtree(left, ignore_errors=True)
            aside = kept.parent / f".converting-{os.getpid()}"
            aside.mkdir()
            try:
                _convert_into(aside, name)
                shutil.rmtree(kept, ignore_errors=True)
                aside.rename(kept)
            finally:
                shutil.rmtree(aside, ignore_errors=True)


def _convert_into(folder: Path, name: str) -> None:
    reference = SentenceTransformerEmbedder(name)
    _check_space(folder, reference.folder)  # before anything is loaded
    refusal = Conversion(conversion_recipe(), reference.identity.fingerprint)
    why = unlike_what_we_know(reference.model)
    if why:
        replace(refusal, refused=why).write(folder)
        return
    transformer, pooling, *_ = reference.model
    description = folder / "model.xml"  # of the network; its weights lie beside it
    _write_network(transformer, description)
    tokenizer = reference.model.tokenizer
    (folder / TOKENIZER).write_text(tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    made = replace(
        refusal,
        dimension=reference.identity.dimension,
        pooling=pooling.pooling_mode,
        longest=int(reference.model.max_seq_length),
        padding=int(tokenizer.pad_token_id or 0),
    )
    for precision in precisions():
        write_prepared(description, precision)
        made = replace(made, precision=precision)
        why = difference(reference, OpenVinoEmbedder(name, folder, made))
        if not why:
            break
    description.unlink()
    files = tuple((path.name, sha256_of(path)) for path in sorted(folder.iterdir()))
    (replace(refusal, refused=why) if why else replace(made, files=files)).write(folder)


def _check_space(folder: Path, source: Path) -> None:
    needed = sum(path.stat().st_size for path in source.rglob("*") if path.is_file()) + 2**20
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotConverted(f"{folder.parent} has {free >> 20} MB free and needs {needed >> 20}")


def unlike_what_we_know(model: Any) -> str:  # noqa: ANN401  sentence-transformers is untyped
    """Why a model cannot be computed by us: its parts, its pooling, its tokenizer; or nothing."""
    parts = [type(part).__name__ for part in model]
    if parts not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return f"its parts are {', '.join(parts)}"
    if model[1].pooling_mode not in ("mean", "cls"):
        return f"its pooling is {model[1].pooling_mode}"
    if not getattr(model.tokenizer, "is_fast", False):
        return "its tokenizer has no fast form"
    if model.default_prompt_name or model[0].do_lower_case or not model.max_seq_length:
        return "it changes texts before it reads them, or sets no longest text"
    return ""


def _write_network(transformer: Any, path: Path) -> None:  # noqa: ANN401  untyped as above
    """The transformer's network, from token numbers to the state of every token, as OpenVINO's."""
    ov = openvino()  # before its parts
    from openvino.frontend import FrontEndManager  # noqa: PLC0415
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder  # noqa: PLC0415

    example = dict(transformer.tokenizer(list(QUESTIONS), padding=True, return_tensors="pt"))
    network = transformer.model.eval()
    network.config.return_dict = False  # traced outputs are tuples; the states come first
    decoder = TorchScriptPythonDecoder(network, example_input=example)
    frontend = FrontEndManager().load_by_framework("pytorch")
    traced = frontend.convert(frontend.load(decoder))
    states = ov.Model([traced.output(0)], traced.get_parameters())
    try:
        ov.save_model(states, path, compress_to_fp16=True)  # half to read, to hash and to hold
    except RuntimeError as error:
        raise NotConverted(f"{path.parent.parent} cannot be written; free space there") from error


def difference(reference: Embedder, other: Embedder) -> str:
    """How `other` differs from the reference by more than rounding; nothing when it does not."""
    ours, theirs = other.embed(TEXTS), reference.embed(TEXTS)
    if ours.shape != theirs.shape:
        return f"vectors have {ours.shape[1]} numbers, not {theirs.shape[1]}"
    cosine = float(np.einsum("nd,nd->n", ours, theirs).min())
    if not cosine >= LEAST_COSINE:  # also when it is no number
        return f"vectors differ, cosine {cosine:.5f}"
    return "" if _same_order(ours, theirs) else "rankings differ"


def _same_order(ours: Vectors, theirs: Vectors) -> bool:
    for row in range(len(QUESTIONS)):
        found = (theirs @ theirs[row])[np.argsort(-(ours @ ours[row]), kind="stable")]
        if (np.diff(found) > SLACK).any():
            return False
    return True


def main(arguments: list[str]) -> None:
    """Convert the model that is named into the folder that is named."""
    name, kept = arguments
    try:
        convert(name, Path(kept))
    except (NotConverted, ModelUnusable, OSError, RuntimeError) as error:
        sys.exit(" ".join(str(error).split()))


if __name__ == "__main__":
    main(sys.argv[1:])
