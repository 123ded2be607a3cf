"""When a source changes: every span that was ever quoted from it is looked up in what holds now.

A re-check is due when the version that holds, or whether it may be quoted, is not what the last
re-check of the document saw. It goes on in small steps, each whole, so that it can be stopped
anywhere and resumed by any process. Its result is sealed into the chain.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa

from qa.ledger.chain import Fault
from qa.ledger.compare import Compared, State, Successor, nowhere
from qa.ledger.entries import Entry, Kind, canonical, now
from qa.ledger.ledger import Ledger
from qa.ledger.tables import entries, findings, head, quotes, rechecks
from sources.document import Span
from sources.errors import UnknownDocument
from sources.library import Entry as Held
from sources.library import Library

NOT_QUOTED = ", not quoted"  # ends the status of a document that the policy does not quote
STEP = 200  # spans compared before the next look at what else waits
Job = sa.Row[Any]
"""A row of the table `rechecks`."""


class Progress(NamedTuple):
    """How far a re-check is: `done` of `spans` places in the document."""

    recheck_id: str
    doc_id: str
    done: int
    spans: int


class Quoted(NamedTuple):
    """A place that was quoted."""

    version: str
    start: int
    end: int


def notice_changes(ledger: Ledger, library: Library) -> list[str]:
    """Ask for a re-check of every quoted document that needs one; the ids of the new ones."""
    current = [entry for entry in library.entries() if entry.current]
    with ledger.transaction() as connection:
        due = _due(connection, current)
    if not due:
        return []
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.select(head.c.number).with_for_update())
        still = _due(connection, due)  # another process may have asked by now
        return [_ask(connection, held) for held in still]


def _due(connection: sa.Connection, current: Sequence[Held]) -> list[Held]:
    quoted = set(connection.execute(sa.select(quotes.c.doc_id).distinct()).scalars())
    jobs = connection.execute(sa.select(rechecks).order_by(rechecks.c.asked_at))
    last = {job.doc_id: job for job in jobs}
    here = [held for held in current if held.doc_id in quoted]
    return [held for held in here if _is_due(connection, held, last.get(held.doc_id))]


def _is_due(connection: sa.Connection, held: Held, last: Job | None) -> bool:
    quotable = held.quotable
    if last is not None:
        saw = last.to_version, _may_be_quoted(last)
        if saw != (held.version, quotable):
            return True
        if last.done_at is None:
            return False
    open_spans = _spans(held.doc_id, held.version, quotable, last and last.recheck_id)
    return connection.execute(open_spans.limit(1)).first() is not None


def _may_be_quoted(job: Job) -> bool:
    """Whether the document could be quoted when its re-check was asked for."""
    return not str(job.to_status).endswith(NOT_QUOTED)


def _spans(
    doc_id: str, version: str, quotable: bool, seen_by: str | None = None
) -> sa.Select[tuple[str, int, int]]:
    """The places quoted from a document that a re-check must look at, less those it has seen.

    What was quoted from the version that holds stands there, as long as it may be quoted.
    """
    place = (quotes.c.version, quotes.c.start, quotes.c.end)
    query = sa.select(*place).where(quotes.c.doc_id == doc_id).distinct()
    if quotable:
        query = query.where(quotes.c.version != version)
    if seen_by is not None:
        seen = sa.select(findings.c.finding_id).where(
            findings.c.recheck_id == seen_by,
            findings.c.version == quotes.c.version,
            findings.c.start == quotes.c.start,
            findings.c.end == quotes.c.end,
        )
        query = query.where(~seen.exists())
    return query.order_by(*place)


def _ask(connection: sa.Connection, held: Held) -> str:
    recheck_id = secrets.token_urlsafe(12)
    spans = _spans(held.doc_id, held.version, held.quotable).subquery()
    count = connection.execute(sa.select(sa.func.count()).select_from(spans)).scalar_one()
    connection.execute(
        sa.insert(rechecks).values(
            recheck_id=recheck_id,
            doc_id=held.doc_id,
            to_version=held.version,
            to_status=held.status.value + ("" if held.quotable else NOT_QUOTED),
            asked_at=now(),
            spans=count,
        )
    )
    return recheck_id


def step(ledger: Ledger, library: Library, most: int = STEP) -> Progress | None:
    """One step of the oldest re-check that is not done: how far it is then. None when all are."""
    with ledger.transaction() as connection:
        waiting = sa.select(rechecks).where(rechecks.c.done_at.is_(None))
        job = connection.execute(waiting.order_by(rechecks.c.asked_at).limit(1)).first()
        if job is None:
            return None
        query = _spans(job.doc_id, job.to_version, _may_be_quoted(job), job.recheck_id)
        places = [Quoted(**row._asdict()) for row in connection.execute(query.limit(most))]
    _write(ledger, job, _compare(library, job, places))
    if len(places) < most:
        _finish(ledger, job)
    return _progress(ledger, job)


def _compare(library: Library, job: Job, places: Sequence[Quoted]) -> list[tuple[Quoted, Compared]]:
    if not _may_be_quoted(job):
        return [(place, nowhere(State.WITHDRAWN)) for place in places]
    successor = Successor(library.document(job.doc_id, job.to_version))
    found = []
    for place in places:
        try:
            old = library.document(job.doc_id, place.version)
        except UnknownDocument:
            found.append((place, nowhere(State.LOST)))
            continue
        found.append((place, successor.compare(old, Span(place.start, place.end))))
    return found


def finding_id(recheck_id: str, place: Quoted) -> str:
    """The id of what a re-check finds of a place: the same in whichever process it is found."""
    return sha256(canonical([recheck_id, *place]).encode()).hexdigest()[:32]


def _write(ledger: Ledger, job: Job, pairs: Sequence[tuple[Quoted, Compared]]) -> None:
    rows = {
        finding_id(job.recheck_id, place): {
            **place._asdict(),
            "recheck_id": job.recheck_id,
            "state": compared.state.value,
            "severity": compared.severity,
            "new_start": compared.span and compared.span.start,
            "new_end": compared.span and compared.span.end,
            "similarity": compared.similarity,
            "diff": json.dumps(compared.diff, ensure_ascii=False),
        }
        for place, compared in pairs
    }
    mine = rechecks.c.recheck_id == job.recheck_id
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.select(rechecks.c.doc_id).where(mine).with_for_update())
        known = sa.select(findings.c.finding_id).where(findings.c.finding_id.in_(rows))
        there = set(connection.execute(known).scalars())  # another process may have been here
        new = [{"finding_id": name, **row} for name, row in rows.items() if name not in there]
        if new:
            connection.execute(sa.insert(findings), new)


def _finish(ledger: Ledger, job: Job) -> None:
    """Seal what was found into the chain, then call the re-check done; twice does no harm."""
    with ledger.transaction() as connection:
        found = _findings_of(connection, job.recheck_id)
    facts = {
        **_asked(job),
        "counts": Counter(row["state"] for row in found),
        "findings": findings_hash(found),
    }
    ledger.append([Entry(job.recheck_id, Kind.RECHECK, now(), job.doc_id, facts)])
    at = ledger.entry(job.recheck_id).at
    mine = rechecks.c.recheck_id == job.recheck_id
    with ledger.transaction(writes=True) as connection:
        connection.execute(sa.update(rechecks).where(mine).values(done_at=at))


def _asked(job: Job) -> dict[str, Any]:
    names = ("recheck_id", "doc_id", "to_version", "to_status", "asked_at", "spans")
    return {name: getattr(job, name) for name in names}


def _findings_of(connection: sa.Connection, recheck_id: str) -> list[dict[str, Any]]:
    query = sa.select(findings).where(findings.c.recheck_id == recheck_id)
    return [dict(row) for row in connection.execute(query).mappings()]


def findings_hash(rows: Sequence[dict[str, Any]]) -> str:
    """One hash for all findings of a re-check, whatever their order."""
    each = sorted(canonical(row) for row in rows)
    return sha256("\n".join(each).encode()).hexdigest()


def _progress(ledger: Ledger, job: Job) -> Progress:
    mine = findings.c.recheck_id == job.recheck_id
    with ledger.transaction() as connection:
        count = sa.select(sa.func.count()).select_from(findings).where(mine)
        done = int(connection.execute(count).scalar_one())
    return Progress(job.recheck_id, job.doc_id, done, job.spans)


def under_way(ledger: Ledger) -> list[Progress]:
    """The re-checks that are not done, oldest first."""
    with ledger.transaction() as connection:
        waiting = sa.select(rechecks).where(rechecks.c.done_at.is_(None))
        jobs = connection.execute(waiting.order_by(rechecks.c.asked_at)).all()
    return [_progress(ledger, job) for job in jobs]


def recheck_faults(connection: sa.Connection) -> Iterator[Fault]:
    """Where the re-checks that are done are not as the chain has sealed them."""
    sealed = {}
    query = sa.select(entries.c.number, entries.c.at, entries.c.body)
    for number, at, body in connection.execute(query.where(entries.c.kind == Kind.RECHECK)):
        facts = json.loads(body)["facts"]
        sealed[facts["recheck_id"]] = (number, at, facts)
    jobs = {job.recheck_id: job for job in connection.execute(sa.select(rechecks))}
    for recheck_id, (number, at, facts) in sealed.items():
        job = jobs.get(recheck_id)
        if job is None or job.done_at not in (None, at) or not _asked(job).items() <= facts.items():
            yield Fault(number, f"the re-check of entry {number} was changed or removed")
        elif findings_hash(_findings_of(connection, recheck_id)) != facts["findings"]:
            yield Fault(number, f"a finding of the re-check of entry {number} was changed")
    for recheck_id, job in jobs.items():
        if job.done_at is not None and recheck_id not in sealed:
            yield Fault(0, f"the re-check {recheck_id} is in no entry")
    owners = connection.execute(sa.select(findings.c.recheck_id).distinct()).scalars()
    for recheck_id in set(owners) - jobs.keys():
        yield Fault(0, f"a finding is of no re-check ({recheck_id})")
