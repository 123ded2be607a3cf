"""The door of the staff's pages: signing in and out, forms of our own, headers, bad input."""

import dataclasses
import re

import pytest

from qa.staff.activity import Sought, deeds
from qa.staff.errors import NotAllowed
from qa.staff.roles import TERMINAL, Role
from qa.ui.staff.door import COOKIE
from qa.ui.staff.guard import STRANGERS_BYTES
from tests.staff import browser_of, password_of, send, token_in


def sign_in(browser, name, password, **further):
    values = {"name": name, "password": password, **further}
    return send(browser, "/sign-in", values, page="/sign-in")


def cookie_of(reply):
    return next(h for h in reply.headers.get_list("set-cookie") if h.startswith(COOKIE))


def test_signing_in_leads_to_the_page_that_was_wanted(desk, client_as):
    client_as(Role.VIEWER)  # so that the account is there
    nobody = client_as(None)
    turned_away = nobody.get("/staff/own")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"] == "/staff/sign-in?next=%2Fstaff%2Fown"
    inside = sign_in(nobody, "Viewer ", password_of(Role.VIEWER), next="/staff/own")
    assert (inside.status_code, inside.headers["location"]) == (303, "/staff/own")
    assert "Viewer" in nobody.get("/staff/own").text
    assert [deed.what for deed in deeds(desk.ledger, Sought(by="viewer"))] == ["signed in"]


def test_a_cookie_is_for_these_pages_and_new_with_every_sign_in(client_as):
    client_as(Role.VIEWER)
    browser = client_as(None)
    before = cookie_of(browser.get("/staff/sign-in"))
    after = cookie_of(sign_in(browser, "viewer", password_of(Role.VIEWER)))
    assert before.split(";")[0] != after.split(";")[0]
    for flag in ("HttpOnly", "Path=/staff", "SameSite=lax"):
        assert flag in after
    assert "Secure" not in after
    assert "Max-Age" not in after
    browser.base_url = "https://testserver"
    browser.cookies.clear()
    assert "Secure" in cookie_of(browser.get("/staff/sign-in"))


def test_behind_a_public_address_cookies_are_secure_and_forms_belong_to_it(desk, client_as):
    client_as(Role.VIEWER)
    settings = dataclasses.replace(desk.settings, address="https://quotes.example")
    browser = browser_of(dataclasses.replace(desk, settings=settings))
    reply = browser.get("/staff/sign-in")
    assert "Secure" in cookie_of(reply)
    values = {"token": token_in(reply.text), "name": "viewer", "password": password_of(Role.VIEWER)}
    kept = {"cookie": cookie_of(reply).split(";")[0]}
    for origin, status in (("http://testserver", 403), ("https://quotes.example", 303)):
        headers = {**kept, "origin": origin}
        assert browser.post("/staff/sign-in", data=values, headers=headers).status_code == status


def test_signing_out_ends_the_session_also_for_a_copied_cookie(client_as):
    browser = client_as(Role.VIEWER)
    kept = browser.cookies[COOKIE]
    left = send(browser, "/sign-out", {})
    assert left.headers["location"] == "/staff/sign-in?signed_out=yes"
    browser.cookies.set(COOKIE, kept, path="/staff")
    assert browser.get("/staff/own").status_code == 303


def test_a_made_up_or_changed_cookie_is_nobody(desk, client_as):
    browser = client_as(None)
    genuine = client_as(Role.ADMIN).cookies[COOKIE]
    stranger = desk.sessions.cookie(desk.sessions.stranger())
    for cookie in ("", "x", "s.x.y", f"{genuine}x", genuine[:-2], stranger, "\x7f"):
        browser.cookies.clear()
        browser.cookies.set(COOKIE, cookie, path="/staff")
        assert browser.get("/staff/people").headers["location"].startswith("/staff/sign-in")


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(desk, client_as):
    password = desk.accounts.add(TERMINAL, "anna", "Anna <b>Novak</b>", Role.ADMIN)
    browser = client_as(None)
    assert sign_in(browser, "anna", password).status_code == 303
    for path in ("", "people", "own", "activity"):
        assert browser.get(f"/staff/{path}").headers["location"] == "/staff/first-password"
    form = browser.get("/staff/first-password").text
    assert "Anna &lt;b&gt;Novak&lt;/b&gt;" in form
    new = "four words in a row"
    for values, words in (
        ({"old": password, "new": new, "again": "others"}, "not the same"),
        ({"old": "wrong", "new": new, "again": new}, "present password is not right"),
        ({"old": password, "new": password, "again": password}, "is the present password"),
        ({"old": password, "new": "short", "again": "short"}, "12 to 200 characters"),
    ):
        refused = send(browser, "/first-password", values, page="/first-password")
        assert refused.status_code == 409
        assert words in refused.text
    values = {"old": password, "new": new, "again": new}
    assert send(browser, "/first-password", values, page="/first-password").status_code == 303
    assert browser.get("/staff/people").status_code == 200
    assert sign_in(client_as(None), "anna", password).status_code == 422


def test_nobody_can_tell_a_name_without_account_by_words_or_waits(desk, client_as):
    client_as(Role.VIEWER)

    def try_(name):
        browser = client_as(None)
        replies = [sign_in(browser, name, "wrong and wrong") for _ in range(7)]
        hidden = re.compile(r'name="token" value="[0-9a-f]+"|value="(viewer|nobody)"')
        return [(reply.status_code, hidden.sub("", reply.text)) for reply in replies]

    known, unknown = try_("viewer"), try_("nobody")
    assert known == unknown
    assert [status for status, _ in known] == [422] * 5 + [429] * 2
    assert "Wait a minute" in known[-1][1]
    assert sign_in(client_as(None), "viewer", password_of(Role.VIEWER)).status_code == 429
    acts = [(deed.what, deed.about) for deed in deeds(desk.ledger, Sought(by="(somebody)"))]
    assert acts == [
        ("too many wrong passwords", "account:(unknown)"),
        ("too many wrong passwords", "account:viewer"),
    ]
    desk.lockout.forgive("viewer")
    assert sign_in(client_as(None), "viewer", password_of(Role.VIEWER)).status_code == 303


@pytest.mark.parametrize(
    "name",
    ["", "x" * 40_000, "a\x00b", "\u202e", "<script>alert(1)</script>", "' OR 1=1 --", "é\n"],
)
def test_any_name_is_answered_alike_and_escaped(client_as, name):
    reply = sign_in(client_as(None), name, "x" * 1000)
    assert reply.status_code == 422
    assert "do not belong together" in reply.text
    assert "<script>alert" not in reply.text
    assert len(reply.text) < 10_000


def test_more_than_a_stranger_may_send_is_not_read(client_as):
    for role, status in ((None, 413), (Role.VIEWER, 422)):
        browser = client_as(role)
        page = "/sign-in" if role is None else "/own"
        token = token_in(browser.get(f"/staff{page}").text)
        data = {"token": token, "name": "x" * STRANGERS_BYTES}
        assert browser.post("/staff/sign-in", data=data).status_code == status
    in_pieces = client_as(None).post("/staff/sign-in", content=iter([b"name=x"]))
    assert in_pieces.status_code == 413


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/staff/", "/staff/\\evil", "/else", "/staff"],
)
def test_signing_in_leads_nowhere_else(client_as, elsewhere):
    client_as(Role.VIEWER)
    reply = sign_in(client_as(None), "viewer", password_of(Role.VIEWER), next=elsewhere)
    assert reply.headers["location"] == "/staff/"


def test_every_answer_has_the_strict_headers(client_as):
    browser = client_as(Role.VIEWER)
    for path, kept in (
        ("own", "no-store"),
        ("people", "no-store"),  # which is refused
        ("nowhere", "no-store"),
        ("static/staff.css", "no-cache"),
    ):
        headers = browser.get(f"/staff/{path}").headers
        assert headers["cache-control"] == kept
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
    page = browser.get("/staff/own").text
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page)


def test_programs_are_told_in_json(client_as):
    browser = client_as(None)
    browser.headers["accept"] = "application/json"
    reply = browser.get("/staff/people")
    assert (reply.status_code, reply.json()["error"]) == (401, "Not signed in")


def test_a_role_that_is_too_low_is_told_which_one_is_needed(client_as):
    reply = client_as(Role.REVIEWER).get("/staff/people")
    assert reply.status_code == 403
    assert "people with the role admin. Yours is reviewer" in reply.text
    assert 'href="/staff/people"' not in reply.text


def test_ones_own_page_changes_the_password_and_ends_other_sessions(desk, client_as):
    browser, other, third = (client_as(Role.VIEWER) for _ in range(3))
    assert "End all but this one" in browser.get("/staff/own").text
    assert send(browser, "/own/sessions", {}).headers["location"] == "/staff/own?done=sessions"
    assert [one.get("/staff/own").status_code for one in (browser, other, third)] == [200, 303, 303]
    assert "Here and nowhere else" in browser.get("/staff/own?done=sessions").text
    new = "quite another password"
    values = {"old": password_of(Role.VIEWER), "new": new, "again": new}
    assert send(browser, "/own/password", {**values, "again": "x"}).status_code == 409
    assert send(browser, "/own/password", values).headers["location"] == "/staff/own?done=password"
    assert browser.get("/staff/own").status_code == 200
    person = desk.accounts.account("viewer").person
    with pytest.raises(NotAllowed, match="present password is not right"):
        desk.accounts.change_password(person, values["old"], "whatever it may be")
