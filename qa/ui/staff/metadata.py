"""Editing what is known of a document, checked as a sidecar is. Each change is in the history."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from qa.staff.acts import act
from qa.staff.roles import Person
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.document import as_seen, held, seen_as
from qa.ui.staff.door import Reviewer, at
from qa.ui.staff.paper import page, sentence
from sources.document import Audience, Source, Wording
from sources.errors import BadMetadata, ChangedMeanwhile
from sources.history import Change, Step
from sources.library import Entry
from sources.metadata import source_from
from sources.review import set_metadata

LINES = ("title", "publisher", "url", "licence", "audience", "language", "reviewed", "review_due")
INDEXED = ("title", "asked_as")  # what the index is made of beside the words


class Filled(BaseModel):
    """What the form holds. `asked` has one text for each section, a wording a line."""

    version: str = ""
    seen: str = ""
    title: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = ""
    audience: str = ""
    language: str = ""
    reviewed: str = ""
    review_due: str = ""
    references: str = ""
    note: str = Field("", max_length=1000)
    asked: list[str] = []


def routes() -> APIRouter:
    """The form and what it sends."""
    router = APIRouter()

    @router.get("/library/documents/{doc_id}/metadata")
    def form(request: Request, person: Reviewer, doc_id: str, version: str = "") -> Response:
        entry = held(desk_of(request), doc_id, version or None)
        return _form(request, person, entry, _filled(desk_of(request), entry))

    @router.post("/library/documents/{doc_id}/metadata")
    def save(
        request: Request, person: Reviewer, doc_id: str, filled: Annotated[Filled, Form()]
    ) -> Response:
        desk = desk_of(request)
        entry = held(desk, doc_id, filled.version)
        try:
            as_seen(desk, doc_id, filled.version, filled.seen)
            done = _save(desk, person, entry, filled)
        except (BadMetadata, ChangedMeanwhile) as error:
            return _form(request, person, entry, filled, sentence(str(error)))
        return RedirectResponse(at(request, f"/library/documents/{doc_id}?done={done}"), 303)

    return router


def _filled(desk: StaffDesk, entry: Entry) -> Filled:
    """The form as it is opened."""
    source = entry.source
    return Filled(
        version=entry.version,
        seen=seen_as(entry),
        references="\n".join(source.references),
        asked=[
            "\n".join(one.text for one in source.asked_as if one.section == section)
            for section in _sections(desk, entry)
        ],
        **{name: _text(getattr(source, name)) for name in LINES},
    )


def _save(desk: StaffDesk, person: Person, entry: Entry, filled: Filled) -> str:
    """Keep the values; which word the next page says. Raises `BadMetadata`."""
    if not filled.title.strip():
        raise BadMetadata("the title is empty; write what patients will read under a quote")
    declared = {name: getattr(filled, name).strip() for name in LINES}
    source = source_from(declared, entry.source.title, entry.doc_id)
    kept, asked = entry.source, _wordings(_sections(desk, entry), filled.asked)
    source = replace(
        source,
        status=kept.status,
        references=tuple(_lines(filled.references)),
        asked_as=kept.asked_as if set(asked) == set(kept.asked_as) else asked,
    )
    names = [field.name for field in fields(Source)]
    new = [name for name in names if getattr(source, name) != getattr(kept, name)]
    if not new:
        return "same"
    facts = {"version": entry.version, "fields": new}
    act(desk.ledger, person, "metadata changed", f"document:{entry.doc_id}", facts)
    change = Change(Step.METADATA, person.shown, filled.note.strip())
    set_metadata(desk.library, entry, source, change)
    if entry.current and any(name in INDEXED for name in new):
        desk.indexing.ask(person.shown)
    return "metadata"


def _wordings(sections: Sequence[tuple[str, ...]], asked: Sequence[str]) -> tuple[Wording, ...]:
    if len(asked) != len(sections):
        raise BadMetadata("the wordings are not those of this version; open the page anew")
    return tuple(
        Wording(section, line)
        for section, text in zip(sections, asked, strict=True)
        for line in dict.fromkeys(_lines(text))
    )


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _sections(desk: StaffDesk, entry: Entry) -> list[tuple[str, ...]]:
    """The sections of a version, in order of reading; the first may be what stands under none."""
    blocks = desk.library.document(entry.doc_id, entry.version).blocks
    return list(dict.fromkeys(block.heading_path for block in blocks))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _form(
    request: Request, person: Person, entry: Entry, filled: Filled, problem: str = ""
) -> Response:
    sections = _sections(desk_of(request), entry)
    texts = filled.asked if len(filled.asked) == len(sections) else [""] * len(sections)
    return page(
        request,
        "metadata.html",
        person,
        422 if problem else 200,
        entry=entry,
        filled=filled,
        sections=list(zip(sections, texts, strict=True)),
        audiences=list(Audience),
        problem=problem,
    )
