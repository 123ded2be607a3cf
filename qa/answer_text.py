"""An answer as plain text for a terminal."""

from qa.answer import Answer, Quote
from qa.first_look import card_to_show, is_crisis
from qa.notices import notice_text
from qa.personal import PersonalQuestion
from qa.settings import Settings
from qa.triage.care_card import CareCard


def answer_as_text(answer: Answer, settings: Settings) -> str:
    """The care card if any, the notice, each quote with its source, and the disclaimer."""
    parts = [_card_text(card_to_show(answer.urgent, settings))] if answer.urgent else []
    if is_crisis(answer.urgent) and not answer.quotes:
        return parts[0]
    if answer.details:
        parts.append(notice_text("masking.noticed"))
    if answer.personal:
        parts.append(_personal_text(answer.personal, bool(answer.quotes)))
    if answer.searched and answer.searched != answer.question:
        parts.append(f"{notice_text('searching.instead')}: {answer.searched}")
    parts.append(notice_text(answer.notice))
    parts += [_quote_text(number, quote) for number, quote in enumerate(answer.quotes, start=1)]
    parts.append(notice_text(answer.disclaimer))
    return "\n\n".join(parts)


def _card_text(card: CareCard) -> str:
    words = ", ".join(f"“{word}”" for word in card.words)
    lines = (
        f"{card.prefix} {card.heading}",
        card.advice,
        words and f"{card.words_label} {words}.",
        card.unsigned,
    )
    return "\n".join(line for line in lines if line)


def _personal_text(personal: PersonalQuestion, quoted: bool) -> str:
    """Who can answer, that quotes follow if any do, and what to ask them."""
    asks = [f"  - {question}" for question in personal.questions]
    who = f"{personal.text} {personal.below}" if quoted else personal.text
    return "\n".join([who, f"{notice_text('page.to_bring')}:", *asks])


def _quote_text(number: int, quote: Quote) -> str:
    words = "\n".join(f"    {line}" for line in quote.text.split("\n"))
    first, last = quote.pages
    pages = f"p. {first}" if first == last else f"pp. {first}–{last}"
    where = " › ".join((quote.source.title, *quote.section))
    status = notice_text(f"status.{quote.source.status.replace(' ', '_')}")
    publisher = f", {quote.source.publisher}" if quote.source.publisher else ""
    banner = f"    {notice_text(quote.banner)}\n" if quote.banner else ""
    return f"[{number}]\n{banner}{words}\n    — {where} ({pages}){publisher}. {status}"
