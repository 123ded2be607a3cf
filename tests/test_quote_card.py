"""Quotes, answers and documents as HTML: the words stay the words, and nothing else gets in."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from qa.answer import Answer, Outcome, Quote, cut
from qa.notices import notice_text
from qa.settings import Settings
from qa.ui.conversation import Exchange, conversation, earlier_turns
from qa.ui.quote_card import Place, citation, lines_of, quote_card, review_of
from qa.ui.viewer import page_view, text_view
from sources.document import Audience, BlockKind, Document, Span, Status
from sources.read import read_document

TODAY = date(2026, 3, 5)
ALONE = Place(1, 1, 1)
LEAFLET = b"""# Signs & doses

## How much?

Take 5 * 3 mg of zole_d_one for $$20, {{never}} ${more} than 1 < 2 & "once".

- an *early* dose
- a `<b>late</b>` dose

| When | How much |
|---|---|
| Morning | 5 mg |
| Evening | <i>7 mg</i> |

After the table.
"""
HARD = b"""A <script>alert(1)</script> & a <b>bold</b> word with * and _ and $$x$$ stand here.
"""


@pytest.fixture(scope="module")
def leaflet() -> Document:
    return read_document(LEAFLET, "leaflet.md")


@pytest.fixture(scope="module")
def hard() -> Document:
    return read_document(HARD, "hard.txt")


def whole(document: Document) -> Quote:
    return cut(document, Span(0, len(document.text)), 1.0)


def text_of(markup: str) -> str:
    """What a browser has as textContent."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def words_of(card: str) -> str:
    found = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", card, re.DOTALL)
    assert found
    return text_of(found[1])


def answer(outcome: Outcome, *quotes: Quote, **other: object) -> Answer:
    plain = Answer(
        answer_id="a",
        question="how much?",
        searched="how much?",
        outcome=outcome,
        quotes=quotes,
        notice=f"outcome.{outcome.value}",
        disclaimer="disclaimer.patient",
        related=(),
        probability=0.9,
        snapshot="s",
        model="m",
        took_ms=1.0,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def page(answer_: Answer, *documents: Document) -> str:
    exchange = Exchange(answer_.question, answer_, documents, answer_.notice)
    return conversation([exchange], TODAY, Settings())


@pytest.mark.parametrize("name", ["leaflet", "hard"])
def test_a_card_holds_the_quote_character_for_character(
    name: str, request: pytest.FixtureRequest
) -> None:
    document = request.getfixturevalue(name)
    quote = whole(document)
    assert words_of(quote_card(quote, document, ALONE, TODAY)) == quote.text


def test_the_focus_stands_out_in_the_words_around_it(leaflet: Document) -> None:
    start = leaflet.text.index("an early dose")
    quote = cut(leaflet, whole(leaflet).span, 1.0, Span(start, start + len("an early dose")))
    card = quote_card(quote, leaflet, ALONE, TODAY)
    assert re.findall(r'<strong class="focus">([^<]*)</strong>', card) == ["an early dose"]
    assert words_of(card) == quote.text
    assert 'class="focus"' not in quote_card(whole(leaflet), leaflet, ALONE, TODAY)


def test_a_focus_over_rows_of_a_table_keeps_their_cells(leaflet: Document) -> None:
    start, end = leaflet.text.index("Morning"), leaflet.text.index("After the table")
    quote = cut(leaflet, whole(leaflet).span, 1.0, Span(start, end))
    card = quote_card(quote, leaflet, ALONE, TODAY)
    assert card.count('<strong class="focus"><span class="cell">') == 2
    assert words_of(card) == quote.text


def test_every_part_of_a_document_can_be_a_card(leaflet: Document) -> None:
    size = len(leaflet.text)
    for start in range(0, size - 12, 7):
        span = Span(start, min(start + 60, size))
        if not span.of(leaflet.text).strip():
            continue
        quote = cut(leaflet, span, 1.0)
        assert words_of(quote_card(quote, leaflet, ALONE, TODAY)) == quote.text
        assert "".join(s.of(leaflet.text) for _, s in lines_of(quote, leaflet)) == quote.text


def test_list_items_look_like_items_without_a_character_more(leaflet: Document) -> None:
    kinds = [kind for kind, _ in lines_of(whole(leaflet), leaflet)]
    assert kinds.count(BlockKind.LIST_ITEM) == 2


def test_rows_of_a_table_have_cells_without_a_character_less(leaflet: Document) -> None:
    card = quote_card(whole(leaflet), leaflet, ALONE, TODAY)
    assert card.count('<span class="cell">') == 6
    assert "Morning | 5 mg" in words_of(card)


def test_markup_in_a_source_never_becomes_markup(hard: Document) -> None:
    source = replace(hard.source, title="<img src=x onerror=alert(1)>", publisher='"><b>')
    document = replace(hard, source=source)
    card = quote_card(whole(document), document, ALONE, TODAY)
    assert "<script>" not in card
    assert "<b>" not in card
    assert "<img" not in card


def test_pages_are_named_only_where_a_document_has_pages(leaflet: Document) -> None:
    assert "Page 1" not in quote_card(whole(leaflet), leaflet, ALONE, TODAY)
    pdf = replace(leaflet, format="pdf")
    assert "Page 1" in quote_card(whole(pdf), pdf, ALONE, TODAY)
    two = replace(whole(pdf), pages=(2, 3))
    assert "Pages 2 to 3" in citation(two, pdf)


def test_a_source_for_clinicians_says_so(leaflet: Document) -> None:
    card = quote_card(whole(leaflet), leaflet, ALONE, TODAY)
    assert "Written for clinicians" not in card
    source = replace(leaflet.source, audience=Audience.CLINICIAN)
    quote = replace(whole(leaflet), source=source)
    assert "Written for clinicians" in quote_card(quote, leaflet, ALONE, TODAY)


def test_the_review_is_told_with_its_dates(leaflet: Document) -> None:
    source = replace(leaflet.source, status=Status.APPROVED, reviewed=date(2025, 1, 9))
    due = replace(source, review_due=date(2027, 2, 1))
    late = replace(source, review_due=date(2026, 3, 4))
    assert review_of(leaflet.source, TODAY) == "Not reviewed by a clinician. For demonstration."
    assert "Last reviewed 9 January 2025." in review_of(source, TODAY)
    assert review_of(due, TODAY).endswith("Next review due 1 February 2027.")
    assert review_of(late, TODAY).endswith("Its review is overdue.")


def test_a_document_is_shown_whole_and_marked_exactly(leaflet: Document) -> None:
    size = len(leaflet.text)
    for start in range(0, size - 1, 5):
        span = Span(start, min(start + 70, size))
        shown = text_view(leaflet, span)
        assert text_of(shown) == leaflet.text
        marks = re.findall(r"<mark>(.*?)</mark>", shown, re.DOTALL)
        assert html.unescape("".join(marks)) == span.of(leaflet.text)


def test_a_document_keeps_its_headings_lists_and_tables(leaflet: Document) -> None:
    shown = text_view(leaflet, Span(0, 5))
    assert shown.count("<li ") == 2
    assert shown.count("<tr>") == 3
    assert '<th scope="col">' in shown
    assert "<h2><mark>Signs</mark> &amp; doses" in shown


def test_furniture_is_behind_a_disclosure() -> None:
    page_ = (
        b"<html><body><nav><a href='/'>Home page</a></nav><main><h1>Spine</h1><p>Words.</p></main>"
    )
    document = read_document(page_, "page.html")
    shown = text_view(document, Span(0, 1))
    assert '<details class="furniture">' in shown
    assert text_of(shown).count("Home page") == 1


def test_pages_are_pictures_that_load_when_they_are_needed(leaflet: Document) -> None:
    shown = page_view(replace(leaflet, format="pdf"), Span(0, 5), [])
    assert 'loading="lazy"' in shown
    assert "Page 1 of 1" in shown
    assert "<mark>Signs</mark>" in shown


def test_cards_say_which_they_are_and_their_buttons_have_names_of_their_own(
    leaflet: Document,
) -> None:
    quotes = [cut(leaflet, Span(at, at + 5), 1.0) for at in (0, 30)]
    shown = page(answer(Outcome.ANSWERED, *quotes), leaflet, leaflet)
    assert '<h3 class="card-order">Quote 2 of 2</h3>' in shown
    names = re.findall(r'aria-label="((?:Open|Copy)[^"]*)"', shown)
    assert len(set(names)) == 4
    assert notice_text("page.sorted") in shown
    alone = page(answer(Outcome.ANSWERED, quotes[0]), leaflet)
    assert notice_text("page.sorted") not in alone
    assert '<h3 class="visually-hidden">' in alone


def test_a_question_that_was_too_long_can_be_sent_again() -> None:
    long = answer(Outcome.NOT_A_QUESTION, notice="question.too_long")
    assert 'id="turn-1" data-again ' in page(long)
    assert "data-again" not in page(answer(Outcome.NOT_A_QUESTION, notice="talk.thanks"))


def test_quotes_come_with_their_frame_and_the_disclaimer(leaflet: Document) -> None:
    shown = page(answer(Outcome.ANSWERED, whole(leaflet)), leaflet)
    assert "turn-answered" in shown
    assert "does not give medical advice" in shown
    closest = page(answer(Outcome.CLOSEST, whole(leaflet)), leaflet)
    assert "turn-closest" in closest
    assert "They may not answer your question." in closest


def test_what_is_not_in_the_library_has_no_cards() -> None:
    shown = page(answer(Outcome.NOT_IN_LIBRARY))
    assert "Please ask your doctor" in shown
    assert 'class="card"' not in shown


def test_what_was_searched_is_told_only_when_it_differs() -> None:
    same = page(answer(Outcome.NOT_IN_LIBRARY, searched="How much"))
    other = page(answer(Outcome.NOT_IN_LIBRARY, searched="how much <zoledone>?"))
    assert "Searching for" not in same
    assert 'Searching for: <strong dir="auto">how much &lt;zoledone&gt;?</strong>' in other
    assert 'data-ask="how much?" data-exact="1"' in other


def test_related_headings_ask_themselves(leaflet: Document) -> None:
    shown = page(answer(Outcome.ANSWERED, whole(leaflet), related=('What "else"?',)), leaflet)
    assert 'data-ask="What &quot;else&quot;?"' in shown


def test_talk_and_failures_are_no_earlier_turns() -> None:
    asked = answer(Outcome.NOT_IN_LIBRARY)
    talk = answer(Outcome.NOT_A_QUESTION)
    exchanges = [Exchange("q", a, (), "page.error") for a in (asked, talk, None)]
    assert [turn.searched for turn in earlier_turns(exchanges)] == ["how much?"]
