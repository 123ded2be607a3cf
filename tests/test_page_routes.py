"""The routes beside the page: what they give out, and to which headers."""

import gc
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import assemble
from index.build import build
from index.embedder import SentenceTransformerEmbedder
from qa.assistant import Assistant
from qa.ledger.ledger import Recorded
from qa.notices import notice_text
from qa.settings import Settings
from qa.ui.answering import Desk, answer_question
from qa.ui.conversation import conversation
from qa.ui.theme import page_head
from sources.document import Audience, Document
from sources.intake import STARTER, take_in
from sources.library import Library

# Gradio leaves event loops unclosed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    take_in(library, [STARTER / "biopsy.md", STARTER / "radiotherapy.pdf"])
    return library


@pytest.fixture
def client(library: Library) -> Iterator[TestClient]:
    settings = Settings(home=library.home)
    assistant = Assistant(settings, library, SentenceTransformerEmbedder())
    with TestClient(assemble(settings, assistant)) as client:
        yield client
    del assistant
    gc.collect()


def current(library: Library, doc_id: str) -> Document:
    return library.document(doc_id, library.entry(doc_id).version)


def test_a_document_is_opened_and_not_kept(client: TestClient, library: Library) -> None:
    document = current(library, "biopsy")
    reply = client.get(f"/document/biopsy/{document.version}?start=0&end=6")
    assert reply.status_code == 200
    assert f"<mark>{document.text[:6]}</mark>" in reply.text
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["", "?start=5&end=5", "?start=-4&end=9", "?start=0&end=9999999"])
def test_a_place_that_is_not_there_is_told_kindly(
    client: TestClient, library: Library, query: str
) -> None:
    version = library.entry("biopsy").version
    reply = client.get(f"/document/biopsy/{version}{query}")
    assert reply.status_code == 404
    assert notice_text("page.missing") in reply.text


def test_only_what_may_be_quoted_is_given_out(client: TestClient, library: Library) -> None:
    version = library.entry("biopsy").version
    assert client.get(f"/document/other/{version}?start=0&end=6").status_code == 404
    assert client.get(f"/document/biopsy/{'0' * 64}?start=0&end=6").status_code == 404
    library.withdraw("biopsy")
    assert client.get(f"/document/biopsy/{version}?start=0&end=6").status_code == 404


def test_a_page_is_a_picture_kept_privately(client: TestClient, library: Library) -> None:
    version = library.entry("radiotherapy").version
    reply = client.get(f"/page/radiotherapy/{version}/1.png")
    assert reply.headers["content-type"] == "image/png"
    assert "private" in reply.headers["cache-control"]
    assert client.get(f"/page/radiotherapy/{version}/99.png").status_code == 404
    text = library.entry("biopsy").version
    assert client.get(f"/page/biopsy/{text}/1.png").status_code == 404


def test_every_answer_has_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/health", "/nothing", "/gradio_api/upload"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/runs", "/monitoring", "/docs", "/openapi.json"]
)
def test_doors_that_nobody_needs_are_shut(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (403, 404)
    assert client.post(path).status_code in (403, 404, 405)


def test_without_an_index_health_says_so_and_a_question_gets_a_notice(client: TestClient) -> None:
    assert client.get("/health").status_code == 503
    state = client.app.state  # type: ignore[attr-defined]
    exchanges = answer_question(Desk(state.assistant, state.recorder), "hello", False, [])
    assert exchanges[0].notice == "page.no_index"


class Broken:
    """An assistant that fails at every question."""

    def ask_with_workings(self, text: str, *_: object, **__: object) -> None:
        raise RuntimeError(text)


def broken_desk(client: TestClient) -> Desk:
    return Desk(Broken(), client.app.state.recorder)  # type: ignore[arg-type, attr-defined]


def test_a_failure_is_logged_without_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    exchanges = answer_question(broken_desk(client), "my secret illness", False, [])
    assert exchanges[0].notice == "page.error"
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_failure_keeps_no_warning_back_and_the_warning_is_recorded(client: TestClient) -> None:
    text = "I suddenly cannot feel my legs"
    exchanges = answer_question(broken_desk(client), text, False, [])
    answer = exchanges[0].answer
    assert answer is not None
    found = recorded(client, answer.answer_id)
    assert found.facts["urgent"]["level"] == "emergency"
    assert found.trace is None
    shown = conversation(exchanges, date.today(), Settings())
    assert 'class="care care-emergency"' in shown
    assert notice_text("outcome.not_searched") in shown


def recorded(client: TestClient, answer_id: str) -> Recorded:
    """The entry of an answer, once the clerk has written it."""
    clerk = client.app.state.recorder.clerk  # type: ignore[attr-defined]
    until = time.monotonic() + 10
    while clerk.outbox.waiting() and time.monotonic() < until:
        time.sleep(0.02)
    entry: Recorded = clerk.ledger.entry(answer_id)
    return entry


def test_an_answer_is_recorded_as_it_was_shown(client: TestClient, library: Library) -> None:
    state = client.app.state  # type: ignore[attr-defined]
    build(library, state.assistant.embedder, lambda *_: None)
    desk = Desk(state.assistant, state.recorder)
    text = "My name is Ana Ruiz. Does radiotherapy to the spine hurt?"
    answer = answer_question(desk, text, False, [], Audience.CLINICIAN)[0].answer
    assert answer is not None
    found = recorded(client, answer.answer_id)
    assert found.words is not None
    assert found.words.said == "My name is [name]. Does radiotherapy to the spine hurt?"
    facts = found.facts
    assert (facts["reader"], facts["details"]) == ("clinician", ["name"])
    assert [(q["doc_id"], q["start"], q["end"]) for q in facts["quotes"]] == [
        (quote.doc_id, *quote.span) for quote in answer.quotes
    ]
    printed = next(q for q in facts["quotes"] if q["doc_id"] == "radiotherapy")
    assert [box[0] for box in printed["boxes"]] == sorted(box[0] for box in printed["boxes"])
    assert all(0 <= side <= 1 for box in printed["boxes"] for side in box[1:])
    assert found.trace is not None
    assert found.trace["calibration"]["questions"] > 100
    assert len(found.trace["weights"]) == len(found.trace["features"]) + 1


def test_a_record_that_fails_keeps_no_answer_back(
    client: TestClient, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    state = client.app.state  # type: ignore[attr-defined]
    build(library, state.assistant.embedder, lambda *_: None)
    waiting = state.recorder.clerk.outbox.folder
    waiting.rename(waiting.with_name("elsewhere"))
    desk = Desk(state.assistant, state.recorder)
    answer = answer_question(desk, "Does a biopsy hurt, secretly?", False, [])[0].answer
    assert answer is not None
    assert answer.quotes
    assert state.recorder.failed_at is not None
    assert "an answer is not recorded" in caplog.text
    assert "secretly" not in caplog.text


def test_the_page_offers_nothing_that_leaves_the_machine(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False
    assert not config.get("run_history", False)
    assert "fonts.googleapis" not in client.get("/theme.css").text


def test_the_first_bytes_of_the_page_are_ours(client: TestClient) -> None:
    page = client.get("/", headers={"accept-encoding": "gzip, br"}).text
    assert "<title>Quotewell</title>" in page
    assert "--ground" in page
    assert "raw.githubusercontent.com" not in page
    assert "twitter" not in page


def test_the_fonts_of_the_page_are_on_this_machine(client: TestClient) -> None:
    addresses = re.findall(r'url\("([^"]+)"\)', page_head())
    assert len(addresses) == 2
    for address in addresses:
        assert len(client.get(f"/{address}").content) > 50_000
