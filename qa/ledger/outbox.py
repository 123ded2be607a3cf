"""Where entries wait to be written: one small file each, so that an answer waits for no database.

What was put here survives the end of the process, and the database's being away. Several
processes share one outbox; writing an entry twice is no harm, for the ledger knows its id.
"""

import logging
from pathlib import Path

from qa.ledger.entries import Entry, Kind, entry_from_text, entry_to_text
from qa.ledger.ledger import Ledger

logger = logging.getLogger(__name__)

AT_ONCE = 500  # entries written in one transaction


class Outbox:
    """The folder `ledger-waiting` of a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "ledger-waiting"
        self.folder.mkdir(parents=True, exist_ok=True)

    def put(self, entry: Entry) -> None:
        """Keep `entry` until it is written. Takes a fraction of a millisecond."""
        target = self.folder / f"{entry.at.replace(':', '')}_{entry.entry_id}.json"
        aside = target.with_suffix(".part")
        aside.touch(mode=0o600)
        aside.write_text(entry_to_text(entry), encoding="ascii")
        aside.replace(target)

    def waiting(self) -> list[Path]:
        """The files of the entries that wait, oldest first."""
        return sorted(self.folder.glob("*.json"))

    def find(self, start: str) -> Entry | None:
        """The answer that waits and whose id begins with `start`; none when none does."""
        found = (self._read(path) for path in self.folder.glob(f"*_{start}*.json"))
        return next((entry for entry in found if entry and entry.kind is Kind.ANSWER), None)

    def write_into(self, ledger: Ledger) -> list[Entry]:
        """Write what waits, oldest first; what was written.

        All of it stays when a `LedgerError` is raised.
        """
        paths = self.waiting()[:AT_ONCE]
        entries = [self._read(path) for path in paths]
        found = [entry for entry in entries if entry is not None]
        if found:
            ledger.append(found)
        for path, entry in zip(paths, entries, strict=True):
            if entry is not None:
                path.unlink(missing_ok=True)
        return found

    @staticmethod
    def _read(path: Path) -> Entry | None:
        """The entry of a file; none when another process has written it by now."""
        try:
            return entry_from_text(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            path.rename(path.with_suffix(".unreadable"))  # kept for a person, out of the way
            logger.warning("%s is no entry; it was set aside beside itself", path)
            return None
