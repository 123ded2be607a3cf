"""A process that is killed while it records loses nothing, and writes nothing twice or by half."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.verify import verify

ROOT = Path(__file__).parents[1]
SERVER = """
import sys, time
from pathlib import Path
from qa.ledger.clerk import Clerk
from qa.ledger.entries import Kind, new_entry
from qa.ledger.ledger import Ledger
from sources.library import Library
home = Path(sys.argv[1])
clerk = Clerk(Ledger(home), Library(home), retain_days=30)
clerk.start()
while True:
    entry = new_entry(Kind.ACT, "", {}, "Does it hurt?")
    clerk.record(entry)
    print(entry.entry_id, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.05, 0.4])
def test_what_was_said_to_be_kept_is_in_the_ledger_once(tmp_path, after_s):
    words = [sys.executable, "-c", SERVER, str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as server:
        first = server.stdout.readline()
        time.sleep(after_s)
        server.kill()
        kept = [first, *server.stdout]
    said = {line.strip() for line in kept if line.endswith("\n")}
    ledger = Ledger(tmp_path)
    while Outbox(tmp_path).write_into(ledger):
        pass
    with ledger.transaction() as connection:
        found = connection.execute(sa.text("SELECT entry_id FROM entries")).scalars().all()
    assert len(found) == len(set(found))
    assert said <= set(found)
    assert len(found) <= len(said) + 1  # the last one may have been kept and not yet said
    assert verify(ledger) == []
    ledger.close()
