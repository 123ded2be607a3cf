"""The application of the staff: its page groups, what stands before them, and refusals as pages."""

import logging
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from qa.ledger.errors import LedgerError
from qa.staff.errors import NotAllowed, SignOnFailed, StaffError, UnknownAccount
from qa.staff.roles import Person
from qa.staff.uploads import UnknownUpload
from qa.ui.staff import (
    activity,
    answers,
    document,
    gold,
    inbox,
    lacking,
    library,
    metadata,
    one_answer,
    overview,
    own,
    people,
    reading,
    reports,
    sign_in,
    sign_on,
    start,
    uploading,
)
from qa.ui.staff.desk import StaffDesk
from qa.ui.staff.door import (
    Forged,
    MustChangePassword,
    NotSignedIn,
    RoleTooLow,
    at,
    unforged,
)
from qa.ui.staff.guard import Guard
from qa.ui.staff.paper import page, sentence
from sources.errors import ChangedMeanwhile, SourceError, UnknownDocument

logger = logging.getLogger(__name__)

GROUPS = (
    *(start, sign_in, sign_on, own, people, activity),
    *(overview, answers, one_answer, gold, inbox, lacking, reports),
    *(library, uploading, document, metadata, reading),
)
"""Each has `routes() -> APIRouter`; its paths begin behind `/staff`."""
NOT_THERE = (UnknownDocument, UnknownUpload)
STATIC = Path(__file__).with_name("static")
LOOK = Path(__file__).parents[1] / "look"  # what the staff's pages share with the patients'


def staff_app(desk: StaffDesk) -> FastAPI:
    """The application over a desk, to be mounted under `/staff`."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(unforged)])
    app.state.desk = desk
    app.add_middleware(Guard, sessions=desk.sessions)
    for group in GROUPS:
        app.include_router(group.routes())
    app.mount("/static/look", StaticFiles(directory=LOOK))
    app.mount("/static", StaticFiles(directory=STATIC))
    _refusals(app)
    return app


def closed_app() -> FastAPI:
    """What stands under `/staff` when it cannot be opened. Patients' pages work all the same."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/{path:path}")
    def closed(path: str) -> Response:
        return PlainTextResponse(
            "The staff pages are closed; the log of the program says why.\n", 503
        )

    return app


def refused(request: Request, status: int, head: str, words: str) -> Response:
    """A refusal: a plain page for people, JSON for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": head, "detail": words}, status)
    return page(request, "refused.html", _person(request), status, head=head, words=words)


def _person(request: Request) -> Person | None:
    visit = getattr(request.state, "visit", None)
    if visit is None or visit.session is None or visit.session.one_time:
        return None
    found: Person = visit.session.person
    return found


def _refusals(app: FastAPI) -> None:
    @app.exception_handler(NotSignedIn)
    def not_signed_in(request: Request, _: NotSignedIn) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return refused(request, 401, "Not signed in", "Sign in and try again.")
        wanted = request.url.path
        if request.url.query:
            wanted += f"?{request.url.query}"
        target = request.url.replace(path=at(request, "/sign-in"), query="")
        if request.method == "GET" and wanted != at(request, "/"):
            target = target.include_query_params(next=wanted)
        return RedirectResponse(f"{target.path}?{target.query}".rstrip("?"), 303)

    @app.exception_handler(MustChangePassword)
    def must_change(request: Request, _: MustChangePassword) -> Response:
        return RedirectResponse(at(request, "/first-password"), 303)

    @app.exception_handler(RoleTooLow)
    def too_low(request: Request, error: RoleTooLow) -> Response:
        words = (
            f"This is for people with the role {error.needed}. Yours is {error.person.role}. "
            "An admin can change that."
        )
        return refused(request, 403, "Not for your role", words)

    @app.exception_handler(Forged)
    def forged(request: Request, _: Forged) -> Response:
        words = (
            "The form was too old, or was not filled in on these pages. Nothing was changed. "
            "Open the page anew and try again."
        )
        return refused(request, 403, "Not accepted", words)

    _faults(app)


def _faults(app: FastAPI) -> None:
    @app.exception_handler(StaffError)
    def staff_error(request: Request, error: StaffError) -> Response:
        known = {NotAllowed: 409, UnknownAccount: 404, SignOnFailed: 400}
        return refused(request, known.get(type(error), 400), "Not done", sentence(str(error)))

    @app.exception_handler(LedgerError)
    @app.exception_handler(SourceError)
    def away(request: Request, error: Exception) -> Response:
        words = sentence(str(error))
        if type(error) in NOT_THERE:
            return refused(request, 404, "Not here", words)
        if isinstance(error, ChangedMeanwhile):
            return refused(request, 409, "Not done", words)
        if _person(request) is None:  # strangers need not know where the record lies
            logger.warning("%s", error)
            words = "The record cannot be reached. Try again soon; the log of the program says why."
        return refused(request, 503, "Not possible just now", words)

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
        words = (
            f"What was sent is missing something or is too long: {fields}. Go back and correct it."
        )
        return refused(request, 422, "Not understood", words)

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        missing = error.status_code == 404
        head = "Not here" if missing else "Not possible"
        words = "There is no such page." if missing else f"{error.detail}."
        return refused(request, error.status_code, head, words)
