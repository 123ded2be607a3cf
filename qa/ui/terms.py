"""Medical words in a quote, and what the glossary says they mean.

The word on the page is a button and stays what it is, character for character. Its meaning is
told outside the words: to screen readers as a description, to others in a note beside it.
"""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from qa.glossary import Meaning
from qa.notices import notice_text
from qa.ui.icons import icon
from sources.document import Document, Span


class Terms(NamedTuple):
    """The explained words of one card, whose id begins their own."""

    card: str
    meanings: tuple[Meaning, ...]

    def said(self, document: Document, span: Span) -> str:
        """The characters of `span`, every explained word that stands whole in it a button."""
        return "".join(self._pieces(document, span))

    def _pieces(self, document: Document, span: Span) -> Iterator[str]:
        at = span.start
        for number, (place, _) in enumerate(self.meanings, start=1):
            if at <= place.start and place.end <= span.end:
                yield escape(Span(at, place.start).of(document.text))
                name = self._id(number)
                yield (
                    f'<span class="term" role="button" tabindex="0" aria-expanded="false" '
                    f'data-meaning="{name}" aria-describedby="{name}-words">'
                    f"{escape(place.of(document.text))}</span>"
                )
                at = place.end
        yield escape(Span(at, span.end).of(document.text))

    def meanings_shown(self) -> str:
        """The notes that the words open, each with its source."""
        return "".join(
            self._note(number, meaning) for number, meaning in enumerate(self.meanings, start=1)
        )

    def _note(self, number: int, meaning: Meaning) -> str:
        quote, name = meaning.quote, self._id(number)
        source, status = quote.source, f"status.{quote.source.status.name.lower()}"
        language = escape(source.language)
        return (
            f'<div class="meaning" id="{name}" role="note" tabindex="-1" hidden>'
            f'<p class="meaning-words" id="{name}-words" lang="{language}" '
            f'data-start="{quote.span.start}" data-end="{quote.span.end}">{escape(quote.text)}</p>'
            f'<p class="meaning-source">{_notice("page.meaning_from")}: '
            f'<button type="button" class="link" id="{name}-open" lang="{language}" '
            f'data-open="{escape(quote.doc_id)}" data-version="{escape(quote.version)}" '
            f'data-start="{quote.span.start}" data-end="{quote.span.end}" '
            f'data-title="{escape(source.title)}">{escape(source.title)}</button>'
            f"<span>{_notice(status)}</span></p>"
            f'<button type="button" class="quiet meaning-close" data-close-meaning '
            f'aria-label="{_notice("page.meaning_close")}">{icon("close")}</button></div>'
        )

    def _id(self, number: int) -> str:
        return f"{self.card}-meaning-{number}"


def _notice(name: str) -> str:
    return escape(notice_text(name))
