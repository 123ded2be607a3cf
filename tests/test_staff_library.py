"""The pages on the library: what they show, what they take, and what they refuse in plain words."""

import re
import time

import pytest

from qa.staff.indexing import Phase
from qa.staff.roles import Role
from sources.document import Status
from sources.history import Step
from sources.read import read_document
from tests.staff import send, token_in

HTML = "Scan\n\nThe scan does <b>not</b> hurt & <script>alert(1)</script> is only text.\n"
NEW = b"# Scan\n\nThe scan does not hurt much.\n\nBring a friend.\n"
SCAN = "/library/documents/scan"


@pytest.fixture
def anna(client_as):
    """A reviewer's browser."""
    return client_as(Role.REVIEWER)


def sent(browser, data=NEW, name="scan.md", document=""):
    """Send a file; the page that comes of it, followed."""
    token = token_in(browser.get("/staff/library/upload").text)
    return browser.post(
        "/staff/library/upload",
        data={"token": token, "document": document},
        files={"file": (name, data)},
        follow_redirects=True,
    )


def upload_of(page):
    return re.search(r"/library/upload/([\w-]{16})", str(page.url)).group(1)


def added(browser, **file):
    """Send a file and add it; the document's page."""
    page = sent(browser, **file)
    token = token_in(page.text)
    where = f"/staff/library/upload/{upload_of(page)}/add"
    return browser.post(where, data={"token": token, "note": "<i>new</i>"}, follow_redirects=True)


def decide(browser, page, decision, **fields):
    """Fill in the form for a decision as a page has it."""
    hidden = dict(re.findall(r'name="(token|version|seen)" value="(\w+)"', page.text))
    sent = {**hidden, "decision": decision, **fields}
    return browser.post(f"/staff{SCAN}/decide", data=sent, follow_redirects=True)


def indexed(desk):
    for _ in range(500):
        if desk.indexing.work().phase is not Phase.WORKING and not desk.indexing.behind:
            return
        time.sleep(0.01)
    raise AssertionError(desk.indexing.work())


def acts(desk):
    with desk.ledger.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM entries WHERE kind = 'act'")
        return [row.body for row in rows]


def test_a_reviewer_sees_what_a_file_would_change_before_anything_is_added(anna, desk):
    before = desk.library.entries()
    page = sent(anna)
    assert page.status_code == 200
    assert "A new version of" in page.text
    assert "Nothing is in the library yet" in page.text
    assert "<ins> much</ins>" in page.text
    assert "<ins>Bring a friend.</ins>" in page.text
    assert "Nothing was quoted from this document yet" in page.text
    assert desk.library.entries() == before


def test_a_day_from_the_upload_to_the_new_quote(anna, desk):
    page = added(anna)
    assert "waits for a decision. Patients still see what they saw" in page.text
    assert [e.waiting for e in desk.library.entries()] == [False, True]
    page = decide(anna, page, "approve", note="read it twice")
    assert "Your decision is recorded" in page.text
    indexed(desk)
    (entry,) = desk.library.quotable().values()
    assert (entry.status, entry.source.reviewed) == (Status.APPROVED, desk.library.today())
    answer = desk.assistant.ask("Does the scan hurt?")
    assert answer.quotes[0].version == entry.version
    steps = [(one.step, one.who) for one in desk.library.history("scan")][1:]
    assert steps == [
        (Step.ADDED, "Reviewer"),
        (Step.STATUS, "Reviewer"),
        (Step.RELEASED, "Reviewer"),
        (Step.CURRENT, "Reviewer"),
    ]
    told = acts(desk)
    assert any("document added" in one for one in told)
    assert any('"decision":"approve"' in one for one in told)


def test_what_people_write_is_shown_as_text(anna, desk):
    page = sent(anna, HTML.encode(), "scan.txt")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    page = added(anna, data=HTML.encode(), name="scan.txt")
    assert "&lt;i&gt;new&lt;/i&gt;" in page.text
    version = desk.library.entries()[-1].version
    text = anna.get(f"/staff{SCAN}/text/{version}")
    assert "<script>alert" not in text.text


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"words", "scan.exe", "scan.exe is of an unknown format"),
        (b"", "scan.md", "scan.md is empty; choose a file"),
        (b"%PDF-1.7\nbroken", "scan.pdf", "scan.pdf"),
        (b"x" * (2**20 + 1), "scan.txt", "larger than the 1 MB that may be uploaded"),
    ],
)
def test_a_file_that_cannot_be_added_is_refused_in_plain_words(anna, desk, data, name, says):
    desk.uploads.limit = 2**20
    page = sent(anna, data, name)
    assert page.status_code == 422
    assert says in page.text.replace("Scan.", "scan.")  # as a sentence begins
    assert len(desk.library.entries()) == 1


def test_an_upload_that_somebody_else_added_or_dropped_is_told(anna):
    page = sent(anna)
    token = {"token": token_in(page.text)}
    where = f"/staff/library/upload/{upload_of(page)}"
    assert anna.post(f"{where}/drop", data=token).status_code == 303
    again = anna.post(f"{where}/add", data=token)
    assert again.status_code == 404
    assert "upload the file again" in again.text


def test_the_same_file_twice_is_one_version_and_a_clear_message(anna, desk):
    first, second = sent(anna), sent(anna)
    token = {"token": token_in(first.text)}
    told = [
        anna.post(
            f"/staff/library/upload/{upload_of(page)}/add", data=token, follow_redirects=True
        ).text
        for page in (first, second)
    ]
    assert "waits for a decision" in told[0]
    assert "The library has this very file already. Nothing was changed." in told[1]
    assert len(desk.library.entries()) == 2


def test_a_decision_about_what_somebody_else_has_changed_is_refused(anna, desk):
    page = anna.get(f"/staff{SCAN}")
    assert decide(anna, page, "review").status_code == 200
    late = decide(anna, page, "withdraw")
    assert late.status_code == 409
    assert "Somebody has changed &#39;scan&#39; since you opened it" in late.text
    assert desk.library.entry("scan").status is Status.IN_REVIEW


@pytest.mark.parametrize(
    ("decision", "fields", "says"),
    [
        ("", {}, "No decision was chosen"),
        ("praise", {}, "No decision was chosen"),
        ("approve", {"due": "2020-01-01"}, "which is not to come; name a later day"),
        ("approve", {"due": "soon"}, "&#39;soon&#39; is not a day like 2026-11-21"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(anna, desk, decision, fields, says):
    page = decide(anna, anna.get(f"/staff{SCAN}"), decision, **fields)
    assert page.status_code == 409
    assert says in page.text
    assert len(desk.library.history("scan")) == 1


def test_a_withdrawn_document_is_not_quoted_at_once_and_only_an_admin_brings_it_back(
    anna, client_as, desk
):
    assert desk.assistant.ask("Does the scan hurt?").quotes
    page = decide(anna, anna.get(f"/staff{SCAN}"), "withdraw")
    assert desk.assistant.ask("Does the scan hurt?").quotes == ()
    assert "Only an admin can bring it back" in page.text
    seen = anna.get(f"/staff{SCAN}")
    hidden = {"version": desk.library.entry("scan").version, "decision": "review"}
    token = token_in(seen.text)
    admin = client_as(Role.ADMIN)
    page = admin.get(f"/staff{SCAN}")
    mark = re.search(r'name="seen" value="(\w+)"', page.text).group(1)
    refused = anna.post(f"/staff{SCAN}/decide", data={**hidden, "seen": mark, "token": token})
    assert refused.status_code == 403
    assert decide(admin, page, "review").status_code == 200
    assert desk.library.entry("scan").status is Status.IN_REVIEW


def test_metadata_are_checked_as_a_sidecar_is_and_kept_with_who_changed_them(anna, desk):
    form = anna.get(f"/staff{SCAN}/metadata")
    fields = dict(re.findall(r'name="(token|version|seen)" value="(\w+)"', form.text))
    fields |= {"title": "The scan", "audience": "patient", "language": "en"}
    fields |= {"references": "One.\n\n Two. ", "asked": ["does it hurt\nis it sore"]}
    wrong = anna.post(f"/staff{SCAN}/metadata", data={**fields, "url": "ftp://x"})
    assert wrong.status_code == 422
    assert "url is &#39;ftp://x&#39;, which does not start with http://" in wrong.text
    assert 'value="The scan"' in wrong.text
    assert desk.library.entry("scan").source.title == "Scan"
    anna.post(f"/staff{SCAN}/metadata", data=fields)
    source = desk.library.entry("scan").source
    assert (source.title, source.references) == ("The scan", ("One.", "Two."))
    assert [one.text for one in source.asked_as] == ["does it hurt", "is it sore"]
    last = desk.library.history("scan")[-1]
    assert (last.step, last.who) == (Step.METADATA, "Reviewer")
    indexed(desk)


@pytest.mark.parametrize("field", ["title", "asked"])
def test_metadata_without_a_title_or_of_other_sections_are_refused(anna, desk, field):
    form = anna.get(f"/staff{SCAN}/metadata")
    fields = dict(re.findall(r'name="(token|version|seen)" value="(\w+)"', form.text))
    fields |= {"title": "Scan", "audience": "patient", "language": "en", "asked": [""]}
    fields |= {"title": " "} if field == "title" else {"asked": ["a", "b", "c"]}
    page = anna.post(f"/staff{SCAN}/metadata", data=fields)
    assert page.status_code == 422
    assert len(desk.library.history("scan")) == 1


def test_the_filters_of_the_list_are_in_its_address(anna):
    page = anna.get("/staff/library?q=SCAN&status=unreviewed&audience=patient")
    assert 'value="SCAN"' in page.text
    assert '<option value="unreviewed" selected>' in page.text
    assert "1 of 1 document" in page.text
    assert "No document is like that" in anna.get("/staff/library?waiting=yes").text
    assert "1 of 1 document" in anna.get("/staff/library?status=nonsense").text


def test_two_versions_stand_side_by_side_and_a_passage_says_where_it_was_quoted(anna, desk):
    added(anna)
    compared = anna.get(f"/staff{SCAN}/compare")
    assert "2 blocks differ" in compared.text
    assert "<ins> much</ins>" in compared.text
    version = desk.library.entry("scan").version
    answer, workings = desk.assistant.ask_with_workings("Does the scan hurt?")
    desk.recorder.record(answer, workings, answer.quotes[0].source.audience, "en")
    desk.clerk.one_round()
    page = anna.get(f"/staff{SCAN}/passages/{version}")
    assert "as the index has them" in page.text
    assert "quoted by 1 answer" in page.text
    assert f"/staff/answers/{answer.answer_id}" in page.text


def test_the_original_is_downloaded_by_reviewers_and_never_opened_as_a_page(anna, desk):
    version = desk.library.entry("scan").version
    got = anna.get(f"/staff{SCAN}/original/{version}")
    assert got.content == desk.library.original(version)
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''scan.md"
    assert got.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "path",
    [
        "/library/documents/nothing",
        "/library/documents/scan/text/abc",
        "/library/documents/scan/passages/abc",
        "/library/documents/scan/compare?old=abc",
        "/library/upload/abc",
        "/library/documents/scan/text/page/scan/abc/1.png",
    ],
)
def test_what_is_not_there_is_said_to_be_missing(anna, path):
    assert anna.get(f"/staff{path}").status_code == 404


def test_a_broken_off_index_is_told_and_goes_on(anna, desk, library_of):
    other = b"# Pain\n\nIt hurts a little.\n"
    desk.library.add(read_document(other, "pain.md"), other, "pain.md")
    (desk.library.home / "indexing.json").write_text(
        '{"phase": "working", "who": "Ben", "began": "2026-11-21T10:00:00+00:00"}'
    )
    page = anna.get("/staff/library")
    assert "The server was stopped while an index was being built" in page.text
    assert send(anna, "/library/index", {}).status_code == 303
    indexed(desk)
    assert "was stopped" not in anna.get("/staff/library").text
    assert anna.get("/staff/library/index").json()["phase"] == "done"
