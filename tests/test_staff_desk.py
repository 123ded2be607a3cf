"""The staff's pages on answers: what they show, that filters survive, that files are whole."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from evals.gold import questions_in
from qa.answer import Outcome
from qa.ledger.answers import Shown, answer_entry, trace_of
from qa.ledger.entries import Kind, new_entry
from qa.ledger.recheck import notice_changes, step
from qa.ledger.search import Wanted, find_answers
from qa.ledger.verify import verify
from qa.receipts import check_receipt
from qa.staff.roles import Role
from sources.document import Audience
from tests.staff import send

HOSTILE = "<script>alert(1)</script> does the scan hurt"
QUESTIONS = ("Does the scan hurt?", "Where do I park?", HOSTILE)


@pytest.fixture
def asked(desk):
    """Three answers, a day apart; their ids. The scan is quoted with certainty."""
    ids, entries = [], []
    for day, text in enumerate(QUESTIONS, start=1):
        answer, workings = desk.assistant.ask_with_workings(text)
        reader = Audience.CLINICIAN if day == 2 else Audience.PATIENT
        shown = Shown(reader, "en", [[(1, 0.1, 0.2, 0.3, 0.4)]] * len(answer.quotes), "c", "d")
        trace = trace_of(workings, desk.settings)
        entry = answer_entry(answer, shown, str, trace)
        entries.append(replace(entry, at=f"2026-03-0{day}T10:00:00.000+00:00"))
        ids.append(answer.answer_id)
    desk.ledger.append(entries)
    return ids


@pytest.fixture
def viewer(client_as):
    return client_as(Role.VIEWER)


@pytest.fixture
def reviewer(client_as):
    return client_as(Role.REVIEWER)


def got(client, path):
    reply = client.get(f"/staff{path}")
    assert reply.status_code == 200, reply.text
    return reply.text


PAGES = ("/overview", "/answers", "/inbox", "/inbox?handled=yes", "/lacking", "/feedback", "/gold")


def test_an_empty_ledger_has_pages_that_say_so(viewer):
    for path in (*PAGES, "/reports"):
        assert 'class="empty"' in got(viewer, path), path


def test_what_a_person_wrote_is_never_markup(asked, viewer):
    for path in PAGES:
        assert "<script>alert" not in got(viewer, path), path
    html = got(viewer, f"/answers/{asked[2]}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; does the scan hurt</h1>" in html
    assert "<script>alert" not in html


def rows_in(html):
    return re.findall(r'class="question" href="/staff/answers/([^"]+)"', html)


FOUND = {
    "": [2, 1, 0],
    "?text=PARK": [1],
    "?reader=clinician": [1],
    "?since=2026-03-02": [2, 1],
    "?until=2026-03-02": [1, 0],
    "?since=2026-03-02&until=2026-03-02": [1],
    "?doc_id=nothing": [],
    "?since=no-day&before=x": [2, 1, 0],
    "?last=1": [],
}


def test_the_list_is_what_its_address_asks_for(asked, viewer):
    for query, found in FOUND.items():
        wanted = [asked[one] for one in found]
        assert rows_in(got(viewer, f"/answers{query}")) == wanted, query
        told = json.loads(got(viewer, f"/answers.json{query}"))
        assert [row["answer_id"] for row in told] == wanted
        lines = csv.DictReader(io.StringIO(got(viewer, f"/answers.csv{query}"), newline=""))
        assert [row["answer_id"] for row in lines] == wanted


def test_the_fields_of_the_form_hold_what_the_address_asks_for(asked, viewer):
    html = got(viewer, "/answers?text=%22%3Cb%3E&outcome=closest&since=2026-03-02")
    assert 'value="&#34;&lt;b&gt;"' in html
    assert '<option value="closest" selected>' in html
    assert 'name="since" value="2026-03-02"' in html

    reply = viewer.get("/staff/answers?text=scan&outcome=&since=")
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/answers?text=scan")


def test_the_list_is_leafed_through_to_its_end_and_back(asked, viewer, monkeypatch):
    monkeypatch.setattr("qa.ui.staff.answers.ROWS", 1)
    seen, address = [], "/answers"
    while address:
        html = got(viewer, address)
        seen += rows_in(html)
        older = re.search(r'rel="next" href="/staff([^"]+)"', html)
        newer = re.search(r'rel="prev" href="/staff([^"]+)"', html)
        assert bool(newer) == (len(seen) > 1)
        address = older and older.group(1).replace("&amp;", "&")
    assert seen == asked[::-1]
    html = got(viewer, newer.group(1).replace("&amp;", "&"))
    assert rows_in(html) == [asked[1]]


def test_an_answer_tells_why_and_is_given_out_whole(asked, viewer, desk):
    html = got(viewer, f"/answers/{asked[0]}")
    assert "<mark>The scan does not hurt.</mark>" in html
    for word in (
        "context_similarity",
        "asked_lead",
        "Why this answer",
        "gold questions",
        "(Flesch)",
    ):
        assert word in html
    record = json.loads(got(viewer, f"/answers/{asked[0]}/record.json"))
    assert record["question"] == "Does the scan hurt?"
    assert record["trace"]["weights"]
    assert "salt" not in json.dumps(record)
    receipt = json.loads(got(viewer, f"/answers/{asked[0]}/receipt.json"))
    (held,) = desk.library.entries()
    assert check_receipt(receipt, {held.version: desk.library.original(held.version)}).holds


def test_what_is_not_there_is_said_not_to_be(viewer):
    for path in ("/answers/none", "/answers/none/receipt.json", "/inbox/none", "/lacking/none"):
        reply = viewer.get(f"/staff{path}")
        assert reply.status_code == 404
        assert "There is no such page" in reply.text


def test_a_quote_is_proved_from_the_original(asked, viewer, desk):
    assert "This quote holds" in got(viewer, f"/answers/{asked[0]}/quotes/1")
    assert viewer.get(f"/staff/answers/{asked[0]}/quotes/9").status_code == 404
    (held,) = desk.library.entries()
    path = desk.settings.home / "originals" / held.version
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"not hurt", b"hurt"))
    reply = viewer.get(f"/staff/answers/{asked[0]}/quotes/1")
    assert "This quote holds" not in reply.text


def changed(desk, put):
    put(desk.library, "scan.md", "# Scan\n\nThe scan does hurt.\n")
    notice_changes(desk.ledger, desk.library)
    while step(desk.ledger, desk.library):
        pass


def test_a_finding_is_looked_at_and_handled(asked, desk, viewer, reviewer, put):
    changed(desk, put)
    html = got(viewer, "/inbox")
    (finding_id,) = set(re.findall(r'href="/staff/inbox/([0-9a-f]{32})"', html))
    assert '<button class="main">' not in html  # a viewer looks
    one = got(viewer, f"/inbox/{finding_id}")
    assert "<del>not </del>" in one
    assert asked[0] in one
    assert "reworded" in got(viewer, f"/answers/{asked[0]}")
    assert json.loads(got(viewer, "/inbox.json"))[0]["answers"] == 2
    values = {"finding": [finding_id, "nonsense"], "note": "Told 07700 900123 <b>"}
    reply = send(reviewer, "/inbox/handled", values)
    assert reply.headers["location"] == "/staff/inbox?done=1"
    assert 'class="empty"' in got(viewer, "/inbox")
    past = got(viewer, "/inbox?handled=yes")
    assert "Told [phone] &lt;b&gt;" in past
    assert "reviewer" in past
    assert verify(desk.ledger) == []


def test_an_answer_becomes_a_gold_question_and_is_taken_back(asked, desk, viewer, reviewer):
    gold = desk.settings.home / "gold.jsonl"
    values = {"kind": "answerable", "quote": "1"}
    reply = send(reviewer, f"/answers/{asked[0]}/gold", values)
    assert reply.status_code == 303
    (question,) = questions_in(gold)
    assert (question.text, question.answers[0].text) == (QUESTIONS[0], "The scan does not hurt.")
    assert QUESTIONS[0] in got(viewer, "/gold")
    assert got(viewer, "/gold.jsonl") == gold.read_text()
    refused = send(reviewer, f"/answers/{asked[0]}/gold", {"kind": "answerable"})
    assert refused.status_code == 409
    assert "tick at least one quote" in refused.text
    send(reviewer, "/gold/remove", {"id": question.question_id})
    assert list(questions_in(gold)) == []
    acts = [row for row in desk.ledger.about(asked[0], Kind.ACT)]
    assert [one.facts["what"] for one in acts] == ["gold question made", "gold question removed"]
    assert not any("scan" in json.dumps(one.facts) for one in acts)


def test_what_the_library_lacks_is_grouped_with_the_nearest_documents(asked, desk, viewer):
    while desk.lacking.look().groups is None:
        pass
    html = got(viewer, "/lacking")
    assert "Where do I park?" in html
    assert "nearest:" in html
    address = re.search(r'href="/staff(/lacking/[^"]+)"', html).group(1)
    assert f"/staff/answers/{address.rsplit('/', 1)[1]}" in got(viewer, address)
    told = json.loads(got(viewer, "/lacking.json?outcome=closest"))
    assert {row["outcome"] for row in told} <= {"closest"}
    assert 'class="empty"' in got(viewer, "/lacking?last=1")


def test_feedback_stands_beside_its_answer(asked, desk, viewer):
    said = {"helpful": False, "reason": "not_my_question"}
    desk.ledger.append([new_entry(Kind.FEEDBACK, asked[1], said, "No <i>parking</i>")])
    html = got(viewer, "/feedback")
    assert "No &lt;i&gt;parking&lt;/i&gt;" in html
    assert "Where do I park?" in html
    assert "did not help" in got(viewer, f"/answers/{asked[1]}")
    assert 'class="empty"' in got(viewer, "/feedback?helpful=yes")
    (row,) = json.loads(got(viewer, "/feedback.json"))
    assert (row["answer_id"], row["helpful"]) == (asked[1], False)


def test_the_overview_counts_what_there_is(asked, desk, viewer):
    told = json.loads(got(viewer, "/overview.json?since=2026-03-01&until=2026-03-03"))
    assert [day["answers"] for day in told["days"]] == [1, 1, 1]
    assert sum(one["answers"] for one in told["times"]) == 3
    outcomes = [row.outcome for row in find_answers(desk.ledger, Wanted())]
    for name in Outcome:
        assert sum(day[name] for day in told["days"]) == outcomes.count(name)
    html = got(viewer, "/overview")
    assert html.count('role="img"') == 3
    assert "1 Mar 2026" in html
    lines = got(viewer, "/overview/days.csv").splitlines()
    assert (lines[0].split(",")[:3], len(lines)) == (["first", "last", "answers"], 4)
    assert viewer.get("/staff/overview/none.csv").status_code == 404


def test_a_report_runs_as_a_stranger_in_its_frame(viewer, desk):
    folder = desk.settings.home / "reports" / "march"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<script>1</script>")
    assert "march" in got(viewer, "/reports")
    assert 'sandbox="allow-scripts"' in got(viewer, "/reports/march")
    reply = viewer.get("/staff/reports/march/report.html")
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert reply.headers["x-frame-options"] == "SAMEORIGIN"
    assert viewer.get("/staff/reports").headers["x-frame-options"] == "DENY"
    assert viewer.get("/staff/reports/..%2Fmarch").status_code == 404
