"""The inbox: what became of quotes whose document changed, the worst and most seen first."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from qa.ledger.entries import Kind, new_entry
from qa.ledger.inbox import Finding, affected, finding_of, handled, inbox
from qa.ledger.ledger import Ledger
from qa.ledger.recheck import under_way
from qa.masking import mask
from qa.staff.export import Cells
from qa.staff.roles import Role
from qa.staff.shown import words_at
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Reviewer, Viewer, at
from qa.ui.staff.filters import Filters
from qa.ui.staff.paper import page
from qa.ui.staff.sent import sent
from sources.document import Span
from sources.library import Library

MOST = 10_000  # findings that are exported
SHOWN = 100  # findings on a page, and answers beside one
NEAR = 60  # characters of unchanged words beside a change
NOTE = 1000  # characters of a note
COLUMNS = (
    "severity state doc_id version start end to_version new similarity answers showings finding_id"
).split()


def routes() -> APIRouter:
    """The list, one finding, and marking findings as handled."""
    router = APIRouter()
    _list(router)
    _files(router)
    _one(router)
    _handle(router)
    return router


def _list(router: APIRouter) -> None:
    @router.get("/inbox")
    def listed(request: Request, person: Viewer, done: str = "") -> Response:
        filters = Filters(request, "doc_id", "handled")
        if tidied := filters.tidied():
            return tidied
        desk = desk_of(request)
        ledger = desk.ledger
        concerns = inbox(ledger, MOST)
        doc_id = filters.given.get("doc_id")
        chosen = [one for one in concerns if doc_id in (None, one.finding.doc_id)]
        past = "handled" in filters.given
        return page(
            request,
            "inbox.html",
            person,
            concerns=[(one, _told(desk.library, one.finding)) for one in chosen[:SHOWN]],
            count=len(chosen),
            documents=sorted({one.finding.doc_id for one in concerns}),
            handled=handled(ledger, SHOWN) if past else [],
            past=past,
            filters=filters,
            under_way=under_way(ledger),
            may_change=person.role.may(Role.REVIEWER),
            done=f"{done} handled." if done.isdecimal() else "",
        )


def _told(library: Library, finding: Finding) -> list[tuple[str, str]]:
    """What changed with some words around it; all words when there is nothing to lay beside."""
    if finding.diff:
        return nearby(finding.diff)
    span = Span(finding.start, finding.end)
    return [("same", words_at(library, finding.doc_id, finding.version, span) or "")]


def nearby(diff: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A difference whose long unchanged runs keep only what stands beside a change."""
    found = []
    for at_, (what, text) in enumerate(diff):
        head = "" if at_ == 0 else text[:NEAR]
        tail = "" if at_ + 1 == len(diff) else text[-NEAR:]
        short = what == "same" and len(text) > len(head) + len(tail) + 1
        found.append((what, f"{head}…{tail}" if short else text))
    return found


def _files(router: APIRouter) -> None:
    @router.get("/inbox.csv")
    def as_csv(request: Request, person: Viewer) -> Response:
        return sent("inbox.csv", COLUMNS, _rows(desk_of(request).ledger))

    @router.get("/inbox.json")
    def as_json(request: Request, person: Viewer) -> Response:
        return sent("inbox.json", COLUMNS, _rows(desk_of(request).ledger))


def _rows(ledger: Ledger) -> Iterator[Cells]:
    for finding, answers, showings in inbox(ledger, MOST):
        yield {**finding._asdict(), "answers": answers, "showings": showings}


def _one(router: APIRouter) -> None:
    @router.get("/inbox/{finding_id}")
    def one(request: Request, person: Viewer, finding_id: str) -> Response:
        desk = desk_of(request)
        finding = finding_of(desk.ledger, finding_id)
        if finding is None:
            raise HTTPException(404)
        answers = affected(desk.ledger, finding)
        span = Span(finding.start, finding.end)
        new = Span(*finding.new) if finding.new else None
        return page(
            request,
            "finding.html",
            person,
            finding=finding,
            was=words_at(desk.library, finding.doc_id, finding.version, span),
            now=new and words_at(desk.library, finding.doc_id, finding.to_version, new),
            count=len(answers),
            answers=[(name, desk.ledger.entry(name)) for name in answers[:SHOWN]],
            handled=desk.ledger.about(finding_id, Kind.HANDLED),
            may_change=person.role.may(Role.REVIEWER),
        )


def _handle(router: APIRouter) -> None:
    @router.post("/inbox/handled")
    def handle(
        request: Request,
        person: Reviewer,
        finding: Annotated[list[str] | None, Form()] = None,
        note: Annotated[str, Form()] = "",
    ) -> Response:
        ledger = desk_of(request).ledger
        known = [one for one in dict.fromkeys(finding or []) if finding_of(ledger, one)]
        said = mask(note.strip()[:NOTE]).text or None
        facts = {"by": person.name}
        ledger.append([new_entry(Kind.HANDLED, one, facts, said) for one in known])
        return RedirectResponse(at(request, f"/inbox?done={len(known)}"), 303)
