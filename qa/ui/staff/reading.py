"""Reading a document: its text and pages, its passages, two versions side by side, the original."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from urllib.parse import quote as url_quote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from index.errors import SearchError
from qa.staff.changes import What, changes
from qa.staff.resting import Place, answers_at, places
from qa.ui.pages import page_image
from qa.ui.quote_card import PAGED_FORMATS
from qa.ui.routes import KEPT_PRIVATELY, opened
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.document import HIDDEN, SHOWN, held
from qa.ui.staff.door import Reviewer, Viewer
from qa.ui.staff.paper import page
from qa.ui.viewer import PAGE_WIDTH, text_view
from sources.document import Document, Span
from sources.errors import UnknownDocument
from sources.library import Entry
from sources.segments import passages

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # a web page or text is never shown as what it says it is


class Passage(NamedTuple):
    """A passage: where it stands, its words, and the quoted places in it with their answers."""

    span: Span
    section: tuple[str, ...]
    text: str
    quoted: list[tuple[Place, list[str]]]

    @property
    def answers(self) -> int:
        """How often it was quoted, counted in answers by place."""
        return sum(place.answers for place, _ in self.quoted)


class Opened(BaseModel):
    """What is marked in a document that is opened, and whether as pictures of its pages."""

    start: int = 0
    end: int = 0
    pages: str = ""


class Pair(BaseModel):
    """The two versions to compare, and whether with all that is the same."""

    old: str = ""
    new: str = ""
    everything: str = ""


def routes() -> APIRouter:
    """Everything under a document's page that is only looked at."""
    router = APIRouter()
    _text(router)
    _passages(router)
    _comparison(router)
    _original(router)
    return router


def _text(router: APIRouter) -> None:
    @router.get("/library/documents/{doc_id}/text/{version}")
    def text(
        request: Request,
        person: Viewer,
        doc_id: str,
        version: str,
        asked: Annotated[Opened, Query()],
    ) -> Response:
        start, end = asked.start, asked.end
        desk = desk_of(request)
        entry = held(desk, doc_id, version)
        document = desk.library.document(doc_id, version)
        marked = Span(start, end) if 0 <= start < end <= len(document.text) else Span(0, 0)
        as_pages = asked.pages == "yes" and document.format in PAGED_FORMATS
        html = opened(desk.library, document, marked) if as_pages else text_view(document, marked)
        # Styles beside elements are refused by the page's policy; a script places the boxes.
        html = html.replace(HIDDEN, SHOWN if not as_pages else HIDDEN)
        html = html.replace('<span class="box" style="', '<span class="box" data-place="')
        return page(
            request,
            "reading.html",
            person,
            entry=entry,
            html=html,
            marked=bool(marked.end),
            paged=document.format in PAGED_FORMATS,
            as_pages=as_pages,
            query=f"start={start}&end={end}" if marked.end else "",
        )

    @router.get("/library/documents/{doc_id}/text/page/{same}/{version}/{number}.png")
    def picture(
        request: Request, person: Viewer, doc_id: str, version: str, number: int
    ) -> Response:
        desk = desk_of(request)
        entry = held(desk, doc_id, version)
        if entry.format not in PAGED_FORMATS:
            raise UnknownDocument(f"{doc_id!r} has no pages; read it as text")
        try:
            drawn = page_image(desk.library.original(version), number, PAGE_WIDTH)
        except ValueError as error:
            raise UnknownDocument(f"{doc_id!r} has no page {number}") from error
        return Response(drawn, media_type="image/png", headers=KEPT_PRIVATELY)


def _passages(router: APIRouter) -> None:
    @router.get("/library/documents/{doc_id}/passages/{version}")
    def cut(request: Request, person: Viewer, doc_id: str, version: str) -> Response:
        desk = desk_of(request)
        entry = held(desk, doc_id, version)
        document = desk.library.document(doc_id, version)
        indexed = _indexed(desk, version)
        spans = indexed or [(p.span, p.heading) for p in passages(document)]
        quoted = [place for place in places(desk.ledger, doc_id) if place.version == version]
        rows = [_passage(desk, document, span, section, quoted) for span, section in spans]
        return page(
            request,
            "passages.html",
            person,
            entry=entry,
            rows=rows,
            indexed=bool(indexed),
            never=sum(not row.quoted for row in rows),
        )


def _indexed(desk: StaffDesk, version: str) -> list[tuple[Span, tuple[str, ...]]]:
    """The passages of a version as the index has them; none when it is not in the index."""
    try:
        rows = desk.assistant.snapshot.passages
    except SearchError:
        return []
    return [(row.span, row.heading) for row in rows if row.version == version]


def _passage(
    desk: StaffDesk,
    document: Document,
    span: Span,
    section: tuple[str, ...],
    quoted: Sequence[Place],
) -> Passage:
    here = [place for place in quoted if place.span.overlaps(span)]
    found = [(place, answers_at(desk.ledger, place)) for place in here]
    return Passage(span, section, span.of(document.text).strip(), found)


def _comparison(router: APIRouter) -> None:
    @router.get("/library/documents/{doc_id}/compare")
    def compare(
        request: Request, person: Viewer, doc_id: str, pair: Annotated[Pair, Query()]
    ) -> Response:
        desk = desk_of(request)
        family = [entry for entry in desk.library.entries() if entry.doc_id == doc_id]
        before, after = _two(desk, doc_id, pair.old, pair.new)
        documents = (desk.library.document(doc_id, one.version) for one in (before, after))
        every = changes(*documents)
        changed = [row for row in every if row.what is not What.SAME]
        return page(
            request,
            "compare.html",
            person,
            entry=held(desk, doc_id),
            versions=family[::-1],
            before=before,
            after=after,
            rows=every if pair.everything == "yes" else changed,
            everything=pair.everything == "yes",
            same=len(every) - len(changed),
            changed=len(changed),
        )


def _two(desk: StaffDesk, doc_id: str, old: str, new: str) -> tuple[Entry, Entry]:
    """The versions to compare: those that are named, else the last two in order of coming."""
    family = [entry for entry in desk.library.entries() if entry.doc_id == doc_id]
    after = held(desk, doc_id, new) if new else family[-1] if family else held(desk, doc_id)
    others = [entry for entry in family if entry.version != after.version] or [after]
    return held(desk, doc_id, old) if old else others[-1], after


def _original(router: APIRouter) -> None:
    @router.get("/library/documents/{doc_id}/original/{version}")
    def original(request: Request, person: Reviewer, doc_id: str, version: str) -> Response:
        desk = desk_of(request)
        entry = held(desk, doc_id, version)
        name = url_quote(entry.name, safe="")
        return Response(
            desk.library.original(version),
            media_type=MEDIA.get(entry.format, "application/octet-stream"),
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )
