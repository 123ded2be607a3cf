"""Answers printed on a terminal, as text or JSON."""

import argparse
from collections.abc import Iterable

from qa.answer import Answer
from qa.answer_json import answer_to_json
from qa.answer_text import answer_as_text
from qa.settings import Settings
from qa.terminal import print_json


def print_answers(answers: Iterable[Answer], settings: Settings, chosen: argparse.Namespace) -> int:
    """Print each answer when its turn comes."""
    end = "\n" if chosen.batch is None else "\n\n"
    for answer in answers:
        if chosen.json:
            print_json(answer_to_json(answer))
        else:
            print(answer_as_text(answer, settings), end=end)
    return 0
