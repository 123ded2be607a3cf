"""The door of the staff's pages: signing in and out, forms of our own, headers."""

from qa.staff.roles import Role
from tests.staff import password_of, send


def test_signing_in_leads_to_the_page_that_was_wanted(client_as):
    client_as(Role.VIEWER)  # so that the account is there
    nobody = client_as(None)
    turned_away = nobody.get("/staff/own")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"] == "/staff/sign-in?next=%2Fstaff%2Fown"
    values = {"name": "Viewer ", "password": password_of(Role.VIEWER), "next": "/staff/own"}
    inside = send(nobody, "/sign-in", values, page="/sign-in")
    assert (inside.status_code, inside.headers["location"]) == (303, "/staff/own")
    assert "Viewer" in nobody.get("/staff/own").text
