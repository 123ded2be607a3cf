"""Filters of a list as they stand in its address, so that they survive a reload and can be sent."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse

from qa.ledger.figures import languages_shown, rules_that_warned
from qa.ledger.search import ANY_RULE, Wanted
from qa.staff.period import Period, period_of
from qa.ui.staff.desk import StaffDesk
from sources.document import Audience

ROWS = 50  # on a page of a list
LONGEST = 200  # characters of a filter that are looked at


class Filters:
    """What an address asks for. `given` are its filters by name, those without a value left out."""

    def __init__(self, request: Request, *names: str) -> None:
        self._path = request.url.path
        asked = {name: request.query_params.get(name, "").strip() for name in names}
        self.given = {name: value[:LONGEST] for name, value in asked.items() if value}
        self.untidy = len(self.given) < len([n for n in names if n in request.query_params])

    @property
    def period(self) -> Period:
        """The days that are asked for."""
        return period_of(self.given)

    def number(self, name: str) -> int | None:
        """A filter that is a whole number; none when it is not."""
        text = self.given.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def but(self, **changes: object) -> str:
        """The filters as the end of an address, with some changed; one that is none goes."""
        known = {**self.given, **{name: value for name, value in changes.items()}}
        kept = {name: value for name, value in known.items() if value is not None}
        return f"?{urlencode(kept)}" if kept else "?"

    def tidied(self) -> RedirectResponse | None:
        """The way to the same page without filters that ask for nothing, as forms send them."""
        return RedirectResponse(f"{self._path}{self.but()}", 303) if self.untidy else None

    @property
    def shown_days(self) -> Mapping[str, str]:
        """The first and the last day, for the fields of a form."""
        ends = zip(("since", "until"), self.period, strict=True)
        return {name: day.isoformat() if day else "" for name, day in ends}


PERIOD = ("last", "since", "until")
ANSWERS = (*PERIOD, "outcome", "rule", "reader", "language", "doc_id", "text", "before", "after")


class Choices(NamedTuple):
    """What the filters of answers can be set to: values, and what each is called."""

    rules: Sequence[tuple[str, str]]
    readers: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    documents: Sequence[tuple[str, str]]


def choices(desk: StaffDesk) -> Choices:
    """Everything that can be chosen now."""
    titles = {held.doc_id: held.source.title for held in desk.library.entries() if held.current}
    return Choices(
        rules=[(ANY_RULE, "any warning"), *((one, one) for one in rules_that_warned(desk.ledger))],
        readers=[(one.value, one.value) for one in Audience],
        languages=[(one, one) for one in languages_shown(desk.ledger)],
        documents=sorted(titles.items()),
    )


def wanted_of(filters: Filters) -> Wanted:
    """The answers that an address asks for."""
    time, given = filters.period.time, filters.given
    return Wanted(
        since=time.since,
        until=time.until,
        outcome=given.get("outcome"),
        rule=given.get("rule"),
        doc_id=given.get("doc_id"),
        text=given.get("text"),
        reader=given.get("reader"),
        language=given.get("language"),
        before=filters.number("before"),
        after=filters.number("after"),
    )
