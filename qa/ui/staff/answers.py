"""The list of answers: filtered as its address says, leafed through, exported whole."""

from collections.abc import Iterator

from fastapi import APIRouter, Request, Response

from qa.ledger.ledger import Ledger
from qa.ledger.search import Listed, Wanted, all_answers, count_answers, find_answers, quotes_of
from qa.staff.export import Cells
from qa.staff.roles import Person
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Viewer
from qa.ui.staff.filters import ANSWERS, ROWS, Filters, choices, wanted_of
from qa.ui.staff.paper import page
from qa.ui.staff.sent import sent

COLUMNS = (*Listed._fields, "quotes")


def routes() -> APIRouter:
    """The list, and the same as CSV and JSON."""
    router = APIRouter()

    @router.get("/answers")
    def answers(request: Request, person: Viewer) -> Response:
        filters = Filters(request, *ANSWERS)
        return filters.tidied() or _listed(request, person, filters)

    @router.get("/answers.csv")
    def as_csv(request: Request, person: Viewer) -> Response:
        return _export(request, "answers.csv")

    @router.get("/answers.json")
    def as_json(request: Request, person: Viewer) -> Response:
        return _export(request, "answers.json")

    return router


def _listed(request: Request, person: Person, filters: Filters) -> Response:
    desk, wanted = desk_of(request), wanted_of(filters)
    rows = find_answers(desk.ledger, wanted, ROWS + 1)
    forward = wanted.after is not None
    more, rows = len(rows) > ROWS, rows[-ROWS:] if forward else rows[:ROWS]
    older = more if not forward else bool(rows)
    newer = more if forward else wanted.before is not None
    return page(
        request,
        "answers.html",
        person,
        rows=rows,
        count=count_answers(desk.ledger, wanted._replace(before=None, after=None)),
        filters=filters,
        choices=choices(desk),
        older=rows[-1].number if rows and older else None,
        newer=rows[0].number if rows and newer else None,
    )


def _export(request: Request, name: str) -> Response:
    filters = Filters(request, *ANSWERS)
    wanted = wanted_of(filters)._replace(before=None, after=None)
    return sent(name, COLUMNS, _rows(desk_of(request).ledger, wanted))


def _rows(ledger: Ledger, wanted: Wanted) -> Iterator[Cells]:
    """The answers with their quotes by reference; a question that is forgotten is empty."""
    for some in all_answers(ledger, wanted):
        quotes = quotes_of(ledger, [row.number for row in some])
        for row in some:
            yield {**row._asdict(), "quotes": quotes[row.number]}
