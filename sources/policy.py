"""Whether a source may be quoted today: its review, the calendar, and what the house decided.

A review falls due and runs out by the date alone. No job at night has to notice it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sources.document import Source, Status


class Quoting(StrEnum):
    """What is done with the words of a source."""

    QUOTE = "quote"
    BANNER = "banner"  # quoted, and a banner on the quote says how its review stands
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with sources by their status. What is withdrawn is never quoted.

    `grace_days` after the day on which its review was due a source has expired.
    """

    unreviewed: Quoting = Quoting.QUOTE
    in_review: Quoting = Quoting.QUOTE
    approved: Quoting = Quoting.QUOTE
    due: Quoting = Quoting.BANNER
    expired: Quoting = Quoting.NEVER
    grace_days: int = 90

    def status(self, source: Source, today: date) -> Status:
        """Where `source` stands on the day `today`.

        What is approved is due from the day on which its review is due. After the days of grace
        everything has expired, also what is in review again: a review that lingers buys no time.
        """
        if source.status in (Status.WITHDRAWN, Status.EXPIRED) or source.review_due is None:
            return source.status
        if today > source.review_due + timedelta(days=self.grace_days):
            return Status.EXPIRED
        if source.status is Status.APPROVED and today >= source.review_due:
            return Status.DUE
        return source.status

    def quoting(self, status: Status) -> Quoting:
        """What is done with sources of this status."""
        if status is Status.WITHDRAWN:
            return Quoting.NEVER
        chosen: Quoting = getattr(self, status.name.lower())
        return chosen
