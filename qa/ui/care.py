"""What stands above the quotes: the care card, who can answer instead, a word on details."""

import re
from collections.abc import Iterator
from html import escape

from qa.answer import Answer
from qa.first_look import card_to_show
from qa.notices import notice_text
from qa.personal import PersonalQuestion
from qa.settings import Settings
from qa.triage.care_card import LINES, CareCard
from qa.triage.check import RedFlag
from qa.triage.rules import Level, card_text
from qa.ui.icons import icon

ICONS = {Level.EMERGENCY: "alert", Level.CRISIS: "heart", Level.URGENT: "clock"}
# Three digits or more, as people write them: 999, 116 123, +34 900 000 000, 1-800-555-0100.
_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){2,}")


def care(flag: RedFlag, number: int, settings: Settings) -> str:
    """The care card of a turn, in the language of the rule that fired.

    Whom to call comes before why: on a small phone it is all that is seen at first.
    """
    card = card_to_show(flag, settings)
    words = ", ".join(f"<q>{escape(word)}</q>" for word in card.words)
    because = f'<p class="care-words">{escape(card.words_label)} {words}</p>' if words else ""
    unsigned = f'<p class="care-unsigned">{escape(card.unsigned)}</p>' if card.unsigned else ""
    return (
        f'<div class="care care-{card.level}" role="group" lang="{escape(card.language)}" '
        f'aria-labelledby="care-{number}"><h3 class="care-head" id="care-{number}">'
        f'{icon(ICONS[card.level])}<span><span class="visually-hidden">{escape(card.prefix)} '
        f'</span>{escape(card.heading)}</span></h3><div class="care-body">'
        f'{_calls(card, settings)}<p class="care-advice">{escape(card.advice)}</p>'
        f"{because}{unsigned}</div></div>"
    )


def _calls(card: CareCard, settings: Settings) -> str:
    """The lines that the advice names and that have a number, as links that ring them."""
    items = "".join(
        f'<li><a class="care-call" href="tel:{digits}">{icon("phone")}'
        f"<span>{escape(line)}</span></a></li>"
        for line, digits in _lines(card, settings)
    )
    return f'<ul class="care-calls">{items}</ul>' if items else ""


def _lines(card: CareCard, settings: Settings) -> Iterator[tuple[str, str]]:
    """Each line as it is set and the number in it, in the order of the advice."""
    named = {line for name in LINES if (line := str(getattr(settings, name))) in card.advice}
    for line in sorted(named, key=card.advice.index):
        if found := _NUMBER.search(line):
            yield line, re.sub(r"[^\d+]", "", found[0])


def personal(question: PersonalQuestion, quoted: bool) -> str:
    """What this page cannot tell and who can, that quotes follow if any do; what to ask them."""
    who = f"<p>{escape(question.text)}{' ' + escape(question.below) if quoted else ''}</p>"
    asks = "".join(f"<li>{escape(one)}</li>" for one in question.questions)
    language = escape(question.language)
    return (
        f'<section class="personal" lang="{language}"><div class="personal-who">{who}</div>'
        f"<h3>{escape(card_text('page.to_bring', question.language))}</h3><ul>{asks}</ul></section>"
    )


def details(answer: Answer) -> str:
    """That identifying details need not be given, where some were."""
    if not answer.details:
        return ""
    return f'<p class="details">{icon("lock")}<span>{_notice("masking.noticed")}</span></p>'


def _notice(name: str) -> str:
    return escape(notice_text(name))
