"""The staff's pages in a real browser: an admin's first day, on a phone and at a desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.ledger.ledger import Ledger
from qa.staff.accounts import Accounts
from tests.browser import DESKTOP, PHONE, served
from tests.page_checks import axe_findings, lost_at_the_edges

# Gradio leaves event loops unclosed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
OWN = "lantern oboe gravel tin"


def fine(page: Page, *, told: str) -> None:
    """What everybody must be able to read and reach: on this page and in this state."""
    expect(page.get_by_text(told).locator("visible=true").first).to_be_visible()
    assert axe_findings(page) == []
    assert lost_at_the_edges(page) == []


def fill(page: Page, button: str, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"input[name={name}]", value)
    page.get_by_role("button", name=button).click()


def test_the_first_day_of_an_admin(assistant_of, browser: Browser):
    assistant = assistant_of({"scan.md": "# Scan\n\nThe scan does not hurt.\n"})
    with served(assistant) as address:
        ledger = Ledger(assistant.settings.home)
        password = Accounts(ledger).first_admin()
        ledger.close()
        viewport = {"width": PHONE[0], "height": PHONE[1]}
        with browser.new_context(viewport=viewport, color_scheme="dark") as context:
            page = context.new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            first_day(page, address, password)
            assert [c for c in complaints if "status of 4" not in c] == []  # refusals, as asked for


def first_day(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}staff")
    fine(page, told="For the people who look after this library")
    fill(page, "Sign in", name="admin", password="not the one")
    fine(page, told="do not belong together")
    fill(page, "Sign in", name="admin", password=password)
    fine(page, told="The password you were given works once")
    fill(page, "Save and go on", old=password, new=OWN, again=OWN)
    page.goto(f"{address}staff/people")
    fine(page, told="Who may open these pages")
    fill(page, "Add and show", name="anna", shown="Anna Novak")
    fine(page, told="One-time password for anna")
    assert re.fullmatch(r"\w{4}(-\w{4}){3}", page.locator(".secret").inner_text())
    page.locator("details.menu").last.locator("summary").click()
    fine(page, told="Give this role")
    page.get_by_role("button", name="Shut out").last.click()
    fine(page, told="its sessions have ended")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.emulate_media(color_scheme="light")
    fine(page, told="Shut out")
    page.get_by_role("link", name="Activity").first.click()
    fine(page, told="Account disabled")
    page.get_by_role("link", name="Administrator").click()
    fine(page, told="Here and nowhere else")
    page.get_by_role("button", name="Sign out").click()
    fine(page, told="You are signed out")
