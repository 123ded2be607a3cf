"""Red flags from the command line: look at the rules, sign them, try a message. Needs no index."""

import argparse
from datetime import UTC, datetime

from qa.settings import Settings
from qa.terminal import print_json
from qa.triage.care_card import care_card, red_flag_to_json
from qa.triage.check import triage
from qa.triage.signatures import Signature, group_named, read_signatures, sign, signature_of


def list_groups(settings: Settings, chosen: argparse.Namespace) -> int:
    """List every group with its version and signature."""
    signatures = read_signatures(settings.home)
    unsigned = 0
    for group in (group for language in triage().languages for group in language.groups):
        signature = signature_of(group, signatures)
        unsigned += signature is None
        if chosen.json:
            print_json(
                {
                    "group": group.name,
                    "language": group.language,
                    "level": group.level.value,
                    "rules": len(group.rules),
                    "version": group.version,
                    "signed": signature._asdict() if signature else None,
                }
            )
        else:
            head = f"{group.language}  {group.name}  {group.version[:12]}  {group.level}"
            print(f"{head}  {_state(signature)}")
    if not chosen.json:
        print(f"{unsigned} groups are not yet signed off by a clinician")
    return 0


def _state(signature: Signature | None) -> str:
    return f"signed by {signature.by}, {signature.on}" if signature else "not signed"


def sign_group(settings: Settings, chosen: argparse.Namespace) -> int:
    """Record a signature under the version of a group that serves now."""
    group = group_named(chosen.group, chosen.language, triage())
    signature = sign(settings.home, group, chosen.by, datetime.now(UTC).date())
    print(f"{group.language} {group.name} {group.version[:12]}: {_state(signature)}")
    return 0


def check_message(settings: Settings, chosen: argparse.Namespace) -> int:
    """Show the care card that a message would bring, if any."""
    flag = triage().check(chosen.message)
    if chosen.json:
        print_json(red_flag_to_json(flag))
    elif flag is None:
        print("no rule fired")
    else:
        card = care_card(flag, settings)
        print(f"{card.prefix} {card.heading}\n{card.advice}")
        for fired in flag.fired:
            print(f"  {fired.language} {fired.rule}: {', '.join(fired.words)}")
    return 0
