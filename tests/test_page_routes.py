"""The routes beside the page: what they give out, and to which headers."""

import gc
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import assemble
from index.embedder import SentenceTransformerEmbedder
from qa.assistant import Assistant
from qa.notices import notice_text
from qa.settings import Settings
from qa.ui.conversation import conversation
from qa.ui.patient import answer_question
from qa.ui.theme import page_head
from sources.document import Document
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
    app = client.app
    exchanges = answer_question(app.state.assistant, "hello", False, [])  # type: ignore[attr-defined]
    assert exchanges[0].notice == "page.no_index"


def test_a_failure_is_logged_without_the_question(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def ask(self, text: str, *_: object, **__: object) -> None:
            raise RuntimeError(text)

    exchanges = answer_question(Broken(), "my secret illness", False, [])  # type: ignore[arg-type]
    assert exchanges[0].notice == "page.error"
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_failure_keeps_no_warning_back(library: Library) -> None:
    class Broken:
        settings = Settings(home=library.home)

        def ask(self, text: str, *_: object, **__: object) -> None:
            raise RuntimeError(text)

    text = "I suddenly cannot feel my legs"
    exchanges = answer_question(Broken(), text, False, [])  # type: ignore[arg-type]
    shown = conversation(exchanges, date.today(), Settings())
    assert 'class="care care-emergency"' in shown
    assert notice_text("outcome.not_searched") in shown


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
