"""The gold questions that staff made of answers: looked at, taken out, downloaded."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.exceptions import HTTPException

from qa.staff.acts import act
from qa.staff.gold import GOLD_FILE, NotGold, gold_rows, take_gold
from qa.staff.roles import Role
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Reviewer, Viewer, at
from qa.ui.staff.paper import page

DONE = {"removed": "The question is no gold question any more."}


def routes() -> APIRouter:
    """The list, the file, and taking a question out."""
    router = APIRouter()

    @router.get("/gold")
    def gold(request: Request, person: Viewer, done: str = "") -> Response:
        home = desk_of(request).settings.home
        try:
            rows, problem = gold_rows(home)[::-1], ""
        except NotGold as error:
            rows, problem = [], f"{error}."
        return page(
            request,
            "gold.html",
            person,
            rows=rows,
            path=home / GOLD_FILE,
            may_change=person.role.may(Role.REVIEWER),
            done=DONE.get(done, ""),
            problem=problem,
        )

    @router.get("/gold.jsonl")
    def as_file(request: Request, person: Viewer) -> Response:
        path = desk_of(request).settings.home / GOLD_FILE
        if not path.exists():
            raise HTTPException(404)
        return FileResponse(path, media_type="application/x-ndjson", filename=GOLD_FILE)

    @router.post("/gold/remove")
    def remove(
        request: Request, person: Reviewer, gold_id: Annotated[str, Form(alias="id")] = ""
    ) -> Response:
        desk = desk_of(request)
        try:
            take_gold(desk.settings.home, gold_id)
        except NotGold:
            return RedirectResponse(at(request, "/gold"), 303)  # which says what is wrong
        act(desk.ledger, person, "gold question removed", gold_id.removeprefix("staff-"), {})
        return RedirectResponse(at(request, "/gold?done=removed"), 303)

    return router
