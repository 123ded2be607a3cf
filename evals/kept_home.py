"""Home folders of evaluations, kept from run to run as long as nothing that made them changed."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
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

        It stands there already when the same code and model made it of the same parts. Of one
        made of others the index stays, from which the build takes what was embedded.
        """
        model = self.embedders.asking
        computed = (model.identity.fingerprint, model.runtime)
        stamp = digest([code_digest(("sources", "index")), *computed, *made_of])
        home, stamped = self.settings.home / name, self.settings.home / name / "made_of"
        if not stamped.exists() or stamped.read_text(encoding="utf-8") != stamp:
            _forget_documents(home)
            filled = Library(home)
            fill(filled)
            build(filled, self.embedders.indexing, self.seen, self.settings.engine)
            filled.close()
            stamped.write_text(stamp, encoding="utf-8")
        settings = replace(self.settings, home=home)
        assistant = Assistant(settings, Library(home), self.embedders.asking)
        assistant.ask("Is the model awake?")  # loading it is no part of a question's time
        return assistant


def _forget_documents(home: Path) -> None:
    """Leave nothing in `home` but its index."""
    home.mkdir(parents=True, exist_ok=True)
    for path in home.iterdir():
        if path.name == "originals":
            shutil.rmtree(path)
        elif path.is_file() and path.name != "current":
            path.unlink()


def place_for(settings: Settings, seen: Seen) -> Place:
    """A corner of the home, with the configured model."""
    model = open_embedder(settings.model, settings.models)
    home = settings.home / "evals"
    embedders = Embedders(KeptVectors(model, home), model)
    return Place(replace(settings, home=home), embedders, seen)
