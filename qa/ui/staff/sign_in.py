"""Signing in and out."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from qa.staff.accounts import about
from qa.staff.activity import SIGNED_IN
from qa.staff.acts import act
from qa.staff.roles import SOMEBODY, Person
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.door import COOKIE, Visiting, at, next_after, set_cookie
from qa.ui.staff.paper import page

NOT_RIGHT = "That name and password do not belong together. Check both and try again."


def routes() -> APIRouter:
    """Sign in and out."""
    router = APIRouter()
    _sign_in(router)
    _sign_out(router)
    return router


def _sign_in(router: APIRouter) -> None:
    @router.get("/sign-in")
    def form(request: Request, visit: Visiting, next: str = "", signed_out: str = "") -> Response:
        if visit.session is not None:
            return RedirectResponse(next_after(request, next), 303)
        return _form(request, 200, next=next, signed_out=signed_out)

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",
    ) -> Response:
        desk = desk_of(request)
        typed = name.strip().lower()
        address = request.client.host if request.client else ""
        turn = desk.lockout.turn(typed, address)
        if turn.wait_s > 0:
            return _again(request, next, name, waiting(turn.wait_s), 429)
        account = desk.accounts.with_password(typed, password)
        if account is None:
            if turn.last:
                _note_wait(desk, typed)
            return _again(request, next, name, NOT_RIGHT, 422)
        desk.lockout.succeeded(typed, address)
        return signed_in(request, account.person, next_after(request, next))


def signed_in(request: Request, person: Person, then: str) -> Response:
    """The browser signed in as this person, and on to `then`."""
    desk = desk_of(request)
    act(desk.ledger, person, SIGNED_IN, about(person.name), {})
    response = RedirectResponse(then, 303)
    set_cookie(request, response, desk.sessions.begin(person))
    return response


def _note_wait(desk: StaffDesk, name: str) -> None:
    """Record that a name must wait; one that has no account is not written down anywhere."""
    known = name in [account.name for account in desk.accounts.all()]
    subject = about(name if known else "(unknown)")
    act(desk.ledger, SOMEBODY, "too many wrong passwords", subject, {})


def _again(request: Request, wanted: str, name: str, problem: str, status: int) -> Response:
    return _form(request, status, next=wanted, name=name[:80], problem=problem)


def _form(request: Request, status: int, **values: str) -> Response:
    empty = dict.fromkeys(("next", "name", "problem", "signed_out"), "")
    provider = urlsplit(desk_of(request).settings.oidc_issuer).hostname
    known: dict[str, object] = {**empty, **values, "sign_on": provider}
    return page(request, "sign_in.html", None, status, **known)


def waiting(seconds: float) -> str:
    """How long somebody has to wait, in words."""
    minutes = int(seconds // 60) + 1
    time = "a minute" if minutes == 1 else f"{minutes} minutes"  # rounded up: it is enough
    return f"Too many tries did not succeed. Wait {time}, then try again. An admin can help sooner."


def _sign_out(router: APIRouter) -> None:
    @router.post("/sign-out")
    def sign_out(request: Request, visit: Visiting) -> Response:
        desk_of(request).sessions.end(visit.id)
        response = RedirectResponse(at(request, "/sign-in?signed_out=yes"), 303)
        response.delete_cookie(COOKIE, path=at(request, ""))
        return response
