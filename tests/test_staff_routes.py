"""Every route of the staff's pages against the table in `docs/staff.md`."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from qa.staff.roles import Role
from qa.ui.staff.app import GROUPS
from tests.staff import token_in

TABLE = (Path(__file__).parents[1] / "docs/staff.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `([A-Z]+) (/staff[^`]*)` \| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \|", re.M
)
VISITORS = (None, *Role)
MAY = {
    (method, path): dict(zip(VISITORS, may, strict=True))
    for method, path, *may in ROW.findall(TABLE)
}
ROUTES = [
    (method, f"/staff{route.path}")
    for group in GROUPS
    for route in group.routes().routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


def test_the_table_has_every_route_and_no_other():
    assert sorted(MAY) == sorted(ROUTES)


def refused(reply):
    where = reply.headers.get("location", "")
    to_sign_in = where.startswith("/staff/sign-in") and "signed_out" not in where
    return reply.status_code in (401, 403) or (reply.status_code == 303 and to_sign_in)


def try_all(client, role, headers=lambda _client: {}):
    """Each route tried once, signing out last; which ones were refused."""
    found, browser = {}, client(role)
    sent = headers(browser)
    for method, path in sorted(ROUTES, key=lambda route: "sign-out" in route[1]):
        where = re.sub(r"\{[^}]*\}", "not-there", path)
        found[method, path] = refused(browser.request(method, where, headers=sent))
    return found


def with_token(browser):
    known = token_in(browser.get("/staff/first-password", follow_redirects=True).text)
    return {"x-csrf-token": known, "origin": "http://testserver", "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize("role", VISITORS, ids=str)
def test_each_role_may_do_what_the_table_says(client_as, role):
    found = try_all(client_as, role, with_token)
    assert {route: "no" if no else "yes" for route, no in found.items()} == {
        route: may[role] for route, may in MAY.items()
    }


FOREIGN = {
    "no token": {},
    "a wrong token": {"x-csrf-token": "0" * 64},
    "another site": {"origin": "https://elsewhere.example"},
    "a page below us": {"sec-fetch-site": "same-site"},
    "a sandbox": {"origin": "null"},
}


@pytest.mark.parametrize("wrong", FOREIGN)
def test_what_changes_something_takes_only_our_own_forms(client_as, wrong):
    def headers(browser):
        right = {} if "token" in wrong else with_token(browser)
        return {**right, **FOREIGN[wrong]}

    found = try_all(client_as, Role.ADMIN, headers)
    assert found == {(method, path): method != "GET" for method, path in found}
