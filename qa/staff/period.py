"""The time that a page looks at, as its address says it: two days, both counted, in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from qa.ledger.figures import Time


class Period(NamedTuple):
    """From the first day to the last, both counted; a side that is none is open."""

    first: date | None = None
    last: date | None = None

    @property
    def time(self) -> Time:
        """The same as moments."""
        after = self.last + timedelta(days=1) if self.last else None
        return Time(_midnight(self.first), _midnight(after))

    @property
    def days(self) -> int | None:
        """How many days it has; none when a side is open."""
        return (self.last - self.first).days + 1 if self.first and self.last else None


def _midnight(day: date | None) -> str | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat()


def period_of(address: Mapping[str, str]) -> Period:
    """The period that an address names by `last` (days up to today), or by `since` and `until`.

    A day that is none counts as not named; days in the wrong order change places.
    """
    if address.get("last", "").isdecimal() and 0 < int(address["last"]) < 36_500:
        today = datetime.now(UTC).date()
        return Period(today - timedelta(days=int(address["last"]) - 1), today)
    first, last = _day(address.get("since", "")), _day(address.get("until", ""))
    return Period(last, first) if first and last and first > last else Period(first, last)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
