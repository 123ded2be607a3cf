"""Where the staff begin: the first page that they may open."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from qa.ui.staff.door import Viewer, at
from qa.ui.staff.paper import places_of


def routes() -> APIRouter:
    """The address `/staff/` itself."""
    router = APIRouter()

    @router.get("/")
    def start(request: Request, person: Viewer) -> RedirectResponse:
        places = places_of(person.role)
        return RedirectResponse(at(request, places[0].path if places else "/own"), 303)

    return router
