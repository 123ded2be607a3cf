"""Sending a file, looking at what was understood of it, and adding it or not."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from qa.ledger.compare import SEVERITY, State
from qa.staff.acts import act
from qa.staff.changes import What, changes
from qa.staff.indexing import is_full, problem_in_words
from qa.staff.resting import answers_at, touched
from qa.staff.roles import Person
from qa.staff.understood import Understood, add, understand
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.document import HIDDEN, SHOWN
from qa.ui.staff.door import Reviewer, at
from qa.ui.staff.paper import page
from qa.ui.viewer import text_view
from sources.document import BlockKind, Span
from sources.errors import SourceError, UnknownDocument
from sources.library import Added
from sources.readers import FORMATS

ROWS = 300  # of a comparison that are shown at once
PLACES = 60  # quoted places that are shown
Field = Annotated[str, Form()]


def routes() -> APIRouter:
    """The form, the preview, and the two ways out of it."""
    router = APIRouter()
    _sending(router)
    _preview(router)
    _adding(router)
    return router


def _sending(router: APIRouter) -> None:
    @router.get("/library/upload")
    def form(request: Request, person: Reviewer, document: str = "") -> Response:
        return _form(request, person, document)

    @router.post("/library/upload")
    def send(
        request: Request,
        person: Reviewer,
        file: Annotated[UploadFile, File()],
        document: Field = "",
    ) -> Response:
        uploads = desk_of(request).uploads
        try:
            upload = uploads.take(file.file, file.filename or "", person.shown, document or None)
        except (SourceError, OSError) as error:
            problem, full = problem_in_words(error), is_full(error)
            return _form(request, person, document, problem, 507 if full else 422)
        return RedirectResponse(at(request, f"/library/upload/{upload.upload_id}"), 303)


def _form(
    request: Request, person: Person, document: str, problem: str = "", status: int = 200
) -> Response:
    desk = desk_of(request)
    known = {e.doc_id: e.source.title for e in desk.library.entries() if e.current or e.waiting}
    return page(
        request,
        "upload.html",
        person,
        status,
        known=sorted(known.items(), key=lambda pair: pair[1].casefold()),
        chosen=document,
        formats=sorted(FORMATS),
        megabytes=desk.settings.staff_upload_megabytes,
        uploads=desk.uploads.all(),
        problem=problem,
    )


def _preview(router: APIRouter) -> None:
    @router.get("/library/upload/{upload_id}")
    def preview(request: Request, person: Reviewer, upload_id: str) -> Response:
        desk = desk_of(request)
        upload = desk.uploads.find(upload_id)
        try:
            found = understand(desk.uploads, upload, desk.library)
        except SourceError as error:
            return page(request, "unreadable.html", person, 422, upload=upload, problem=str(error))
        return page(
            request,
            "preview.html",
            person,
            upload=upload,
            found=found,
            kinds=BlockKind,
            html=text_view(found.document, Span(0, 0)).replace(HIDDEN, SHOWN),
            **_difference(desk, found),
        )


def _difference(desk: StaffDesk, found: Understood) -> dict[str, object]:
    """What is new against the version that holds, and which answers quoted what changes."""
    if found.known is None or found.same is not None:
        return {}
    old = desk.library.document(found.known.doc_id, found.known.version)
    every = changes(old, found.document)
    rows = [row for row in every if row.what is not What.SAME]
    rest = touched(desk.ledger, desk.library, found.document)
    concerned = [one for one in rest if one.compared.severity > SEVERITY[State.MOVED]]
    return {
        "rows": rows[:ROWS],
        "more": len(rows) - ROWS,
        "same_blocks": len(every) - len(rows),
        "concerned": [(one, answers_at(desk.ledger, one.place)) for one in concerned[:PLACES]],
        "more_concerned": len(concerned) - PLACES,
        "standing": len(rest) - len(concerned),
    }


def _adding(router: APIRouter) -> None:
    @router.post("/library/upload/{upload_id}/add")
    def keep(request: Request, person: Reviewer, upload_id: str, note: Field = "") -> Response:
        desk = desk_of(request)
        upload = desk.uploads.find(upload_id)
        try:
            found = understand(desk.uploads, upload, desk.library)
            doc_id = found.document.doc_id
            facts = {"version": found.document.version, "file": upload.name}
            act(desk.ledger, person, "document added", f"document:{doc_id}", facts)
            outcome = add(desk.uploads, upload, desk.library, person.shown, note.strip()[:1000])
        except (SourceError, OSError) as error:
            problem, status = problem_in_words(error), 507 if is_full(error) else 422
            return page(request, "unreadable.html", person, status, upload=upload, problem=problem)
        return RedirectResponse(at(request, _after(desk, found, outcome)), 303)

    @router.post("/library/upload/{upload_id}/drop")
    def drop(request: Request, person: Reviewer, upload_id: str) -> Response:
        desk = desk_of(request)
        desk.uploads.drop(desk.uploads.find(upload_id))
        return RedirectResponse(at(request, "/library"), 303)


def _after(desk: StaffDesk, found: Understood, outcome: Added) -> str:
    """Where to go after adding: to the document that has these bytes, saying what became of it."""
    try:
        doc_id = desk.library.entry_of(found.document.version).doc_id
    except UnknownDocument:
        return "/library"
    done = "there" if outcome is Added.UNCHANGED else "added"
    return f"/library/documents/{doc_id}?done={done}"
