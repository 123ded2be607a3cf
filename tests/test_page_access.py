"""The page is open to everybody: axe finds nothing in any state, nothing is lost when small."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, NARROW, PHONE, ask, cards, visit
from tests.page_checks import axe_findings, lost_at_the_edges

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

TURNS = {
    "answered": "Does a biopsy hurt?",
    "table": "What is the zoledone dose?",
    "not in the library": "How do I bake sourdough bread?",
    "talk": "thanks",
    "too long": "word " * 500,
    "corrected": "Does a biospy hurt?",
    "emergency": "I suddenly cannot feel my legs and I cannot pee",
    "urgent": "My wound is red and leaking after the operation",
    "crisis": "I want to kill myself",
    "personal and masked": "What does my biopsy report mean? I am ann@example.org",
    "several": "Can I bake bread? Who sells flour? How hot is an oven?",
    "another language": "هل الخزعة مؤلمة؟",
}
PARTS = ("skip", "language", "reader", "term", "quote-1-1-open", "suggestion", "ask", "clear")
LOOKS = [
    (DESKTOP, False, "en-GB", False),
    (PHONE, True, "es-ES", False),
    (PHONE, False, "en-GB", True),
    (DESKTOP, True, "es-ES", True),
]


def with_a_meaning(page: Page) -> None:
    page.locator(".term").first.click()


def with_the_reading_panel(page: Page) -> None:
    page.locator("#reading summary").click()


def with_a_document(page: Page) -> None:
    page.locator(".card-buttons [data-open]").first.click()
    expect(page.locator("#viewer-body mark").first).to_be_visible()


def with_a_pdf(page: Page) -> None:
    ask(page, "What are the early side effects of radiotherapy?")
    pdf = cards(page).filter(has_text="Radiotherapy to the spine").first
    pdf.locator(".card-buttons [data-open]").click()
    expect(page.locator("#viewer-body .box").first).to_be_visible()


def with_an_empty_question(page: Page) -> None:
    page.locator("#ask").click()
    expect(page.locator("#page-status")).not_to_be_empty()


STATES: list[Callable[[Page], None]] = [
    with_a_meaning,
    with_the_reading_panel,
    with_a_document,
    with_a_pdf,
    with_an_empty_question,
]


@pytest.fixture(
    params=LOOKS, ids=["desktop", "phone-dark-es", "phone-contrast", "dark-contrast-es"]
)
def looked_at(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    size, dark, locale, contrast = request.param
    for page in visit(browser, address, size, dark=dark, locale=locale):
        expect(page.locator("#language")).to_have_value(locale[:2])
        page.evaluate(
            f"document.documentElement.classList.toggle('contrast', {str(contrast).lower()})"
        )
        page.evaluate("document.documentElement.classList.add('speaks')")
        yield page


def test_axe_finds_nothing_in_any_state(looked_at: Page) -> None:
    assert axe_findings(looked_at) == []
    ask(looked_at, TURNS["answered"])
    for state in STATES:
        state(looked_at)
        assert axe_findings(looked_at) == [], state.__name__
        looked_at.keyboard.press("Escape")
    for question in TURNS.values():
        ask(looked_at, question)
    looked_at.context.set_offline(True)
    expect(looked_at.locator("#page-status")).not_to_be_empty()
    # Both lie over whatever is scrolled behind them, and axe takes that for too small to press.
    for stays in ("#composer", "#page-head"):
        looked_at.locator(stays).evaluate("box => { box.style.position = 'static' }")
    assert axe_findings(looked_at) == []


def test_axe_would_find_what_is_planted(phone: Page) -> None:
    phone.locator("#ask").evaluate("button => { button.innerHTML = '<img src=favicon.ico>' }")
    assert any(one.startswith(("image-alt", "button-name")) for one in axe_findings(phone))


@pytest.mark.parametrize(
    ("size", "text"), [(NARROW, "normal"), (NARROW, "largest"), ((640, 400), "normal")]
)
def test_at_320_pixels_or_twice_the_size_nothing_is_lost(
    browser: Browser, address: str, size: tuple[int, int], text: str
) -> None:
    for page in visit(browser, address, size):
        page.evaluate(f"document.documentElement.dataset.size = '{text}'")
        for question in list(TURNS.values())[:3] + list(TURNS.values())[6:10]:
            ask(page, question)
        page.locator("#reading summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert lost_at_the_edges(page) == []
        with_a_meaning(page)
        assert lost_at_the_edges(page) == []


def test_the_keyboard_alone_reaches_everything_in_the_order_it_is_seen(desktop: Page) -> None:
    ask(desktop, TURNS["answered"])
    script = "(({ className, id, name }) => id || className || name)(document.activeElement)"
    desktop.locator(".skip").focus()
    reached = ["skip"]
    for _ in range(40):
        desktop.keyboard.press("Tab")
        reached.append(desktop.evaluate(script) or "")
    order = [next(at for at, name in enumerate(reached) if part in name) for part in PARTS]
    assert order == sorted(order)
