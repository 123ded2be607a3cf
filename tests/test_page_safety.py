"""Care cards, and who reads, in a real browser: what a patient meets first when it matters most."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.embedder import SentenceTransformerEmbedder
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.notices import notice_text
from qa.settings import Settings
from qa.ui.answering import Desk, answer_question
from qa.ui.recorder import Recorder
from sources.document import Audience
from sources.library import Library
from tests.browser import (
    DESKTOP,
    NARROW,
    NUMBERS,
    PHONE,
    WAIT,
    ask,
    cards,
    in_view,
    served,
    turns,
    visit,
)

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

NUMB = "I suddenly cannot feel my legs and I cannot pee"
NUMB_ES = "No siento las piernas y no puedo orinar desde hoy"
CRISIS = "I want to kill myself"
PERSONAL = "What does my biopsy report mean?"
MASKED = "My e-mail is ann@example.org. Does a biopsy hurt?"


@pytest.fixture(scope="module")
def unready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page whose home has no index."""
    library = Library(tmp_path_factory.mktemp("empty"))
    settings = Settings(home=library.home, **NUMBERS)  # type: ignore[arg-type]
    with served(Assistant(settings, library, SentenceTransformerEmbedder())) as address:
        yield address
    library.close()


def test_a_care_card_comes_before_the_library(page: Page) -> None:
    ask(page, NUMB)
    card = turns(page).last.locator(".reply > :first-child")
    expect(card).to_have_class("care care-emergency")
    expect(card.locator("h3")).to_have_text("Emergency: Get emergency help now")
    expect(card.locator("a[href='tel:999']")).to_be_visible()
    expect(card).to_contain_text("not yet signed off by a clinician")
    assert in_view(page, ".care-head")
    expect(turns(page).last.locator(".library-says")).to_have_count(1)
    expect(cards(page).first).to_contain_text("bladder")


def test_a_care_card_is_told_to_screen_readers_first(desktop: Page) -> None:
    ask(desktop, NUMB)
    said = desktop.locator("#said[role=status] p")
    expect(said.first).to_have_text("Emergency: Get emergency help now")
    expect(said.nth(1)).to_contain_text("Call 999")


def test_a_spanish_message_gets_a_spanish_card(phone: Page) -> None:
    ask(phone, NUMB_ES)
    expect(phone.locator(".care[lang=es] h3")).to_contain_text("Pida ayuda de emergencia ahora")


def test_a_crisis_shows_help_and_goes_on_with_nothing(page: Page) -> None:
    ask(page, CRISIS)
    reply = turns(page).last.locator(".reply")
    expect(reply.locator("> *")).to_have_count(1)
    expect(reply.locator(".care-crisis a[href='tel:116123']")).to_be_visible()
    expect(reply).not_to_contain_text(notice_text("outcome.not_in_library"))
    expect(reply).not_to_contain_text("kill")


def test_a_question_about_one_person_says_who_can_answer(page: Page) -> None:
    ask(page, PERSONAL)
    calm = turns(page).last.locator(".personal")
    expect(calm.locator("li")).to_have_count(3)
    quoted = cards(page).count() > 0
    assert notice_text("personal.read_my_scan") in calm.inner_text()
    assert (notice_text("personal.below") in calm.inner_text()) == quoted


def test_who_gives_details_is_told_that_they_are_not_needed(phone: Page) -> None:
    ask(phone, MASKED)
    expect(turns(phone).last.locator(".details")).to_have_text(notice_text("masking.noticed"))


def test_without_an_index_the_card_and_a_word_on_the_search(browser: Browser, unready: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(unready)
    expect(page.locator("#question textarea")).to_be_visible(timeout=WAIT)
    ask(page, NUMB)
    expect(turns(page).last.locator(".care-emergency")).to_be_visible()
    expect(turns(page).last.locator(".outcome")).to_have_text(notice_text("outcome.not_searched"))
    ask(page, "What is a biopsy?")
    expect(turns(page).last).to_contain_text(notice_text("page.no_index"))
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, PHONE, DESKTOP], ids=["320", "390", "1280"])
def test_a_card_fits_the_screen(
    browser: Browser, address: str, size: tuple[int, int], dark: bool
) -> None:
    for page in visit(browser, address, size, dark=dark):
        for text in (NUMB, CRISIS, PERSONAL):
            ask(page, text)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        calls = page.locator(".care-call")
        heights = [calls.nth(at).evaluate("e => e.offsetHeight") for at in range(calls.count())]
        assert heights
        assert min(heights) >= 44


def test_a_card_can_be_read_on_paper(desktop: Page) -> None:
    ask(desktop, NUMB)
    desktop.emulate_media(media="print")
    looks = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    color, background = desktop.locator(".care-head").evaluate(looks)
    assert (color, background) != ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    expect(desktop.locator(".care-advice")).to_be_visible()


def test_the_buttons_of_a_quote_stand_in_one_line_on_a_phone(phone: Page) -> None:
    ask(phone, "Does a biopsy hurt?")
    row = cards(phone).first.locator(".card-buttons")
    tops = row.locator("button").evaluate_all("all => all.map((e) => e.offsetTop)")
    heights = row.locator("button span").evaluate_all("all => all.map((e) => e.offsetHeight)")
    assert len(set(tops)) == 1
    assert max(heights) < 30


def test_who_reads_is_kept_in_the_browser_and_sent_along(browser: Browser, address: str) -> None:
    for page in visit(browser, address, PHONE):
        expect(page.get_by_role("group", name="I am:")).to_be_visible()
        expect(page.get_by_label("a patient or family member")).to_be_checked()
        assert page.evaluate("localStorage.length") == 0
        before = page.locator("#page-head").bounding_box()
        page.get_by_label("a clinician").check(force=True)
        assert page.locator("#page-head").bounding_box() == before
        page.reload()
        expect(page.get_by_label("a clinician")).to_be_checked()
        with page.expect_request(lambda r: "queue/join" in r.url and "clinician" in r.post_data):
            ask(page, "Does a biopsy hurt?")
        expect(cards(page).first).to_be_visible()
        page.get_by_label("a clinician").press("ArrowLeft")
        assert page.evaluate("localStorage.getItem('quotewell.reader')") == Audience.PATIENT


def test_the_choice_of_the_reader_reaches_the_assistant(
    assistant: Assistant, tmp_path: Path
) -> None:
    asked = []

    class Listening:
        settings, library = assistant.settings, assistant.library

        def ask_with_workings(
            self, text: str, history: object, audience: Audience, *, exact: bool
        ) -> object:
            asked.append((audience, exact))
            return assistant.ask_with_workings(text, (), audience, exact=exact)

    ledger = Ledger(tmp_path)
    recorder = Recorder(assistant.settings, Clerk(ledger, assistant.library, retain_days=30))
    desk = Desk(Listening(), recorder)  # type: ignore[arg-type]
    answer_question(desk, NUMB, True, [], Audience.CLINICIAN)
    ledger.close()
    assert asked == [(Audience.CLINICIAN, True)]
