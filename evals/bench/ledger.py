"""`python -m evals.bench.ledger`: a ledger of 50,000 answers, its queries, its chain, a re-check.

Answers are made up, of the size that real ones have. `--address` measures a PostgreSQL, whose
database must be new.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from evals.bench.made_up import changed_text, made_up_answers, made_up_text
from qa.ledger.entries import Entry
from qa.ledger.inbox import affected, inbox, standing
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.recheck import notice_changes, step
from qa.ledger.search import Wanted, count_answers, find_answers
from qa.ledger.verify import verify
from sources.document import Document
from sources.library import Library
from sources.read import read_document

SEED = 7
BATCH = 500
ROUNDS = 15


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median and greatest time of some calls, in ms."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(took), 1), round(max(took), 1)


def queries(ledger: Ledger, doc_id: str, some: str) -> dict[str, tuple[float, float]]:
    """Median and greatest ms of everything that the page asks of the ledger."""
    since = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    asked = {
        "list": Wanted(),
        "list, a later page": Wanted(before=1000),
        "by time": Wanted(since=since),
        "by outcome": Wanted(outcome="closest"),
        "by document": Wanted(doc_id=doc_id),
        "by rule": Wanted(rule="cauda-equina"),
        "by words": Wanted(text="scan biopsy"),
        "by words nobody wrote": Wanted(text="no such words"),
        "by all": Wanted(since=since, outcome="closest", doc_id=doc_id, text="scan"),
    }
    found = {name: timed(partial(find_answers, ledger, wanted)) for name, wanted in asked.items()}
    for name in ("list", "by document", "by words"):
        found[f"count {name}"] = timed(partial(count_answers, ledger, asked[name]))
    found["open one"] = timed(lambda: (ledger.entry(some), ledger.about(some)))
    return found


def recheck(ledger: Ledger, library: Library, some: Entry) -> dict[str, object]:
    """Re-check of the changed document, while other answers are recorded and read."""
    stop, waits, reads = Event(), list[float](), list[float]()
    outbox = Outbox(ledger.home)

    def keep_asking() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            began = time.perf_counter()
            outbox.put(replace(some, entry_id=f"meanwhile-{number}", about=f"meanwhile-{number}"))
            waits.append(1000 * (time.perf_counter() - began))
            began = time.perf_counter()
            find_answers(ledger, Wanted())
            reads.append(1000 * (time.perf_counter() - began))
            time.sleep(0.01)

    asking = Thread(target=keep_asking)
    asking.start()
    began = time.perf_counter()
    notice_changes(ledger, library)
    spans = 0
    while progress := step(ledger, library):
        spans = progress.spans
        outbox.write_into(ledger)
    took = time.perf_counter() - began
    stop.set()
    asking.join()
    while outbox.write_into(ledger):
        pass
    return {
        "s": round(took, 2),
        "distinct spans": spans,
        "answers recorded meanwhile": len(waits),
        "greatest ms to record": round(max(waits), 1),
        "greatest ms to list": round(max(reads), 1),
    }


def fill(ledger: Ledger, count: int, document: Document, dice: random.Random) -> int:
    """Write made-up answers; how many a second."""
    began, batch = time.perf_counter(), list[Entry]()
    for entry in made_up_answers(count, document, dice):
        batch.append(entry)
        if len(batch) == BATCH:
            ledger.append(batch)
            batch = []
    ledger.append(batch)
    return round(count / (time.perf_counter() - began))


def recording(ledger: Ledger, some: Entry) -> dict[str, object]:
    """Median and greatest ms of recording one answer."""
    numbers, outbox = iter(range(10**6)), Outbox(ledger.home)

    def renamed() -> Entry:
        name = f"timed-{next(numbers)}"
        return replace(some, entry_id=name, about=name)

    waits = timed(lambda: outbox.put(renamed()))
    outbox.write_into(ledger)
    return {
        "ms to record, as the page waits": waits,
        "ms to write one, behind the page": timed(lambda: ledger.append([renamed()])),
    }


def reading(ledger: Ledger) -> dict[str, object]:
    """Median and greatest ms of what the inbox asks."""
    worst = inbox(ledger)[0].finding
    answer_id = affected(ledger, worst)[0]
    return {
        "ms inbox": timed(lambda: inbox(ledger)),
        "ms affected": timed(lambda: affected(ledger, worst)),
        "ms standing": timed(lambda: standing(ledger, answer_id)),
    }


def checking(ledger: Ledger) -> dict[str, object]:
    """How long the whole chain takes, and how many faults it has."""
    began = time.perf_counter()
    faults = len(verify(ledger))
    return {"s": round(time.perf_counter() - began, 1), "faults": faults}


def report(count: int, address: str, home: Path) -> dict[str, object]:
    """All figures for a ledger of `count` answers."""
    dice = random.Random(SEED)
    library, ledger = Library(home), Ledger(home, address)
    text = made_up_text(dice, 400)
    document = read_document(text.encode(), "changes.md")
    library.add(document, text.encode(), "changes.md")
    figures: dict[str, object] = {"answers": count, "database": ledger.place.split(":")[0]}
    figures["written a second"] = fill(ledger, count, document, dice)
    some = next(made_up_answers(1, document, random.Random(SEED + 1)))
    figures |= recording(ledger, some)
    figures["ms of queries"] = queries(ledger, "changes", "timed-20")
    figures["verify"] = checking(ledger)
    changed = changed_text(text, dice).encode()
    library.add(read_document(changed, "changes.md"), changed, "changes.md")
    figures["re-check"] = recheck(ledger, library, some)
    figures |= reading(ledger)
    figures["verify after"] = checking(ledger)
    if not address:
        figures["MB on disk"] = round((home / "ledger.db").stat().st_size / 2**20)
    ledger.close()
    return figures


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.ledger", description=__doc__)
    parser.add_argument("--answers", type=int, default=50_000)
    parser.add_argument("--address", default="", help="postgresql://USER@HOST/DATABASE, new")
    chosen = parser.parse_args()
    with TemporaryDirectory() as home:
        figures = report(chosen.answers, chosen.address, Path(home))
    for name, figure in figures.items():
        print(json.dumps({name: figure}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
