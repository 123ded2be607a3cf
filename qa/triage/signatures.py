"""Who signed which red-flag rules, when, and which version: lines of JSON in the home.

A signature holds for one version of a group. When the rules, the words they share or the advice
change, the version changes, and the group is unsigned until somebody signs again.
"""

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from qa.triage.check import Triage
from qa.triage.rules import Group

SIGNATURES_FILE = "red_flag_signatures.jsonl"


class SignatureError(Exception):
    """A signature cannot be read or given; the message says what to do."""


class Signature(NamedTuple):
    """One person's signature under one version of a group; `on` is an ISO date."""

    group: str
    language: str
    version: str
    by: str
    on: str


def read_signatures(home: Path) -> list[Signature]:
    """Every signature ever given in this home, the oldest first."""
    path = home / SIGNATURES_FILE
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        return [Signature(**json.loads(line)) for line in lines if line.strip()]
    except (TypeError, ValueError) as error:
        raise SignatureError(
            f"{path} is damaged: {error}; restore it from a backup, or remove it and sign again"
        ) from error


def signature_of(group: Group, signatures: list[Signature]) -> Signature | None:
    """The last signature under this very version of a group; `None` when nobody signed it."""
    same = (group.name, group.language, group.version)
    return next((s for s in reversed(signatures) if s[:3] == same), None)


def sign(home: Path, group: Group, by: str, on: date) -> Signature:
    """Record that a person signs this version. Raises `SignatureError` without a name."""
    if not by.strip():
        raise SignatureError("a signature needs the name and role of the clinician; give --by")
    signature = Signature(group.name, group.language, group.version, by.strip(), on.isoformat())
    home.mkdir(parents=True, exist_ok=True)
    with (home / SIGNATURES_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(signature._asdict(), ensure_ascii=False) + "\n")
    return signature


def group_named(name: str, language: str, rules: Triage) -> Group:
    """The group of this name. Raises `SignatureError`, naming those there are, for no such."""
    groups = [group for part in rules.languages for group in part.groups]
    for group in groups:
        if (group.name, group.language) == (name, language):
            return group
    known = ", ".join(group.name for group in groups if group.language == language)
    raise SignatureError(f"there is no group {name!r} in {language!r}; known: {known or 'none'}")
