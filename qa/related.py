"""What to ask next: headings of the library that stand near the quotes."""

from collections.abc import Sequence

from index.snapshot import Searchable
from qa.answer import Quote

MOST = 4
LONGEST = 80  # characters of a suggestion


def related_headings(quotes: Sequence[Quote], snapshot: Searchable) -> tuple[str, ...]:
    """Up to `MOST` questions: headings of the quoted documents that no quote stands under.

    The sections after a quote come first. A heading that is no question by itself is set
    behind its document's title, so that asking it finds the same subject.
    """
    quoted = {(quote.version, quote.section) for quote in quotes}
    found: list[str] = []
    for quote in quotes:
        rows = [row for row in snapshot.passages.of_version(quote.version) if row.heading]
        rows.sort(key=lambda row: (row.span.start < quote.span.start, row.span.start))
        fresh = [row for row in rows if (row.version, row.heading) not in quoted]
        asks = [_as_question(quote.source.title, row.heading[-1]) for row in fresh]
        found += [ask for ask in dict.fromkeys(asks) if ask and ask not in found][:2]
    return tuple(found[:MOST])


def _as_question(title: str, heading: str) -> str:
    """The heading as something to ask; empty when it would be too long to read at a glance."""
    text = heading if heading.endswith("?") else f"{title}: {heading}"
    return text if len(text) <= LONGEST else ""
