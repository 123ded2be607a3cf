"""Passwords: kept by argon2 with the parameters its makers recommend (RFC 9106), never in words."""

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from qa.staff.errors import NotAllowed

SHORTEST, LONGEST = 12, 200  # characters
FEWEST_SIGNS = 5  # different characters in a password
_ONE_TIME = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike
_hasher = PasswordHasher()
_turn = BoundedSemaphore(2)  # each takes 64 MiB while it works


def password_hash(password: str) -> str:
    """What is kept of a password."""
    with _turn:
        return _hasher.hash(_plain(password))


def password_fits(password: str, kept: str) -> bool:
    """Whether it is the password of which `kept` was kept. No account takes as long as a wrong one.

    An empty `kept` fits nothing.
    """
    try:
        with _turn:
            _hasher.verify(kept or nobodys(), _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def outdated(kept: str) -> bool:
    """Whether other parameters are recommended now than when this was kept."""
    return _hasher.check_needs_rehash(kept)


@cache
def nobodys() -> str:
    """A hash of a password that nobody knows, to compare with where there is no account."""
    return password_hash(secrets.token_urlsafe())


def one_time_password() -> str:
    """A password to be read out or typed once: about 79 bits of chance in four groups of four."""
    return "-".join("".join(secrets.choice(_ONE_TIME) for _ in range(4)) for _ in range(4))


def refuse_poor(password: str, name: str) -> None:
    """Raise `NotAllowed` for a password that is easily guessed or cannot be typed again."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise NotAllowed(f"a password has {SHORTEST} to {LONGEST} characters; choose another one")
    if not plain.isprintable():
        raise NotAllowed("a password has no control characters; choose another one")
    if len(set(plain.casefold())) < FEWEST_SIGNS or name.casefold() in plain.casefold():
        raise NotAllowed(
            "that password is easily guessed (it repeats a few characters, or holds the name); "
            "choose another one, such as four words that have nothing to do with each other"
        )


def _plain(password: str) -> str:
    """One spelling of what looks the same, whichever keyboard typed it."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")
