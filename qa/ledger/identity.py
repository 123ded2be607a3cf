"""What made an answer: the program's own files and the settings, each named by a hash."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qa.ledger.entries import canonical
from qa.settings import Settings

ROOT = Path(__file__).parents[2]
MADE_OF = ("sources", "index", "qa")
ENDINGS = (".py", ".toml")
_OF_THE_MACHINE = ("home", "host", "port", "library", "ledger", "address")  # they change no answer
_OF_THE_STAFF = ("staff_", "oidc_")  # what their settings begin with; neither do they


@cache
def code_identity() -> str:
    """SHA-256 over the program's files that can change an answer, in hexadecimal."""
    return _hash_of(*MADE_OF)


def _hash_of(*packages: str) -> str:
    whole = sha256()
    for package in packages:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in ENDINGS:
                whole.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
                whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()


@cache
def program_version() -> str:
    """The version of the program as it is installed."""
    try:
        return version("quotewell")
    except PackageNotFoundError:
        return "not installed"


def configuration(settings: Settings) -> Mapping[str, object]:
    """The settings that can change an answer."""
    names = [field.name for field in fields(settings) if field.name not in _OF_THE_MACHINE]
    return {n: getattr(settings, n) for n in names if not n.startswith(_OF_THE_STAFF)}


def configuration_identity(settings: Settings) -> str:
    """A hash of the settings that can change an answer, in hexadecimal."""
    return sha256(canonical(configuration(settings)).encode()).hexdigest()


_READ_WITH = {  # the libraries that decide what text a reader finds
    "plain": ("charset-normalizer",),
    "markdown": ("markdown-it-py", "charset-normalizer"),
    "html": ("trafilatura", "lxml", "charset-normalizer"),
    "pdf": ("pypdf",),
    "docx": ("python-docx",),
}


@cache
def reader_identity(format_name: str) -> Mapping[str, str]:
    """What reads files of a format: a hash of our readers, and the libraries by version."""
    code = _hash_of("sources")
    return {"sources": code, **{name: version(name) for name in _READ_WITH.get(format_name, ())}}
