"""The library that loose questions are asked of: one that is given, one beside them, or our own."""

from pathlib import Path

from evals.corpus import OutsideText
from evals.rows import ROW_ENDINGS, Row, ending_of, made_of
from evals.suite import Bench
from qa.assistant import Assistant
from sources.intake import files_in, starter_files

BESIDE = ("corpus", "library")


def question_library(data: str, questions: Path, bench: Bench) -> Assistant:
    """An assistant for the questions of a file.

    Rows (`corpus*` or `library*` beside the file, or what `--library` names) hold a text each;
    anything else that `--library` names is documents. Without either, the starter library.
    """
    given = bench.library or _beside(questions)
    if given is None:
        return bench.assistant(data, starter_files())
    if given.is_dir() or ending_of(given) not in ROW_ENDINGS:
        return bench.assistant(data, list(files_in([given])))
    texts = list(made_of(given, _outside_text, bench.problems.append))
    return bench.corpus(data, texts).assistant


def _beside(questions: Path) -> Path | None:
    """A file of texts in the questions' own folder."""
    named = (path for path in sorted(questions.parent.iterdir()) if path.name.startswith(BESIDE))
    return next((path for path in named if ending_of(path) in ROW_ENDINGS), None)


def _outside_text(row: Row) -> OutsideText:
    text_id = row.optional("_id", "id", "doc_id") or row.place
    return OutsideText(text_id, row.optional("title", "question"), row.text("text", "answer"))
