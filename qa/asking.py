"""`quotewell ask`: the model is made ready on a thread of its own while the rest is imported."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from index.conversion import open_embedder
from index.embedder import Embedder
from index.openvino_encoder import STREAMS
from index.snapshot import SnapshotStore
from qa.settings import Settings


def ask(settings: Settings, chosen: argparse.Namespace) -> int:
    """Answer one question, or a row of questions."""
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(_open_model, settings, 1 if chosen.batch is None else STREAMS)
        from qa.printed_answers import print_answers  # noqa: PLC0415  meanwhile

        return print_answers(settings, chosen, opening.result)


def _open_model(settings: Settings, streams: int) -> Embedder:
    SnapshotStore(settings.home).current_folder()  # say at once when nothing is indexed
    return open_embedder(settings.model, settings.models, streams)
