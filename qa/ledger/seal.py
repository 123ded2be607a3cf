"""Signing with a key of this home, and the record of the chain's head that lies beside it.

A signature by Ed25519 proves that whoever signed had the key in `ledger.key`. It does not prove
when, and nothing against somebody who has that key: see `docs/ledger.md`.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from qa.ledger.entries import canonical
from qa.ledger.errors import LedgerDamaged


class Seal(NamedTuple):
    """A public key and a signature by it, both in base64."""

    public_key: str
    signature: str


class Head(NamedTuple):
    """The number and hash of the last link of a chain."""

    number: int
    hash: str


def seal_holds(seal: Seal, text: str) -> bool:
    """Whether the seal's own key signed `text`. Whose key it is, the fingerprint must tell."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(seal.public_key, validate=True))
        key.verify(base64.b64decode(seal.signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """A name for a public key that can be published and read out: 32 hexadecimal digits."""
    return sha256(public_key.encode()).hexdigest()[:32]


class Sealer:
    """The key of a home, made when there is none. Only its owner may read the file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(pem)
        try:
            found = load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise LedgerDamaged(f"{path} is no key; restore it from a backup") from error
        if not isinstance(found, Ed25519PrivateKey):
            raise LedgerDamaged(f"{path} is a key of another kind; restore it from a backup")
        self._key = found
        self.public_key = base64.b64encode(found.public_key().public_bytes_raw()).decode()

    def seal(self, text: str) -> Seal:
        """A seal on `text` by this home's key."""
        signature = base64.b64encode(self._key.sign(text.encode())).decode()
        return Seal(self.public_key, signature)


class Witness:
    """The signed record, outside the database, of how far the chain has reached."""

    def __init__(self, home: Path) -> None:
        self.path = home / "ledger.head"
        self._lock_path = home / "ledger.lock"
        with self.alone():
            self.sealer = Sealer(home / "ledger.key")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other process of this home does the same."""
        with self._lock_path.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read(self) -> Head | None:
        """What was recorded; none when the file is not there. `LedgerDamaged` when forged."""
        if not self.path.exists():
            return None
        try:
            values = json.loads(self.path.read_bytes())
            head = Head(int(values["number"]), str(values["hash"]))
            seal = Seal(str(values["public_key"]), str(values["signature"]))
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerDamaged(f"{self.path} was changed: it is no record of a head") from error
        if seal.public_key != self.sealer.public_key or not seal_holds(seal, canonical(head)):
            raise LedgerDamaged(f"{self.path} was changed: the key of this home did not sign it")
        return head

    def note(self, head: Head) -> None:
        """Record that the chain has reached `head`; an earlier one never replaces a later one.

        The caller has found what was recorded before in the chain that ends with `head`.
        """
        with self.alone():
            known = self.read()
            if known is not None and known.number >= head.number:
                return
            values = {**head._asdict(), **self.sealer.seal(canonical(head))._asdict()}
            aside = self.path.with_suffix(f".{os.getpid()}")
            with aside.open("w", encoding="ascii") as file:
                file.write(canonical(values))
                file.flush()
                os.fsync(file.fileno())  # after a power cut it is whole: this one or the last
            aside.replace(self.path)
