"""The library as a list to work through, and how far the index is."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from qa.staff.acts import act
from qa.staff.documents import Filter, counted, documents
from qa.staff.indexing import Phase
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.door import Reviewer, Viewer, at
from qa.ui.staff.paper import page
from sources.document import Audience, Status
from sources.policy import Quoting

TOLD = {
    Quoting.QUOTE: "quoted",
    Quoting.BANNER: "quoted with a banner",
    Quoting.NEVER: "not quoted",
}
"""What the policy does, in words."""
Choice = TypeVar("Choice", bound=StrEnum)


class Asked(BaseModel):
    """The filters in the address of the list."""

    status: str = ""
    audience: str = ""
    q: str = Field("", max_length=200)
    waiting: str = ""


def routes() -> APIRouter:
    """The list, and the work on the index."""
    router = APIRouter()
    _list(router)
    _index(router)
    return router


def _list(router: APIRouter) -> None:
    @router.get("/library")
    def library(request: Request, person: Viewer, asked: Annotated[Asked, Query()]) -> Response:
        desk = desk_of(request)
        every = documents(desk.library, desk.resting.answers())
        wanted = Filter(
            chosen(Status, asked.status),
            chosen(Audience, asked.audience),
            asked.q,
            asked.waiting == "yes",
        )
        return page(
            request,
            "library.html",
            person,
            rows=[row for row in every if wanted.takes(row)],
            every=len(every),
            counts=counted(every),
            wanted=wanted,
            audiences=list(Audience),
            uploads=desk.uploads.all(),
            told=TOLD,
            **policy_of(desk),
            **index_of(desk),
        )


def _index(router: APIRouter) -> None:
    @router.get("/library/index")
    def index(request: Request, person: Viewer) -> Response:
        return JSONResponse(asdict(desk_of(request).indexing.work()))

    @router.post("/library/index")
    def build(request: Request, person: Reviewer) -> Response:
        desk = desk_of(request)
        act(desk.ledger, person, "index asked for", "library", {})
        desk.indexing.ask(person.shown)
        return RedirectResponse(at(request, "/library"), 303)


def chosen(choices: type[Choice], value: str) -> Choice | None:
    """The choice that an address names; none for nothing and for what is no choice."""
    return next((choice for choice in choices if choice.value == value), None)


def policy_of(desk: StaffDesk) -> dict[str, object]:
    """What templates show of the policy: for each status, what is done with such documents."""
    policy = desk.library.policy
    return {
        "quoting": {status: TOLD[policy.quoting(status)] for status in Status},
        "grace_days": policy.grace_days,
    }


def index_of(desk: StaffDesk) -> dict[str, object]:
    """What templates show of the work on the index."""
    work = desk.indexing.work()
    return {"work": work, "phases": Phase, "behind": desk.indexing.behind}
