"""The library of a home, opened as its settings say."""

from qa.settings import Settings
from sources.library import Library


def open_library(settings: Settings) -> Library:
    """The library with its policy, in the home or at its address. Raises a `SourceError`."""
    return Library(settings.home, settings.policy, address=settings.library)
