"""`python -m evals.bench.desk`: the staff's pages over a ledger of 50,000 answers, and the groups.

Answers are made up. Each page is asked for as a browser does, templates and all.
"""

import argparse
import json
import random
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi.testclient import TestClient

from evals.bench.ledger import SEED, fill, timed
from evals.bench.made_up import changed_text, made_up_answers, made_up_feedback, made_up_text
from index.build import build
from index.conversion import open_embedder
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.ledger.recheck import notice_changes, step
from qa.ledger.search import Wanted, find_answers
from qa.settings import Settings
from qa.staff.roles import TERMINAL, Role
from qa.ui.recorder import Recorder
from qa.ui.staff.app import staff_app
from qa.ui.staff.desk import StaffDesk, open_desk
from qa.ui.staff.door import COOKIE
from sources.library import Library
from sources.read import read_document

FEEDBACK = 2_500
PAGES = {
    "overview": "/overview",
    "overview of 30 days": "/overview?last=30",
    "answers": "/answers",
    "an older page": "/answers?before=1000",
    "by outcome": "/answers?outcome=closest",
    "by rule": "/answers?rule=any",
    "by document": "/answers?doc_id=changes",
    "by time": "/answers?last=30",
    "by reader, which nobody is": "/answers?reader=clinician",
    "by language, which nobody reads": "/answers?language=es",
    "by words": "/answers?text=scan+biopsy",
    "by words nobody wrote": "/answers?text=no+such+words",
    "by all": "/answers?last=30&outcome=closest&doc_id=changes&text=scan",
    "one answer": "/answers/{answer}",
    "proof of a quote": "/answers/{answer}/quotes/1",
    "inbox": "/inbox",
    "feedback": "/feedback",
}


def desk_over(home: Path, address: str, count: int) -> tuple[StaffDesk, str]:
    """A desk over so many answers, some with feedback, after a change; and one answer's id."""
    dice = random.Random(SEED)
    settings = Settings(home=home, ledger=address)
    library, ledger = Library(home), Ledger(home, address)
    text = made_up_text(dice, 400)
    document = read_document(text.encode(), "changes.md")
    library.add(document, text.encode(), "changes.md")
    embedder = open_embedder(settings.model, settings.models)
    build(library, embedder, lambda *_: None)
    fill(ledger, count, document, dice)
    some = next(made_up_answers(1, document, random.Random(SEED + 1)))
    ids = [row.answer_id for row in find_answers(ledger, Wanted(), FEEDBACK)]
    ledger.append([some, *(made_up_feedback(one, dice) for one in ids)])
    changed = changed_text(text, dice).encode()
    library.add(read_document(changed, "changes.md"), changed, "changes.md")
    notice_changes(ledger, library)
    while step(ledger, library):
        pass
    clerk = Clerk(ledger, library, settings.retain_days)
    assistant = Assistant(settings, library, embedder)
    return open_desk(settings, assistant, Recorder(settings, clerk)), some.entry_id


def visitor(desk: StaffDesk) -> TestClient:
    """Somebody who is signed in and may look at everything."""
    first = desk.accounts.add(TERMINAL, "looks", "Looks", Role.VIEWER)
    person = desk.accounts.account("looks").person
    desk.accounts.change_password(person, first, "purple tractor melon window")
    client = TestClient(staff_app(desk), headers={"accept": "text/html"}, follow_redirects=False)
    client.cookies.set(COOKIE, desk.sessions.cookie(desk.sessions.begin(person)))
    return client


def pages(client: TestClient, answer: str) -> dict[str, tuple[float, float]]:
    """Median and greatest ms of each page. Raises `RuntimeError` for one that is not there."""

    def get(path: str) -> None:
        reply = client.get(path.format(answer=answer))
        if reply.status_code != 200:
            raise RuntimeError(f"{path} gives {reply.status_code}")

    return {name: timed(partial(get, path)) for name, path in PAGES.items()}


def lacking(desk: StaffDesk) -> dict[str, object]:
    """How long the groups take, from nothing and again."""
    began = time.perf_counter()
    while (look := desk.lacking.look()).groups is None:
        pass
    took = round(time.perf_counter() - began, 1)
    again = timed(desk.lacking.look)
    return {"questions": look.of, "groups": len(look.groups), "s": took, "ms again": again}


def export(client: TestClient) -> dict[str, float]:
    """Seconds and MB of all answers as files."""
    found = {}
    for name in ("answers.csv", "answers.json"):
        began = time.perf_counter()
        size = len(client.get(f"/{name}").content)
        found[f"s {name}"] = round(time.perf_counter() - began, 1)
        found[f"MB {name}"] = round(size / 2**20, 1)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.desk", description=__doc__)
    parser.add_argument("--answers", type=int, default=50_000)
    parser.add_argument("--address", default="", help="postgresql://USER@HOST/DATABASE, new")
    chosen = parser.parse_args()
    with TemporaryDirectory() as home:
        desk, answer = desk_over(Path(home), chosen.address, chosen.answers)
        client = visitor(desk)
        figures = {
            "ms of pages": pages(client, answer),
            "groups": lacking(desk),
            "export": export(client),
        }
        desk.ledger.close()
    for name, figure in figures.items():
        print(json.dumps({name: figure}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
