"""Evaluation reports: listed with their figures from run to run, shown in a frame of their own."""

import math

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from qa.staff.reports import FOLDER, Point, history, report_page, reports
from qa.ui.staff.charts import line
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Viewer
from qa.ui.staff.paper import page

# A report brings its own style and script. It runs as a stranger: no cookie, no other address,
# nothing of the page around it.
FRAMED = {
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


def routes() -> APIRouter:
    """The list and history, one report around its frame, and what stands in the frame."""
    router = APIRouter()

    @router.get("/reports")
    def listed(request: Request, person: Viewer) -> Response:
        home = desk_of(request).settings.home
        found = reports(home)
        measures = [(name, points, _curve(points)) for name, points in history(found).items()]
        return page(
            request,
            "reports.html",
            person,
            reports=found,
            measures=measures,
            folder=home / FOLDER,
        )

    @router.get("/reports/{name}")
    def one(request: Request, person: Viewer, name: str) -> Response:
        home = desk_of(request).settings.home
        if report_page(home, name) is None:
            raise HTTPException(404)
        report = next(report for report in reports(home) if report.name == name)
        return page(request, "report.html", person, report=report)

    @router.get("/reports/{name}/report.html")
    def framed(request: Request, person: Viewer, name: str) -> Response:
        path = report_page(desk_of(request).settings.home, name)
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=FRAMED)

    return router


def _curve(points: list[Point]) -> str:
    """The points of a line from report to report; empty for a single one."""
    values = [point.figure.value for point in points]
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return ""
    return line(values, min(values), max(values))
