"""A page of the staff: a template filled in, with the navigation and the person around it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa.staff.activity import Deed
from qa.staff.roles import Person, Role
from qa.ui.icons import icon
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Visit, at, set_cookie

TEMPLATES = Path(__file__).with_name("templates")


class Place(NamedTuple):
    """A page in the navigation, shown to those who may open it."""

    path: str
    title: str
    role: Role


NAVIGATION = (
    Place("/overview", "Overview", Role.VIEWER),
    Place("/answers", "Answers", Role.VIEWER),
    Place("/inbox", "Inbox", Role.VIEWER),
    Place("/library", "Library", Role.VIEWER),
    Place("/lacking", "Lacking", Role.VIEWER),
    Place("/gold", "Gold", Role.VIEWER),
    Place("/reports", "Evaluation", Role.VIEWER),
    Place("/people", "People", Role.ADMIN),
    Place("/activity", "Activity", Role.ADMIN),
)


def places_of(role: Role) -> Sequence[Place]:
    """What stands in the navigation for a role."""
    return [place for place in NAVIGATION if role.may(place.role)]


def page(
    request: Request, template: str, person: Person | None, status: int = 200, /, **values: object
) -> HTMLResponse:
    """The page that `template` makes of `values`.

    Templates also know: `base` (before every path), `person`, `places`, `here` (the path of this
    page), `token` (for the field `token` of each form), `icon`, and the filters below.
    """
    visit: Visit | None = getattr(request.state, "visit", None)
    known = {
        "base": at(request, ""),
        "person": person,
        "places": places_of(person.role) if person else [],
        "here": request.url.path.removeprefix(at(request, "")),
        "token": desk_of(request).sessions.form_token(visit.id) if visit else "",
    }
    html = _environment().get_template(template).render({**known, **values})
    response = HTMLResponse(html, status)
    if visit is not None and visit.new:
        set_cookie(request, response, visit.id)
    return response


def moment(at_: str | float | None) -> str:
    """A moment for people: `21 Nov 2026, 15:42 UTC`. Takes what entries have, or seconds."""
    if at_ is None:
        return ""
    known = (
        datetime.fromtimestamp(at_, UTC) if isinstance(at_, float) else datetime.fromisoformat(at_)
    )
    return f"{known.day} {known:%b %Y, %H:%M} UTC"


def day(at_: str) -> str:
    """A day for people: `21 Nov 2026`. Takes what entries have, or an ISO date."""
    known = datetime.fromisoformat(at_)
    return f"{known.day} {known:%b %Y}"


def sentence(words: str) -> str:
    """What an error says, as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def facts(deed: Deed) -> str:
    """What else is known of an act, in a few words."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in deed.facts.items())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "day": day, "facts": facts, "sentence": sentence}
    environment.globals["icon"] = icon
    return environment
