"""The page in a real browser over a real library: what people see, press and copy."""

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.notices import notice_text
from qa.ui.viewer import PAGE_WIDTH
from sources.library import Library
from tests.browser import DESKTOP, PHONE, WAIT, ask, cards, in_view, turns, visit

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

QUESTION = "Does a biopsy hurt?"


def test_a_question_is_answered_by_cards_with_their_source(page: Page) -> None:
    ask(page, QUESTION)
    expect(turns(page).first.locator(".asked-words")).to_have_text(QUESTION)
    expect(cards(page).first.locator("cite")).to_have_text("Biopsy of the spine")
    expect(turns(page).first.locator(".disclaimer")).to_be_visible()
    assert page.input_value("#question textarea") == ""


def test_the_words_on_the_page_are_the_words_in_the_library(page: Page, library: Library) -> None:
    ask(page, "What is the zoledone dose?")
    quotes = page.locator(".quote-text")
    expect(quotes.first).to_contain_text("{{pounds}} or ${here}")
    for at in range(quotes.count()):
        button = page.locator("[data-open]").nth(at)
        doc_id, version = (button.get_attribute(f"data-{n}") or "" for n in ("open", "version"))
        start, end = (int(button.get_attribute(f"data-{n}") or 0) for n in ("start", "end"))
        words = library.document(doc_id, version).text[start:end]
        assert quotes.nth(at).evaluate("e => e.textContent") == words


def test_long_words_do_not_widen_the_page(browser: Browser, address: str) -> None:
    for size in ((320, 640), PHONE, DESKTOP):
        for page in visit(browser, address, size):
            ask(page, "What is the zoledone dose?")
            expect(cards(page).first).to_contain_text("zoledonezoledone")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0]


def test_a_quote_opens_where_it_stands_and_escape_goes_back(page: Page) -> None:
    ask(page, QUESTION)
    button = page.locator("[data-open]").first
    words = page.locator(".quote-text").first.evaluate("e => e.textContent")
    button.click()
    expect(page.locator("#viewer-body mark").first).to_be_visible()
    marked = page.locator("#viewer-body").evaluate(
        "e => [...e.querySelectorAll('mark')].map(m => m.textContent).join('')"
    )
    assert marked == words
    assert in_view(page, "#viewer-body mark")
    expect(page.locator("#viewer-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_list_is_marked_over_all_its_items(desktop: Page) -> None:
    ask(desktop, "What causes cauda equina syndrome?")
    lists = desktop.locator(".card", has=desktop.locator(".line-list_item")).first
    words = lists.locator(".quote-text").evaluate("e => e.textContent")
    lists.locator("[data-open]").click()
    expect(desktop.locator("#viewer-body li mark").first).to_be_visible()
    marked = desktop.locator("#viewer-body").evaluate(
        "e => [...e.querySelectorAll('mark')].map(m => m.textContent).join('')"
    )
    assert marked == words


def test_a_pdf_opens_at_its_page_with_boxes_over_the_words(page: Page) -> None:
    ask(page, "What are the early side effects of radiotherapy?")
    card = page.locator(".card", has_text="Radiotherapy to the spine").first
    expect(card.locator(".facts")).to_contain_text("Page")
    card.locator("[data-open]").click()
    box = page.locator("#viewer-body .box").first
    expect(box).to_be_visible()
    assert in_view(page, "#viewer-body .box")
    picture = page.locator(".sheet", has=page.locator(".box")).locator("img").first
    page.wait_for_function("image => image.complete", arg=picture.element_handle())
    assert picture.evaluate("e => e.naturalWidth") >= PAGE_WIDTH
    page.locator("[data-close]").click()
    expect(page.locator("#viewer")).to_be_hidden()


def test_a_quote_is_copied_with_its_citation(page: Page) -> None:
    ask(page, QUESTION)
    words = page.locator(".quote-text").first.evaluate("e => e.textContent")
    page.locator("[data-copy]").first.click()
    expect(page.locator("[data-copy]").first).to_have_text(notice_text("page.copied"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"\u201c{words}\u201d\n\u2014 Biopsy of the spine, ")


def test_examples_and_related_headings_ask_themselves(page: Page) -> None:
    example = page.locator("#examples .suggestion").nth(2)
    question = example.inner_text()
    example.click()
    expect(turns(page)).to_have_count(1)
    expect(turns(page).last.locator(".asked-words")).to_have_text(question)
    expect(page.locator("#examples")).to_be_hidden()
    related = turns(page).last.locator(".suggestion").first
    heading = related.inner_text()
    related.click()
    expect(turns(page)).to_have_count(2)
    expect(turns(page).last.locator(".asked-words")).to_have_text(heading)


def test_who_asks_before_the_page_is_whole_is_answered(page: Page) -> None:
    page.add_init_script(
        """new MutationObserver((_, watching) => {
            const box = document.querySelector("#question textarea");
            if (!box || box.value) return;
            watching.disconnect();
            window.buttonWasThere = Boolean(document.querySelector("#ask"));
            box.value = "What is a biopsy?";
            box.dispatchEvent(new Event("input", { bubbles: true }));
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }).observe(document, { childList: true, subtree: true })"""
    )
    page.reload()
    expect(turns(page)).to_have_count(1)
    expect(turns(page).last.locator(".asked-words")).to_have_text("What is a biopsy?")


def test_what_is_not_in_the_library_is_said_without_cards(page: Page) -> None:
    ask(page, "How do I bake sourdough bread?")
    expect(turns(page).last).to_contain_text(notice_text("outcome.not_in_library"))
    expect(cards(page)).to_have_count(0)


def test_a_corrected_question_offers_the_exact_words(page: Page) -> None:
    ask(page, "Does a biospy hurt?")
    again = turns(page).last.locator("[data-exact]")
    expect(turns(page).last.locator(".searched strong")).to_have_text("Does a biopsy hurt?")
    again.click()
    expect(turns(page)).to_have_count(2)
    expect(turns(page).last.locator(".searched")).to_have_count(0)


def test_a_conversation_can_be_cleared_and_is_gone_after_a_reload(page: Page) -> None:
    ask(page, QUESTION)
    page.click("#clear")
    expect(turns(page)).to_have_count(0)
    expect(page.locator("#examples")).to_be_visible()
    ask(page, QUESTION)
    page.reload()
    expect(page.locator("#examples")).to_be_visible()
    expect(turns(page)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0


def test_everything_can_be_done_from_the_keyboard(desktop: Page) -> None:
    desktop.keyboard.press("Tab")
    expect(desktop.locator(".skip")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#question textarea")).to_be_focused()
    desktop.keyboard.type("Does a")
    desktop.keyboard.press("Shift+Enter")
    desktop.keyboard.type("biopsy hurt?")
    assert desktop.input_value("#question textarea") == "Does a\nbiopsy hurt?"
    desktop.keyboard.press("Enter")
    expect(turns(desktop)).to_have_count(1)
    for _ in range(30):
        desktop.keyboard.press("Shift+Tab")
        if desktop.evaluate("'open' in document.activeElement.dataset"):
            break
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#viewer-body mark").first).to_be_visible()
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Tab")
    expect(desktop.locator("[data-close]")).to_be_focused()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#viewer")).to_be_hidden()


def test_on_a_phone_the_keyboard_stays_inside_the_open_document(phone: Page) -> None:
    ask(phone, QUESTION)
    phone.locator("[data-open]").first.click()
    expect(phone.locator("#viewer[role=dialog]")).to_be_visible()
    for _ in range(8):
        phone.keyboard.press("Tab")
        assert phone.evaluate("Boolean(document.activeElement.closest('#viewer'))")


def test_on_a_phone_the_back_button_closes_the_document(phone: Page) -> None:
    ask(phone, QUESTION)
    phone.locator("[data-open]").first.click()
    expect(phone.locator("#viewer-body mark").first).to_be_visible()
    phone.evaluate("history.back()")
    expect(phone.locator("#viewer")).to_be_hidden()
    expect(turns(phone)).to_have_count(1)
    expect(phone.locator("[data-open]").first).to_be_focused()


def test_an_empty_question_asks_nothing(desktop: Page) -> None:
    desktop.click("#ask")
    expect(desktop.locator("#question textarea")).to_be_focused()
    expect(desktop.locator("#pending")).to_be_hidden()
    expect(turns(desktop)).to_have_count(0)
    expect(desktop.locator("#page-status")).to_have_text(notice_text("page.nothing"))
    desktop.keyboard.type("D")
    expect(desktop.locator("#page-status")).to_be_empty()


def test_a_question_that_is_too_long_is_told_so_and_comes_back(page: Page) -> None:
    long = "Does a biopsy hurt? " * 150
    ask(page, long)
    expect(turns(page).last).to_contain_text(notice_text("question.too_long"))
    assert page.input_value("#question textarea") == long
    assert turns(page).last.locator(".asked-words").evaluate("e => e.clientHeight") < 250


def test_the_outcome_and_the_first_quote_are_told_to_screen_readers(page: Page) -> None:
    ask(page, QUESTION)
    said = page.locator("#said[role=status] p")
    expect(said.first).to_contain_text(notice_text("outcome.answered"))
    assert said.last.inner_text() in page.locator(".quote-text").first.inner_text()
    expect(page.locator(".log")).to_have_attribute("aria-live", "off")


def test_after_a_button_asked_the_focus_is_on_its_question(page: Page) -> None:
    page.locator("#examples .suggestion").nth(2).press("Enter")
    expect(turns(page).last.locator(".asked")).to_be_focused()
    turns(page).last.locator(".suggestion").first.press("Enter")
    expect(turns(page)).to_have_count(2)
    expect(turns(page).last.locator(".asked")).to_be_focused()


def test_the_card_whose_document_is_open_stands_out(desktop: Page) -> None:
    ask(desktop, QUESTION)
    desktop.locator("[data-open]").first.click()
    ask(desktop, QUESTION)
    expect(desktop.locator(".card.opened")).to_have_id("quote-1-1")
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#quote-1-1-open")).to_be_focused()
    expect(desktop.locator(".card.opened")).to_have_count(0)


def test_a_lost_connection_is_told(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#question textarea")).to_be_visible(timeout=WAIT)
    context.set_offline(True)
    expect(page.locator("#page-status")).to_have_text(notice_text("page.offline"))
    context.set_offline(False)
    expect(page.locator("#page-status")).to_be_empty()
    context.close()


def test_the_emergency_line_is_there_from_the_start(page: Page) -> None:
    line = page.locator("#emergency")
    expect(line).to_have_attribute("role", "note")
    expect(line).to_contain_text("Call 999 now")
    assert in_view(page, "#emergency")


def test_what_can_be_pressed_is_large_enough(phone: Page) -> None:
    ask(phone, QUESTION)
    small = phone.evaluate(
        """() => [...document.querySelectorAll('button, summary')]
            .filter((e) => e.offsetParent)
            .filter((e) => e.offsetHeight < 44 || e.offsetWidth < 44)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []
