"""An answer as plain text for a terminal."""

from qa.answer import Answer, Quote
from qa.notices import notice_text


def answer_as_text(answer: Answer) -> str:
    """The notice, each quote with its source, and the disclaimer."""
    parts = []
    if answer.searched and answer.searched != answer.question:
        parts.append(f"{notice_text('searching.instead')}: {answer.searched}")
    parts.append(notice_text(answer.notice))
    parts += [_quote_text(number, quote) for number, quote in enumerate(answer.quotes, start=1)]
    parts.append(notice_text(answer.disclaimer))
    return "\n\n".join(parts)


def _quote_text(number: int, quote: Quote) -> str:
    words = "\n".join(f"    {line}" for line in quote.text.split("\n"))
    first, last = quote.pages
    pages = f"p. {first}" if first == last else f"pp. {first}–{last}"
    where = " › ".join((quote.source.title, *quote.section))
    status = notice_text(f"status.{quote.source.status.replace(' ', '_')}")
    publisher = f", {quote.source.publisher}" if quote.source.publisher else ""
    return f"[{number}]\n{words}\n    — {where} ({pages}){publisher}. {status}"
