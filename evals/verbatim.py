"""`python -m evals verbatim`: many questions, every quote compared with the stored document.

Questions come from files (`{"q": …}` rows or one a line) or, without any, from the gold set in
six spellings each: as written, shouted, without stop words, with letters swapped, with a word
doubled, and behind a politeness. A single unequal character is a failure.
"""

import json
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench_home import open_assistant
from evals.gold import gold_questions
from evals.seeds import seed_questions
from index.words import STOP_WORDS
from qa.answer import Quote
from qa.assistant import Assistant

SEED = 11


def questions_in(path: Path) -> Iterator[str]:
    """The questions of a file: `q` or `question` of JSON rows, or its lines."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            continue
        row = json.loads(line) if line.startswith("{") else {"q": line}
        yield str(row.get("q") or row.get("question") or row.get("text"))


def own_questions() -> Iterator[str]:
    """The project's gold questions, each in six spellings."""
    dice = random.Random(SEED)
    plain = [question.text for question in gold_questions()]
    plain += [question.text for question in seed_questions()]
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


def is_verbatim(quote: Quote, assistant: Assistant) -> bool:
    """Whether a freshly read document says exactly what the quote shows, on the pages it names."""
    document = assistant.library.document(quote.doc_id, quote.version)
    same = document.text[quote.span.start : quote.span.end] == quote.text
    return same and document.pages_of(quote.span) == quote.pages


def verbatim_report(folders: Sequence[Path], files: Sequence[Path]) -> Mapping[str, object]:
    """How many quotes were compared and how many differ, outcomes, and the time of an answer."""
    asked = [q for path in files for q in questions_in(path)] if files else list(own_questions())
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    took: list[float] = []
    quotes = 0
    with TemporaryDirectory() as home:
        assistant = open_assistant(Path(home), folders)
        for text in asked:
            answer = assistant.ask(text)
            outcomes[answer.outcome.value] += 1
            took.append(answer.took_ms)
            quotes += len(answer.quotes)
            wrong += [text for quote in answer.quotes if not is_verbatim(quote, assistant)]
    return {
        "questions": len(asked),
        "quotes compared": quotes,
        "quotes that differ": len(wrong),
        "differing": wrong[:20],
        "outcomes": dict(outcomes),
        "median ms": round(statistics.median(took), 1),
        "95th percentile ms": round(sorted(took)[int(0.95 * len(took))], 1),
    }
