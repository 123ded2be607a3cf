"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from qa.ui.staff.desk import desk_of
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
        values = {"next": next, "name": "", "problem": "", "signed_out": signed_out}
        return page(request, "sign_in.html", None, **values)

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
        left = desk.lockout.seconds_left(typed, address)
        if left > 0:
            return _again(request, next, name, waiting(left), 429)
        account = desk.accounts.with_password(typed, password)
        if account is None:
            return _again(request, next, name, NOT_RIGHT, 422)
        desk.lockout.succeeded(typed, address)
        response = RedirectResponse(next_after(request, next), 303)
        set_cookie(request, response, desk.sessions.begin(account.person))
        return response


def _again(request: Request, wanted: str, name: str, problem: str, status: int) -> Response:
    shown = name[:80]
    values = {"next": wanted, "name": shown, "problem": problem, "signed_out": ""}
    return page(request, "sign_in.html", None, status, **values)


def waiting(seconds: float) -> str:
    """How long somebody has to wait, in words."""
    minutes = int(seconds // 60) + 1
    time = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"Too many tries did not succeed. Wait {time}, then try again. An admin can help sooner."


def _sign_out(router: APIRouter) -> None:
    @router.post("/sign-out")
    def sign_out(request: Request, visit: Visiting) -> Response:
        desk_of(request).sessions.end(visit.id)
        response = RedirectResponse(at(request, "/sign-in?signed_out=yes"), 303)
        response.delete_cookie(COOKIE, path=at(request, ""))
        return response
