"""One document: its metadata, versions and history, and what can be decided about it now."""

from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from qa.staff.acts import act
from qa.staff.documents import documents
from qa.staff.roles import Person, Role
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.door import Reviewer, RoleTooLow, Viewer, at
from qa.ui.staff.library import TOLD, index_of, policy_of
from qa.ui.staff.paper import page, sentence
from sources.document import Source, Status
from sources.errors import BadMetadata, ChangedMeanwhile, UnknownDocument
from sources.history import Change, Step
from sources.library import Entry
from sources.review import decided, release, set_aside, set_metadata
from sources.stored import dump_source

DECISIONS = {
    "approve": Status.APPROVED,
    "review": Status.IN_REVIEW,
    "unreview": Status.UNREVIEWED,
    "expire": Status.EXPIRED,
    "withdraw": Status.WITHDRAWN,
}
DONE = {
    "added": "It is in the library and waits for a decision. Patients still see what they saw.",
    "there": "The library has this very file already. Nothing was changed.",
    "decided": "Your decision is recorded and holds from now on.",
    "metadata": "The metadata are changed.",
    "same": "Nothing was different, so nothing was changed.",
    "aside": "It is set aside. It was never quoted, and is kept for the record.",
}
"""What the page says after an act, by the word in its address."""
# Staff see what was taken for furniture; patients open it when they want to.
HIDDEN, SHOWN = '<details class="furniture">', '<details class="furniture" open>'


class Decided(BaseModel):
    """What the form for a decision sends."""

    version: str = ""
    seen: str = ""
    decision: str = ""
    due: str = ""
    note: str = Field("", max_length=1000)


def routes() -> APIRouter:
    """The page of a document, and decisions about it."""
    router = APIRouter()
    _looking(router)
    _deciding(router)
    return router


def held(desk: StaffDesk, doc_id: str, version: str | None = None) -> Entry:
    """A version of a document; without one that which holds, or else waits. `UnknownDocument`."""
    family = [entry for entry in desk.library.entries() if entry.doc_id == doc_id]
    if version is not None:
        family = [entry for entry in family if entry.version == version]
    ranked = sorted(family, key=lambda entry: (entry.current, entry.waiting))
    if not ranked:
        raise UnknownDocument(f"the library has no document {doc_id!r} of that kind")
    return ranked[-1]


def seen_as(entry: Entry) -> str:
    """A mark of everything about a version that a decision rests on."""
    state = f"{entry.version} {entry.current} {entry.waiting} {dump_source(entry.source)}"
    return sha256(state.encode()).hexdigest()[:16]


def as_seen(desk: StaffDesk, doc_id: str, version: str, seen: str) -> Entry:
    """The version, when it is still as somebody saw it. Raises `ChangedMeanwhile`."""
    entry = held(desk, doc_id, version)
    if seen_as(entry) != seen:
        raise ChangedMeanwhile(
            f"somebody has changed {doc_id!r} since you opened it; look at it again and decide anew"
        )
    return entry


def _looking(router: APIRouter) -> None:
    @router.get("/library/documents/{doc_id}")
    def document(request: Request, person: Viewer, doc_id: str, done: str = "") -> Response:
        return _document(request, person, doc_id, DONE.get(done, ""))


def _document(
    request: Request,
    person: Person,
    doc_id: str,
    done: str = "",
    problem: str = "",
) -> Response:
    desk = desk_of(request)
    entry = held(desk, doc_id)
    family = [e for e in desk.library.entries() if e.doc_id == doc_id]
    waits = next((e for e in reversed(family) if e.waiting), None)
    about = waits or entry
    listed = next((d for d in documents(desk.library, {}) if d.entry.doc_id == doc_id), None)
    return page(
        request,
        "document.html",
        person,
        409 if problem else 200,
        entry=entry,
        about=about,
        seen=seen_as(about),
        waits=waits,
        versions=family[::-1],
        history=desk.library.history(doc_id)[::-1],
        overdue=listed.overdue if listed else None,
        answers=desk.resting.answers().get(doc_id, 0),
        next_due=decided(entry.source, Status.APPROVED, desk.library.today()).review_due,
        tomorrow=date.fromordinal(desk.library.today().toordinal() + 1),
        may_decide=person.role.may(Role.REVIEWER),
        may_return=person.role.may(Role.ADMIN),
        told=TOLD,
        changed=changed_fields,
        done=done,
        problem=problem,
        **policy_of(desk),
        **index_of(desk),
    )


def changed_fields(before: Source | None, after: Source) -> list[tuple[str, str, str]]:
    """The fields that a change set: name, before and after, in words."""
    if before is None:
        return []
    names = (field.name for field in fields(Source))
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return [(name, _in_words(old), _in_words(new)) for name, old, new in pairs if old != new]


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} entries" if value else "none"
    return "none" if value is None else str(value)


def _deciding(router: APIRouter) -> None:
    @router.post("/library/documents/{doc_id}/decide")
    def decide(
        request: Request, person: Reviewer, doc_id: str, form: Annotated[Decided, Form()]
    ) -> Response:
        desk = desk_of(request)
        try:
            _decide(desk, person, as_seen(desk, doc_id, form.version, form.seen), form)
        except (BadMetadata, ChangedMeanwhile) as error:
            return _document(request, person, doc_id, problem=sentence(str(error)))
        done = "aside" if form.decision == "aside" else "decided"
        return RedirectResponse(at(request, f"/library/documents/{doc_id}?done={done}"), 303)


def _decide(desk: StaffDesk, person: Person, entry: Entry, form: Decided) -> None:
    """Take a decision. What is withdrawn comes back only by an admin: that loosens a safeguard."""
    if entry.source.status is Status.WITHDRAWN and not person.role.may(Role.ADMIN):
        raise RoleTooLow(person, Role.ADMIN)
    decision, change = form.decision, Change(Step.STATUS, person.shown, form.note.strip())
    if decision not in (*DECISIONS, "use", "aside"):
        raise BadMetadata("no decision was chosen; choose one and send it again")
    source = entry.source
    if decision in DECISIONS:
        source = decided(source, DECISIONS[decision], desk.library.today(), _day(form.due))
    facts = {"version": entry.version, "decision": decision, "status": source.status.value}
    act(desk.ledger, person, "review decided", f"document:{entry.doc_id}", facts)
    if decision == "aside":
        set_aside(desk.library, entry, change)
        return
    entry = set_metadata(desk.library, entry, source, change)
    if entry.waiting and decision in ("use", "approve"):
        release(desk.library, entry, person.shown)
    if desk.indexing.behind:
        desk.indexing.ask(person.shown)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise BadMetadata(f"{text!r} is not a day like 2026-11-21; correct it") from None
