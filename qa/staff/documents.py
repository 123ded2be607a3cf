"""The documents as a list to work through: what is overdue and what much rests on comes first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sources.document import Audience, Status
from sources.library import Entry, Library

# What needs a person first. Within a state, what more answers rest on.
URGENCY = (
    Status.EXPIRED,
    Status.DUE,
    Status.IN_REVIEW,
    Status.UNREVIEWED,
    Status.APPROVED,
    Status.WITHDRAWN,
)


class Listed(NamedTuple):
    """A document in the list: the version that holds, or the one that waits where none does yet.

    `waits` is the version that waits for its turn; so many `answers` rest on the document;
    `overdue` days have passed since its review was due, none when it is not due.
    """

    entry: Entry
    waits: Entry | None
    answers: int
    overdue: int | None


class Filter(NamedTuple):
    """Which documents; what is none asks for nothing. `text` stands in a title or an id."""

    status: Status | None = None
    audience: Audience | None = None
    text: str = ""
    waiting: bool = False

    def takes(self, listed: Listed) -> bool:
        """Whether a document is asked for."""
        entry = listed.entry
        wanted = self.text.casefold().strip()
        return (
            self.status in (None, entry.status)
            and self.audience in (None, entry.source.audience)
            and (wanted in entry.source.title.casefold() or wanted in entry.doc_id.casefold())
            and (listed.waits is not None or not self.waiting)
        )


def documents(library: Library, answers: Mapping[str, int]) -> list[Listed]:
    """Every document, overdue first, each state weighted by the answers that rest on it."""
    today = library.today()
    families: dict[str, list[Entry]] = {}
    for entry in library.entries():
        families.setdefault(entry.doc_id, []).append(entry)
    listed = [_listed(family, answers, today) for family in families.values()]
    return sorted((one for one in listed if one is not None), key=_urgency)


def _listed(family: Sequence[Entry], answers: Mapping[str, int], today: date) -> Listed | None:
    """A document out of its versions; none when all that there ever was is set aside."""
    waits = next((entry for entry in reversed(family) if entry.waiting), None)
    holds = next((entry for entry in family if entry.current), waits)
    if holds is None:
        return None
    due = holds.source.review_due
    late = due is not None and today >= due and holds.status is not Status.WITHDRAWN
    overdue = (today - due).days if due is not None and late else None
    return Listed(holds, waits, answers.get(holds.doc_id, 0), overdue)


def _urgency(listed: Listed) -> tuple[bool, int, int, int, str]:
    return (
        listed.overdue is None,
        URGENCY.index(listed.entry.status),
        -listed.answers,
        -(listed.overdue or 0),
        listed.entry.source.title.casefold(),
    )


def counted(listed: Iterable[Listed]) -> Mapping[Status, int]:
    """How many documents stand in each status."""
    found = dict.fromkeys(Status, 0)
    for one in listed:
        found[one.entry.status] += 1
    return found
