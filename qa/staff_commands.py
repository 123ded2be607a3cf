"""Accounts of the staff from the command line: to begin with, and when nobody can sign in."""

import argparse

from qa.ledger.ledger import Ledger
from qa.settings import Settings
from qa.staff.accounts import Accounts
from qa.staff.key import StaffKey
from qa.staff.lockout import Lockout
from qa.staff.roles import TERMINAL, Role
from qa.terminal import print_json


def _accounts(settings: Settings) -> Accounts:
    return Accounts(Ledger(settings.home, settings.ledger))


def staff_list(settings: Settings, chosen: argparse.Namespace) -> int:
    """List every account with its role and state."""
    for account in _accounts(settings).all():
        if chosen.json:
            print_json(account._asdict())
            continue
        states = {
            "disabled": account.disabled_at is not None,
            "one-time password": account.one_time,
            "signs on at the provider": not account.has_password,
        }
        told = ", ".join(words for words, holds in states.items() if holds)
        print(f"{account.name:24} {account.role:10} {account.shown}{told and f' ({told})'}")
    return 0


def staff_add(settings: Settings, chosen: argparse.Namespace) -> int:
    """Add an account."""
    shown = chosen.shown or chosen.name
    password = _accounts(settings).add(TERMINAL, chosen.name, shown, Role(chosen.role))
    _tell(chosen.name, password)
    return 0


def _tell(name: str, password: str) -> None:
    print(f"{name.strip().lower()}: one-time password {password}")
    print("It works for seven days, and another one is chosen when it is used first.")


def staff_role(settings: Settings, chosen: argparse.Namespace) -> int:
    """Give an account another role."""
    _accounts(settings).set_role(TERMINAL, chosen.name, Role(chosen.role))
    print(f"{chosen.name} is {chosen.role} now, after signing in again")
    return 0


def staff_password(settings: Settings, chosen: argparse.Namespace) -> int:
    """A new one-time password."""
    accounts = _accounts(settings)
    password = accounts.reset_password(TERMINAL, chosen.name)
    Lockout(accounts.ledger, StaffKey(settings.home)).forgive(chosen.name)
    _tell(chosen.name, password)
    return 0


def staff_disable(settings: Settings, chosen: argparse.Namespace) -> int:
    """Shut an account out."""
    _accounts(settings).set_disabled(TERMINAL, chosen.name, disabled=True)
    print(f"{chosen.name} is shut out, and its sessions have ended")
    return 0


def staff_enable(settings: Settings, chosen: argparse.Namespace) -> int:
    """Let an account in again."""
    _accounts(settings).set_disabled(TERMINAL, chosen.name, disabled=False)
    print(f"{chosen.name} may sign in again")
    return 0
