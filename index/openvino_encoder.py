"""Texts to vectors by a converted model: OpenVINO and the model's own tokenizer, without torch.

A converted model is a folder with the network, the tokenizer and `converted.json`, which says
how tokens become one vector and what every file hashes to. Nothing in it depends on a processor.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from queue import LifoQueue
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.embedder import ModelIdentity, TokenRows, Vectors, sha256_of
from index.errors import NotConverted

NETWORK, WEIGHTS, TOKENIZER = "model.blob", "model.bin", "tokenizer.json"
RECORD = "converted.json"
APART = {"CACHE_MODE": "OPTIMIZE_SIZE"}  # the weights stay in a file of their own
BATCH_TOKENS = 1024  # what one batch holds, padding counted; measured in docs/performance.md
STEP = 8  # widths are rounded up to this many tokens: fewer shapes for OpenVINO to prepare
WINDOW = 1024  # texts whose tokens are held at once
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# Batches computed at a time. One thread each is a third cheaper than all threads on one batch, and
# on a busy machine twice as fast: none waits for a slower one. The rest would only cost memory.
STREAMS = min(CORES, 4)

T = TypeVar("T")


def openvino() -> ModuleType:
    """OpenVINO without the part that would report every start to its makers.

    A module that is `None` counts as not installed, and OpenVINO does without it.
    """
    for name in ("openvino_telemetry", "openvino.tools.ovc"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    return import_module("openvino")


@cache
def _core() -> Any:  # noqa: ANN401  OpenVINO publishes no types
    return openvino().Core()


def precisions() -> tuple[str, ...]:
    """The precisions that this processor multiplies in, fastest first."""
    able = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("bf16", "f32") if "BF16" in able else ("f32",)


def conversion_recipe() -> str:
    """Names what a conversion was proved with; one proved with anything else is made anew."""
    return f"2 openvino {version('openvino')} {' '.join(precisions())}"


def write_prepared(description: Path, precision: str) -> None:
    """Prepare a network for this kind of processor once, beside its description and its weights.

    A third of the time that preparing it takes is left at each start.
    """
    settings = {"INFERENCE_PRECISION_HINT": precision, **APART}
    prepared = _core().compile_model(str(description), "CPU", settings).export_model()
    description.with_name(NETWORK).write_bytes(prepared.getvalue())


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a converted model is made of. `pooling` is mean or cls, `longest` counts tokens.

    `refused` says why the model must not be used converted, and then there are no files.
    """

    recipe: str
    fingerprint: str
    precision: str = ""
    dimension: int = 0
    pooling: str = ""
    longest: int = 0
    padding: int = 0
    files: tuple[tuple[str, str], ...] = ()
    refused: str = ""

    def write(self, folder: Path) -> None:
        """Write the record into `folder`."""
        text = json.dumps(asdict(self), indent=1)
        (folder / RECORD).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Conversion":
        """The record in `folder`, its files checked. Raises `NotConverted`."""
        try:
            values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            values["files"] = tuple(map(tuple, values["files"]))
            made = cls(**values)
            damaged = [name for name, digest in made.files if sha256_of(folder / name) != digest]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotConverted(f"the converted model in {folder} cannot be read") from error
        if damaged:
            raise NotConverted(f"{damaged[0]} of the converted model in {folder} has been changed")
        if made.recipe != conversion_recipe():
            raise NotConverted(f"the model in {folder} was converted by {made.recipe}")
        return made


class OpenVinoEmbedder:
    """The converted model in `folder`. Threads share it, each batch on one core: see `STREAMS`."""

    def __init__(self, name: str, folder: Path, made: Conversion, streams: int = STREAMS) -> None:
        self.identity = ModelIdentity(name, made.fingerprint, made.dimension)
        self._made, self._streams = made, streams
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(made.longest)
        self._tokenizer.no_padding()
        settings = {
            "INFERENCE_PRECISION_HINT": made.precision,
            # A second thread for one question would be awake too late.
            "INFERENCE_NUM_THREADS": CORES if streams > 1 else 1,
            "NUM_STREAMS": streams,
            "ENABLE_CPU_PINNING": False,  # or two processes would share the first core
            "WEIGHTS_PATH": str(folder / WEIGHTS),
            **APART,
        }
        try:
            network = _core().import_model((folder / NETWORK).read_bytes(), "CPU", settings)
        except (RuntimeError, OSError) as error:
            raise NotConverted(f"OpenVINO cannot load {folder / NETWORK} ({error})") from error
        width = network.outputs[0].partial_shape[-1]
        if width != made.dimension:
            raise NotConverted(f"the model in {folder} gives {width} numbers, not {made.dimension}")
        self._wanted = {part.get_any_name() for part in network.inputs}
        self._idle: LifoQueue[Any] = LifoQueue()  # the last one is still warm
        for _ in range(streams):
            self._idle.put(network.create_infer_request())
        self.runtime = f"OpenVINO {version('openvino')} {made.precision}"

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)`, unit length, in the order of `texts`; long ones go first."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        done = 0
        for rows, pooled in self._computed(self._pooled, texts):
            vectors[rows] = pooled
            done += len(rows)
            seen(done)
        return vectors

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = False,
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text from the same computation.

        With `apart` only texts of one length are computed together, which changes no digit.
        """
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        found: dict[int, TokenRows] = {}
        for rows, (pooled, tokens) in self._computed(self._pooled_and_tokens, texts, apart=apart):
            vectors[rows] = pooled
            found.update(zip(rows, tokens, strict=True))
            seen(len(found))
        return vectors, [found[row] for row in range(len(texts))]

    def _computed(
        self,
        compute: Callable[[Sequence[Encoding]], T],
        texts: Sequence[str],
        *,
        apart: bool = False,
    ) -> Iterator[tuple[list[int], T]]:
        """Row numbers and what `compute` makes of their tokens, several batches at a time."""
        with ThreadPoolExecutor(self._streams) as pool:
            spread = pool.map if len(texts) > 1 else map  # a question needs no second thread
            order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
            for start in range(0, len(order), WINDOW):
                window = order[start : start + WINDOW]
                cut = self._tokenizer.encode_batch([texts[row] for row in window])
                batches = self._batches(zip(window, cut, strict=True), apart=apart)
                made = spread(compute, [encodings for _, encodings in batches])
                yield from zip((rows for rows, _ in batches), made, strict=True)

    def _batches(
        self, cut: Iterable[tuple[int, Encoding]], *, apart: bool
    ) -> list[tuple[list[int], list[Encoding]]]:
        """Row numbers and their tokens, in batches of like length that fit `BATCH_TOKENS`."""
        left = sorted(cut, key=lambda pair: -len(pair[1]))
        batches = []
        while left:
            longest = len(left[0][1])
            fitting = max(1, BATCH_TOKENS // self._padded(longest))
            some = left[:fitting]
            if apart:
                some = [pair for pair in some if len(pair[1]) == longest]
            rows, encodings = zip(*some, strict=True)
            batches.append((list(rows), list(encodings)))
            left = left[len(some) :]
        return batches

    def _pooled(self, cut: Sequence[Encoding]) -> Vectors:
        """One vector for each text."""
        return self._pool(*self._states(cut))

    def _pool(self, states: Vectors, mask: NDArray[np.float32]) -> Vectors:
        """Made unit length, a sum over tokens and their mean are one."""
        pooled = (mask[:, None] @ states)[:, 0] if self._made.pooling == "mean" else states[:, 0]
        return _unit(pooled)

    def _pooled_and_tokens(self, cut: Sequence[Encoding]) -> tuple[Vectors, list[TokenRows]]:
        """One vector for each text, and its tokens but for the special ones."""
        states, mask = self._states(cut)
        tokens = []
        for state, encoding in zip(states, cut, strict=True):
            own = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
            offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)[own]
            tokens.append(TokenRows(_unit(state[own]), offsets))
        return self._pool(states, mask), tokens

    def _padded(self, longest: int) -> int:
        return min(-(-longest // STEP) * STEP, self._made.longest)

    def _states(self, cut: Sequence[Encoding]) -> tuple[Vectors, NDArray[np.float32]]:
        """The network's state for every token `(n, t, dimension)`, and 1 where a token is."""
        lengths = [len(encoding) for encoding in cut]
        longest = max(lengths)
        shape = len(cut), longest if min(lengths) == longest else self._padded(longest)
        numbers = np.full(shape, self._made.padding, dtype=np.int64)
        mask, kinds = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(cut):
            numbers[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
            kinds[row, : len(encoding)] = encoding.type_ids
        given = {"input_ids": numbers, "attention_mask": mask, "token_type_ids": kinds}
        request = self._idle.get()
        try:
            states = request.infer({name: given[name] for name in self._wanted})[0]
        finally:
            self._idle.put(request)
        return states, mask.astype(np.float32)


def _unit(rows: Vectors) -> Vectors:
    """The rows of `(n, d)`, each divided by its length."""
    divided: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return divided
