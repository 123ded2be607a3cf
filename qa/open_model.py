"""The model of a home, opened where there is something to ask."""

from index.conversion import open_embedder
from index.embedder import Embedder
from index.snapshot import SnapshotStore
from qa.settings import Settings


def open_model(settings: Settings) -> Embedder:
    """The model, for one question at a time. Raises `NoSnapshot` where nothing is indexed."""
    SnapshotStore(settings.home).current_folder()  # said at once, not after a model's conversion
    return open_embedder(settings.model, settings.models, streams=1)
