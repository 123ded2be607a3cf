"""The assistant: a question in, an answer made of quotes out. Asking reads and never writes."""

import logging
import secrets
import time
from collections.abc import Sequence
from typing import NamedTuple

from index.embedder import Embedder
from index.errors import SearchError
from index.reranker import CrossEncoderReranker
from index.retriever import Retriever
from index.snapshot import Searchable, SnapshotStore
from qa.answer import Answer, Outcome, Quote, Turn, with_banner
from qa.differences import differences
from qa.evidence import CANDIDATES, Evidence, weigh
from qa.first_look import unsearched, where, with_first_look
from qa.gate import Decision, GateFeatures, decide
from qa.question import Question, Vocabulary, subjects_of, understand
from qa.read_together import read_together
from qa.related import related_headings
from qa.selection import choose_quotes
from qa.settings import Settings
from qa.stages import Stages, heard, stage
from qa.triage.check import triage
from sources.document import Audience
from sources.library import Library, Look

logger = logging.getLogger(__name__)


class Workings(NamedTuple):
    """How an answer came about: the question as understood, all evidence, what the gate saw.

    `gate` is none where there was no evidence. `stages` tell where the time went.
    """

    question: Question
    evidence: list[Evidence]
    gate: GateFeatures | None
    stages: Stages


class Assistant:
    """Answers from one library through the snapshot that serves; takes up a new one by itself."""

    def __init__(self, settings: Settings, library: Library, embedder: Embedder) -> None:
        self.settings = settings
        self.library = library
        self.embedder = embedder
        self.reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
        self._store = SnapshotStore(settings.home)
        self._retriever: Retriever | None = None
        self._named: tuple[object, frozenset[str]] = (None, frozenset())

    @property
    def snapshot(self) -> Searchable:
        """The snapshot that serves now. Raises a `SearchError` when there is none that can."""
        return self.retriever().snapshot

    def retriever(self) -> Retriever:
        """A retriever over the snapshot that `current` names; the pointer is read every time."""
        wanted = self._store.current_id()
        held = self._retriever
        if held is None or held.snapshot.snapshot_id != wanted:
            snapshot = self._store.open_current(self.embedder.identity)
            held = self._retriever = Retriever(snapshot, self.embedder)
        return held

    def ask(
        self,
        text: str,
        history: Sequence[Turn] = (),
        audience: Audience = Audience.PATIENT,
        *,
        exact: bool = False,
    ) -> Answer:
        """Answer by quoting, or say plainly that the library cannot.

        At equal support a source written for `audience` comes first; `exact` searches the words
        as written. A red flag is looked for before anything else and is told whatever fails.
        Otherwise raises a `SearchError` when nothing is indexed or the index cannot be used.
        """
        return self._ask(text, history, audience, exact)[0]

    def ask_with_workings(
        self,
        text: str,
        history: Sequence[Turn] = (),
        audience: Audience = Audience.PATIENT,
        *,
        exact: bool = False,
    ) -> tuple[Answer, Workings | None]:
        """The answer as `ask` gives it, and how it came about, where it was searched."""
        with heard() as stages:
            answer, workings = self._ask(text, history, audience, exact)
        return answer, workings and workings._replace(stages=stages)

    def _ask(
        self, text: str, history: Sequence[Turn], audience: Audience, exact: bool
    ) -> tuple[Answer, Workings | None]:
        with stage("red flags"):
            flag = triage().check(text)
        try:
            answer, workings = self._answer(text, history, audience, exact)
            with stage("personal"):
                return with_first_look(answer, text, flag), workings
        except Exception as error:
            if flag is None:
                raise
            said = error if isinstance(error, SearchError) else where(error)
            logger.error("warned without searching: %s", said)  # noqa: TRY400  no word of a question
            return unsearched(text, flag), None

    def _answer(
        self, text: str, history: Sequence[Turn], audience: Audience, exact: bool
    ) -> tuple[Answer, Workings]:
        began = time.perf_counter()
        retriever = self.retriever()  # one for the whole answer, whatever is built meanwhile
        snapshot = retriever.snapshot
        question, evidence = self._evidence(retriever, text, history, exact)
        decision = Decision(Outcome.NOT_A_QUESTION, 0.0)
        quotes: tuple[Quote, ...] = ()
        if question.notice is None:
            with stage("decide"):
                decision = decide(
                    question,
                    evidence,
                    snapshot.lexical,
                    wrong_at_most=self.settings.wrong_at_most,
                )
            if decision.outcome is not Outcome.NOT_IN_LIBRARY:
                chosen = choose_quotes(evidence, audience, self.settings.max_quotes)
                quotes = tuple(with_banner(quote, self.library.policy) for quote in chosen)
        answer = Answer(
            answer_id=secrets.token_hex(12),
            question=question.asked,
            searched=question.searched,
            outcome=decision.outcome,
            quotes=quotes,
            notice=question.notice or f"outcome.{decision.outcome.value}",
            disclaimer="disclaimer.patient",
            related=related_headings(quotes, snapshot),
            probability=decision.probability,
            snapshot=snapshot.snapshot_id,
            model=self._models,
            differs=differences(quotes),
            took_ms=1000 * (time.perf_counter() - began),
        )
        return answer, Workings(question, evidence, decision.features, {})

    @property
    def _models(self) -> str:
        """What computed the answer, for its record."""
        read_by = f"; reranked by {self.reranker.name}" if self.reranker else ""
        return f"{self.embedder.identity.name}, {self.embedder.runtime}{read_by}"

    def _subjects(self, look: Look) -> frozenset[str]:
        """The subjects of the library, found again only after a change of it."""
        if self._named[0] != look.moment:
            titles = (entry.source.title for entry in look.quotable.values())
            self._named = look.moment, subjects_of(titles)
        return self._named[1]

    def evidence(
        self, text: str, history: Sequence[Turn] = (), *, exact: bool = False
    ) -> tuple[Question, list[Evidence]]:
        """The question as understood, and every statement that may answer it, strongest first.

        All of them are quotable now. There are none for what is not a question.
        """
        return self._evidence(self.retriever(), text, history, exact)

    def _evidence(
        self, retriever: Retriever, text: str, history: Sequence[Turn], exact: bool
    ) -> tuple[Question, list[Evidence]]:
        """A question that may lean on the one before is searched with its topic and without.

        What is likelier to be answered is taken, the bare words when both are.
        """
        limit = self.settings.max_question_characters
        counts = retriever.snapshot.word_counts
        with stage("understand"):
            bare = understand(text, (), Vocabulary(counts), limit=limit, exact=exact)
        with stage("library"):
            look = self.library.look()  # one too, whatever is withdrawn meanwhile
        found = self._weighed(retriever, look, bare)
        if history and not exact and not bare.notice:
            with stage("understand"):
                vocabulary = Vocabulary(counts, self._subjects(look))
                leaning = understand(text, history, vocabulary, limit=limit)
            if leaning.searched != bare.searched:
                with_topic = self._weighed(retriever, look, leaning)
                lexical = retriever.snapshot.lexical
                alone = decide(bare, found, lexical).probability
                if decide(leaning, with_topic, lexical).probability > alone:
                    return leaning, with_topic
        return bare, found

    def _weighed(self, retriever: Retriever, look: Look, question: Question) -> list[Evidence]:
        if question.notice:
            return []
        with stage("embed"):
            vectors = retriever.embed(question.searched)
        with stage("search"):
            ranking = retriever.search(question.searched, vectors, CANDIDATES, look.quotable)
        with stage("weigh"):
            found = weigh(question, vectors, ranking, retriever.snapshot, look)
        if not self.reranker:
            return found
        with stage("read together"):
            return read_together(question, found, self.reranker)
