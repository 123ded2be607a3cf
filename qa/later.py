"""Commands whose code is imported when they are run: asking loads nothing that it does not need."""

import argparse
from collections.abc import Callable
from importlib import import_module

from qa.settings import Settings

Command = Callable[[Settings, argparse.Namespace], int]


def later(module: str, name: str) -> Command:
    """The command `name` of `module`, which is imported when the command is run."""

    def run(settings: Settings, chosen: argparse.Namespace) -> int:
        command: Command = getattr(import_module(module), name)
        return command(settings, chosen)

    return run
