"""Activity: every act in the ledger, newest first, sought and taken away as a file."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from qa.staff.activity import Sought, deeds, deeds_csv, deeds_json
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Admin
from qa.ui.staff.paper import page

SHOWN = 50  # acts on a page
Words = Annotated[str, Query(max_length=200)]


def _sought(by: Words = "", text: Words = "", since: Words = "", until: Words = "") -> Sought:
    return Sought(by, text, _day(since), _day(until))


def _day(text: str) -> str:
    """An ISO date; empty for what is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


Asked = Annotated[Sought, Depends(_sought)]
Before = Annotated[int | None, Query(ge=0, lt=2**31)]


def routes() -> APIRouter:
    """The page, and the same acts as files."""
    router = APIRouter()

    @router.get("/activity")
    def activity(request: Request, person: Admin, sought: Asked, before: Before = None) -> Response:
        desk = desk_of(request)
        found = list(islice(deeds(desk.ledger, sought, before), SHOWN + 1))
        values: dict[str, object] = {
            "deeds": found[:SHOWN],
            "further": found[SHOWN - 1].number if len(found) > SHOWN else None,
            "first": before is None,
            "sought": sought,
            "names": [account.name for account in desk.accounts.all()],
            "query": {name: value for name, value in sought._asdict().items() if value},
        }
        return page(request, "activity.html", person, **values)

    @router.get("/activity.csv")
    def as_csv(request: Request, _: Admin, sought: Asked) -> Response:
        lines = deeds_csv(deeds(desk_of(request).ledger, sought))
        return _file(lines, "text/csv", "activity.csv")

    @router.get("/activity.jsonl")
    def as_json(request: Request, _: Admin, sought: Asked) -> Response:
        lines = deeds_json(deeds(desk_of(request).ledger, sought))
        return _file(lines, "application/x-ndjson", "activity.jsonl")

    return router


def _file(lines: Iterator[str], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=kind, headers=headers)
