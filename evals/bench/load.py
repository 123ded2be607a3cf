"""`python -m evals.bench.load`: many people ask the page at once, as their browsers would.

The page is started by `quotewell serve` in a process of its own. Every person takes a session,
sends questions to the page's own queue and reads its event stream until the answer is there.
"""

import argparse
import asyncio
import json
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
import numpy as np

from evals.bench.processes import page_of
from evals.gold import gold_questions

PAUSE_S = (5.0, 15.0)  # a person reads this long before the next question
PATIENCE_S = 60.0  # an answer that takes longer is lost
SEED = 11


class Asked(NamedTuple):
    """One question: seconds from sending it to its answer, and how it ended."""

    seconds: float
    ended: str


class Load(NamedTuple):
    """What many people met. Times are in milliseconds, `ended` counts how questions ended."""

    people: int
    seconds: float
    questions: int
    median_ms: float
    p95_ms: float
    slowest_ms: float
    ended: dict[str, int]

    @property
    def lost(self) -> int:
        """Questions without an answer."""
        return self.questions - self.ended.get("answered", 0)


class Asking(NamedTuple):
    """How the people of a crowd ask: for so many seconds, reading for a while in between."""

    questions: Sequence[str]
    seconds: float = 180.0
    pause_s: tuple[float, float] = PAUSE_S


async def crowd(address: str, people: int, asking: Asking) -> Load:
    """So many people ask the page at `address`."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, limits=limits) as client:
        call = _ask_call((await client.get("/config")).json())
        everybody = [_person(client, call, asking, random.Random(SEED + n)) for n in range(people)]
        asked = [one for several in await asyncio.gather(*everybody) for one in several]
    times = 1000 * np.array([one.seconds for one in asked])
    return Load(
        people=people,
        seconds=asking.seconds,
        questions=len(asked),
        median_ms=float(np.median(times)),
        p95_ms=float(np.percentile(times, 95)),
        slowest_ms=float(times.max()),
        ended=dict(Counter(one.ended for one in asked)),
    )


class _Call(NamedTuple):
    """The page's call that answers: its number, and the kinds of its inputs in order."""

    number: int
    inputs: list[str]

    def filled(self, text: str) -> list[object]:
        """What the page's script sends with a question; the state is the page's own."""
        words = iter((text, "patient", secrets.token_hex(8), "en"))
        values: dict[str, Callable[[], object]] = {
            "textbox": lambda: next(words),
            "checkbox": lambda: False,
            "state": lambda: None,
        }
        return [values[kind]() for kind in self.inputs]


def _ask_call(config: dict[str, Any]) -> _Call:
    """Of the calls with code behind them, the one with most inputs: it answers."""
    kinds = {one["id"]: one["type"] for one in config["components"]}
    calls = [one for one in config["dependencies"] if one["backend_fn"]]
    chosen = max(calls, key=lambda one: len(one["inputs"]))
    return _Call(int(chosen["id"]), [kinds[part] for part in chosen["inputs"]])


async def _person(
    client: httpx.AsyncClient, call: _Call, asking: Asking, dice: random.Random
) -> list[Asked]:
    session, asked = secrets.token_hex(5), []
    until = time.monotonic() + asking.seconds
    await asyncio.sleep(dice.uniform(0, asking.pause_s[1]))  # people do not all come in one second
    while time.monotonic() < until:
        began = time.perf_counter()
        ended = await _ask(client, call, session, dice.choice(asking.questions))
        asked.append(Asked(time.perf_counter() - began, ended))
        await asyncio.sleep(dice.uniform(*asking.pause_s))
    return asked


async def _ask(client: httpx.AsyncClient, call: _Call, session: str, text: str) -> str:
    """How a question ended: answered, or what was in the way."""
    body = {"data": call.filled(text), "fn_index": call.number, "session_hash": session}
    try:
        joined = await client.post("/gradio_api/queue/join", json=body)
        if joined.status_code != 200:
            return f"refused {joined.status_code}"
        async for event in _events(client, session):
            if event["msg"] == "process_completed":
                return _ending(event)
    except httpx.HTTPError as error:
        return type(error).__name__
    return "stream ended"


def _ending(event: dict[str, Any]) -> str:
    """Answered only when the conversation that came back holds an answer's turn."""
    if not event["success"]:
        return "failed"
    shown = json.dumps(event["output"])
    return "answered" if "turn turn-" in shown and "turn-failed" not in shown else "no answer"


async def _events(client: httpx.AsyncClient, session: str) -> AsyncIterator[dict[str, Any]]:
    address = f"/gradio_api/queue/data?session_hash={session}"
    async with client.stream("GET", address) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                yield json.loads(line[5:])


def main() -> int:
    """Run it and print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Many people ask the page at once.")
    parser.add_argument("--home", type=Path, help="a home with an index (default: a new one)")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--no-pause", action="store_true", help="ask again without reading")
    chosen = parser.parse_args()
    pause = (0.0, 0.0) if chosen.no_pause else PAUSE_S
    asking = Asking([question.text for question in gold_questions()], chosen.seconds, pause)
    with TemporaryDirectory() as folder, page_of(chosen.home or Path(folder)) as (address, _):
        found = asyncio.run(crowd(address, chosen.people, asking))
    print(json.dumps({**found._asdict(), "lost": found.lost}, indent=1))
    return int(bool(found.lost))


if __name__ == "__main__":
    sys.exit(main())
