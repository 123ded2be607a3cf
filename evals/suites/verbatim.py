"""Many questions, every quote compared with the stored document.

Asked are the rows (`{"q": …}`) of `questions*` files in the data folder or, without any, the
project's own questions in six spellings each: as written, shouted, without stop words, with
letters swapped, with a word doubled, and behind a politeness. Documents in the folder join the
starter library. A single unequal character is a failure.
"""

import random
from collections.abc import Iterator

import numpy as np

from evals.gold import gold_questions
from evals.judged import OURS, Judged
from evals.measures import Measure, times
from evals.rows import Row, made_of, stop
from evals.suite import Bench, Suite, is_verbatim
from evals.suites.seeds import QUESTIONS, seed_question
from index.words import STOP_WORDS
from sources.intake import files_in, starter_files

SEED = 11
DATA = "many questions"


def judge(bench: Bench) -> Iterator[Judged]:
    """Every question, its quotes compared."""
    folders = [bench.data] if bench.data else []
    assistant = bench.assistant(DATA, [*starter_files(), *files_in(folders)])
    for number, text in enumerate(_questions(bench), start=1):
        answer = bench.ask(assistant, text)
        differ = sum(not is_verbatim(quote, assistant) for quote in answer.quotes)
        yield Judged(
            suite="verbatim",
            data=DATA,
            system=OURS,
            question_id=str(number),
            question=text,
            group=answer.outcome.value,
            values={
                "quotes compared": len(answer.quotes),
                "quotes that differ": differ,
                "ms": answer.took_ms,
            },
            right=not differ,
            shown=answer.quotes[0].text if answer.quotes else "",
        )


def _questions(bench: Bench) -> Iterator[str]:
    files = sorted(bench.data.glob("questions*.jsonl")) if bench.data else []
    for path in files:
        bench.read_from(DATA, files)
        yield from made_of(path, _text_of, bench.problems.append)
    if not files:
        yield from own_questions()


def _text_of(row: Row) -> str:
    return row.text("q", "question", "text")


def own_questions() -> Iterator[str]:
    """The project's gold questions, each in six spellings."""
    dice = random.Random(SEED)
    plain = [question.text for question in gold_questions()]
    plain += [question.text for question in made_of(QUESTIONS, seed_question, stop)]
    for text in plain:
        yield text
        yield text.upper()
        yield " ".join(w for w in text.split() if w.lower().strip("?.,") not in STOP_WORDS) or text
        yield _swapped(text, dice)
        words = text.split()
        at = dice.randrange(len(words))
        yield " ".join([*words[: at + 1], words[at], *words[at + 1 :]])
        yield f"please can you tell me, {text[0].lower()}{text[1:]}"


def _swapped(text: str, dice: random.Random) -> str:
    at = dice.randrange(max(1, len(text) - 2))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


SUITE = Suite(
    name="verbatim",
    about="Every quote of many questions, compared with the stored document",
    measures=(
        Measure("quotes compared", ("quotes compared",), np.sum),
        Measure("quotes that differ", ("quotes that differ",), np.sum, lower_is_better=True),
        *times(),
    ),
    judge=judge,
)
