"""A quote as HTML. Its words are the text of one element, character for character.

Everything that did not come from this file is escaped. Lines are laid out by the page's style
sheet: no character is added to the words, and none is taken away.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from qa.answer import Quote
from qa.glossary import Meaning
from qa.notices import notice_text
from qa.ui.icons import icon
from qa.ui.in_words import date_in_words, language_label
from qa.ui.terms import Terms
from sources.document import CELL_GAP, Audience, BlockKind, Document, Source, Span, Status

PAGED_FORMATS = frozenset({"pdf"})


class Place(NamedTuple):
    """Where a card stands: in which turn, and as which of how many, all from 1."""

    turn: int
    number: int
    total: int

    @property
    def id(self) -> str:
        """The id of the card on the page."""
        return f"quote-{self.turn}-{self.number}"

    @property
    def order(self) -> str:
        """Which of how many, in words."""
        return notice_text("page.order").format(first=self.number, last=self.total)


def quote_card(
    quote: Quote, document: Document, place: Place, today: date, meanings: Sequence[Meaning] = ()
) -> str:
    """The card of a quote out of `document`, the words explained that have one of `meanings`.

    One that stands alone is numbered for ears only.
    """
    terms = Terms(place.id, tuple(meanings))
    alone = "visually-hidden" if place.total == 1 else "card-order"
    return (
        f'<figure class="card" id="{place.id}">'
        f'<h3 class="{alone}">{escape(place.order)}</h3>{_speak(place)}'
        f"{banner_of(quote)}"
        f"{words_of(quote, document, terms)}"
        f'<figcaption class="card-foot">'
        f"{source_of(quote, document, today)}"
        f"{_also(quote, place)}"
        f"{_buttons(quote, document, place)}"
        f"</figcaption>{terms.meanings_shown()}</figure>"
    )


def words_of(quote: Quote, document: Document, terms: Terms) -> str:
    """The words of a quote and nothing else, those of `terms` to be explained."""
    words = "".join(_line(quote, document, terms, line) for line in lines_of(quote, document))
    return (
        f'<blockquote class="quote-text" lang="{escape(quote.source.language)}" '
        f'data-start="{quote.span.start}" data-end="{quote.span.end}">{words}</blockquote>'
    )


def source_of(quote: Quote, document: Document, today: date) -> str:
    """What stands under the words: title, section, and in small type pages and review."""
    language = escape(quote.source.language)
    clinician = quote.source.audience is Audience.CLINICIAN
    label = f'<span class="label">{_notice("page.clinician")}</span>' if clinician else ""
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in facts_of(quote, document, today))
    return (
        f'<p class="card-title">'
        f'<span class="visually-hidden">{_notice("page.source")}: </span>'
        f'<cite lang="{language}">{escape(quote.source.title)}</cite>'
        f"{language_label(quote.source.language)}{label}</p>"
        f"{_section(quote)}"
        f'<ul class="facts">{facts}</ul>'
    )


def _speak(place: Place) -> str:
    """Reads the words aloud; shown only where the browser has a voice for their language."""
    name = escape(f"{notice_text('page.read_aloud')}: {place.order}")
    return (
        f'<button type="button" class="quiet speak" data-speak="{place.id}" aria-pressed="false" '
        f'aria-label="{name}">{icon("speak")}{icon("stop")}</button>'
    )


def banner_of(quote: Quote) -> str:
    """What must be said of the source's review before its words are read."""
    if quote.banner is None:
        return ""
    return f'<p class="card-banner">{icon("clock")}<span>{_notice(quote.banner)}</span></p>'


def lines_of(quote: Quote, document: Document) -> Iterator[tuple[BlockKind, Span]]:
    """Where the blocks of a quote stand; the words there, joined, are `quote.text`."""
    first = document.block_index(quote.span.start)
    last = document.block_index(quote.span.end - 1)
    for block in document.blocks[first : last + 1]:
        start = max(block.span.start, quote.span.start)
        end = min(block.span.end, quote.span.end)
        # A block cut at its beginning goes on in the middle of a sentence: no bullet before it.
        whole = start == block.span.start
        yield block.kind if whole else BlockKind.PARAGRAPH, Span(start, end)


def _line(quote: Quote, document: Document, terms: Terms, line: tuple[BlockKind, Span]) -> str:
    """One block of the words; a row's cells stand apart, and the marks between them are hidden.

    The focus stands out, unless it is all that is quoted.
    """
    kind, span = line
    focus = quote.focus
    marked = focus != quote.span and focus.overlaps(span)
    if kind is BlockKind.TABLE_ROW:
        gap = f'</span><span class="apart">{CELL_GAP}</span><span class="cell">'
        cells = gap.join(terms.said(document, cell) for cell in _cells(document, span))
        words = f'<span class="cell">{cells}</span>'
        words = f'<strong class="focus">{words}</strong>' if marked else words
    elif marked:
        start, end = max(focus.start, span.start), min(focus.end, span.end)
        before, inside, after = (
            terms.said(document, part)
            for part in (Span(span.start, start), Span(start, end), Span(end, span.end))
        )
        words = f'{before}<strong class="focus">{inside}</strong>{after}'
    else:
        words = terms.said(document, span)
    return f'<span class="line line-{kind.value}">{words}</span>'


def _cells(document: Document, row: Span) -> Iterator[Span]:
    """Where the cells of a row stand, without the marks between them."""
    start = row.start
    for cell in row.of(document.text).split(CELL_GAP):
        yield Span(start, start + len(cell))
        start += len(cell) + len(CELL_GAP)


def facts_of(quote: Quote, document: Document, today: date) -> list[str]:
    """What stands under a quote in small type: pages, publisher, review."""
    facts = [pages_of(quote)] if document.format in PAGED_FORMATS else []
    if quote.source.publisher:
        facts.append(quote.source.publisher)
    return [*facts, review_of(quote.source, today)]


def pages_of(quote: Quote) -> str:
    """The page or pages of a quote, in words."""
    first, last = quote.pages
    name = "page.one_page" if first == last else "page.many_pages"
    return notice_text(name).format(first=first, last=last)


def review_of(source: Source, today: date) -> str:
    """Where the review of a source stands on the day `today`, in words."""
    said = [notice_text(f"status.{source.status.name.lower()}")]
    if source.reviewed:
        said.append(notice_text("status.reviewed_on").format(date=date_in_words(source.reviewed)))
    if source.status in (Status.DUE, Status.EXPIRED):
        return " ".join(said)  # these words say it already
    if source.review_due and source.review_due < today:
        said.append(notice_text("status.overdue"))
    elif source.review_due:
        said.append(notice_text("status.due_on").format(date=date_in_words(source.review_due)))
    return " ".join(said)


def citation(quote: Quote, document: Document) -> str:
    """Where a quote stands, in one line: title, section, page, publisher, address, version."""
    pages = pages_of(quote) if document.format in PAGED_FORMATS else None
    section = " / ".join(quote.section) or None
    parts = (
        quote.source.title,
        section,
        pages,
        quote.source.publisher,
        quote.source.url,
        f"{quote.doc_id}@{quote.version[:12]}",
    )
    return ", ".join(part for part in parts if part)


def _section(quote: Quote) -> str:
    if not quote.section:
        return ""
    language = escape(quote.source.language)
    steps = "".join(f'<span lang="{language}">{escape(step)}</span>' for step in quote.section)
    hidden = f'<span class="visually-hidden">{_notice("page.section")}: </span>'
    return f'<p class="card-section">{hidden}{steps}</p>'


def _also(quote: Quote, place: Place) -> str:
    """The other documents that say the same, each to be opened at its own words."""
    if not quote.also:
        return ""
    items = "".join(
        f'<li><button type="button" class="link" id="{place.id}-also-{n}" '
        f'data-open="{escape(other.doc_id)}" data-version="{escape(other.version)}" '
        f'data-start="{other.span.start}" data-end="{other.span.end}" '
        f'data-title="{escape(other.source.title)}" '
        f'lang="{escape(other.source.language)}">{escape(other.source.title)}</button></li>'
        for n, other in enumerate(quote.also, start=1)
    )
    return f'<div class="also"><span>{_notice("page.also")}:</span><ul>{items}</ul></div>'


def _buttons(quote: Quote, document: Document, place: Place) -> str:
    """Open and copy. Their names for ears say which quote, as many cards have the same two."""
    which = ", ".join((place.order, quote.source.title, *quote.section[-1:]))
    open_name, copy_name = (
        escape(f"{notice_text(name)}: {which}") for name in ("page.open_source", "page.copy")
    )
    return (
        f'<p class="card-buttons">'
        f'<button type="button" class="quiet" id="{place.id}-open" '
        f'data-open="{escape(quote.doc_id)}" data-version="{escape(quote.version)}" '
        f'data-start="{quote.span.start}" data-end="{quote.span.end}" '
        f'data-title="{escape(quote.source.title)}" aria-label="{open_name}">'
        f"{icon('open')}<span>{_notice('page.open_source')}</span></button>"
        f'<button type="button" class="quiet" data-copy="{escape(citation(quote, document))}" '
        f'aria-label="{copy_name}">{icon("copy")}<span>{_notice("page.copy")}</span></button></p>'
    )


def _notice(name: str) -> str:
    return escape(notice_text(name))
