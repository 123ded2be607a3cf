"""Gradio, imported without what no page of ours needs. The one door to it.

Left alone, its import writes stubs for editors beside each of its components, which is half of
its time; reads pandas, which only its tables need; and tells its makers that it was started.
"""

import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any

__all__ = ["gr"]

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read while gradio is imported
# Gradio would make a table of its last 10,000 events at every question, for a page we have not.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(2**62)


def _import_when_used(name: str) -> None:
    """Put a package in its place whose code runs when it, or a part, is first asked for.

    `importlib.util.LazyLoader` would run it as soon as a second place imports it.
    """
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    module, loader, lock = module_from_spec(spec), spec.loader, RLock()
    places = module.__dict__.pop("__path__")  # who imports a part of it asks for them first
    begun = False

    def run(attribute: str) -> Any:  # noqa: ANN401  whatever the module has
        nonlocal begun
        with lock:  # others wait; what the module asks of itself meanwhile comes from this thread
            if not begun:
                begun = True
                module.__dict__["__path__"] = places
                loader.exec_module(module)
        if attribute not in module.__dict__:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        return module.__dict__[attribute]

    module.__dict__["__getattr__"] = run
    sys.modules[name] = module


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


_import_when_used("pandas")
with _no_stubs():
    import gradio as gr
