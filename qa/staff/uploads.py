"""Files that staff have sent and not added yet. They lie aside: no part of the library.

A file is there whole or not at all. What nobody added or dropped within a week is dropped.
"""

import json
import re
import secrets
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from sources.errors import EmptyFile, SourceError, TooLarge, UnknownFormat
from sources.readers import FORMATS

PIECE = 1024 * 1024  # bytes copied at a time
KEPT_S = 7 * 24 * 3600.0
CUT_OFF_S = 3600.0  # after which a file that is still not whole never will be
_ID = re.compile(r"[\w-]{16}")
_ABOUT = "about.json"
_FILE = "file"


class UnknownUpload(SourceError):
    """There is no such upload any more."""


class Upload(NamedTuple):
    """A file that waits for a decision. `doc_id` is the document it was sent for, if any.

    `at` is UTC, ISO 8601; `size` in bytes.
    """

    upload_id: str
    name: str
    doc_id: str | None
    who: str
    at: str
    size: int


class Uploads:
    """The uploads of one home folder. `limit` is in bytes."""

    def __init__(self, home: Path, limit: int) -> None:
        self.folder = home / "uploads"
        self.limit = limit

    def take(self, file: BinaryIO, name: str, who: str, doc_id: str | None = None) -> Upload:
        """Keep what can be read from `file`.

        Raises `UnknownFormat`, `TooLarge` or `EmptyFile`, or the `OSError` of a full disk; then
        nothing of it is left.
        """
        plain = PurePath(name.replace("\\", "/")).name[-200:]
        if PurePath(plain).suffix.lower() not in FORMATS:
            known = ", ".join(sorted(FORMATS))
            raise UnknownFormat(f"{plain or 'a file'} is of an unknown format; known are {known}")
        self.tidy()
        upload_id = secrets.token_urlsafe(12)
        aside = self.folder / f".{upload_id}"
        aside.mkdir(parents=True)
        try:
            size = self._copy(file, aside / _FILE, plain)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            upload = Upload(upload_id, plain, doc_id, who, at, size)
            (aside / _ABOUT).write_text(json.dumps(upload._asdict()), encoding="utf-8")
            aside.rename(self.folder / upload_id)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return upload

    def _copy(self, file: BinaryIO, target: Path, name: str) -> int:
        size = 0
        with target.open("wb") as written:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > self.limit:
                    raise TooLarge(
                        f"{name} is larger than the {self.limit // 2**20} MB that may be uploaded; "
                        "split it, or raise `staff_upload_megabytes` in the settings"
                    )
                written.write(piece)
        if size == 0:
            raise EmptyFile(f"{name} is empty; choose a file with text in it")
        return size

    def all(self) -> list[Upload]:
        """What waits, the newest first."""
        found = [self._about(path.parent) for path in self.folder.glob(f"[!.]*/{_ABOUT}")]
        return sorted(found, key=lambda upload: upload.at, reverse=True)

    def find(self, upload_id: str) -> Upload:
        """The upload of this id. Raises `UnknownUpload`."""
        folder = self.folder / upload_id
        if not _ID.fullmatch(upload_id) or not (folder / _ABOUT).is_file():
            raise UnknownUpload("this upload was added or dropped meanwhile; upload the file again")
        return self._about(folder)

    def _about(self, folder: Path) -> Upload:
        return Upload(**json.loads((folder / _ABOUT).read_text(encoding="utf-8")))

    def data(self, upload: Upload) -> bytes:
        """The bytes of an upload."""
        return (self.folder / upload.upload_id / _FILE).read_bytes()

    def drop(self, upload: Upload) -> None:
        """Forget an upload. Twice does no harm."""
        shutil.rmtree(self.folder / upload.upload_id, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what was cut off, and what nobody came back to."""
        now = time.time()
        for folder in self.folder.glob("*"):
            kept = CUT_OFF_S if folder.name.startswith(".") else KEPT_S
            if now - folder.stat().st_mtime > kept:
                shutil.rmtree(folder, ignore_errors=True)
