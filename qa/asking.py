"""`quotewell ask`: the model is made ready on a thread of its own while the rest is imported."""

import argparse
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from index.openvino_encoder import CORES
from qa.open_model import open_model
from qa.settings import Settings
from qa.terminal import rows_in

MANY = 256  # questions; fewer are answered before other processes would be of help


def ask(settings: Settings, chosen: argparse.Namespace) -> int:
    """Answer one question, or a row of questions."""
    if chosen.batch is None:
        texts = [chosen.question]
    else:
        texts = [row["q"] for row in rows_in(chosen.batch, ("q",))]
    if len(texts) >= MANY and CORES > 1:
        return _ask_apart(settings, texts, chosen)
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_model, settings)
        from qa.ask_all import answers_to  # noqa: PLC0415  meanwhile, as the others
        from qa.open_assistant import open_assistant  # noqa: PLC0415
        from qa.printed_answers import print_answers  # noqa: PLC0415

        answers = answers_to(texts, partial(open_assistant, settings, opening.result))
        return print_answers(answers, settings, chosen)


def _ask_apart(settings: Settings, texts: list[str], chosen: argparse.Namespace) -> int:
    from qa.ask_apart import ask_apart  # noqa: PLC0415  few are asked that many
    from qa.printed_answers import print_answers  # noqa: PLC0415

    return print_answers(ask_apart(settings, texts), settings, chosen)
