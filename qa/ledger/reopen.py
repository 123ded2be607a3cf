"""An earlier answer opened again: its quotes cut anew, and what became of each since.

Everything is told from what the library holds at this moment; no re-check is waited for.
"""

from dataclasses import dataclass
from hashlib import sha256

from qa.answer import Quote, cut, with_banner
from qa.ledger.compare import TURNED, Compared, State, Successor, nowhere
from qa.ledger.entries import Facts
from sources.document import Document, Span
from sources.errors import SourceError, UnknownDocument
from sources.library import Library
from sources.policy import Quoting

STANDS = (State.UNCHANGED, State.MOVED)


@dataclass(frozen=True, slots=True)
class Cut:
    """A quote and the document it was cut from."""

    quote: Quote
    document: Document


@dataclass(frozen=True, slots=True)
class Reopened:
    """A quote of an earlier answer. `title` and `publisher` are those it was shown with.

    `shown` are its words, none where they are withdrawn or lost. `now` is where its words, or
    what comes nearest to them, stand in the version that holds now; `diff`, as
    `qa.ledger.compare.word_diff` gives it, leads from the one to the other. `weighty` says
    that it changed in a number, or in a word that can turn the meaning round. `also` are the titles
    of other documents that said the same and may still be quoted.
    """

    state: State
    weighty: bool
    title: str
    publisher: str | None
    shown: Cut | None
    now: Cut | None
    diff: list[tuple[str, str]]
    also: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Whether the library still says it in the same words."""
        return self.state in STANDS


def reopen_quotes(library: Library, answer: Facts) -> list[Reopened]:
    """The quotes of a recorded answer, in order, each as it stands now."""
    return [_reopen(library, facts) for facts in answer["quotes"]]


def _reopen(library: Library, facts: Facts) -> Reopened:
    shown = _as_shown(library, facts)
    compared, now = _since(library, facts, shown)
    state = compared.state
    if shown and library.policy.quoting(shown.quote.source.status) is Quoting.NEVER:
        # The version itself was withdrawn. Words that still hold are shown from the one that does.
        state = state if state in STANDS else State.WITHDRAWN
        shown = now if state in STANDS else None
    if state in (State.WITHDRAWN, State.LOST):
        shown = now = None
    weighty = state is State.REWORDED and compared.severity == TURNED
    told = facts["title"], facts["publisher"]
    return Reopened(state, weighty, *told, shown, now, compared.diff, _also(library, facts))


def _also(library: Library, facts: Facts) -> tuple[str, ...]:
    held = library.quotable()
    others = (held.get(other["version"]) for other in facts["also"])
    return tuple(other.source.title for other in others if other)


def _as_shown(library: Library, facts: Facts) -> Cut | None:
    """The words that were shown, proved by their hash; none when the library lacks them."""
    try:
        document = library.document(facts["doc_id"], facts["version"])
        span, focus = Span(facts["start"], facts["end"]), Span(*facts["focus"])
        quote = cut(document, span, facts["score"], focus)
    except (SourceError, ValueError):
        return None
    same = sha256(quote.text.encode()).hexdigest() == facts["sha256"]
    return Cut(with_banner(quote, library.policy), document) if same else None


def _since(library: Library, facts: Facts, shown: Cut | None) -> tuple[Compared, Cut | None]:
    """What became of the words, and where they or the nearest stand in what holds now."""
    try:
        held = library.entry(facts["doc_id"])
    except UnknownDocument:
        return nowhere(State.LOST), None
    if not held.quotable:
        return nowhere(State.WITHDRAWN), None
    if shown is None:
        return nowhere(State.LOST), None
    if held.version == facts["version"]:
        return Compared(State.UNCHANGED, 0, shown.quote.span, 1.0, []), shown
    document = library.document(held.doc_id, held.version)
    compared = Successor(document).compare(shown.document, shown.quote.span)
    if compared.span is None:
        return compared, None
    now = cut(document, compared.span, shown.quote.score)
    return compared, Cut(with_banner(now, library.policy), document)
