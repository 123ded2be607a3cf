"""Messages that hold more than a question: many at once, or a text with none."""

import re

SEVERAL = 3  # questions from which a message is many
SHOWN = 6  # of many questions, so many are given back to be asked alone
SHORTEST = 8  # characters of a question that can stand alone
PASTED = 300  # characters from which a text without a question was hardly typed as one
_QUESTION = re.compile(r"¿?[^.!?¿\n]+\?")


def several_questions(message: str) -> list[str]:
    """The first few of many questions, each once and as it was written; none where few are."""
    found: dict[str, str] = {}
    for written in map(str.strip, _QUESTION.findall(message)):
        if len(written) >= SHORTEST:
            found.setdefault(written.casefold(), written)
    questions = list(found.values())
    return questions[:SHOWN] if len(questions) >= SEVERAL else []


def is_pasted(message: str) -> bool:
    """Whether a message is a long text that asks nothing, such as a letter or a report."""
    return len(message) >= PASTED and "?" not in message
