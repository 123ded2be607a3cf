"""The overview: how much was asked, how it ended, how surely and how fast; with tables."""

from collections.abc import Iterable, Sequence
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from qa.answer import Outcome
from qa.staff.export import Cells
from qa.staff.overview import Bin, Column, Overview, overview
from qa.staff.roles import Person
from qa.ui.staff.charts import Told, chart
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Viewer, at
from qa.ui.staff.filters import PERIOD, Filters
from qa.ui.staff.paper import page
from qa.ui.staff.sent import sent

BARS = 12  # documents that are drawn; the files hold all of them


def routes() -> APIRouter:
    """The page, and its tables as files."""
    router = APIRouter()

    @router.get("/overview")
    def shown(request: Request, person: Viewer) -> Response:
        filters = Filters(request, *PERIOD)
        return filters.tidied() or _page(request, person, filters)

    @router.get("/overview.json")
    def as_json(request: Request, person: Viewer) -> Response:
        found = _of(request)
        tables = {name: list(rows) for name, (_, rows) in _tables(found).items()}
        disposition = {"Content-Disposition": 'attachment; filename="overview.json"'}
        return JSONResponse(tables, headers=disposition)

    @router.get("/overview/{table}.csv")
    def as_csv(request: Request, person: Viewer, table: str) -> Response:
        tables = _tables(_of(request))
        if table not in tables:
            return Response("There is no such table.\n", 404, media_type="text/plain")
        columns, rows = tables[table]
        return sent(f"{table}.csv", columns, rows)

    return router


def _of(request: Request) -> Overview:
    desk = desk_of(request)
    return overview(desk.ledger, desk.library, Filters(request, *PERIOD).period)


def _page(request: Request, person: Person, filters: Filters) -> Response:
    found = _of(request)
    answers = at(request, "/answers")
    return page(
        request,
        "overview.html",
        person,
        filters=filters,
        found=found,
        outcomes=found.figures.by_outcome(),
        days=chart([_days_told(column, answers) for column in found.columns]),
        probability=chart([_bin_told(one, "%", "percent") for one in found.probability]),
        times=chart([_bin_told(one, "ms", "time") for one in found.times]),
        busiest=max(found.columns, key=lambda column: column.answers, default=None),
        most=max((row.answers for row in found.quoted), default=1),
        bars=BARS,
    )


def _days_told(column: Column, answers: str) -> Told:
    counts = {one.value: column.outcomes.get(one.value, 0) for one in Outcome}
    said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    days = _days(column.first, column.last)
    address = f"{answers}?since={column.first}&until={column.last}"
    return Told(counts, f"{days}: {said or 'nothing asked'}", address if column.answers else "")


def _days(first: date, last: date) -> str:
    begin = f"{first.day} {first:%b}"
    return f"{begin} {first.year}" if first == last else f"{begin} to {last.day} {last:%b %Y}"


def _bin_told(one: Bin, unit: str, kind: str) -> Told:
    high = f"{one.low} {unit} and more" if one.high is None else f"{one.low} to {one.high} {unit}"
    return Told({kind: one.answers}, f"{high}: {one.answers}")


def _tables(found: Overview) -> dict[str, tuple[Sequence[str], Iterable[Cells]]]:
    """Every table of the page by name: its columns and rows."""
    outcomes = [one.value for one in Outcome]
    bins = ("from", "to", "answers")
    return {
        "days": (
            ("first", "last", "answers", *outcomes),
            [
                {
                    "first": column.first.isoformat(),
                    "last": column.last.isoformat(),
                    "answers": column.answers,
                    **{name: column.outcomes.get(name, 0) for name in outcomes},
                }
                for column in found.columns
            ],
        ),
        "probability": (bins, [dict(zip(bins, one, strict=True)) for one in found.probability]),
        "times": (bins, [dict(zip(bins, one, strict=True)) for one in found.times]),
        "warnings": (
            ("rule", "answers", "last"),
            [row._asdict() for row in found.figures.rules],
        ),
        "documents": (
            ("doc_id", "title", "answers"),
            [row._asdict() for row in (*found.quoted, *found.never)],
        ),
        "feedback": (
            ("helped", "not_helped"),
            [found.figures.opinions._asdict()],
        ),
    }
