"""Who the staff are and what each may do: every role may do what the one before it may."""

from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a person may do, from the least."""

    VIEWER = "viewer"  # looks at everything, changes nothing
    REVIEWER = "reviewer"  # also changes the library and deals with findings
    ADMIN = "admin"  # also looks after people

    def may(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Person(NamedTuple):
    """Somebody who acts: the name they sign in with, and the name that is shown."""

    name: str
    shown: str
    role: Role


TERMINAL = Person("(terminal)", "the terminal", Role.ADMIN)
"""Whoever may read and write the home folder; no account can have this name."""
SOMEBODY = Person("(somebody)", "somebody", Role.VIEWER)
"""Whoever stands before the door; no account can have this name either."""
