"""Everybody's own pages: a first password, a new one, and where else they are signed in."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from qa.staff.accounts import about
from qa.staff.acts import act
from qa.staff.errors import NotAllowed
from qa.staff.passwords import SHORTEST
from qa.staff.roles import Person
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Newcomer, Viewer, Visiting, at, set_cookie
from qa.ui.staff.paper import page

DONE = {
    "password": "Your password is changed. Everywhere else you are signed out.",
    "sessions": "You are signed in here and nowhere else.",
}
"""What the page says after an act, by the word in its address."""
Field = Annotated[str, Form()]


def routes() -> APIRouter:
    """The first password, and the own page with what can be done there."""
    router = APIRouter()
    _first_password(router)
    _own_page(router)
    return router


def _first_password(router: APIRouter) -> None:
    @router.get("/first-password")
    def form(request: Request, person: Newcomer) -> Response:
        return _first(request, person)

    @router.post("/first-password")
    def choose(
        request: Request, person: Newcomer, old: Field = "", new: Field = "", again: Field = ""
    ) -> Response:
        try:
            return _changed(request, person, old, (new, again), "/")
        except NotAllowed as error:
            return _first(request, person, str(error), 409)


def _first(request: Request, person: Person, problem: str = "", status: int = 200) -> Response:
    values = {"shown": person.shown, "least": SHORTEST, "problem": problem}
    return page(request, "first_password.html", None, status, **values)


def _own_page(router: APIRouter) -> None:
    @router.get("/own")
    def own(request: Request, person: Viewer, done: str = "") -> Response:
        return _own(request, person, done=DONE.get(done, ""))

    @router.post("/own/password")
    def password(
        request: Request, person: Viewer, old: Field = "", new: Field = "", again: Field = ""
    ) -> Response:
        try:
            return _changed(request, person, old, (new, again), "/own?done=password")
        except NotAllowed as error:
            return _own(request, person, problem=str(error), status=409)

    @router.post("/own/sessions")
    def end_others(request: Request, person: Viewer, visit: Visiting) -> Response:
        desk = desk_of(request)
        ended = desk.sessions.end_others(person.name, visit.id)
        if ended:
            act(desk.ledger, person, "sessions ended", about(person.name), {"ended": ended})
        return RedirectResponse(at(request, "/own?done=sessions"), 303)


def _own(
    request: Request, person: Person, status: int = 200, done: str = "", problem: str = ""
) -> Response:
    desk = desk_of(request)
    values = {
        "account": desk.accounts.account(person.name),
        "sessions": desk.sessions.of(person.name),
        "least": SHORTEST,
        "done": done,
        "problem": problem,
    }
    return page(request, "own.html", person, status, **values)


def _changed(
    request: Request, person: Person, old: str, new: tuple[str, str], then: str
) -> Response:
    """The password changed, this browser signed in anew, and on to `then`. Raises `NotAllowed`."""
    if new[0] != new[1]:
        raise NotAllowed("the two new passwords are not the same; type both again")
    desk = desk_of(request)
    desk.accounts.change_password(person, old, new[0])
    response = RedirectResponse(at(request, then), 303)
    set_cookie(request, response, desk.sessions.begin(person))
    return response
