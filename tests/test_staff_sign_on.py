"""Signing on at a real provider process: whom it lets in, as what, and what is not believed."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from qa.settings import SettingsError, read_settings
from qa.staff.accounts import about
from qa.staff.errors import KeyUnusable
from qa.staff.roles import TERMINAL, Role
from qa.staff.sign_on import SignOn
from qa.ui.staff.desk import StaffDesk
from tests.provider import SECRET
from tests.staff import browser_of

ANNA = {"sub": "17", "preferred_username": "anna", "name": "Anna Novak", "groups": ["qw-review"]}


@pytest.fixture(scope="module")
def provider():
    words = [sys.executable, str(Path(__file__).with_name("provider.py"))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def signing_on(desk, provider, tmp_path):
    """The desk with a provider whose groups give roles."""
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    settings = dataclasses.replace(
        desk.settings,
        oidc_issuer=provider,
        oidc_client="quotewell",
        oidc_secret_file=str(tmp_path / "secret"),
        oidc_viewer="qw-look",
        oidc_reviewer="qw-review",
        oidc_admin="qw-admin",
    )
    return dataclasses.replace(desk, settings=settings, sign_on=SignOn(settings))


def be(provider, who):
    httpx2.post(f"{provider}/be", json=who)


def go(desk: StaffDesk, browser=None):
    """Off to the provider, through it and back; the reply of our last page."""
    browser = browser or browser_of(desk)
    leaving = browser.get("/staff/sign-on?next=/staff/own")
    if leaving.status_code != 303:
        return leaving
    returned = httpx2.get(leaving.headers["location"])
    return browser.get(returned.headers["location"])


def test_who_signs_on_has_an_account_with_the_role_of_their_group(signing_on, provider):
    be(provider, ANNA)
    browser = browser_of(signing_on)
    assert 'href="/staff/sign-on' in browser.get("/staff/sign-in").text
    arrived = go(signing_on, browser)
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/staff/own")
    own = browser.get("/staff/own").text
    assert "Anna Novak" in own
    assert "Change your password" not in own
    (account,) = signing_on.accounts.all()
    assert (account.name, account.role, account.has_password) == ("anna", Role.REVIEWER, False)
    asked = httpx2.get(f"{provider}/asked").json()[-1]
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["nonce"]) >= 20
    done = [entry.facts["what"] for entry in signing_on.ledger.about(about("anna"))]
    assert done == ["account added", "signed in"]
    be(provider, {**ANNA, "groups": ["qw-look", "qw-admin"]})
    go(signing_on)
    assert signing_on.accounts.account("anna").role is Role.ADMIN
    assert browser.get("/staff/own").status_code == 303  # the session of the old role has ended


def test_roles_may_stand_deep_in_the_claims_or_only_with_userinfo(signing_on, provider):
    settings = dataclasses.replace(signing_on.settings, oidc_claim="realm.roles")
    nested = dataclasses.replace(signing_on, settings=settings, sign_on=SignOn(settings))
    be(provider, {"sub": "1", "email": "Bo@example.org", "realm": {"roles": "qw-look"}})
    assert go(nested).status_code == 303
    be(provider, {"sub": "2", "preferred_username": "Čen Ú", "elsewhere": ["qw-review"]})
    assert go(signing_on).status_code == 303
    found = {account.name: account.role for account in signing_on.accounts.all()}
    assert found == {"bo@example.org": Role.VIEWER, "en": Role.REVIEWER}


def test_a_name_that_somebody_has_is_not_taken_over(signing_on, provider):
    signing_on.accounts.add(TERMINAL, "anna", "Another Anna", Role.ADMIN)
    be(provider, ANNA)
    assert go(signing_on).status_code == 303
    names = [account.name for account in signing_on.accounts.all()]
    assert names[0] == "anna"
    assert names[1].startswith("anna+")
    assert signing_on.accounts.account("anna").has_password


def test_who_was_shut_out_stays_out(signing_on, provider):
    be(provider, ANNA)
    go(signing_on)
    signing_on.accounts.set_disabled(TERMINAL, "anna", disabled=True)
    refused = go(signing_on)
    assert refused.status_code == 400
    assert "shut out" in refused.text


FAULTS = {
    "another audience": "does not hold",
    "another nonce": "does not hold",
    "too old": "does not hold",
    "signed for another": "does not hold",
    "signed by another key": "does not hold",
    "signed by nobody": "does not hold",
    "signed by a shared secret": "does not hold",
    "another issuer": "calls itself",
    "refuses": "did not sign you on",
    "away": "does not answer as it should",
}


def test_what_does_not_hold_lets_nobody_in(signing_on, provider):
    for fault, words in FAULTS.items():
        be(provider, {**ANNA, "fault": fault})
        fresh = dataclasses.replace(signing_on, sign_on=SignOn(signing_on.settings))
        refused = go(fresh)
        assert (fault, refused.status_code) == (fault, 400)
        assert words in refused.text
        assert signing_on.accounts.all() == []
    be(provider, ANNA)
    assert go(fresh).status_code == 303  # nothing of the fault stays behind


def test_nobody_comes_in_without_a_role_there(signing_on, provider):
    be(provider, {**ANNA, "groups": ["gardeners"]})
    assert "nobody has given you a role" in go(signing_on).text
    assert signing_on.accounts.all() == []


def test_a_try_belongs_to_the_browser_that_began_it(signing_on, provider):
    be(provider, ANNA)
    mine, other = browser_of(signing_on), browser_of(signing_on)
    leaving = mine.get("/staff/sign-on")
    back = httpx2.get(leaving.headers["location"]).headers["location"]
    assert "began elsewhere" in other.get(back).text
    other.get("/staff/sign-on")
    assert "did not begin in this browser" in other.get(back).text
    assert mine.get(back).status_code == 303
    assert (
        "does not hold (invalid_grant)" in mine.get(back).text or mine.get(back).status_code == 400
    )
    kept = parse_qs(urlsplit(leaving.headers["location"]).query)
    assert kept["redirect_uri"] == ["http://testserver/staff/sign-on/back"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('oidc_issuer = "https://id.example"', "needs oidc_client too"),
        ('oidc_issuer = "https://id.example"\noidc_client = "q"', "a value for one of oidc_viewer"),
        (
            'oidc_issuer = "http://id.example"\noidc_client = "q"\noidc_admin = "a"',
            "must begin with https",
        ),
    ],
)
def test_half_a_provider_is_refused(tmp_path, lines, words):
    (tmp_path / "quotewell.toml").write_text(lines)
    with pytest.raises(SettingsError, match=words):
        read_settings(tmp_path)


def test_a_missing_secret_is_named(signing_on, monkeypatch):
    monkeypatch.delenv("QUOTEWELL_OIDC_SECRET", raising=False)
    without = dataclasses.replace(signing_on.settings, oidc_secret_file="")
    with pytest.raises(KeyUnusable, match="set oidc_secret_file or the variable"):
        SignOn(without)
    lost = dataclasses.replace(signing_on.settings, oidc_secret_file="/nowhere/secret")
    with pytest.raises(KeyUnusable, match="cannot be read from /nowhere/secret"):
        SignOn(lost)
