"""The conversation as HTML: what was asked, how it ended, the quotes, and what to ask next."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from qa.answer import Answer, DifferenceKind, Outcome, Turn
from qa.first_look import is_crisis
from qa.glossary import NO_GLOSSARY, Glossary
from qa.message_language import message_language
from qa.notices import notice_text, speaking, spoken
from qa.settings import Settings
from qa.several import is_pasted, several_questions
from qa.ui.care import care, details, personal
from qa.ui.icons import icon
from qa.ui.in_words import library_in, other_languages
from qa.ui.quote_card import Place, quote_card
from qa.ui.take_away import take_away
from sources.document import Document

ICONS = {
    Outcome.ANSWERED: "found",
    Outcome.CLOSEST: "near",
    Outcome.NOT_IN_LIBRARY: "person",
    Outcome.NOT_A_QUESTION: "mark",
    Outcome.NOT_SEARCHED: "info",
}
DIFFERS = {
    DifferenceKind.FIGURES: "page.differs_figures",
    DifferenceKind.ADVICE: "page.differs_advice",
}
UNSEARCHED = (Outcome.NOT_A_QUESTION, Outcome.NOT_SEARCHED)
NOT_FOUND = (Outcome.CLOSEST, Outcome.NOT_IN_LIBRARY)
TOO_LONG = "question.too_long"


class Exchange(NamedTuple):
    """A question and its answer with the quoted documents, or the notice that stands for one.

    `written_in` are the languages of the library that was asked, and `glossary` its glossaries.
    `recorded` says whether the answer can be opened again later.
    """

    question: str
    answer: Answer | None
    documents: tuple[Document, ...]
    notice: str
    written_in: tuple[str, ...] = ()
    glossary: Glossary = NO_GLOSSARY
    recorded: bool = False


class Talk:
    """What one visitor asked and was answered. Questions are named by the page that asks them.

    It is changed in place, so that an answer under way sees that its question was stopped.
    """

    def __init__(self) -> None:
        self._answered: list[tuple[str, Exchange]] = []
        self.stopped: set[str] = set()

    @property
    def exchanges(self) -> list[Exchange]:
        """All that were not stopped, oldest first."""
        return [exchange for name, exchange in self._answered if name not in self.stopped]

    def add(self, name: str, exchange: Exchange) -> None:
        """The question called `name` was answered."""
        self._answered.append((name, exchange))

    def clear(self) -> None:
        """Forget all of it."""
        self._answered.clear()
        self.stopped.clear()


def earlier_turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """What the assistant may know of a conversation: the questions that were searched."""
    answers = [exchange.answer for exchange in exchanges]
    searched = [a for a in answers if a and a.outcome not in UNSEARCHED]
    return [Turn(answer.question, answer.searched) for answer in searched]


def conversation(exchanges: Sequence[Exchange], today: date, settings: Settings) -> str:
    """All of a conversation, oldest first.

    Gradio replaces it whole, so what is new in it is told to screen readers by the script.
    """
    numbered = enumerate(exchanges, start=1)
    turns = "".join(turn(exchange, at, today, settings) for at, exchange in numbered)
    name = f'aria-label="{_notice("page.log")}"'
    return f'<div class="log" role="log" aria-live="off" {name}>{turns}</div>'


def turn(exchange: Exchange, number: int, today: date, settings: Settings) -> str:
    """One question and its reply, in the language of the question where that is plain.

    `number` makes its ids; words to be sent again are marked so.
    """
    with speaking(_language(exchange)):
        return _turn(exchange, number, today, settings)


def _turn(exchange: Exchange, number: int, today: date, settings: Settings) -> str:
    question, answer = exchange.question, exchange.answer
    outcome = answer.outcome.value if answer else "failed"
    first = _first(answer, number, settings) if answer else ""
    reply = reply_to(exchange, answer, number, today) if answer else _failed(exchange)
    if outcome in NOT_FOUND and not (answer and answer.urgent):
        first += library_in(exchange.written_in, question) + one_at_a_time(question)
    again = " data-again" if answer is None or answer.notice == TOO_LONG else ""
    return (
        f'<article class="turn turn-{outcome}" id="turn-{number}"{again} lang="{spoken()}" '
        f'aria-labelledby="asked-{number}">{asked(question, f"asked-{number}")}'
        f'{_edit()}<div class="reply">{first}{reply}</div></article>'
    )


def _language(exchange: Exchange) -> str:
    """The language of a question: what its words told the rules, or else what they look like.

    Who reads in a language that the library is not in must ask in another: that is no choice.
    """
    answer = exchange.answer
    if answer is None or other_languages(exchange.written_in):
        return spoken()
    if answer.urgent:
        return answer.urgent.first.language
    if answer.personal:
        return answer.personal.language
    return message_language(exchange.question) or spoken()


def asked(question: str, place: str) -> str:
    """The words of the person, as the heading of a turn."""
    return (
        f'<h2 class="asked" id="{place}" tabindex="-1"><span class="visually-hidden">'
        f"{_notice('page.asked')}: </span>"
        f'<span class="asked-words" dir="auto">{escape(question)}</span></h2>'
    )


def _first(answer: Answer, number: int, settings: Settings) -> str:
    """What stands before all that the library says."""
    card = care(answer.urgent, number, settings) if answer.urgent else ""
    instead = personal(answer.personal, bool(answer.quotes)) if answer.personal else ""
    library = f'<h3 class="library-says">{_notice("care.library")}</h3>'
    library = library if _has_heading(answer) else ""
    return f"{card}{details(answer)}{instead}{library}"


def _edit() -> str:
    """Puts the question back into the box; the style sheet shows it in the last turn only."""
    return (
        f'<p class="turn-acts"><button type="button" class="quiet" data-edit>{icon("edit")}'
        f"<span>{_notice('turn.edit')}</span></button></p>"
    )


def reply_to(exchange: Exchange, answer: Answer, number: int, today: date) -> str:
    """Everything under a question: how it ended, the quotes and what to ask next.

    A crisis without a quote that answers has the care card, and nothing that goes on beside it.
    """
    if is_crisis(answer.urgent) and not answer.quotes:
        return ""
    count = len(answer.quotes)
    pairs = zip(answer.quotes, exchange.documents, strict=True)
    explained = exchange.glossary.meanings
    cards = "".join(
        quote_card(quote, document, Place(number, at, count), today, list(explained(quote)))
        for at, (quote, document) in enumerate(pairs, start=1)
    )
    disclaimer = f'<p class="disclaimer">{_notice(answer.disclaimer)}</p>'
    above = f"{_searched(answer)}{_outcome(answer)}{_differs(answer)}"
    takes = take_away(answer, number) if exchange.recorded else ""
    return f"{above}{cards}{takes}{_related(answer)}{disclaimer}"


def pending() -> str:
    """A question that is being answered, for the script to fill in, and the way to stop it."""
    return (
        '<section class="turn" id="pending" hidden><h2 class="asked">'
        '<span class="asked-words"></span></h2><div class="reply"><p class="looking">'
        f'<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>'
        f"<span>{_notice('page.slow')}</span></p>"
        f'<button type="button" class="quiet" data-stop>{icon("stop")}'
        f"<span>{_notice('turn.stop')}</span></button></div></section>"
    )


def _failed(exchange: Exchange) -> str:
    return (
        f'<p class="outcome">{icon("info")}<span>{_notice(exchange.notice)}</span></p>'
        f'<p><button type="button" class="quiet again-button" '
        f'data-ask="{escape(exchange.question)}">{icon("again")}'
        f"<span>{_notice('turn.retry')}</span></button></p>"
    )


def _outcome(answer: Answer) -> str:
    """How it ended, and of several quotes how they are sorted; a heading may have said it."""
    sorted_ = _notice("page.sorted") if len(answer.quotes) > 1 else ""
    if _has_heading(answer) and answer.outcome is Outcome.ANSWERED:
        return f'<p class="sorted">{sorted_}</p>' if sorted_ else ""
    order = f' <span class="sorted">{sorted_}</span>' if sorted_ else ""
    drawing = icon(ICONS[answer.outcome])
    return f'<p class="outcome">{drawing}<span>{_notice(answer.notice)}{order}</span></p>'


def _has_heading(answer: Answer) -> bool:
    """Whether something stands before the quotes that they must be told apart from."""
    return bool(answer.quotes and (answer.urgent or answer.personal))


def _differs(answer: Answer) -> str:
    """Which quotes cannot both hold."""
    said = (
        notice_text(DIFFERS[one.kind]).format(first=one.first + 1, last=one.second + 1)
        for one in answer.differs
    )
    return "".join(
        f'<p class="differs" role="note">{icon("info")}<span>{escape(words)}</span></p>'
        for words in said
    )


def _searched(answer: Answer) -> str:
    """What was searched, where it is not what was written, and the way back to the words."""
    if answer.outcome in UNSEARCHED or _bare(answer.searched) == _bare(answer.question):
        return ""
    return (
        f'<p class="searched"><span>{_notice("searching.instead")}: '
        f'<strong dir="auto">{escape(answer.searched)}</strong></span> '
        f'<button type="button" class="link" data-ask="{escape(answer.question)}" data-exact="1">'
        f"{_notice('searching.exact')}</button></p>"
    )


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?!. ")


def _related(answer: Answer) -> str:
    if not answer.related:
        return ""
    buttons = suggestions(answer.related, answer.quotes[0].source.language)
    return f'<div class="related"><h3>{_notice("page.related")}</h3>{buttons}</div>'


def one_at_a_time(question: str) -> str:
    """What helps to ask better: several questions apart, or one about a long text."""
    if questions := several_questions(question):
        said = f"<p>{icon('info')}<span>{_notice('question.several')}</span></p>"
        return f'<div class="several">{said}{suggestions(questions, spoken())}</div>'
    if is_pasted(question):
        return f'<p class="library-in">{icon("info")}<span>{_notice("question.pasted")}</span></p>'
    return ""


def suggestions(questions: Sequence[str], language: str) -> str:
    """Questions in a language as a list of buttons that ask them."""
    items = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(question)}">'
        f'<span lang="{escape(language)}">{escape(question)}</span>{icon("next")}</button></li>'
        for question in questions
    )
    return f'<ul class="suggestions">{items}</ul>'


def _notice(name: str) -> str:
    return escape(notice_text(name))
