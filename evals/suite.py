"""What a suite is given: its data, a place to index, a way to ask, and an ear for problems."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from evals.corpus import Corpus, OutsideText, corpus_of
from evals.identity import data_digest, digest, documents_digest
from evals.judged import Judged
from evals.kept_home import Place
from evals.measures import Measure
from evals.rows import ROW_ENDINGS, files_for
from index.embedder import sha256_of
from qa.answer import Answer, Quote, Turn
from qa.assistant import Assistant
from qa.terminal import BadInput
from sources.intake import take_in
from sources.library import Library


class Part(StrEnum):
    """Which half of the project's own questions: what was fitted on, or what was kept away."""

    TRAINING = "training"
    HELD_OUT = "held_out"
    ALL = "all"


@dataclass(slots=True)
class Bench:
    """One suite's surroundings. `problems` gathers what could not be used, by file and line.

    `used` is filled with what each data set was measured on, `quotes` counts those compared.
    """

    place: Place
    data: Path | None = None
    part: Part = Part.HELD_OUT
    library: Path | None = None
    problems: list[str] = field(default_factory=list)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    quotes: int = 0

    def files(self, *words: str, endings: Sequence[str] = ROW_ENDINGS) -> list[Path]:
        """The data files whose names begin with one of `words`. Raises `BadInput` for none."""
        return files_for(self.folder(words[0]), words, endings)

    def folder(self, what: str) -> Path:
        """The data folder, or the single file given for it. Raises `BadInput` without one."""
        if self.data is None:
            raise BadInput(f"the {what} suite reads outside data; say where with --data DIR")
        return self.data

    def corpus(self, data: str, texts: Sequence[OutsideText]) -> Corpus:
        """Texts of the data set `data` as a library of their own."""
        corpus = corpus_of(texts, f"corpus-{data}", self.place)
        self.measured_on(data, corpus.assistant)
        return corpus

    def assistant(self, data: str, paths: Sequence[Path]) -> Assistant:
        """An assistant over the documents in `paths`; a file that is refused is a problem."""

        def fill(library: Library) -> None:
            taken = take_in(library, paths)
            self.problems.extend(t.problem for t in taken if t.problem)

        parts = [f"{path.name} {sha256_of(path)}" for path in paths]
        name = f"library-{digest(path.name for path in paths)}"
        assistant = self.place.assistant(name, parts, fill)
        self.measured_on(data, assistant)
        return assistant

    def measured_on(self, data: str, assistant: Assistant) -> None:
        """Note the index and the library that `data` is asked of."""
        self.used.setdefault(data, {}).update(
            index=assistant.snapshot.snapshot_id,
            library=documents_digest(assistant.library.quotable()),
        )

    def read_from(self, data: str, files: Sequence[Path]) -> None:
        """Note the files that the questions of `data` come from."""
        self.used.setdefault(data, {}).update(data=data_digest(files))

    def ask(self, assistant: Assistant, text: str, history: Sequence[Turn] = ()) -> Answer:
        """One answer, each of its quotes compared with the stored document."""
        answer = assistant.ask(text, history)
        self.quotes += len(answer.quotes)
        self.problems.extend(
            f"a quote for {text!r} is not what {quote.doc_id} says at {quote.span}: a defect"
            for quote in answer.quotes
            if not is_verbatim(quote, assistant)
        )
        return answer


def is_verbatim(quote: Quote, assistant: Assistant) -> bool:
    """Whether the stored document says exactly what the quote shows, on the pages it names."""
    document = assistant.library.document(quote.doc_id, quote.version)
    same = document.text[quote.span.start : quote.span.end] == quote.text
    return same and document.pages_of(quote.span) == quote.pages


class Suite(NamedTuple):
    """A named set of questions with what is measured over them, in one sentence and in figures."""

    name: str
    about: str
    measures: Sequence[Measure]
    judge: Callable[[Bench], Iterator[Judged]]
