"""The chain: each link carries the hash of the link before, so none can go or change unseen.

`hash` is SHA-256 over `previous`, a line feed and `body`; the first link follows `GENESIS`.
`body` is canonical JSON of what lasts. Words enter it by a salted hash only, so that they can
be deleted, salt and all, and the chain still holds.
"""

import json
import secrets
import zlib
from hashlib import sha256
from typing import NamedTuple

from qa.ledger.entries import Entry, Kind, Words, canonical

GENESIS = "0" * 64
Row = dict[str, object]
"""One row of a table, by column."""


class Link(NamedTuple):
    """One entry as it lies in the chain; `number` counts from 1."""

    number: int
    body: str
    previous: str
    hash: str


class Copies(NamedTuple):
    """What the tables that are searched repeat from a body: the rows that must be there."""

    entry: Row
    answer: Row | None
    quotes: list[Row]


class Fault(NamedTuple):
    """Something that does not fit. `number` is the entry's; 0 where it is about none."""

    number: int
    what: str


def link_hash(previous: str, body: str) -> str:
    """The hash of a link, in hexadecimal."""
    return sha256(f"{previous}\n{body}".encode()).hexdigest()


def new_salt() -> str:
    """A salt that nobody can guess, in hexadecimal."""
    return secrets.token_hex(16)


def words_hash(salt: str, words: Words) -> str:
    """The hash by which words enter the chain; without the salt no guess can be tried on it."""
    return sha256(canonical([salt, *words]).encode()).hexdigest()


def packed_trace(entry: Entry) -> bytes | None:
    """The trace of an entry as it is stored, compressed; nothing when it has none."""
    return None if entry.trace is None else zlib.compress(canonical(entry.trace).encode(), 6)


def unpacked_trace(data: bytes) -> dict[str, object]:
    """What `packed_trace` stored."""
    found: dict[str, object] = json.loads(zlib.decompress(data))
    return found


def forge(number: int, previous: str, entry: Entry, salt: str, trace: bytes | None) -> Link:
    """The link that makes `entry` the entry of this number."""
    body = canonical(
        {
            "number": number,
            "entry_id": entry.entry_id,
            "kind": entry.kind,
            "at": entry.at,
            "about": entry.about,
            "facts": entry.facts,
            "words": words_hash(salt, entry.words) if entry.words else None,
            "trace": sha256(trace).hexdigest() if trace else None,
        }
    )
    return Link(number, body, previous, link_hash(previous, body))


def copies_of(body: str) -> Copies:
    """The rows that repeat a body for searching."""
    values = json.loads(body)
    number = values["number"]
    entry = {name: values[name] for name in ("number", "entry_id", "kind", "at", "about")}
    if values["kind"] != Kind.ANSWER:
        return Copies(entry, None, [])
    facts = values["facts"]
    answer = {
        "number": number,
        "answer_id": values["entry_id"],
        "at": values["at"],
        "rule": (facts["urgent"] or {}).get("rule"),
        **{name: facts[name] for name in ("outcome", "reader", "language")},
        **{name: facts[name] for name in ("probability", "took_ms")},
    }
    quotes: list[Row] = [
        {
            "number": number,
            "place": place,
            **{name: quote[name] for name in ("doc_id", "version", "start", "end", "sha256")},
        }
        for place, quote in enumerate(facts["quotes"])
    ]
    return Copies(entry, answer, quotes)
