"""What the library lacks: unanswered questions grouped by meaning, and what people said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from qa.ledger.lacking import Opinion, nearest_documents, opinions
from qa.ledger.ledger import Ledger
from qa.staff.export import Cells
from qa.staff.lacking import SURE, Group, Look
from qa.staff.roles import Person
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.door import Viewer
from qa.ui.staff.filters import PERIOD, ROWS, Filters
from qa.ui.staff.paper import page
from qa.ui.staff.sent import sent

GROUPS = 30  # on a page
LOOKED_AT = 5  # questions of a group whose nearest documents are counted
COLUMNS = "asked middle answer_id at outcome probability question".split()
SHOWN = (*PERIOD, "outcome", "from")


class Row(NamedTuple):
    """A group with the documents that came nearest to its newest questions, the nearest first."""

    group: Group
    nearest: Sequence[str]


def routes() -> APIRouter:
    """The groups, one group, feedback; each list also as files."""
    router = APIRouter()
    _groups(router)
    _feedback(router)
    return router


def _groups(router: APIRouter) -> None:
    @router.get("/lacking")
    def lacking(request: Request, person: Viewer) -> Response:
        filters = Filters(request, *SHOWN)
        return filters.tidied() or _listed(request, person, filters)

    @router.get("/lacking.csv")
    def as_csv(request: Request, person: Viewer) -> Response:
        return sent("lacking.csv", COLUMNS, _rows(request))

    @router.get("/lacking.json")
    def as_json(request: Request, person: Viewer) -> Response:
        return sent("lacking.json", COLUMNS, _rows(request))

    @router.get("/lacking/{answer_id}")
    def one(request: Request, person: Viewer, answer_id: str) -> Response:
        desk = desk_of(request)
        for group in desk.lacking.look().groups or ():
            if answer_id in {one.answer_id for one in group.asked}:
                (row,) = _with_nearest(desk, [group])
                return page(request, "lacking_group.html", person, row=row, titles=_titles(desk))
        raise HTTPException(404)


def _listed(request: Request, person: Person, filters: Filters) -> Response:
    desk = desk_of(request)
    look = desk.lacking.look()
    groups = _within(look, filters)
    first = filters.number("from") or 0
    shown = groups[first : first + GROUPS]
    return page(
        request,
        "lacking.html",
        person,
        look=look,
        rows=_with_nearest(desk, shown),
        count=len(groups),
        questions=sum(len(group.asked) for group in groups),
        greatest=max((len(group.asked) for group in groups), default=1),
        first=first,
        step=GROUPS,
        filters=filters,
        titles=_titles(desk),
        sure=SURE,
    )


def _within(look: Look, filters: Filters) -> list[Group]:
    """The groups with what is asked for in them, the most asked first."""
    since, until = filters.period.time
    outcome = filters.given.get("outcome")
    found = []
    for group in look.groups or ():
        kept = {
            one.number
            for one in group.asked
            if (since is None or one.at >= since)
            and (until is None or one.at < until)
            and outcome in (None, one.outcome)
        }
        if part := group.within(kept):
            found.append(part)
    return sorted(found, key=lambda group: (-len(group.asked), -group.asked[0].number))


def _with_nearest(desk: StaffDesk, groups: Sequence[Group]) -> list[Row]:
    looked_at = [[one.number for one in group.asked[:LOOKED_AT]] for group in groups]
    nearest = nearest_documents(desk.ledger, [number for some in looked_at for number in some])
    rows = []
    for group, numbers in zip(groups, looked_at, strict=True):
        counts = Counter(nearest[number][0] for number in numbers if nearest.get(number))
        rows.append(Row(group, [doc_id for doc_id, _ in counts.most_common(3)]))
    return rows


def _titles(desk: StaffDesk) -> dict[str, str]:
    return {held.doc_id: held.source.title for held in desk.library.entries() if held.current}


def _rows(request: Request) -> Iterator[Cells]:
    """A row for each question, with the group it is in. Waits until all are grouped."""
    desk, filters = desk_of(request), Filters(request, *SHOWN)
    while (look := desk.lacking.look()).groups is None:
        pass
    for group in _within(look, filters):
        for one in group.asked:
            known = {name: value for name, value in one._asdict().items() if name != "number"}
            yield {"asked": len(group.asked), "middle": group.middle, **known}


def _feedback(router: APIRouter) -> None:
    @router.get("/feedback")
    def feedback(request: Request, person: Viewer) -> Response:
        filters = Filters(request, *PERIOD, "helpful", "before")
        if tidied := filters.tidied():
            return tidied
        rows = _opinions(desk_of(request).ledger, filters, filters.number("before"), ROWS + 1)
        older = rows[ROWS - 1].number if len(rows) > ROWS else None
        return page(
            request, "feedback.html", person, rows=rows[:ROWS], older=older, filters=filters
        )

    @router.get("/feedback.csv")
    def as_csv(request: Request, person: Viewer) -> Response:
        return sent("feedback.csv", Opinion._fields, _said(request))

    @router.get("/feedback.json")
    def as_json(request: Request, person: Viewer) -> Response:
        return sent("feedback.json", Opinion._fields, _said(request))


def _opinions(ledger: Ledger, filters: Filters, before: int | None, most: int) -> list[Opinion]:
    helpful = {"yes": True, "no": False}.get(filters.given.get("helpful", ""))
    time = filters.period.time
    return opinions(ledger, time, helpful=helpful, before=before, most=most)


def _said(request: Request) -> Iterator[Cells]:
    ledger, filters = desk_of(request).ledger, Filters(request, *PERIOD, "helpful")
    before = None
    while rows := _opinions(ledger, filters, before, 500):
        yield from (row._asdict() for row in rows)
        before = rows[-1].number
