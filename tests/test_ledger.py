"""The chain: what is recorded of an answer, and that no row of the database can change unseen."""

import json
import random
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.gate import table
from qa.ledger.answers import Shown, answer_entry, trace_of
from qa.ledger.chain import GENESIS, words_hash
from qa.ledger.clerk import Clerk
from qa.ledger.entries import Kind, Words, entry_from_text, entry_to_text, new_entry
from qa.ledger.errors import LedgerDamaged, LedgerError, UnknownAnswer
from qa.ledger.identity import code_identity, configuration_identity
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.recheck import notice_changes, step
from qa.ledger.retention import forget
from qa.ledger.seal import Seal, seal_holds
from qa.ledger.verify import verify
from qa.settings import Settings
from sources.document import Audience

FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
QUESTION = "Does a biopsy hurt?"


def masked(text):
    return text.replace("Maria", "▮▮▮")


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


@pytest.fixture
def entry_of(assistant):
    """Makes the entry of an answer that the assistant gives, with its trace."""

    def make(text, name=None):
        answer, workings = assistant.ask_with_workings(text)
        answer = replace(answer, answer_id=name or answer.answer_id)
        settings = assistant.settings
        boxes = [[(1, 0.1, 0.2, 0.3, 0.4)]] * len(answer.quotes)
        code, chosen = code_identity(), configuration_identity(settings)
        shown = Shown(Audience.PATIENT, "en", boxes, code, chosen)
        return answer_entry(answer, shown, masked, trace_of(workings, settings))

    return make


def test_an_answer_is_recorded_as_it_was_shown(ledger, entry_of, assistant):
    entry = entry_of("I am Maria. Does a biopsy hurt?")
    ledger.append([entry])
    found = ledger.entry(entry.entry_id)
    assert found.words.said == "I am ▮▮▮. Does a biopsy hurt?"
    assert "maria" not in json.dumps(found).lower()
    assert found.facts["urgent"] is None
    quote = found.facts["quotes"][0]
    document = assistant.library.document(quote["doc_id"], quote["version"])
    words = document.text[quote["start"] : quote["end"]]
    assert words.startswith("A biopsy hurts a little.")
    assert quote["sha256"] == sha256(words.encode()).hexdigest()
    assert quote["boxes"] == [[1, 0.1, 0.2, 0.3, 0.4]]
    assert found.trace["features"][0] == "similarity"
    assert found.trace["thresholds"] == table()["thresholds"]
    assert found.trace["configuration"]["max_quotes"] == 3
    assert {"dense", "lexical", "fused"} <= found.trace["passages"][0].keys()
    first, *others = [row["evidence"] for row in found.trace["statements"]]
    assert all(first >= other for other in others)


def test_the_rule_that_fired_is_recorded_without_the_words(ledger, entry_of):
    entry = entry_of("I suddenly cannot feel my legs. Does a biopsy hurt?")
    ledger.append([entry])
    found = ledger.entry(entry.entry_id)
    assert found.facts["urgent"]["level"] == "emergency"
    assert found.facts["urgent"]["notice"].startswith("urgent.")
    assert "legs" not in found.link.body


def test_quotes_and_questions_are_in_no_fact_or_trace(ledger, entry_of):
    entry = entry_of(QUESTION)
    ledger.append([entry])
    found = ledger.entry(entry.entry_id)
    lasting = found.link.body + json.dumps(found.trace)
    assert "hurt" not in lasting.replace("Does an MRI scan hurt?", "")


def test_an_unknown_answer_is_said_to_be_unknown(ledger):
    with pytest.raises(UnknownAnswer, match="has no answer 'nobody'; check the id"):
        ledger.entry("nobody")


def test_feedback_and_opening_are_later_entries_about_the_answer(ledger, entry_of):
    entry = entry_of(QUESTION)
    ledger.append([entry])
    ledger.append([new_entry(Kind.OPENED, entry.entry_id, {})])
    ledger.append([new_entry(Kind.FEEDBACK, entry.entry_id, {"helped": False}, "too\x00 short")])
    opened, feedback = ledger.about(entry.entry_id)
    assert (opened.kind, opened.words) == (Kind.OPENED, None)
    assert feedback.words.said == "too  short"
    assert ledger.about(entry.entry_id, Kind.FEEDBACK) == [feedback]
    assert verify(ledger) == []


def test_each_link_carries_the_hash_of_the_one_before(ledger, entry_of):
    entries = [entry_of(QUESTION), entry_of("Is an MRI scan loud?")]
    ledger.append(entries)
    one, two = (ledger.entry(entry.entry_id).link for entry in entries)
    assert (one.previous, two.previous) == (GENESIS, one.hash)
    assert one.hash == sha256(f"{GENESIS}\n{one.body}".encode()).hexdigest()


def test_words_enter_the_chain_by_a_hash_that_tells_nothing():
    words = Words("Does it hurt?", "{}")
    assert words_hash("00", words) != words_hash("01", words)
    assert words_hash("00", words) != words_hash("00", Words("Does it hurt? ", "{}"))


@given(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_an_entry_survives_the_outbox_unchanged(said, whole, share):
    entry = new_entry(Kind.FEEDBACK, "a", {"whole": whole, "share": share, "t": [said]}, said)
    assert entry_from_text(entry_to_text(entry)) == entry


@pytest.fixture
def grown(ledger, entry_of, assistant, put):
    """A ledger with answers, events, words forgotten, and a re-check that is done."""
    base = [entry_of(QUESTION), entry_of("Is an MRI scan loud?")]
    long_ago = (datetime.now(UTC) - timedelta(days=9)).isoformat(timespec="milliseconds")
    named = [replace(base[n % 2], entry_id=f"a{n}", about=f"a{n}") for n in range(24)]
    ledger.append([replace(entry, at=long_ago) for entry in named[:5]])
    ledger.append(named[5:])
    ledger.append([new_entry(Kind.FEEDBACK, "a1", {"helped": True}, "thank you")])
    assert forget(ledger, 5) == 5
    put(assistant.library, "scan.md", FILES["scan.md"].replace("is loud", "is very loud"))
    put(assistant.library, "biopsy.md", FILES["biopsy.md"] + "\nEat before it.\n")
    assert len(notice_changes(ledger, assistant.library)) == 2
    while step(ledger, assistant.library):
        pass
    assert verify(ledger) == []
    return ledger


def tables_of(database):
    """The tables of the record; accounts are none of it, and what was done to them is."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return sorted(name for (name,) in names if not name.startswith("staff"))


def other_than(value, dice):
    """A value of the same kind that is not this one."""
    if isinstance(value, int):
        return value + dice.choice([-3, -1, 1, 2, 1000])
    if isinstance(value, float):
        return value + dice.choice([-0.5, 0.001, 3.0])
    if isinstance(value, bytes):
        at = dice.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    if not value:
        return "x"
    at = dice.randrange(len(value))
    return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]


def tamper(database, dice):
    """Change or delete one row of one table; what was done, or none where a rule forbade it."""
    table = dice.choice(tables_of(database))
    rows = database.execute(f"SELECT rowid, * FROM {table}").fetchall()
    columns = [c[1] for c in database.execute(f"PRAGMA table_info({table})")]
    place, *row = dice.choice(rows)
    if dice.random() < 0.4:
        database.execute(f"DELETE FROM {table} WHERE rowid = ?", (place,))
        return f"{table} {place} deleted"
    at = dice.randrange(len(columns))
    new = other_than(row[at], dice)
    try:
        set_ = f'UPDATE {table} SET "{columns[at]}" = ? WHERE rowid = ?'
        database.execute(set_, (new, place))
    except sqlite3.IntegrityError:
        return None
    return f"{table} {place} {columns[at]}: {row[at]!r} to {new!r}"


def test_two_hundred_changes_and_deletions_are_all_found(grown, tmp_path):
    grown.close()  # all is in the one file now
    home, dice = tmp_path / "tampered", random.Random(5)
    home.mkdir()
    for name in ("ledger.key", "ledger.head"):
        shutil.copy(grown.home / name, home)
    done, missed = 0, []
    while done < 200:
        shutil.copy(grown.home / "ledger.db", home / "ledger.db")
        with closing(sqlite3.connect(home / "ledger.db")) as database, database:
            database.execute("PRAGMA synchronous=OFF")
            what = tamper(database, dice)
        if what is None:
            continue
        done += 1
        try:
            ledger = Ledger(home)
        except LedgerError:
            continue  # it does not even open, and says why
        faults = verify(ledger)
        ledger.close()
        missed += [] if faults else [what]
    assert missed == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE entries SET body = replace(body, 'en', 'es') WHERE number = 7",
            (7, "was changed"),
        ),
        ("DELETE FROM entries WHERE number = 7", (7, "entry 7 is missing")),
        ("DELETE FROM entries WHERE number IN (7, 8)", (7, "entries 7 to 8 are missing")),
        ("DELETE FROM entries WHERE number >= 27", (27, "missing at the end")),
        ("UPDATE words SET said = 'no' WHERE number = 9", (9, "the words of entry 9 were changed")),
        ("UPDATE answers SET outcome = 'closest' WHERE number = 9", (9, "listed answer")),
        ("DELETE FROM quotes WHERE number = 9", (9, "a listed quote of entry 9")),
        ("DELETE FROM traces WHERE number = 9", (9, "the trace of entry 9")),
        ("UPDATE findings SET state = 'unchanged'", (27, "a finding of the re-check")),
    ],
)
def test_it_says_which_row_is_wrong(grown, change, found):
    with closing(sqlite3.connect(grown.home / "ledger.db")) as database, database:
        database.execute(change)
    number, words = found
    assert any(f.number == number and words in f.what for f in verify(grown))


def test_rows_that_changed_places_are_found(grown):
    with closing(sqlite3.connect(grown.home / "ledger.db")) as database, database:
        for old, new in ((7, 999), (8, 7), (999, 8)):
            database.execute("UPDATE entries SET number = ? WHERE number = ?", (new, old))
    assert {fault.number for fault in verify(grown)} >= {7, 8}


def test_an_end_cut_off_with_its_head_is_found_by_the_signed_record(grown):
    with closing(sqlite3.connect(grown.home / "ledger.db")) as database, database:
        for table in ("entries", "answers", "quotes", "words", "traces"):
            database.execute(f"DELETE FROM {table} WHERE number > 20")
        for table in ("rechecks", "findings"):
            database.execute(f"DELETE FROM {table}")
        last = database.execute("SELECT hash FROM entries WHERE number = 20").fetchone()
        database.execute("UPDATE head SET number = 20, hash = ?", last)
    faults = verify(grown)
    assert [f.number for f in faults if "as ledger.head shows" in f.what] == [21]
    grown.append([new_entry(Kind.ACT, "", {"n": n}) for n in range(12)])
    assert any("is not the one that ledger.head has signed" in f.what for f in verify(grown))


@pytest.mark.parametrize("text", ["", "{}", None])
def test_a_head_that_this_home_did_not_sign_is_found(grown, text):
    path = grown.home / "ledger.head"
    forged = path.read_text().replace('"number":28', '"number":20') if text is None else text
    path.write_text(forged)
    assert any("ledger.head was changed" in fault.what for fault in verify(grown))
    path.unlink()
    assert any("ledger.head is missing" in fault.what for fault in verify(grown))


def test_a_new_database_in_place_of_the_old_one_is_found(grown):
    grown.close()
    (grown.home / "ledger.db").unlink()
    faults = verify(Ledger(grown.home))
    assert faults == [(1, "entries 1 to 28 are missing at the end, as ledger.head shows")]


def test_forgotten_words_are_no_longer_in_the_files(ledger, entry_of):
    entry = entry_of("Does a biopsy hurt a zebra?")
    ledger.append([entry])
    assert b"zebra" in b"".join(p.read_bytes() for p in ledger.home.glob("ledger.db*"))
    assert forget(ledger, 0, datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert b"zebra" not in b"".join(p.read_bytes() for p in ledger.home.glob("ledger.db*"))


def test_a_key_is_its_owners_alone(ledger):
    assert (ledger.home / "ledger.key").stat().st_mode & 0o777 == 0o600
    seal = ledger.witness.sealer.seal("words")
    assert seal_holds(seal, "words")
    assert not seal_holds(seal, "word")
    assert not seal_holds(Seal("AAAA", seal.signature), "words")


def test_a_key_that_is_none_is_refused(ledger):
    (ledger.home / "ledger.key").write_text("no key")
    with pytest.raises(LedgerDamaged, match="is no key; restore it from a backup"):
        Ledger(ledger.home)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"not a database, but long enough to be looked at" * 99)
    with pytest.raises(LedgerError, match=r"cannot be used .*restore it from a backup"):
        Ledger(tmp_path)


def test_a_record_that_was_put_survives_the_end_of_the_process(ledger, entry_of):
    entry = entry_of(QUESTION)
    Outbox(ledger.home).put(entry)
    (ledger.home / "ledger-waiting" / "broken.json").write_text("{")
    again = Outbox(ledger.home)
    assert again.write_into(ledger) == [entry]
    assert ledger.entry(entry.entry_id).facts == entry.facts
    assert again.waiting() == []
    assert (ledger.home / "ledger-waiting" / "broken.unreadable").read_text() == "{"


def test_the_clerk_writes_while_people_ask(ledger, entry_of, assistant):
    clerk = Clerk(ledger, assistant.library, retain_days=30)
    clerk.start()
    entries = [entry_of(QUESTION) for _ in range(8)]
    asking = [threading.Thread(target=clerk.record, args=(entry,)) for entry in entries]
    for thread in asking:
        thread.start()
    until = time.monotonic() + 10
    while clerk.outbox.waiting() or any(thread.is_alive() for thread in asking):
        assert time.monotonic() < until
        time.sleep(0.01)
    clerk.close()
    assert {ledger.entry(entry.entry_id).link.number for entry in entries} == set(range(1, 9))
    assert verify(ledger) == []


def test_the_identity_of_the_settings_leaves_the_machine_out():
    plain = Settings()
    assert configuration_identity(plain) == configuration_identity(replace(plain, port=1))
    assert configuration_identity(plain) != configuration_identity(replace(plain, max_quotes=2))
