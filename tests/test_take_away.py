"""Taking an answer away, in a real browser: the whole way from the question to a changed source."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import NamedTuple
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from index.build import build
from qa.assistant import Assistant
from qa.ledger.feedback import Feedback, Reason, feedback_on
from qa.ledger.ledger import Ledger
from qa.notices import notice_text
from qa.settings import Settings
from sources.library import Library
from tests.browser import DESKTOP, PHONE, WAIT, ask, in_view, served, turns, visit
from tests.conftest import HashingEmbedder, add_file

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SCAN = "# Scan\n\n## Noise\n\nAn MRI scan takes 20 minutes and is loud.\n"
QUESTION = "How long does an MRI scan take, and is it loud?"
SLOW = "Is an MRI scan slowly loud?"
KEPT = "localStorage.getItem('quotewell.kept')"


class Held(HashingEmbedder):
    """Stems as vectors; a question with "slowly" in it waits until `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.waits = Event(), Event()

    def embed(self, texts, seen=lambda _: None):
        if any("slowly" in text for text in texts):
            self.waits.set()
            assert self.go.wait(WAIT / 1000)
        return super().embed(texts, seen)


class Place(NamedTuple):
    """A page of its own, for its source is changed."""

    address: str
    library: Library
    embedder: Held
    home: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    library = Library(tmp_path_factory.mktemp("own"))
    embedder = Held()
    add_file(library, "scan.md", SCAN)
    build(library, embedder, lambda *_: None)
    settings = Settings(home=library.home)
    with served(Assistant(settings, library, embedder)) as address:
        yield Place(address, library, embedder, library.home)
    library.close()


@pytest.fixture
def talk(browser: Browser, place: Place) -> Iterator[Page]:
    yield from visit(browser, place.address, DESKTOP)


@pytest.fixture
def talk_on_phone(browser: Browser, place: Place) -> Iterator[Page]:
    yield from visit(browser, place.address, PHONE)


def opened(page: Page) -> Page:
    """The page of the last answer, opened from below it."""
    with page.context.expect_page() as new:
        turns(page).last.locator(".take a").click()
    new.value.wait_for_load_state()
    return new.value


def words(page: Page) -> list[str]:
    return page.locator(".quote-text").evaluate_all("all => all.map(one => one.textContent)")


def test_a_sheet_made_today_says_after_a_change_which_quote_changed(
    talk_on_phone: Page, place: Place
) -> None:
    ask(talk_on_phone, QUESTION)
    said = words(talk_on_phone)
    sheet = opened(talk_on_phone)
    expect(sheet.locator("h1")).to_have_text(QUESTION)
    expect(sheet.locator(".standing")).to_have_text(notice_text("sheet.all_stand"))
    assert words(sheet) == said
    assert QUESTION.split(maxsplit=1)[0] not in sheet.url
    code = sheet.locator(".code strong").inner_text()
    pdf = sheet.locator(".tools a").evaluate("a => a.href")
    assert urlopen(pdf).read().startswith(b"%PDF")

    add_file(place.library, "scan.md", SCAN.replace("20", "40"))
    sheet.reload()
    expect(sheet.locator(".standing")).to_have_text(
        notice_text("sheet.changed").format(first=1, last=1)
    )
    expect(sheet.locator("#quote-1-1 .sign-changed")).to_have_text(notice_text("sheet.weighty"))
    then, now = words(sheet)
    assert then == said[0]
    assert now == said[0].replace("20", "40")
    expect(sheet.locator("ins")).to_have_text("40")
    assert sheet.evaluate("document.documentElement.scrollWidth") <= PHONE[0]

    sheet.goto(f"{place.address}answer")
    sheet.keyboard.press("Tab")
    sheet.fill("#code", code.lower())
    sheet.keyboard.press("Enter")
    expect(sheet.locator("#quote-1-1 .sign-changed")).to_be_visible()
    add_file(place.library, "scan.md", SCAN)  # as it was, for the other tests
    sheet.reload()
    expect(sheet.locator(".standing")).to_have_text(notice_text("sheet.all_stand"))


def test_an_address_is_shared_without_the_question(talk: Page, place: Place) -> None:
    ask(talk, QUESTION)
    talk.locator(".take [data-share]").click()
    expect(talk.locator(".take-said")).to_have_text(notice_text("take.copied"))
    copied = talk.evaluate("navigator.clipboard.readText()")
    address = talk.locator(".take a").evaluate("a => a.href")
    assert copied == address
    assert address.startswith(f"{place.address}answer/")
    assert len(address) == len(f"{place.address}answer/") + 24


def test_what_a_browser_can_share_itself_it_shares(browser: Browser, place: Place) -> None:
    for page in visit(browser, place.address, PHONE):
        page.evaluate("navigator.share = async (what) => { window.shared = what; }")
        ask(page, QUESTION)
        page.locator(".take [data-share]").click()
        page.wait_for_function("window.shared")
        assert list(page.evaluate("window.shared")) == ["url"]
        expect(page.locator(".take-said")).to_be_empty()


def test_feedback_is_given_from_the_keyboard_and_can_be_changed(talk: Page, place: Place) -> None:
    ask(talk, QUESTION)
    answer_id = (talk.locator(".take").get_attribute("data-answer") or "").split("/")[1]
    form = talk.locator("form.feedback")
    form.locator("[value=no].chip").focus()
    talk.keyboard.press("Enter")
    expect(form.locator(".feedback-said")).to_have_text(notice_text("feedback.thanks"))
    for _ in range(4):  # past the reasons, the last of them chosen
        talk.keyboard.press("Tab")
    talk.keyboard.press("Space")
    talk.keyboard.press("Tab")
    talk.keyboard.type("My phone is 0151 234 5678.")
    talk.keyboard.press("Tab")
    assert in_view(talk, ".feedback .main-button")
    talk.keyboard.press("Enter")
    ask(talk, "Is it loud?")
    form = talk.locator("form.feedback").first
    expect(form.locator("[value=out_of_date]")).to_be_checked()
    expect(form.locator("[value=no].chip")).to_have_attribute("aria-pressed", "true")
    assert told(place, answer_id, 2) == (False, (Reason.OUT_OF_DATE,), "My phone is [phone].")
    form.locator("[value=yes].chip").click()
    expect(form.locator(".feedback-more")).to_be_hidden()
    assert told(place, answer_id, 3) == (True, (), None)


def told(place: Place, answer_id: str, times: int) -> Feedback | None:
    """What counts about an answer once it was commented on so many times."""
    ledger = Ledger(place.home)
    for _ in range(200):
        if len(ledger.about(answer_id)) >= times:
            break
        Event().wait(0.05)
    found = feedback_on(ledger, answer_id)
    ledger.close()
    return found


def test_a_stopped_question_is_not_answered_later(talk: Page, place: Place) -> None:
    place.embedder.go.clear()
    place.embedder.waits.clear()
    talk.fill("#question textarea", SLOW)
    talk.press("#question textarea", "Enter")
    assert place.embedder.waits.wait(WAIT / 1000)
    expect(talk.locator("#pending")).to_be_visible()
    talk.locator("[data-stop]").click()
    expect(talk.locator("#pending")).to_be_hidden()
    expect(talk.locator("#page-status")).to_have_text(notice_text("turn.stopped"))
    expect(talk.locator("#question textarea")).to_have_value(SLOW)
    expect(talk.locator("#question textarea")).to_be_focused()
    expect(talk.locator("#examples")).to_be_visible()
    place.embedder.go.set()
    talk.wait_for_timeout(500)
    expect(turns(talk)).to_have_count(0)
    ask(talk, QUESTION)
    expect(turns(talk)).to_have_count(1)
    expect(turns(talk).last.locator(".asked-words")).to_have_text(QUESTION)


def test_the_last_question_can_be_edited(talk_on_phone: Page) -> None:
    ask(talk_on_phone, "Is it lout?")
    ask(talk_on_phone, QUESTION)
    expect(talk_on_phone.locator("[data-edit]:visible")).to_have_count(1)
    talk_on_phone.locator("[data-edit]:visible").click()
    expect(talk_on_phone.locator("#question textarea")).to_have_value(QUESTION)
    expect(talk_on_phone.locator("#question textarea")).to_be_focused()


def test_a_question_that_was_lost_comes_back_and_can_be_tried_again(
    browser: Browser, place: Place
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(place.address)
    expect(page.locator("#question textarea")).to_be_visible(timeout=WAIT)
    page.route("**/gradio_api/queue/join*", lambda route: route.abort(), times=1)
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    expect(page.locator("#retry")).to_be_visible(timeout=WAIT)
    expect(page.locator("#page-status")).to_have_text(notice_text("turn.lost"))
    expect(page.locator("#pending")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0
    page.locator("#retry").click()
    expect(turns(page)).to_have_count(1, timeout=WAIT)
    expect(page.locator("#retry")).to_be_hidden()
    context.close()


def test_questions_are_kept_only_on_request_and_only_here(talk: Page, place: Place) -> None:
    ask(talk, QUESTION)
    assert talk.evaluate(KEPT) is None
    talk.locator("#kept summary").click()
    talk.locator("#keep").check()
    expect(talk.locator("#kept-list li")).to_have_count(1)
    ask(talk, "Is it loud?")
    expect(talk.locator("#kept-list li")).to_have_count(2)
    talk.reload()
    talk.locator("#kept summary").click()
    expect(talk.locator("#kept-list li span").last).to_have_text(QUESTION)
    with talk.context.expect_page() as new:
        talk.locator("#kept-list a").last.click()
    expect(new.value.locator("h1")).to_have_text(QUESTION)
    talk.locator("[data-forget]").first.click()
    expect(talk.locator("#kept-list li")).to_have_count(1)
    talk.locator("#kept-clear").click()
    expect(talk.locator("#kept-list li")).to_have_count(0)
    talk.locator("#keep").uncheck()
    assert talk.evaluate(KEPT) is None
    ask(talk, QUESTION)
    assert talk.evaluate(KEPT) is None


def test_nothing_is_offered_under_talk(talk: Page) -> None:
    ask(talk, "Hello")
    expect(turns(talk).last.locator(".take, .feedback")).to_have_count(0)


def test_a_saved_answer_without_a_script_can_be_read_and_judged(
    browser: Browser, talk: Page, place: Place
) -> None:
    ask(talk, QUESTION)
    address = talk.locator(".take a").evaluate("a => a.href")
    context = browser.new_context(java_script_enabled=False, locale="es")
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".quote-text")).to_have_count(1)
    expect(page.locator("[data-print], [data-share]").locator("visible=true")).to_have_count(0)
    page.locator(".chip[value=yes]").click()
    expect(page.locator("main")).to_contain_text(notice_text("feedback.thanks", "es"))
    context.close()
    assert told(place, address.rpartition("/")[2], 2) == (True, (), None)
