"""The sheet as a PDF: the same words as the page, set for paper, with room for notes.

The font is the page's own. Its letters cover Latin, Greek and Cyrillic; a quote in others is
refused rather than shown with gaps.
"""

from contextlib import closing
from functools import cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from qa.answer import Quote
from qa.ledger.reopen import Cut, Reopened
from qa.notices import notice_text
from qa.settings import Settings
from qa.triage.care_card import CareCard
from qa.ui.lean_gradio import gr
from qa.ui.qr import QUIET, qr_rows
from qa.ui.quote_card import Place, citation, facts_of, lines_of
from qa.ui.sheet import Sheet, also_of, care_card_of, sign_of
from sources.document import BlockKind, Document, Span

FONTS = Path(gr.__file__).parent / "templates/frontend/static/fonts/SourceSansPro"
FONT = "Source Sans Pro"
INK, SOFT, ACCENT, ALERT, RULE = (27, 42, 49), (80, 96, 106), (11, 92, 107), (155, 34, 24), 200
MARGIN = 20.0  # millimetres, as all lengths here
INDENT = 6.0
QR_SIDE = 34.0
ROOM = 34.0  # what must be left of a page for a new part to begin on it
NOTE_LINES, NOTE_LINE = 5, 8.0
LAST = 26.0  # what the disclaimer and the last heading take beside the picture


class Unprintable(Exception):
    """The sheet has letters that the font lacks; print the page from a browser instead."""


def sheet_pdf(sheet: Sheet, settings: Settings) -> bytes:
    """The PDF of a sheet, A4. Raises `Unprintable`."""
    with closing(_Paper(sheet)) as pdf:
        pdf.fill(sheet, care_card_of(sheet, settings))
        return bytes(pdf.output())


@cache
def _letters() -> frozenset[str]:
    """Every letter that both weights of the font have."""
    with closing(_Fonts()) as paper:
        letters = set.intersection(*(set(font.cmap) for font in paper.own_fonts()))
    return frozenset(map(chr, letters)) - {"\u00ad"}  # which would be taken for a break


def _check(text: str) -> None:
    """Raise `Unprintable` for letters that the font lacks."""
    if missing := set(text) - _letters() - {"\n"}:
        raise Unprintable(f"the font lacks {sorted(missing)}; print the page from a browser")


class _Fonts(FPDF):
    """A PDF with the page's font in it, whose files stay open until `close`."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font(FONT, "", FONTS / "SourceSansPro-Regular.woff2")
        self.add_font(FONT, "B", FONTS / "SourceSansPro-Bold.woff2")

    def own_fonts(self) -> list[TTFFont]:
        """Both weights."""
        return [font for font in self.fonts.values() if isinstance(font, TTFFont)]

    def close(self) -> None:
        """Let go of the files."""
        for font in self.own_fonts():
            font.ttfont.close()


class _Paper(_Fonts):
    """The pages, filled from top to bottom."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self._sheet = sheet
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        self.set_title(notice_text("sheet.title"))
        self.set_author(notice_text("page.title"))
        self.set_lang(sheet.language)
        self.alias_nb_pages("{pages}")

    def fill(self, sheet: Sheet, card: CareCard | None) -> None:
        """Set all of the sheet."""
        self.add_page()
        self.start(sheet)
        if card:
            self.care(card)
        if sheet.personal and sheet.quotes:
            self.words(f"{sheet.personal.text} {sheet.personal.below}")
        if sheet.outcome:
            self.words(sheet.outcome, bold=True)
        for difference in sheet.differs:
            self.words(difference)
        for at, quote in enumerate(sheet.quotes, start=1):
            self.quote(quote, Place(1, at, len(sheet.quotes)))
        self.asks(sheet.asks)
        self.words(sheet.disclaimer, size=9.5, colour=SOFT)
        self.again(sheet)

    def footer(self) -> None:
        """Whose sheet it is, how it opens again, and which page."""
        self.set_y(-MARGIN + 4)
        self._pen(9, SOFT)
        name, code = notice_text("page.title"), notice_text("sheet.code")
        self.cell(0, 5, f"{name} · {code} {self._sheet.code}", new_x=XPos.LMARGIN)
        page = notice_text("sheet.page").format(page=self.page_no(), pages="{pages}")
        self.cell(0, 5, page, align="R")

    def _pen(self, size: float, colour: tuple[int, int, int] = INK, *, bold: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def words(
        self,
        text: str,
        size: float = 11,
        colour: tuple[int, int, int] = INK,
        *,
        bold: bool = False,
        after: float = 2.5,
    ) -> None:
        """A paragraph over the whole width."""
        _check(text)
        self._pen(size, colour, bold=bold)
        self.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)

    def head(self, text: str) -> None:
        """The heading of a part, with room for what follows."""
        if self.will_page_break(ROOM):
            self.add_page()
        self.ln(2)
        self.words(text, 13, ACCENT, bold=True, after=1.5)

    def start(self, sheet: Sheet) -> None:
        """What was asked, when, and how its sources stand."""
        self.words(notice_text("page.title"), 12, ACCENT, bold=True, after=0)
        self.words(sheet.given, 10, SOFT, after=4)
        self.words(sheet.question, 19, bold=True, after=3)
        if sheet.standing:
            changed = sheet.changed > 0
            self.words(sheet.standing, 11, ALERT if changed else SOFT, bold=changed, after=3)

    def care(self, card: CareCard) -> None:
        """The care card, before anything that the library says."""
        self.words(card.heading, 15, ALERT, bold=True, after=1)
        self.words(card.advice, 12, after=1)
        if card.unsigned:
            self.words(card.unsigned, 9.5, SOFT, after=1)
        self._rule()

    def _rule(self) -> None:
        self.set_draw_color(RULE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(3)

    def quote(self, quote: Reopened, place: Place) -> None:
        """A quote with its sign; where its source says it otherwise now, that as well."""
        self.head(place.order)
        colour = SOFT if quote.stands else ALERT
        self.words(sign_of(quote), 10, colour, bold=not quote.stands)
        if quote.shown is None:
            said = ", ".join(part for part in (quote.title, quote.publisher) if part)
            self.words(said, 10.5, bold=True)
            return
        changed = quote.now is not None and not quote.stands
        if changed:
            self.words(notice_text("sheet.then"), 10, SOFT, bold=True, after=1)
        self._said(quote.shown)
        if changed and quote.now:
            self.words(notice_text("sheet.now"), 10, SOFT, bold=True, after=1)
            self._said(quote.now)
        if quote.also:
            self.words(also_of(quote), 10, SOFT)

    def _said(self, found: Cut) -> None:
        """Words of a document with a line beside them, and under them where they stand."""
        quote, document = found.quote, found.document
        if quote.banner is not None:
            self.words(notice_text(quote.banner), 10, ALERT, after=1)
        page, top = self.page, self.get_y()
        self.set_left_margin(MARGIN + INDENT)
        for kind, span in lines_of(quote, document):
            self._line(kind, span, quote, document)
        self.set_left_margin(MARGIN)
        self._beside(page, top)
        self.ln(2)
        self.words(quote.source.title, 10.5, bold=True, after=0)
        if quote.section:
            self.words(" › ".join(quote.section), 10, SOFT, after=0)
        self.words(" · ".join(facts_of(quote, document, self._sheet.today)), 10, SOFT, after=0)
        self.words(citation(quote, document), 8.5, SOFT, after=3)

    def _line(self, kind: BlockKind, span: Span, quote: Quote, document: Document) -> None:
        """One block, the focus in bold; the point before a list item is drawn, not written."""
        self.set_x(MARGIN + INDENT)
        if kind is BlockKind.LIST_ITEM:
            self.set_left_margin(MARGIN + INDENT + 4)
            self.set_fill_color(*ACCENT)
            self.circle(MARGIN + INDENT + 1.2, self.get_y() + 3.1, 0.7, style="F")
        focus = quote.focus if quote.focus != quote.span else None
        for part, bold in _parts(span, focus):
            text = part.of(document.text)
            text = text.rstrip("\n") if part.end == span.end else text
            _check(text)
            self._pen(12, bold=bold)
            self.write(6.2, text)
        self.set_left_margin(MARGIN + INDENT)
        self.ln(6.2 + (1.2 if kind is not BlockKind.TABLE_ROW else 0))

    def _beside(self, page: int, top: float) -> None:
        """The line beside words that began at `top` of `page` and end here."""
        last, bottom = self.page, self.get_y()
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.9)
        for number in range(page, last + 1):
            self.page = number
            begin = top if number == page else MARGIN
            end = bottom if number == last else self.page_break_trigger
            self.line(MARGIN + 1.5, begin + 0.5, MARGIN + 1.5, end - 1.5)
        self.page = last
        self.set_line_width(0.2)

    def asks(self, questions: list[str]) -> None:
        """Questions to bring, and room for what is said to them."""
        self.head(notice_text("page.to_bring"))
        for question in questions:
            self.set_fill_color(*ACCENT)
            self.circle(MARGIN + 1.2, self.get_y() + 2.8, 0.7, style="F")
            self.set_left_margin(MARGIN + 5)
            self.words(question, 11, after=1)
            self.set_left_margin(MARGIN)
        self.head(notice_text("sheet.notes"))
        self.set_draw_color(RULE)
        left = self.page_break_trigger - self.get_y() - QR_SIDE - LAST
        fit = int(left // NOTE_LINE)
        for _ in range(fit if 2 <= fit <= NOTE_LINES else NOTE_LINES):
            if self.will_page_break(NOTE_LINE):
                self.add_page()
            self.ln(NOTE_LINE)
            self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(4)

    def again(self, sheet: Sheet) -> None:
        """How it opens again: address, code, and both as a picture."""
        if self.will_page_break(QR_SIDE + 10):
            self.add_page()
        top = self.get_y()
        self.set_right_margin(MARGIN + QR_SIDE + 6)
        self.head(notice_text("sheet.again"))
        self.words(notice_text("sheet.again_how"), 10, after=1)
        self.words(sheet.address, 10, ACCENT, after=1)
        self.words(f"{notice_text('sheet.code')}: {sheet.code}", 12, bold=True, after=1)
        self.words(notice_text("sheet.again_who"), 9, SOFT)
        self.set_right_margin(MARGIN)
        self._picture(self.w - MARGIN - QR_SIDE, top + 2, qr_rows(sheet.address))
        self.set_y(max(self.get_y(), top + QR_SIDE + 4))

    def _picture(self, left: float, top: float, rows: list[list[bool]]) -> None:
        side = QR_SIDE / (len(rows) + 2 * QUIET)
        self.set_fill_color(0)
        for y, row in enumerate(rows, start=QUIET):
            for x, dark in enumerate(row, start=QUIET):
                if dark:  # a little wider than it is, so that no hair line shows between two
                    self.rect(left + x * side, top + y * side, side * 1.03, side * 1.03, style="F")


def _parts(span: Span, focus: Span | None) -> list[tuple[Span, bool]]:
    """`span` cut where the focus begins and ends, with whether each part is inside it."""
    if focus is None or not focus.overlaps(span):
        return [(span, False)]
    start, end = max(focus.start, span.start), min(focus.end, span.end)
    before, inside, after = Span(span.start, start), Span(start, end), Span(end, span.end)
    parts = [(before, False), (inside, True), (after, False)]
    return [(part, bold) for part, bold in parts if part.start < part.end]
