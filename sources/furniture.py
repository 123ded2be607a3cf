"""Telling page furniture (navigation, consent, widgets, sales) from what a document says.

Furniture stays in the canonical text as boilerplate, so nothing is lost and every block can
be looked at; it is never indexed and never quoted. The patterns are data, in `furniture.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sources.canonical import Draft
from sources.document import BlockKind

MENU_LENGTH = 4  # this many label lines in a row with no text between are a menu
LABEL_WORDS = 3


@cache
def _patterns() -> re.Pattern[str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    groups = [group["patterns"] for group in table.values() if isinstance(group, dict)]
    return re.compile("|".join(f"(?:{row})" for rows in groups for row in rows), re.IGNORECASE)


def mark_furniture(drafts: Sequence[Draft]) -> None:
    """Turn the drafts that are page furniture into boilerplate, in place."""
    for draft in drafts:
        if _patterns().search(draft.text.strip()):
            draft.kind = BlockKind.BOILERPLATE
    _mark_menus(drafts)
    _mark_empty_headings(drafts)


def _is_label(draft: Draft) -> bool:
    """A line with a few words and no punctuation, as in a menu."""
    if draft.kind not in (BlockKind.HEADING, BlockKind.BOILERPLATE):
        return False
    text = draft.text.strip()
    return len(text.split()) <= LABEL_WORDS and not re.search(r"[.,:;!?()\d]", text)


def _mark_menus(drafts: Sequence[Draft]) -> None:
    run: list[Draft] = []
    for draft in [*drafts[1:], None]:  # the first line is the title
        if draft is not None and _is_label(draft):
            run.append(draft)
            continue
        if len(run) >= MENU_LENGTH:
            for label in run:
                label.kind = BlockKind.BOILERPLATE
        run = []


def _mark_empty_headings(drafts: Sequence[Draft]) -> None:
    """A heading over nothing but furniture is furniture; so is one at the very end."""
    for index, draft in enumerate(drafts):
        if draft.kind is not BlockKind.HEADING or index == 0:
            continue
        below = []
        for later in drafts[index + 1 :]:
            if later.kind is BlockKind.HEADING:
                break
            below.append(later.kind is BlockKind.BOILERPLATE)
        at_end = index == len(drafts) - 1
        if at_end or (below and all(below)):
            draft.kind = BlockKind.BOILERPLATE
