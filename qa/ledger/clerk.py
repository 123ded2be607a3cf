"""The clerk: one thread that writes what waits, re-checks what changed and forgets on time.

It works in small steps and never holds up an answer. When the database is away it says so once,
keeps everything, and tries again.
"""

import logging
import time
from collections.abc import Sequence
from datetime import date
from threading import Event, Thread

from qa.ledger.entries import Entry, Kind
from qa.ledger.errors import LedgerError
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.recheck import notice_changes, step
from qa.ledger.retention import forget
from sources.errors import SourceError
from sources.library import Library

logger = logging.getLogger(__name__)

LOOK_S = 2.0  # seconds between two looks at the library and the outbox of other processes
AGAIN_S = 5.0  # seconds before another try after the database was away
FORGET_S = 3600.0  # seconds between two rounds of forgetting


class Clerk:
    """Works in the background from `start` to `close`. `retain_days` is how long words are kept."""

    def __init__(self, ledger: Ledger, library: Library, retain_days: int) -> None:
        self.ledger = ledger
        self.library = library
        self.outbox = Outbox(ledger.home)
        self._retain_days = retain_days
        self._wake, self._stop = Event(), Event()
        self._thread = Thread(target=self._work, name="ledger", daemon=True)
        self._seen: tuple[int, date] | None = None
        self._forget_at = 0.0
        self._away = False

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def record(self, entry: Entry) -> None:
        """Keep `entry` and have it written soon. Does not wait for the database."""
        self.outbox.put(entry)
        self._wake.set()

    def close(self) -> None:
        """Stop after the step in hand. What still waits is written at the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                more = self.one_round()
                self._away = False
            except (LedgerError, SourceError, OSError) as error:
                if not self._away:
                    logger.warning("%s; answers are kept and written later", error)
                self._away = True
                self._stop.wait(AGAIN_S)
                continue
            if not more:
                self._wake.wait(LOOK_S)
                self._wake.clear()

    def one_round(self) -> bool:
        """Do a little of everything; whether there is more to do at once."""
        written = self.outbox.write_into(self.ledger)
        if time.monotonic() >= self._forget_at:
            forget(self.ledger, self._retain_days)
            self._forget_at = time.monotonic() + FORGET_S
        moment = self.library.revision, self.library.today()  # reviews also run out by the date
        if moment != self._seen or self._quotes_the_past(written):
            notice_changes(self.ledger, self.library)
            self._seen = moment
        return bool(step(self.ledger, self.library) or self.outbox.waiting())

    def _quotes_the_past(self, written: Sequence[Entry]) -> bool:
        """Whether a document changed between an answer and its being written."""
        quotable = self.library.quotable()
        answers = (entry for entry in written if entry.kind is Kind.ANSWER)
        quotes = (quote for answer in answers for quote in answer.facts["quotes"])
        return any(quote["version"] not in quotable for quote in quotes)
