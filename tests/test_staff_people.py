"""People and activity: what admins do there, and what the command line does."""

import csv
import io
import json
import re

import pytest

from qa.cli import main
from qa.ledger.entries import Kind, new_entry
from qa.ledger.ledger import Ledger
from qa.staff.accounts import Accounts
from qa.staff.acts import act
from qa.staff.roles import TERMINAL, Role
from tests.staff import send, token_in

SECRET = re.compile(r'class="secret">([a-z0-9-]{19})<')


@pytest.fixture
def admin(client_as):
    return client_as(Role.ADMIN)


def send_to(browser, path, values):
    return send(browser, path, values, page="/people")


def test_an_admin_adds_changes_resets_and_shuts_out(desk, admin, client_as):
    new = {"name": "anna", "shown": "Anna <i>N</i>", "role": "viewer"}
    added = send_to(admin, "/people", new)
    assert "Anna &lt;i&gt;N&lt;/i&gt;" in added.text
    first = SECRET.search(added.text).group(1)
    assert desk.accounts.with_password("anna", first).role is Role.VIEWER
    assert send_to(admin, "/people/anna/role", {"role": "reviewer"}).status_code == 303
    reset = send_to(admin, "/people/anna/password", {})
    second = SECRET.search(reset.text).group(1)
    assert desk.accounts.with_password("anna", first) is None
    assert desk.accounts.with_password("anna", second).role is Role.REVIEWER
    assert send_to(admin, "/people/anna/disabled", {"disabled": "yes"}).status_code == 303
    assert desk.accounts.with_password("anna", second) is None
    assert "Shut out</span>" in admin.get("/staff/people").text
    assert send_to(admin, "/people/anna/disabled", {"disabled": "no"}).status_code == 303
    assert SECRET.search(admin.get("/staff/people").text) is None
    page = admin.get("/staff/activity").text
    told = re.findall(r"<b>([^<]+)</b>", page)
    assert told[:5] == [
        "Account enabled",
        "Account disabled",
        "Password reset",
        "Role changed",
        "Account added",
    ]
    assert "old role viewer" in page
    assert first not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "admin", "shown": "x", "role": "viewer"}, "There is an account"),
        ({"name": "a b", "shown": "x", "role": "viewer"}, "A name has 1 to 64"),
        ({"name": "x", "shown": "\x07", "role": "viewer"}, "The name to show"),
        ({"name": "x", "shown": "x", "role": "king"}, "The role is one of"),
    ],
)
def test_what_cannot_be_added_is_told_and_stays_in_the_form(admin, values, words):
    refused = send_to(admin, "/people", values)
    assert refused.status_code == 409
    assert words in refused.text
    assert f'name="name" value="{values["name"]}"' in refused.text


def test_the_only_admin_cannot_leave(admin):
    assert "is the only admin" in send_to(admin, "/people/admin/role", {"role": "viewer"}).text
    assert "is the only admin" in send_to(admin, "/people/admin/disabled", {}).text
    assert send_to(admin, "/people/nobody/role", {"role": "viewer"}).status_code == 404


def test_activity_is_sought_paged_and_taken_away(desk, admin):
    for number in range(60):
        act(desk.ledger, TERMINAL, "counted", f"=thing{number}", {"of": "<b>"})
    desk.ledger.append([new_entry(Kind.FORGOTTEN, "words", {"count": 3})])
    page = admin.get("/staff/activity?by=(terminal)&text=THING")
    assert page.text.count("<b>Counted</b>") == 50
    assert "of &lt;b&gt;" in page.text
    older = re.search(r'href="(/staff/activity\?[^"]*before=\d+)"', page.text).group(1)
    assert admin.get(older.replace("&amp;", "&")).text.count("<b>Counted</b>") == 10
    assert "Words forgotten" in admin.get("/staff/activity").text
    assert "Take a filter away" in admin.get("/staff/activity?since=2999-01-01").text
    assert "Counted" in admin.get("/staff/activity?since=2020-01-01&until=2999-01-01").text
    assert "Take a filter away" in admin.get("/staff/activity?until=2020-01-01").text
    assert admin.get("/staff/activity?since=never&before=0").status_code == 200
    assert admin.get(f"/staff/activity?before={2**63}").status_code == 422
    rows = list(csv.DictReader(io.StringIO(admin.get("/staff/activity.csv?text=thing5").text)))
    assert [row["about"] for row in rows[:2]] == ["'=thing59", "'=thing58"]  # no formula
    assert len(rows) == 11
    lines = admin.get("/staff/activity.jsonl?by=(terminal)").text.splitlines()
    assert json.loads(lines[0])["facts"] == {"of": "<b>"}


def test_the_command_line_lets_in_again_when_nobody_can_sign_in(tmp_path, capsys):
    def quotewell(*words):
        code = main(["staff", *words, "--home", str(tmp_path)])
        return code, *capsys.readouterr()

    code, out, _ = quotewell("add", "Anna", "--shown", "Anna Novak", "--role", "admin")
    assert code == 0
    password = re.search(r"one-time password (\S+)", out).group(1)
    ledger = Ledger(tmp_path)
    accounts = Accounts(ledger)
    assert accounts.with_password("anna", password).role is Role.ADMIN
    assert "Anna Novak (one-time password)" in quotewell("list")[1]
    assert json.loads(quotewell("list", "--json")[1])["role"] == "admin"
    again = re.search(r"one-time password (\S+)", quotewell("password", "anna")[1]).group(1)
    assert accounts.with_password("anna", password) is None
    assert accounts.with_password("anna", again) is not None
    assert "anna is the only admin" in quotewell("disable", "anna")[2]
    quotewell("add", "bo", "--role", "admin")
    assert quotewell("role", "anna", "viewer")[0] == 0
    assert quotewell("disable", "anna")[0] == 0
    assert "disabled" in quotewell("list")[1]
    assert quotewell("enable", "anna")[0] == 0
    code, _, problem = quotewell("password", "nobody")
    assert (code, problem.startswith("quotewell: there is no account 'nobody'")) == (1, True)
    acts = [entry.facts for entry in ledger.about("account:anna")]
    assert {facts["by"] for facts in acts} == {"(terminal)"}
    ledger.close()


def test_a_page_without_the_ledger_says_so(desk, admin, caplog):
    token = token_in(admin.get("/staff/people").text)
    with desk.ledger.transaction(writes=True) as connection:
        connection.exec_driver_sql("ALTER TABLE staff RENAME TO gone")
    reply = admin.post("/staff/people", data={"token": token})
    assert reply.status_code == 503
    assert "The record cannot be reached" in reply.text
    assert "sqlite" not in reply.text
    assert "no such table: staff" in caplog.text
