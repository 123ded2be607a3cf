"""A day of the staff in a browser: a changed leaflet is uploaded, looked at, approved, proved."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from index.build import build
from qa.assistant import Assistant
from qa.cli import main
from qa.ledger.ledger import Ledger
from qa.settings import Settings
from qa.staff.accounts import Accounts
from qa.staff.roles import TERMINAL, Role
from sources.intake import STARTER, take_in
from sources.library import Library
from sources.starter.typeset import typeset
from tests.browser import DESKTOP, WAIT, ask, served, turns, visit

# Gradio asks pandas for things that it is about to drop, and leaves event loops unclosed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

QUESTION = "How long does an ordinary radiotherapy session take?"
OLD = "An ordinary radiotherapy session often takes about 10 to 20 minutes"
NEW = "An ordinary radiotherapy session often takes about 15 to 25 minutes"
PASSWORD = "horse battery staple 7"


@pytest.fixture
def day(tmp_path: Path, embedder) -> Iterator[str]:
    """The address of a small library with two starter leaflets, and Anna who may review."""
    home = tmp_path / "home"
    settings = Settings(home=home, wrong_at_most=0.2)
    library = Library(home, settings.policy)
    taken = take_in(library, [STARTER / "radiotherapy.pdf", STARTER / "biopsy.md"])
    assert all(one.problem is None for one in taken)
    build(library, embedder, lambda *_: None)
    ledger = Ledger(home)
    accounts = Accounts(ledger)
    first = accounts.add(TERMINAL, "anna", "Anna Berg", Role.REVIEWER)
    accounts.change_password(accounts.account("anna").person, first, PASSWORD)
    ledger.close()
    with served(Assistant(settings, library, embedder)) as address:
        yield address
    library.close()


@pytest.fixture
def patient(browser: Browser, day: str) -> Iterator[Page]:
    yield from visit(browser, day, DESKTOP)


@pytest.fixture
def staff(browser: Browser, day: str) -> Iterator[Page]:
    """Anna's browser, signed in; afterwards, that no page of hers complained."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{day}staff/library")
    page.get_by_label("Name", exact=True).fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def leaflet(tmp_path: Path) -> Path:
    """The leaflet on radiotherapy with another figure, as a PDF."""
    text = (STARTER / "print" / "radiotherapy.md").read_text(encoding="utf-8")
    assert OLD in text
    path = tmp_path / "radiotherapy.pdf"
    path.write_bytes(typeset(text.replace(OLD, NEW))[0])
    return path


def test_the_whole_day(patient: Page, staff: Page, day: str, leaflet: Path, capsys) -> None:
    ask(patient, QUESTION)
    expect(newest_quote(patient)).to_contain_text(OLD, timeout=WAIT)

    until_answers_rest_on_it(staff)
    upload(staff, leaflet)
    affected = staff.locator("tr", has_text="sense may have changed")
    expect(affected.locator("del", has_text=re.compile("^10$"))).to_be_visible()
    expect(affected.locator("ins", has_text=re.compile("^15$"))).to_be_visible()
    expect(affected.locator("a")).to_have_count(1)
    before, after = staff.locator(".diff-row", has_text="session often takes").locator("div").all()
    expect(before).to_contain_text(OLD)
    expect(after).to_contain_text(NEW)
    expect(staff.locator(".lead").first).to_contain_text("Nothing is in the library yet")

    staff.get_by_role("button", name="Add to the library").click()
    expect(staff.get_by_role("status")).to_contain_text("waits for a decision")
    ask(patient, QUESTION)
    expect(newest_quote(patient)).to_contain_text(OLD, timeout=WAIT)

    approve(staff)
    ask(patient, QUESTION)
    expect(newest_quote(patient)).to_contain_text(NEW, timeout=WAIT)
    expect(patient.locator(".card").last).to_contain_text("Approved after review.")

    verify_quote(staff)
    receipt, original = receipt_and_original(staff, day, leaflet.parent)
    assert original.read_bytes() == leaflet.read_bytes()
    assert main(["verify", str(receipt), str(original)]) == 0
    assert capsys.readouterr().out.endswith("proved\n")

    staff.goto(f"{day}staff/inbox")
    finding = staff.locator("tbody tr", has_text="radiotherapy")
    expect(finding.locator("del", has_text=re.compile("^10$"))).to_be_visible()
    expect(finding.locator("ins", has_text=re.compile("^15$"))).to_be_visible()


def newest_quote(patient: Page) -> Locator:
    return turns(patient).last.locator(".quote-text").first


def until_answers_rest_on_it(staff: Page) -> None:
    """The ledger is written in the background."""
    row = staff.locator("tr", has_text="Radiotherapy to the spine")
    for _ in range(50):
        if row.locator("td.number").inner_text().strip() == "1":
            return
        staff.wait_for_timeout(100)
        staff.reload()
    raise AssertionError("the answer did not reach the ledger")


def upload(staff: Page, leaflet: Path) -> None:
    staff.get_by_role("link", name="Upload a document").click()
    staff.locator("[name=file]").set_input_files(leaflet)
    staff.get_by_role("button", name="Send and look at it").click()
    expect(staff.get_by_role("heading", name="What was understood")).to_be_visible()


def approve(staff: Page) -> None:
    staff.get_by_role("radio", name="Approve and use").check()
    staff.get_by_label("Note (may be empty)").fill("New times from the department.")
    staff.get_by_role("button", name="Decide").click()
    expect(staff.locator(".versions li").first).to_contain_text("Holds now")
    expect(staff.locator(".history li", has_text="In review → approved")).to_contain_text("Anna")
    expect(staff.locator("[data-work]")).to_have_count(0)


def verify_quote(staff: Page) -> None:
    """The newest answer's first quote, compared with the original byte by byte."""
    for _ in range(50):
        staff.goto(staff.url.split("/staff")[0] + "/staff/answers")
        if staff.locator("tbody tr").count() == 3:
            break
        staff.wait_for_timeout(100)
    staff.locator("tbody tr").first.get_by_role("link").first.click()
    staff.get_by_role("link", name="Verify with the original").first.click()
    expect(staff.get_by_role("heading", name="This quote holds")).to_be_visible()
    staff.go_back()


def receipt_and_original(staff: Page, day: str, folder: Path) -> tuple[Path, Path]:
    with staff.expect_download() as told:
        staff.get_by_role("link", name="Receipt").first.click()
    receipt = folder / "receipt.json"
    told.value.save_as(receipt)
    staff.goto(f"{day}staff/library/documents/radiotherapy")
    with staff.expect_download() as told:
        staff.get_by_role("link", name="Original").first.click()
    original = folder / told.value.suggested_filename
    told.value.save_as(original)
    return receipt, original
