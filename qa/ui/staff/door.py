"""Who stands at the door: sessions, roles, and that a form comes from our own pages.

A route asks for `Viewer`, `Reviewer` or `Admin` and gets the `Person`; whoever may not come in
never reaches it. `unforged` stands before every route of the application by itself.
"""

from hmac import compare_digest
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from qa.staff.roles import Person, Role
from qa.staff.sessions import Session
from qa.ui.staff.desk import desk_of

COOKIE = "quotewell-staff"
TOKEN_FIELD, TOKEN_HEADER = "token", "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Exception):
    """Nobody is signed in, and the page is not for everybody."""


class MustChangePassword(Exception):
    """A one-time password lets its owner choose a new one, and nothing else."""


class RoleTooLow(Exception):
    """The person may not do this; `needed` is the least role that may."""

    def __init__(self, person: Person, needed: Role) -> None:
        super().__init__(f"this is for the role {needed}")
        self.person, self.needed = person, needed


class Forged(Exception):
    """A form that was not filled in on a page that this visitor was given."""


class Visit(NamedTuple):
    """Who sent a request: the id in the cookie, new when there was none, and the session if any."""

    id: str
    new: bool
    session: Session | None


def visit_of(request: Request) -> Visit:
    """The visit that a request belongs to."""
    sessions = desk_of(request).sessions
    found = sessions.from_cookie(request.cookies.get(COOKIE, ""))
    if found is None:
        visit = Visit(sessions.stranger(), new=True, session=None)
    else:
        visit = Visit(found, new=False, session=sessions.find(found))
    request.state.visit = visit
    return visit


Visiting = Annotated[Visit, Depends(visit_of)]


async def unforged(request: Request, visit: Visiting) -> None:
    """Let through what only looks, and forms of our own pages. Raises `Forged`."""
    if request.method in SAFE:
        return
    if not _from_here(request):
        raise Forged
    given = request.headers.get(TOKEN_HEADER)
    if given is None:
        found = (await request.form()).get(TOKEN_FIELD)
        given = found if isinstance(found, str) else ""
    token = desk_of(request).sessions.form_token(visit.id)
    if not compare_digest(given.encode("utf-8", "replace"), token.encode()):
        raise Forged


def _from_here(request: Request) -> bool:
    """Whether the browser says that our own page sent this; one that says nothing is believed."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site != "same-origin":
        return False
    return origin is None or origin.lower() == _origin(here(request))


def here(request: Request) -> str:
    """The address under which people reach the program, without the path of a page."""
    return (
        desk_of(request).settings.address.rstrip("/")
        or f"{request.url.scheme}://{request.url.netloc}"
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def newcomer(visit: Visiting) -> Person:
    """Whoever is signed in, even with a one-time password. Raises `NotSignedIn`."""
    if visit.session is None:
        raise NotSignedIn
    return visit.session.person


def _at_least(needed: Role) -> object:
    def person(visit: Visiting) -> Person:
        found = newcomer(visit)
        if visit.session is not None and visit.session.one_time:
            raise MustChangePassword
        if not found.role.may(needed):
            raise RoleTooLow(found, needed)
        return found

    return Depends(person)


Newcomer = Annotated[Person, Depends(newcomer)]
Viewer = Annotated[Person, _at_least(Role.VIEWER)]
Reviewer = Annotated[Person, _at_least(Role.REVIEWER)]
Admin = Annotated[Person, _at_least(Role.ADMIN)]


def set_cookie(request: Request, response: Response, visit_id: str) -> None:
    """Have the browser keep a visit until it closes: for these pages only, hidden from scripts."""
    response.set_cookie(
        COOKIE,
        desk_of(request).sessions.cookie(visit_id),
        path=at(request, ""),
        httponly=True,
        samesite="lax",  # so that who comes back from the provider of sign-on is known again
        secure=here(request).lower().startswith("https:"),
    )


def at(request: Request, path: str) -> str:
    """The path of one of the staff's pages as a browser needs it; `path` begins with a slash."""
    return f"{request.scope.get('root_path', '')}{path}"


def next_after(request: Request, wanted: str) -> str:
    """Where to go after signing in: a page of ours, never another site."""
    inside = wanted.startswith(at(request, "/")) and "\\" not in wanted and wanted.isprintable()
    return wanted if inside else at(request, "/")
