"""People: who may come in, for admins to look after."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from qa.staff.accounts import about
from qa.staff.activity import last_signed_in
from qa.staff.errors import NotAllowed
from qa.staff.roles import Person, Role
from qa.ui.staff.desk import desk_of
from qa.ui.staff.door import Admin, at
from qa.ui.staff.paper import page

DONE = {
    "role": "The role is changed. It holds from the next page on, after signing in again.",
    "disabled": "The account is shut out, and its sessions have ended.",
    "enabled": "The account may sign in again.",
}
MEANS = {
    Role.VIEWER: "looks, changes nothing",
    Role.REVIEWER: "also changes the library",
    Role.ADMIN: "also looks after people",
}
Field = Annotated[str, Form(max_length=200)]


def routes() -> APIRouter:
    """The list of people, and what an admin can do there."""
    router = APIRouter()

    @router.get("/people")
    def people(request: Request, person: Admin, done: str = "") -> Response:
        return _people(request, person, done=DONE.get(done, ""))

    @router.post("/people")
    def add(
        request: Request, person: Admin, name: Field = "", shown: Field = "", role: Field = ""
    ) -> Response:
        try:
            password = desk_of(request).accounts.add(person, name, shown, role_of(role))
        except NotAllowed as error:
            typed = {"name": name, "shown": shown, "role": role}
            return _people(request, person, 409, problem=str(error), typed=typed)
        return _people(request, person, given=(name.strip().lower(), password))

    _changes(router)
    return router


def _changes(router: APIRouter) -> None:
    @router.post("/people/{name}/role")
    def set_role(request: Request, person: Admin, name: str, role: Field = "") -> Response:
        try:
            desk_of(request).accounts.set_role(person, name, role_of(role))
        except NotAllowed as error:
            return _people(request, person, 409, problem=str(error))
        return RedirectResponse(at(request, "/people?done=role"), 303)

    @router.post("/people/{name}/password")
    def reset(request: Request, person: Admin, name: str) -> Response:
        desk = desk_of(request)
        try:
            password = desk.accounts.reset_password(person, name)
        except NotAllowed as error:
            return _people(request, person, 409, problem=str(error))
        desk.lockout.forgive(name)
        return _people(request, person, given=(name, password))

    @router.post("/people/{name}/disabled")
    def disable(request: Request, person: Admin, name: str, disabled: Field = "yes") -> Response:
        shut = disabled == "yes"
        try:
            desk_of(request).accounts.set_disabled(person, name, disabled=shut)
        except NotAllowed as error:
            return _people(request, person, 409, problem=str(error))
        done = "disabled" if shut else "enabled"
        return RedirectResponse(at(request, f"/people?done={done}"), 303)


def role_of(text: str) -> Role:
    """The role of this name. Raises `NotAllowed`."""
    if text not in [role.value for role in Role]:
        raise NotAllowed(f"the role is one of {', '.join(Role)}; choose one")
    return Role(text)


def _people(  # noqa: PLR0913  what a page may have to tell
    request: Request,
    person: Person,
    status: int = 200,
    *,
    done: str = "",
    problem: str = "",
    given: tuple[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """The page. `given` is an account and its one-time password, which no page shows again."""
    desk = desk_of(request)
    if given and given[0] == person.name:  # they have just ended their own session
        done = "You are signed out by this; sign in with the password below."
    seen = last_signed_in(desk.ledger)
    values: dict[str, object] = {
        "accounts": [(one, seen.get(about(one.name))) for one in desk.accounts.all()],
        "means": MEANS,
        "done": done,
        "problem": problem,
        "given": given,
        "typed": typed or {"name": "", "shown": "", "role": Role.VIEWER.value},
    }
    return page(request, "people.html", person, status, **values)
