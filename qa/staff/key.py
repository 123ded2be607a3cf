"""The key with which cookies and forms of the staff pages are signed: `staff.key` in the home."""

import os
import re
import secrets
from hashlib import sha256
from hmac import digest
from pathlib import Path

from itsdangerous import BadSignature, Signer

from qa.staff.errors import KeyUnusable

_MEND = "stop the server, delete the file and start again: everybody then signs in anew"


class StaffKey:
    """The key of a home, made when there is none; processes that start at once agree on one.

    Raises `KeyUnusable` for a file that is no key, or that others may read.
    """

    def __init__(self, home: Path) -> None:
        path = home / "staff.key"
        if not path.exists():
            _make(path)
        found = path.read_bytes().decode("ascii", "replace").strip()
        if not re.fullmatch("[0-9a-f]{64}", found):
            raise KeyUnusable(f"{path} is no key; {_MEND}")
        if path.stat().st_mode & 0o077:
            raise KeyUnusable(f"other users may read {path}; {_MEND}")
        self._key = bytes.fromhex(found)

    def signed(self, text: str, purpose: str) -> str:
        """`text` with a signature that holds for this purpose alone."""
        return self._signer(purpose).sign(text).decode("ascii")

    def unsigned(self, signed: str, purpose: str) -> str | None:
        """What `signed` was given; none when its signature does not hold."""
        try:
            return self._signer(purpose).unsign(signed).decode("ascii")
        except (BadSignature, UnicodeError):
            return None

    def digest(self, text: str) -> str:
        """A hash of `text` that nobody without the key can try guesses on, in hexadecimal."""
        return digest(self._key, text.encode("utf-8", "replace"), "sha256").hex()

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._key, salt=purpose, key_derivation="hmac", digest_method=sha256)


def _make(path: Path) -> None:
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(aside, path)  # whoever comes second keeps the first one's
    except FileExistsError:
        pass
    finally:
        aside.unlink()
