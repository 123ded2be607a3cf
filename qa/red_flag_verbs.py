"""What the words after `quotewell red-flags` mean."""

import argparse
from typing import TYPE_CHECKING

from qa.later import later

if TYPE_CHECKING:  # argparse gives the type of its subcommands no public name
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_red_flags(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    """Teach the command line `red-flags`."""
    flags = parts.add_parser("red-flags", parents=[home], help="the rules that warn")
    verbs = flags.add_subparsers(required=True, metavar="list|sign|check")
    listing = verbs.add_parser("list", parents=[home], help="list groups and who signed them")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=later("qa.red_flag_commands", "list_groups"))
    signing = verbs.add_parser("sign", parents=[home], help="record a clinician's signature")
    signing.add_argument("group", metavar="GROUP")
    signing.add_argument("--by", required=True, metavar="NAME", help="name and role")
    signing.add_argument("--language", default="en", metavar="L", help="default: en")
    signing.set_defaults(run=later("qa.red_flag_commands", "sign_group"))
    trying = verbs.add_parser("check", parents=[home], help="what the rules make of a message")
    trying.add_argument("message", metavar="MESSAGE")
    trying.add_argument("--json", action="store_true", help="print JSON")
    trying.set_defaults(run=later("qa.red_flag_commands", "check_message"))
