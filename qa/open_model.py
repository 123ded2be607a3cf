"""The model of a home, opened where there is something to ask."""

from index.conversion import open_embedder
from index.embedder import Embedder
from index.openvino_encoder import Threads
from index.snapshot import SnapshotStore
from qa.settings import Settings


def open_model(settings: Settings, threads: Threads) -> Embedder:
    """The model that questions are embedded with. Raises `NoSnapshot` where nothing is indexed."""
    SnapshotStore(settings.home).current_folder()  # said at once, not after a model's conversion
    return open_embedder(settings.model, settings.models, threads)
