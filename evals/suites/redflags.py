"""Messages against the red-flag rules: what must fire and does, and what fires and must not.

The messages are the project's own, or those of `red_flags*` files in the data folder. No index
is asked. A message is caught when a rule fires that is at least as urgent as it needs.
"""

from collections.abc import Iterator

from evals.judged import OURS, Judged
from evals.measures import share, times
from evals.red_flags import MESSAGES, Checked, check_messages, messages
from evals.suite import Bench, Suite
from qa.triage.check import triage
from qa.triage.rules import Level


def judge(bench: Bench) -> Iterator[Judged]:
    """Every message of every file, checked by itself."""
    paths = [MESSAGES] if bench.data is None else bench.files("red_flag", "redflag", "red-flag")
    for path in paths:
        data = path.name.split(".")[0]
        bench.read_from(data, [path])
        rows = list(messages(path, bench.problems.append))
        for checked in check_messages(rows, triage()):
            yield _judged(checked, data)


def _judged(checked: Checked, data: str) -> Judged:
    message, values = checked.message, {"ms": checked.took_ms}
    if message.level is None:
        values["false alarm"] = float(not checked.right)
    else:
        of = "urgent" if message.level is Level.URGENT else "emergency"
        values |= {"caught": float(checked.right), f"{of}: caught": float(checked.right)}
        values["its group named"] = float(bool(checked.groups & message.groups))
    return Judged(
        suite="redflags",
        data=data,
        system=OURS,
        question_id=message.message_id,
        question=message.text,
        group=", ".join(sorted(message.groups)) or "must not fire",
        values=values,
        right=checked.right,
        shown=", ".join(checked.rules),
    )


SUITE = Suite(
    name="redflags",
    about="Messages that need a person now, and messages that only sound like it",
    measures=(
        share("caught"),
        share("emergency: caught"),
        share("urgent: caught"),
        share("its group named"),
        share("false alarm", lower_is_better=True),
        *times(),
    ),
    judge=judge,
)
