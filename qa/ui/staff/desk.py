"""The desk: everything that a page of the staff may need, in one value."""

from dataclasses import dataclass

from fastapi import Request

from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.settings import Settings
from qa.staff.accounts import Accounts
from qa.staff.indexing import Indexing
from qa.staff.key import StaffKey
from qa.staff.lacking import Lacking
from qa.staff.lockout import Lockout
from qa.staff.resting import Resting
from qa.staff.sessions import Sessions
from qa.staff.sign_on import SignOn
from qa.staff.uploads import Uploads
from qa.ui.recorder import Recorder
from sources.library import Library


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What the staff's pages work with, shared by all of them and all who use them."""

    settings: Settings
    assistant: Assistant
    recorder: Recorder
    accounts: Accounts
    sessions: Sessions
    lockout: Lockout
    sign_on: SignOn | None
    lacking: Lacking
    uploads: Uploads
    indexing: Indexing
    resting: Resting

    @property
    def clerk(self) -> Clerk:
        """Who writes into the ledger in the background."""
        return self.recorder.clerk

    @property
    def ledger(self) -> Ledger:
        """The record of answers and acts."""
        return self.clerk.ledger

    @property
    def library(self) -> Library:
        """The documents."""
        return self.assistant.library


def open_desk(settings: Settings, assistant: Assistant, recorder: Recorder) -> StaffDesk:
    """The desk over a home folder. Raises `KeyUnusable`."""
    ledger = recorder.clerk.ledger
    key = StaffKey(settings.home)
    sessions = Sessions(ledger, key, settings.staff_idle_minutes * 60.0)
    accounts = Accounts(ledger)
    return StaffDesk(
        settings=settings,
        assistant=assistant,
        recorder=recorder,
        accounts=accounts,
        sessions=sessions,
        lockout=Lockout(ledger, key),
        sign_on=SignOn(settings) if settings.oidc_issuer else None,
        lacking=Lacking(ledger, assistant),
        uploads=Uploads(settings.home, settings.staff_upload_megabytes * 2**20),
        indexing=Indexing(assistant.library, assistant.embedder, settings.engine),
        resting=Resting(ledger),
    )


def desk_of(request: Request) -> StaffDesk:
    """The desk of the application that a request came to."""
    found: StaffDesk = request.app.state.desk
    return found
