"""Signing on at the provider: off to it, and back again."""

import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from qa.staff.arrivals import account_of
from qa.staff.sign_on import VALID_S, SignOn
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Visiting, at, here, next_after
from qa.ui.staff.sign_in import signed_in

COOKIE = "quotewell-sign-on"
_PURPOSE = "sign-on"


def routes() -> APIRouter:
    """Leaving for the provider and coming back."""
    router = APIRouter()

    @router.get("/sign-on")
    async def depart(request: Request, next: str = "") -> Response:
        leaving = await _provider(request).depart(f"{here(request)}{at(request, '/sign-on/back')}")
        kept = json.dumps({**leaving.kept, "next": next_after(request, next)[:500]})
        response = RedirectResponse(leaving.url, 303)
        response.set_cookie(
            COOKIE,
            desk_of(request).sessions.key.signed(kept.encode().hex(), _PURPOSE),
            max_age=int(VALID_S),
            path=at(request, "/sign-on"),
            httponly=True,
            samesite="lax",  # the provider sends the browser back from its own site
            secure=here(request).lower().startswith("https:"),
        )
        return response

    @router.get("/sign-on/back")
    async def arrive(request: Request, _: Visiting) -> Response:
        kept = _kept(request)
        arrival = await _provider(request).arrive(request.query_params, kept)
        account = await run_in_threadpool(account_of, desk_of(request).accounts, arrival)
        then = kept["next"] if kept else at(request, "/")
        response = await run_in_threadpool(signed_in, request, account.person, then)
        response.delete_cookie(COOKIE, path=at(request, "/sign-on"))
        return response

    return router


def _provider(request: Request) -> SignOn:
    found = desk_of(request).sign_on
    if found is None:
        raise HTTPException(404)
    return found


def _kept(request: Request) -> dict[str, Any] | None:
    """What was kept when this browser left; none when it did not leave from here."""
    key = desk_of(request).sessions.key
    found = key.unsigned(request.cookies.get(COOKIE, ""), _PURPOSE)
    return json.loads(bytes.fromhex(found)) if found else None
