"""A real browser over a real library: the parts that the tests of the page share."""

import gc
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from index.build import build
from index.embedder import SentenceTransformerEmbedder
from qa.assistant import Assistant
from qa.settings import Settings
from sources.intake import STARTER, take_in
from sources.library import Library

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HARD = (
    "Signs in doses\n\n"
    "The zoledone dose is 5 * 3 mg, _never_ **more**, costs $$20 & <b>two</b> {{pounds}} or "
    "${here}, and https://example.org/" + "zoledone" * 14 + " says so.\n\n"
    "Zoledone is given every week.\n"
)
WORDS = """---
title: Words of the tests
glossary: true
---
**Numbing injection**: A numbing injection takes pain away.
"""
FROM_STARTER = (
    "biopsy.md",
    "cauda-equina.md",
    "radiotherapy.pdf",
    "radiotherapy.meta.yaml",
    "chondrosarcoma.md",
)
NUMBERS = {
    "emergency_number": "999",
    "urgent_line": "NHS 111",
    "crisis_line": "Samaritans on 116 123",
}
DESKTOP, PHONE, NARROW = (1280, 800), (390, 844), (320, 640)
WAIT = 15_000


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("documents")
    for name in FROM_STARTER:
        shutil.copy(STARTER / name, folder / name)
    (folder / "signs.txt").write_text(HARD, encoding="utf-8")
    (folder / "words.md").write_text(WORDS, encoding="utf-8")
    library = Library(tmp_path_factory.mktemp("home"))
    taken = take_in(library, sorted(p for p in folder.iterdir() if p.suffix != ".yaml"))
    assert all(one.problem is None for one in taken)
    return library


@pytest.fixture(scope="session")
def assistant(library: Library) -> Assistant:
    embedder = SentenceTransformerEmbedder()
    build(library, embedder, lambda *_: None)
    settings = Settings(home=library.home, wrong_at_most=0.2, **NUMBERS)
    return Assistant(settings, library, embedder)


@contextmanager
def served(assistant: Assistant) -> Iterator[str]:
    """The address of the page over `assistant`, while it is served."""
    import uvicorn

    from app import assemble  # with gradio, which no other test should wait for

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = assemble(assistant.settings, assistant)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(10)
    gc.collect()


@pytest.fixture(scope="session")
def address(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    named = os.environ.get("QUOTEWELL_CHROMIUM")
    path = named or next((p for p in ("/usr/bin/chromium",) if Path(p).exists()), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


def visit(
    browser: Browser,
    address: str,
    size: tuple[int, int],
    *,
    dark: bool = False,
    locale: str = "en-GB",
) -> Iterator[Page]:
    """A fresh visitor; afterwards, that nothing went elsewhere and nothing complained."""
    width, height = size
    scheme = "dark" if dark else "light"
    window = {"width": width, "height": height}
    context = browser.new_context(viewport=window, color_scheme=scheme, locale=locale)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    elsewhere: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: None if at_home(r.url, address) else elsewhere.append(r.url))
    page.on("websocket", lambda s: elsewhere.append(s.url))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(WAIT)
    page.goto(address)
    expect(page.locator("#question textarea")).to_be_visible(timeout=WAIT)
    yield page
    context.close()
    assert elsewhere == []
    assert complaints == []


def at_home(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    yield from visit(browser, address, request.param)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    yield from visit(browser, address, PHONE)


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Page]:
    yield from visit(browser, address, DESKTOP)


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter, wait for its turn."""
    before = turns(page).count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(turns(page)).to_have_count(before + 1, timeout=WAIT)
    expect(page.locator("#pending")).to_be_hidden()


def turns(page: Page) -> Locator:
    return page.locator("#conversation .turn")


def cards(page: Page) -> Locator:
    return turns(page).last.locator(".card")


def in_view(page: Page, selector: str) -> bool:
    """Whether the first line of the first such element comes on the screen with nothing over it.

    A page that is still being put together, or still scrolls, is given its time.
    """
    script = """(selector) => {
        const box = document.querySelector(selector).getClientRects()[0];
        const at = [box.left + box.width / 2, box.top + box.height / 2];
        const top = document.elementFromPoint(...at);
        return Boolean(top && top.closest(selector));
    }"""
    try:
        page.wait_for_function(script, arg=selector, timeout=WAIT)
    except PlaywrightTimeout:
        return False
    return True
