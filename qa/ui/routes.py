"""Plain routes beside the pages: a document opened at a quote, a page's picture, health.

Only what the library may quote today is given out.
"""

from html import escape
from urllib.parse import unquote

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from index.errors import SearchError
from qa.assistant import Assistant
from qa.notices import FIRST, notice_text, speaking
from qa.ui.pages import highlight_boxes, page_image
from qa.ui.quote_card import PAGED_FORMATS
from qa.ui.theme import ICON, page_manifest
from qa.ui.viewer import PAGE_WIDTH, page_view, text_view
from sources.document import Document, Span
from sources.errors import BrokenFile, SourceError
from sources.library import Library

NOT_KEPT = {"Cache-Control": "no-store"}
KEPT_PRIVATELY = {"Cache-Control": "private, max-age=86400, immutable"}


def page_routes(assistant: Assistant) -> APIRouter:
    """The routes over one library."""
    router = APIRouter(include_in_schema=False)
    _documents(router, assistant.library)
    _pictures(router, assistant.library)
    _house(router, assistant)
    return router


def _documents(router: APIRouter, library: Library) -> None:
    @router.get("/document/{doc_id}/{version}")
    def document(
        doc_id: str, version: str, start: int = 0, end: int = 0, language: str = FIRST
    ) -> HTMLResponse:
        with speaking(language):
            return _document(unquote(doc_id), version, start, end)

    def _document(doc_id: str, version: str, start: int, end: int) -> HTMLResponse:
        found = quotable_document(library, doc_id, version)
        if found is None or not 0 <= start < end <= len(found.text):
            words = escape(notice_text("page.missing"))
            missing = f'<p class="viewer-notice">{words}</p>'
            return HTMLResponse(missing, status_code=404, headers=NOT_KEPT)
        return HTMLResponse(opened(library, found, Span(start, end)), headers=NOT_KEPT)


def _pictures(router: APIRouter, library: Library) -> None:
    @router.get("/page/{doc_id}/{version}/{number}.png")
    def page(doc_id: str, version: str, number: int) -> Response:
        found = quotable_document(library, unquote(doc_id), version)
        if found is None or found.format not in PAGED_FORMATS:
            return Response(status_code=404, headers=NOT_KEPT)
        try:
            picture = page_image(library.original(version), number, PAGE_WIDTH)
        except (ValueError, SourceError):
            return Response(status_code=404, headers=NOT_KEPT)
        return Response(picture, media_type="image/png", headers=KEPT_PRIVATELY)


def _house(router: APIRouter, assistant: Assistant) -> None:
    @router.get("/health")
    def health() -> JSONResponse:
        try:
            snapshot = assistant.snapshot.snapshot_id
        except SearchError:
            body = {"ok": False, "snapshot": None}
            return JSONResponse(body, status_code=503, headers=NOT_KEPT)
        return JSONResponse({"ok": True, "snapshot": snapshot}, headers=NOT_KEPT)

    @router.get("/favicon.ico")
    def favicon() -> FileResponse:
        return FileResponse(ICON, media_type="image/svg+xml")

    @router.get("/manifest.json")
    def manifest() -> JSONResponse:
        return JSONResponse(page_manifest(), media_type="application/manifest+json")


def quotable_document(library: Library, doc_id: str, version: str) -> Document | None:
    """The document, when that version of it may be quoted today."""
    entry = library.quotable().get(version)
    if entry is None or entry.doc_id != doc_id:
        return None
    return library.document(doc_id, version)


def opened(library: Library, document: Document, marked: Span) -> str:
    """The document as HTML with `marked` in it; as text, and saying so, where pages fail."""
    if document.format not in PAGED_FORMATS:
        return text_view(document, marked)
    try:
        boxes = highlight_boxes(library.original(document.version), document, marked)
    except (BrokenFile, SourceError):
        return text_view(document, marked, "page.as_text")
    return page_view(document, marked, boxes)
