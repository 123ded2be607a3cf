"""The settings: one frozen value, read once at the edge, from `quotewell.toml` in the home.

Importing this module reads nothing. An unknown key is an error that names the nearest known one.
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from index.embedder import DEFAULT_MODEL
from index.engines import AUTO, CHOICES, is_engine
from sources.policy import Policy, Quoting

SETTINGS_FILE = "quotewell.toml"
LEVELS = (0.05, 0.1, 0.2)  # shares of wrong answers that the gate has thresholds for
STRICTEST = LEVELS[0]
LOOPBACK = ("127.0.0.1", "localhost", "::1")  # where nobody listens on the way
DEFAULT_HOME = Path(".quotewell")


class SettingsError(Exception):
    """The settings file cannot be understood; the message says where and what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose. `docs/design.md` has the same table."""

    home: Path = DEFAULT_HOME
    model: str = DEFAULT_MODEL
    reranker: str = ""
    engine: str = AUTO
    host: str = "127.0.0.1"
    port: int = 7860
    address: str = ""
    emergency_number: str = "your local emergency number"
    urgent_line: str = "an out-of-hours medical line"
    crisis_line: str = "A crisis line in your country"
    max_quotes: int = 3
    max_question_characters: int = 2000
    concurrent_questions: int = 8
    queue_size: int = 64
    library: str = ""
    ledger: str = ""
    retain_days: int = 180
    wrong_at_most: float = STRICTEST
    when_unreviewed: Quoting = Quoting.QUOTE
    when_in_review: Quoting = Quoting.QUOTE
    when_approved: Quoting = Quoting.QUOTE
    when_due: Quoting = Quoting.BANNER
    when_expired: Quoting = Quoting.NEVER
    grace_days: int = 90
    staff_upload_megabytes: int = 50
    staff_idle_minutes: int = 60
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret_file: str = ""
    oidc_claim: str = "groups"
    oidc_viewer: str = ""
    oidc_reviewer: str = ""
    oidc_admin: str = ""

    @property
    def policy(self) -> Policy:
        """What is done with documents by the state of their review."""
        return Policy(
            self.when_unreviewed,
            self.when_in_review,
            self.when_approved,
            self.when_due,
            self.when_expired,
            self.grace_days,
        )

    @property
    def models(self) -> Path:
        """Where converted models are kept."""
        return self.home / "models"

    def __post_init__(self) -> None:
        """Refuse values out of their range."""
        bounds = {
            "port": (0, 65535),
            "max_quotes": (1, 10),
            "max_question_characters": (100, 20000),
            "concurrent_questions": (1, 256),
            "queue_size": (1, 10000),
            "retain_days": (1, 36500),
            "grace_days": (0, 36500),
            "staff_upload_megabytes": (1, 100),
            "staff_idle_minutes": (1, 720),
        }
        for name, (low, high) in bounds.items():
            if not low <= getattr(self, name) <= high:
                raise SettingsError(f"{name} must be between {low} and {high}; correct it")
        if self.address and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", self.address):
            raise SettingsError("address must begin with https:// or http://; correct it")
        if self.wrong_at_most not in LEVELS:
            known = ", ".join(map(str, LEVELS))
            raise SettingsError(f"wrong_at_most must be one of {known}; correct it")
        self._check_sign_on()
        if not is_engine(self.engine):
            raise SettingsError(f"engine must be one of {AUTO}, {CHOICES}; correct it")

    def _check_sign_on(self) -> None:
        """Refuse a provider of sign-on that is named by half, or that could be listened to."""
        if not self.oidc_issuer:
            return
        if not self.oidc_client or not (self.oidc_viewer or self.oidc_reviewer or self.oidc_admin):
            raise SettingsError(
                "oidc_issuer needs oidc_client too, and a value for one of oidc_viewer, "
                "oidc_reviewer, oidc_admin; add them"
            )
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise SettingsError("oidc_issuer must begin with https://; correct it")


def read_settings(home: Path) -> Settings:
    """The settings of the home folder; all defaults when it has no settings file."""
    path = home / SETTINGS_FILE
    if not path.is_file():
        return Settings(home=home)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} does not parse: {error}; correct it") from error
    known = {field.name: field for field in fields(Settings) if field.name != "home"}
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise SettingsError(f"{path} has an unknown setting {key!r}; {hint}")
        wanted = type(known[key].default)
        if issubclass(wanted, StrEnum):
            if value not in list(wanted):
                choices = ", ".join(wanted)
                raise SettingsError(f"{path}: {key} must be one of {choices}; correct it")
            values[key] = wanted(value)
        elif type(value) is not wanted:
            raise SettingsError(f"{path}: {key} must be of type {wanted.__name__}; correct it")
    return Settings(home=home, **values)
