"""Acts: what a person of the staff did, as entries of the ledger."""

from qa.ledger.entries import Facts, Kind, new_entry
from qa.ledger.ledger import Change, Ledger
from qa.staff.roles import Person


def act(  # noqa: PLR0913  who did what to what, in the order in which it is told
    ledger: Ledger,
    person: Person,
    what: str,
    about: str,
    facts: Facts,
    *,
    also: Change | None = None,
) -> None:
    """Record that `person` did `what` to `about`; `also` happens with it or not at all.

    `facts` last as long as the ledger: no word of a patient and no secret may be among them.
    """
    whole = {**facts, "what": what, "by": person.name, "role": person.role.value}
    ledger.append([new_entry(Kind.ACT, about, whole)], also)
