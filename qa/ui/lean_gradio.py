"""Gradio, imported without what no page of ours needs. The one door to it.

Left alone, its import writes stubs for editors beside each of its components, which is half of
its time; reads pandas, which only its tables need; and tells its makers that it was started.
"""

import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

__all__ = ["gr"]

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported
# Gradio would make a table of its last 10,000 events at every question, for a page we have not.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(2**62)


@contextmanager
def _put_off(name: str) -> Iterator[None]:
    """Let who imports a package meanwhile have a stand-in, which imports it when it is used.

    `importlib.util.LazyLoader` would run it as soon as a second place imports it.
    """
    spec = find_spec(name)
    if name in sys.modules or spec is None:
        yield
        return
    stand_in = module_from_spec(spec)

    def used(attribute: str) -> Any:  # noqa: ANN401  whatever the package has
        _drop(stand_in)
        return getattr(import_module(name), attribute)

    stand_in.__dict__["__getattr__"] = used
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        _drop(stand_in)  # everyone else imports the package itself


def _drop(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


@contextmanager
def _no_stubs() -> Iterator[None]:
    """Let Gradio's components be of no file, as those are for which it writes no stub."""
    told = inspect.getfile

    def getfile(thing: Any) -> str:  # noqa: ANN401  as the function that it stands for
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no file is told while gradio is imported")
        return told(thing)

    inspect.getfile = getfile  # type: ignore[assignment]  # narrower in what it takes than in use
    try:
        yield
    finally:
        inspect.getfile = told


with _put_off("pandas"), _no_stubs():
    import gradio as gr
