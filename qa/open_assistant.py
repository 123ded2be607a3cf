"""The assistant of a home, ready for its first question."""

from collections.abc import Callable

from index.embedder import Embedder
from qa.assistant import Assistant
from qa.open_library import open_library
from qa.settings import Settings
from qa.triage.check import triage


def open_assistant(settings: Settings, model: Callable[[], Embedder]) -> Assistant:
    """An assistant that has read all it needs; `model` waits until that is ready.

    Raises a `SearchError` or a `SourceError` when nothing can be searched.
    """
    triage().check(".")  # reads the rules
    library = open_library(settings)
    assistant = Assistant(settings, library, model())
    assistant.retriever().embed("")  # loading the model is not part of the first question's time
    return assistant
