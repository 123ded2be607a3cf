"""The sheet over HTTP: page and PDF, what became of its quotes, feedback, and who gets nothing."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from pypdf import PdfReader

from index.build import build
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.code import code_of
from qa.ledger.entries import Kind
from qa.ledger.ledger import Ledger
from qa.ledger.retention import forget
from qa.ledger.saved import Saved
from qa.notices import notice_text
from qa.settings import Settings, SettingsError
from qa.ui.answer_routes import answer_routes
from qa.ui.answering import Desk, answer_question
from qa.ui.conversation import Exchange
from qa.ui.front_door import FrontDoor
from qa.ui.recorder import Recorder
from qa.ui.sheet import open_sheet
from qa.ui.sheet_page import sheet_page
from qa.ui.sheet_pdf import Unprintable, sheet_pdf
from sources.library import Library

SCAN = """---
publisher: The Scan Team
status: approved
reviewed: 2026-03-05
review_due: 2036-03-05
---

# Scan

## Noise

The α-scan of the señora’s spine is loud, ≤ 90 dB — “ear plugs” help & 5 < 7.

- First an affliction of the office staff is ruled out.
- Then the scan begins.
"""
QUESTION = "Is the α-scan of the spine loud?"
PERSONAL = "Should I stop taking my scan tablets?"
NUMB = "I suddenly cannot feel my legs and I cannot pee"
NOW = {"sec-fetch-site": "same-origin"}


class Visit:
    """The saved answers of a small library, somebody who answers there, and a visitor."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self.library: Library = assistant.library
        self.ledger = Ledger(settings.home)
        self.clerk = Clerk(self.ledger, self.library, settings.retain_days)
        self.desk = Desk(assistant, Recorder(settings, self.clerk))
        app = FastAPI()
        app.add_middleware(FrontDoor)
        app.include_router(answer_routes(settings, self.clerk))
        self.client = TestClient(app)

    def __enter__(self) -> "Visit":
        self.clerk.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.clerk.close()
        self.ledger.close()

    def ask(self, text: str) -> Exchange:
        return answer_question(self.desk, text, False, [])[0]

    def answer_id(self, text: str = QUESTION) -> str:
        answer = self.ask(text).answer
        assert answer is not None
        return answer.answer_id

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def tell(self, answer_id: str, headers: dict[str, str] = NOW, **fields: object) -> Response:
        return self.client.post(f"/answer/{answer_id}/feedback", data=fields, headers=headers)

    def change(self, old: str, new: str, put) -> None:
        assert old in SCAN
        put(self.library, "scan.md", SCAN.replace(old, new))

    def written(self, answer_id: str, kind: Kind) -> list:
        """What happened later to an answer, once the clerk has written it."""
        until = time.monotonic() + 10
        while self.clerk.outbox.waiting() and time.monotonic() < until:
            time.sleep(0.02)
        return self.ledger.about(answer_id, kind)


@pytest.fixture
def visit(assistant_of) -> Iterator[Visit]:
    assistant = assistant_of({"scan.md": SCAN})
    with Visit(assistant, assistant.settings) as visit:
        yield visit


def words_of(page: str) -> list[str]:
    """The text of every quote on a page, as a browser has it."""
    found = re.findall(r'<blockquote class="quote-text[^>]*>(.*?)</blockquote>', page, re.S)
    return [unescape(re.sub(r"<[^>]*>", "", words)) for words in found]


def text_of(reply: Response) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(reply.content)).pages)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_an_address_reopens_exactly_its_answer(visit: Visit) -> None:
    exchange = visit.ask(QUESTION)
    assert exchange.answer
    assert exchange.recorded
    reply = visit.get(f"/answer/{exchange.answer.answer_id}")
    assert reply.status_code == 200
    assert words_of(reply.text) == [quote.text for quote in exchange.answer.quotes]
    for said in (QUESTION, "The Scan Team", "5 March 2026", "5 March 2036"):
        assert said in unescape(reply.text)
    for name in ("sheet.all_stand", "disclaimer.patient"):
        assert notice_text(name) in reply.text
    assert code_of(exchange.answer.answer_id) in reply.text
    opened = visit.written(exchange.answer.answer_id, Kind.OPENED)
    assert [entry.facts["states"] for entry in opened] == [
        ["unchanged"] * len(words_of(reply.text))
    ]


def test_a_code_leads_to_its_answer(visit: Visit) -> None:
    answer_id = visit.answer_id()
    reply = visit.get(f"/answer?code={code_of(answer_id).lower().replace('-', ' ')}")
    assert str(reply.url).endswith(f"/answer/{answer_id}")
    assert QUESTION in reply.text


@pytest.mark.parametrize("name", ["0" * 24, "nothing", "K7QM-2XDR-9TFA-HJ3W", "%2a", "%00"])
def test_an_unknown_answer_is_told_kindly(visit: Visit, name: str) -> None:
    reply = visit.get(f"/answer/{name}")
    assert reply.status_code == 404
    assert notice_text("sheet.unknown") in reply.text
    assert visit.get(f"/answer?code={name}").status_code == 404
    assert visit.get(f"/answer/{name}/sheet.pdf").status_code == 404
    assert visit.tell(name, helpful="yes").status_code == 404


def test_a_page_for_a_browser_in_spanish_speaks_spanish(visit: Visit) -> None:
    reply = visit.get("/answer/nothing", **{"accept-language": "fr, es-MX;q=0.8, en;q=0.5"})
    assert notice_text("sheet.unknown", "es") in reply.text


def test_saved_answers_are_not_kept_framed_or_scripted_by_others(visit: Visit) -> None:
    headers = visit.get(f"/answer/{visit.answer_id()}").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"].split(", default-src")[0]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy.split("script-src")[1].split(";")[0]


def test_the_question_stands_in_no_address(visit: Visit) -> None:
    page = visit.get(f"/answer/{visit.answer_id()}").text
    links = re.findall(r'(?:href|action|data-share)="([^"]*)"', page)
    assert links
    assert not any("spine" in link or "scan" in link for link in links)


def test_what_changed_since_is_told_at_the_quote(visit: Visit, put) -> None:
    answer_id = visit.answer_id()
    visit.change("≤ 90 dB", "≤ 100 dB", put)
    page = visit.get(f"/answer/{answer_id}").text
    assert notice_text("sheet.weighty") in page
    then, now = words_of(page)
    assert "≤ 90 dB" in then
    assert "≤ 100 dB" in now
    assert "<ins>100</ins>" in page
    assert notice_text("sheet.all_stand") not in page
    printed = bare(text_of(visit.get(f"/answer/{answer_id}/sheet.pdf")))
    for said in (then, now, notice_text("sheet.weighty")):
        assert bare(said) in printed


def test_a_quote_opens_where_its_words_stand_now(visit: Visit, put) -> None:
    answer_id = visit.answer_id()
    first = words_of(visit.get(f"/answer/{answer_id}").text)[0]
    page = visit.get(f"/answer/{answer_id}/quote/1").text
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", page, re.S))
    assert bare(unescape(marked)) == bare(first)
    visit.change("≤ 90 dB", "≤ 100 dB", put)
    assert "≤ 100 dB" in visit.get(f"/answer/{answer_id}/quote/1").text
    for number in (0, 99, -1):
        assert visit.get(f"/answer/{answer_id}/quote/{number}").status_code == 404


def test_an_answer_whose_notices_are_gone_still_opens(visit: Visit) -> None:
    answer_id = visit.answer_id(NUMB)
    visit.written(answer_id, Kind.OPENED)
    facts = visit.ledger.entry(answer_id).facts
    gone = {**facts, "notice": "outcome.old", "disclaimer": "disclaimer.old"}
    gone["urgent"] = {**facts["urgent"], "notice": "urgent.old"}
    saved = Saved(answer_id, "2026-11-21T10:00:00.000+00:00", gone, None)
    sheet = open_sheet(visit.library, saved, "https://example.org/answer/x", date(2026, 11, 21))
    assert (sheet.outcome, sheet.disclaimer, sheet.flag) == ("", "", None)
    assert sheet_page(sheet, Settings())


def test_withdrawn_words_are_not_given_out_again(visit: Visit) -> None:
    answer_id = visit.answer_id()
    visit.library.withdraw("scan")
    assert visit.get(f"/answer/{answer_id}/quote/1").status_code == 404
    page = visit.get(f"/answer/{answer_id}").text
    assert words_of(page) == []
    assert "ear plugs" not in page
    assert notice_text("sheet.withdrawn") in page
    assert "ear plugs" not in text_of(visit.get(f"/answer/{answer_id}/sheet.pdf"))


def test_a_forgotten_question_leaves_its_quotes(visit: Visit) -> None:
    answer_id = visit.answer_id()
    visit.written(answer_id, Kind.OPENED)
    assert forget(visit.ledger, -1) == 1
    page = visit.get(f"/answer/{answer_id}").text
    assert notice_text("sheet.no_question") in page
    assert QUESTION not in page
    assert words_of(page)


def test_the_words_of_the_pdf_are_the_words_of_the_quotes(visit: Visit) -> None:
    exchange = visit.ask(QUESTION)
    assert exchange.answer
    answer_id = exchange.answer.answer_id
    reply = visit.get(f"/answer/{answer_id}/sheet.pdf")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["cache-control"] == "no-store"
    printed = bare(text_of(reply))
    for quote in exchange.answer.quotes:
        assert bare(quote.text) in printed
    told = [QUESTION, "The Scan Team", "5 March 2036", code_of(answer_id), f"/answer/{answer_id}"]
    told += [notice_text(f"sheet.{name}") for name in ("ask_one", "ask_two", "ask_three")]
    for said in [*told, notice_text("disclaimer.patient")]:
        assert bare(said) in printed, said
    fonts = [page["/Resources"]["/Font"] for page in PdfReader(BytesIO(reply.content)).pages]
    for font in (one.get_object() for page in fonts for one in page.values()):
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in described or "/FontFile3" in described


def test_letters_that_the_font_lacks_are_refused_and_not_left_out(visit: Visit, put) -> None:
    put(visit.library, "scan.md", SCAN.replace("The α-scan", "The 骨-scan"))
    build(visit.library, visit.desk.assistant.embedder, lambda *_: None)
    answer_id = visit.answer_id("Is the scan of the spine loud?")
    reply = visit.get(f"/answer/{answer_id}/sheet.pdf")
    assert reply.status_code == 422
    assert notice_text("sheet.no_pdf") in reply.text
    assert "骨" in visit.get(f"/answer/{answer_id}").text


def test_a_question_in_other_letters_is_not_set(visit: Visit) -> None:
    answer_id = visit.answer_id()
    visit.written(answer_id, Kind.OPENED)
    facts = visit.ledger.entry(answer_id).facts
    saved = Saved(answer_id, "2026-11-21T10:00:00.000+00:00", facts, "¿Señora?")
    sheet = open_sheet(visit.library, saved, "https://example.org/answer/x", date(2026, 11, 21))
    assert sheet_pdf(sheet, Settings())
    for letter in "\u00ad字":
        other = replace(sheet, saved=saved._replace(said=f"Is it{letter}?"))
        with pytest.raises(Unprintable, match="lacks"):
            sheet_pdf(other, Settings())


def test_a_warning_is_on_the_sheet_as_well(visit: Visit) -> None:
    answer_id = visit.answer_id(NUMB)
    for text in (
        visit.get(f"/answer/{answer_id}").text,
        text_of(visit.get(f"/answer/{answer_id}/sheet.pdf")),
    ):
        assert notice_text("care.heading_emergency") in text
        assert "Do not wait to see if it gets better" in " ".join(text.split())
        assert notice_text("care.unsigned") in " ".join(text.split())


def test_a_personal_question_has_its_own_three_questions(visit: Visit) -> None:
    page = visit.get(f"/answer/{visit.answer_id(PERSONAL)}").text
    assert notice_text("personal.stop_medicine_one") in page
    assert notice_text("sheet.ask_one") not in page


def test_feedback_is_kept_with_the_answer_and_masked(visit: Visit) -> None:
    answer_id = visit.answer_id()
    comment = "Wrong. My name is Ana Ruiz."
    reply = visit.tell(answer_id, helpful="no", reason=["wrong_source"], comment=comment)
    assert reply.status_code == 200
    assert notice_text("feedback.thanks") in reply.text
    assert visit.tell(answer_id, helpful="yes").status_code == 200
    first, second = visit.written(answer_id, Kind.FEEDBACK)
    assert first.facts == {"helpful": False, "reasons": ["wrong_source"]}
    assert first.words
    assert first.words.said == "Wrong. My name is [name]."
    assert second.facts == {"helpful": True, "reasons": []}
    assert "Ana" not in visit.get(f"/answer/{answer_id}").text
    assert "Wrong." not in visit.get(f"/answer/{answer_id}").text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://example.org"},
        {"origin": "null"},
    ],
)
def test_feedback_from_another_site_is_refused(visit: Visit, headers: dict[str, str]) -> None:
    answer_id = visit.answer_id()
    assert visit.tell(answer_id, headers, helpful="yes").status_code == 403
    assert visit.written(answer_id, Kind.FEEDBACK) == []


def test_feedback_from_a_page_of_ours_is_taken_by_its_origin(visit: Visit) -> None:
    assert visit.tell(visit.answer_id(), {"origin": "http://testserver"}, helpful="yes").is_success


def test_feedback_too_large_or_too_often_is_refused(visit: Visit) -> None:
    answer_id = visit.answer_id()
    assert visit.tell(answer_id, helpful="no", comment="x" * 9000).status_code == 413
    assert visit.tell(answer_id, helpful="no", comment="x" * 501).status_code == 422
    codes = [visit.tell(answer_id, helpful="yes").status_code for _ in range(12)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert len(visit.written(answer_id, Kind.FEEDBACK)) == codes.count(200) <= 10


def test_guessing_is_slowed_down(visit: Visit) -> None:
    answer_id = visit.answer_id()
    codes = [visit.get(f"/answer/{number:024x}").status_code for number in range(25)]
    assert codes[0] == 404
    assert codes[-1] == 429
    assert visit.get(f"/answer/{answer_id}").status_code == 200


def test_opening_over_and_over_fills_no_record(visit: Visit) -> None:
    answer_id = visit.answer_id()
    for _ in range(15):
        assert visit.get(f"/answer/{answer_id}").status_code == 200
    assert 1 <= len(visit.written(answer_id, Kind.OPENED)) <= 10


def test_while_the_record_is_away_it_says_so_and_a_waiting_answer_opens(visit: Visit) -> None:
    written = visit.answer_id()
    visit.written(written, Kind.OPENED)
    visit.clerk.close()
    waiting = visit.answer_id()
    visit.ledger.close()
    database = visit.ledger.home / "ledger.db"
    database.unlink()
    database.mkdir()
    assert visit.get(f"/answer/{waiting}").status_code == 200
    reply = visit.get(f"/answer/{written}")
    assert reply.status_code == 503
    assert notice_text("sheet.later") in reply.text


def test_the_address_is_the_one_that_is_set(assistant_of) -> None:
    assistant = assistant_of({"scan.md": SCAN})
    settings = replace(assistant.settings, address="https://answers.example.org/q")
    with Visit(assistant, settings) as visit:
        answer_id = visit.answer_id()
        page = visit.get(f"/answer/{answer_id}").text
    assert f"https://answers.example.org/q/answer/{answer_id}" in page
    assert "testserver" not in page
    with pytest.raises(SettingsError, match="must begin with https"):
        Settings(address="answers.example.org")
