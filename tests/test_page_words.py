"""Words people understand, in a real browser: languages, meanings, how the page is read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.notices import notice_text
from sources.library import Library
from tests.browser import DESKTOP, PHONE, WAIT, ask, cards, turns, visit

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

QUESTION = "Does a biopsy hurt?"


def said(name: str, language: str = "es") -> str:
    return notice_text(name, language)


@pytest.fixture
def spanish(browser: Browser, address: str) -> Iterator[Page]:
    for page in visit(browser, address, PHONE, locale="es-MX"):
        expect(page.locator("#ask")).to_have_text(said("page.ask"), timeout=WAIT)
        yield page


def test_the_page_is_in_the_language_of_the_browser(spanish: Page) -> None:
    expect(spanish.locator("html")).to_have_attribute("lang", "es")
    expect(spanish.locator(".emergency")).to_contain_text("Llame ahora al 999")
    expect(spanish.get_by_role("textbox", name=said("page.question_label"))).to_be_visible()
    expect(spanish.locator("#about")).to_contain_text(said("about.what_head"))
    expect(spanish.locator("#welcome .library-in")).to_contain_text("inglés")
    expect(spanish.locator("#examples [lang=en]")).to_have_count(6)
    assert spanish.evaluate("localStorage.length") == 0


def test_in_spanish_a_quote_keeps_its_words_and_says_its_language(
    spanish: Page, library: Library
) -> None:
    ask(spanish, QUESTION)
    card = cards(spanish).first
    expect(card.locator(".label-language")).to_have_text("En inglés")
    expect(card.locator(".quote-text")).to_have_attribute("lang", "en")
    expect(card).to_contain_text(said("page.open_source"))
    expect(turns(spanish).last.locator(".disclaimer")).to_have_text(said("disclaimer.patient"))
    opener = card.locator(".card-buttons [data-open]")
    opener.click()
    expect(spanish.locator("#viewer-body mark").first).to_be_visible()
    doc_id, version = (opener.get_attribute(f"data-{n}") or "" for n in ("open", "version"))
    assert spanish.locator(".quote-text").first.evaluate("e => e.textContent") in (
        library.document(doc_id, version).text
    )


def test_the_language_can_be_changed_and_is_kept(desktop: Page) -> None:
    ask(desktop, QUESTION)
    words = desktop.locator(".quote-text").first.inner_text()
    desktop.get_by_label("a clinician").check(force=True)
    desktop.fill("#question textarea", "half a quest")
    desktop.get_by_label("Language").select_option("es")
    expect(desktop.locator("#ask")).to_have_text(said("page.ask"))
    expect(turns(desktop).last.locator(".disclaimer")).to_have_text(said("disclaimer.patient"))
    assert desktop.locator(".quote-text").first.inner_text() == words
    assert desktop.input_value("#question textarea") == "half a quest"
    expect(desktop.get_by_label(said("page.reader_clinician"))).to_be_checked()
    desktop.reload()
    expect(desktop.locator("#ask")).to_have_text(said("page.ask"), timeout=WAIT)
    desktop.get_by_label("Idioma").select_option("en")
    expect(desktop.locator("#ask")).to_have_text("Ask")
    expect(desktop.locator("#language")).to_have_value("en")


def test_a_spanish_message_is_answered_in_spanish_on_an_english_page(phone: Page) -> None:
    ask(phone, "¿Debo dejar mi medicina? Soy ana@example.org")
    turn = turns(phone).last
    expect(turn).to_have_attribute("lang", "es")
    expect(turn.locator(".personal h3")).to_have_text(said("personal.to_bring"))
    expect(turn.locator(".details")).to_have_text(said("masking.noticed"))
    ask(phone, "Gracias")
    expect(turns(phone).last.locator(".outcome")).to_have_text(said("talk.thanks"))
    ask(phone, QUESTION)
    expect(turns(phone).last).to_have_attribute("lang", "en")


def test_a_word_is_explained_by_the_pointer_and_leaves_with_it(desktop: Page) -> None:
    ask(desktop, QUESTION)
    word = desktop.locator(".term").first
    note = desktop.locator(f"#{word.get_attribute('data-meaning')}")
    expect(note).to_be_hidden()
    word.hover()
    expect(note).to_be_visible()
    note.hover()
    desktop.wait_for_timeout(400)  # longer than a note stays once the pointer has left
    expect(note).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(note).to_be_hidden()
    word.hover()
    expect(note).to_be_visible()
    desktop.locator("#page-head h1").hover()
    expect(note).to_be_hidden()


def test_a_word_is_explained_from_the_keyboard(desktop: Page) -> None:
    ask(desktop, QUESTION)
    word = desktop.locator(".term").first
    word.focus()
    note = desktop.locator(f"#{word.get_attribute('data-meaning')}")
    expect(note).to_be_visible()
    described = word.get_attribute("aria-describedby")
    expect(desktop.locator(f"#{described}")).to_have_text("A numbing injection takes pain away.")
    desktop.keyboard.press("Enter")
    expect(note).to_be_focused()
    desktop.keyboard.press("Tab")
    expect(note.locator("[data-open]")).to_be_focused()
    desktop.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(word).to_be_focused()
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#viewer-title")).to_have_text("Words of the tests")
    expect(desktop.locator("#viewer-body mark")).to_have_text(
        "A numbing injection takes pain away."
    )


def test_on_a_phone_a_word_is_explained_by_a_tap_inside_the_screen(phone: Page) -> None:
    ask(phone, QUESTION)
    words = phone.locator(".quote-text").first.evaluate("e => e.textContent")
    word = phone.locator(".term").first
    word.click()
    note = phone.locator(f"#{word.get_attribute('data-meaning')}")
    box = note.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    assert box["y"] + box["height"] <= PHONE[1]
    assert phone.locator(".quote-text").first.evaluate("e => e.textContent") == words
    phone.locator(".meaning-close").first.click()
    expect(note).to_be_hidden()


def test_size_contrast_and_movement_are_kept_in_the_browser(desktop: Page) -> None:
    size = "getComputedStyle(document.querySelector('#emergency span')).fontSize"
    before = desktop.evaluate(size)
    desktop.get_by_text("Reading", exact=True).click()
    for name in ("Largest", "More contrast", "Less movement"):
        desktop.get_by_label(name).check(force=True)
    desktop.keyboard.press("Escape")
    expect(desktop.locator("#reading")).not_to_have_attribute("open", "")
    desktop.reload()
    expect(desktop.locator("html.contrast.calm")).to_have_count(1)
    expect(desktop.locator("#reading [value=largest]")).to_be_checked()
    assert float(desktop.evaluate(size)[:-2]) == pytest.approx(1.375 * float(before[:-2]))


def test_a_quote_is_read_aloud_in_its_language_and_stopped(desktop: Page) -> None:
    desktop.add_init_script(
        """window.told = [];
        Object.defineProperty(window, "speechSynthesis", { value: {
            getVoices: () => [{ lang: "en-GB" }],
            speak: (words) => told.push([words.text, words.lang]),
            cancel: () => told.push("hush"),
        } });
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""
    )
    desktop.reload()
    expect(desktop.locator("#question textarea")).to_be_visible(timeout=WAIT)
    ask(desktop, QUESTION)
    button = desktop.locator("[data-speak]").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    told = desktop.evaluate("told.at(-1)")
    assert told == [desktop.locator(".quote-text").first.inner_text(), "en"]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert desktop.evaluate("told.at(-1)") == "hush"


def test_without_a_voice_nothing_offers_to_read(desktop: Page) -> None:
    ask(desktop, QUESTION)
    voices = desktop.evaluate("speechSynthesis.getVoices().length")
    expect(desktop.locator("[data-speak]").first).to_be_visible(visible=voices > 0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_several_questions_are_given_back_one_by_one(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    for page in visit(browser, address, size):
        ask(page, "Can I bake bread? Who sells flour? How hot is an oven? Why not?")
        apart = turns(page).last.locator(".several .suggestion")
        expect(apart).to_have_count(4)
        apart.first.click()
        expect(turns(page)).to_have_count(2)
        expect(turns(page).last.locator(".asked-words")).to_have_text("Can I bake bread?")


def test_markup_and_other_languages_stay_text(desktop: Page) -> None:
    for text in (
        "<script>window.pwned = 1</script><img src=x onerror='pwned = 1'>",
        "هل الخزعة مؤلمة؟",
    ):
        ask(desktop, text)
        expect(turns(desktop).last.locator(".asked-words")).to_have_text(text)
    assert desktop.evaluate("window.pwned") is None
    expect(turns(desktop).last.locator(".library-in")).to_contain_text("English")
