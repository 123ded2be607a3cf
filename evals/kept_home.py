"""Home folders of evaluations, kept from run to run as long as nothing that made them changed."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from evals.identity import code_digest, digest
from evals.vectors import KeptVectors
from index.build import build
from index.conversion import open_embedder
from index.embedder import Embedder
from qa.assistant import Assistant
from qa.settings import Settings
from sources.library import Library

Seen = Callable[[str, int, int], None]
Fill = Callable[[Library], None]


class Embedders(NamedTuple):
    """The same model twice: with vectors kept on disk for indexing, without for asking.

    What a question takes is measured, so nothing about it may be there already.
    """

    indexing: Embedder
    asking: Embedder


class Place(NamedTuple):
    """Where evaluations keep their homes, and with which model they index and ask."""

    settings: Settings
    embedders: Embedders
    seen: Seen

    def assistant(self, name: str, made_of: Iterable[str], fill: Fill) -> Assistant:
        """An assistant over the library `name` that `fill` fills and that is indexed then.

        It stands there already when the same code and model made it of the same parts; one made
        of others is removed.
        """
        model = self.embedders.asking
        computed = (model.identity.fingerprint, model.runtime)
        stamp = digest([code_digest(("sources", "index")), *computed, *made_of])
        folder = self.settings.home / name
        home, whole = folder / stamp, folder / stamp / "whole"
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            filled = Library(home)
            fill(filled)
            build(filled, self.embedders.indexing, self.seen, self.settings.engine)
            filled.close()
            whole.touch()
        settings = replace(self.settings, home=home)
        assistant = Assistant(settings, Library(home), self.embedders.asking)
        assistant.ask("Is the model awake?")  # loading it is no part of a question's time
        return assistant


def place_for(settings: Settings, seen: Seen) -> Place:
    """A corner of the home, with the configured model."""
    model = open_embedder(settings.model, settings.models)
    home = settings.home / "evals"
    embedders = Embedders(KeptVectors(model, home), model)
    return Place(replace(settings, home=home), embedders, seen)
