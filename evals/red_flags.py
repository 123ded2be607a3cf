"""Labelled messages against the red-flag rules."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evals.gold import GOLD
from evals.rows import Report, Row, made_of, stop
from qa.terminal import BadInput
from qa.triage.check import Triage, triage
from qa.triage.rules import Level

MESSAGES = GOLD / "red_flags.jsonl"
URGENCY = {Level.CRISIS: 2, Level.EMERGENCY: 2, Level.URGENT: 1, None: 0}


class Message(NamedTuple):
    """One labelled message. `groups` may be empty: then nothing must fire and `level` is None."""

    message_id: str
    text: str
    language: str
    groups: frozenset[str]
    level: Level | None


class Checked(NamedTuple):
    """What the rules made of a message, and how long it took."""

    message: Message
    level: Level | None
    groups: frozenset[str]
    rules: tuple[str, ...]
    took_ms: float

    @property
    def right(self) -> bool:
        """Fired at least as urgently as it must, or kept still when it must."""
        wanted, got = URGENCY[self.message.level], URGENCY[self.level]
        return got >= wanted if wanted else not got


def messages(path: Path = MESSAGES, report: Report = stop) -> Iterator[Message]:
    """The labelled messages; a row that lacks something is told to `report`."""
    yield from made_of(path, _message, report)


def _message(row: Row) -> Message:
    """A row `text`, `fires` (a group, several, or null for none) and `level`.

    What must fire at an urgency that no label tells must fire as urgent at the least.
    """
    if "fires" not in row.values:
        raise BadInput(f"{row.place} lacks 'fires'; name a group, several, or null")
    wanted, level = row.values["fires"] or [], row.optional("level")
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(wanted, list) or (level and level not in set(Level)):
        known = ", ".join(Level)
        raise BadInput(f"{row.place}: fires must name groups, level be one of {known}; correct it")
    fires = frozenset(str(name) for name in wanted)
    number, text = row.optional("id") or row.place, row.text("text")
    least = Level(level or Level.URGENT) if level or fires else None
    return Message(number, text, row.optional("lang"), fires, least)


def check_messages(rows: Sequence[Message], rules: Triage) -> list[Checked]:
    """Every message checked, each alone, with its own time."""
    rules.check("warm")
    done = []
    for message in rows:
        began = time.thread_time()  # of this thread alone: a busy machine does not count
        flag = rules.check(message.text)
        took = 1000 * (time.thread_time() - began)
        fired = flag.fired if flag else ()
        done.append(
            Checked(
                message,
                fired[0].level if fired else None,
                frozenset(one.group for one in fired),
                tuple(one.rule for one in fired),
                took,
            )
        )
    return done


def redflags_report() -> dict[str, object]:
    """Recall by level, group and language, false alarms, and time a message."""
    checked = check_messages(list(messages()), triage())
    quiet = [row for row in checked if row.message.level is None]
    loud = [row for row in checked if row.message.level is not None]
    names = sorted({group for row in loud for group in row.message.groups})
    times = sorted(row.took_ms for row in checked)
    return {
        "messages": len(checked),
        "recall": {
            level: _share([r for r in loud if r.message.level is level])
            for level in (Level.EMERGENCY, Level.URGENT)
        },
        "recall_by_group": {
            name: _share([row for row in loud if name in row.message.groups]) for name in names
        },
        "recall_by_language": dict(_by_language(loud)),
        "named_the_group": sum(bool(r.groups & r.message.groups) for r in loud) / len(loud),
        "false_alarms": 1 - _share(quiet),
        "quiet_by_language": dict(_by_language(quiet)),
        "loudest_rules": Counter(r for row in quiet for r in row.rules).most_common(8),
        "ms_median": round(statistics.median(times), 2),
        "ms_highest": round(times[-1], 2),
        "ms_of_2000_characters": round(_ms_of_a_long_message(checked), 2),
    }


def _ms_of_a_long_message(checked: Sequence[Checked]) -> float:
    """The least of five times for 2,000 characters of quiet messages, run together."""
    quiet = [row.message for row in checked if row.message.level is None]
    text = " ".join(message.text for message in quiet if message.language == "en")
    long = quiet[0]._replace(text=text[:2000])
    return min(row.took_ms for row in check_messages([long] * 5, triage()))


def _by_language(rows: Sequence[Checked]) -> Iterator[tuple[str, float]]:
    for language in sorted({row.message.language for row in rows}):
        yield language, _share([row for row in rows if row.message.language == language])


def _share(rows: Sequence[Checked]) -> float:
    return round(sum(row.right for row in rows) / len(rows), 4)
