"""What the words after `quotewell ledger` and `quotewell verify` mean."""

import argparse
from typing import TYPE_CHECKING

from qa.later import later

if TYPE_CHECKING:  # argparse gives the type of its subcommands no public name
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

DASH = "an id that begins with a dash is written last, behind --"


def add_ledger_verbs(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    """Teach the command line `ledger` and `verify`."""
    ledger = parts.add_parser("ledger", parents=[home], help="the record of all answers")
    verbs = ledger.add_subparsers(required=True, metavar="verify|show|forget|export")
    check = verbs.add_parser("verify", parents=[home], help="check the whole chain")
    check.set_defaults(run=later("qa.ledger_commands", "ledger_verify"))
    show = verbs.add_parser("show", parents=[home], help="list answers, or show and prove one")
    show.add_argument("answer_id", nargs="?", metavar="ANSWER_ID", help=DASH)
    show.add_argument("--text", help="only answers whose masked question has these words")
    show.set_defaults(run=later("qa.ledger_commands", "ledger_show"))
    forgetting = verbs.add_parser("forget", parents=[home], help="delete words that are old enough")
    forgetting.add_argument("--days", type=int, help="older than so many days (default: settings)")
    forgetting.set_defaults(run=later("qa.ledger_commands", "ledger_forget"))
    export = verbs.add_parser("export", parents=[home], help="write an answer's receipt")
    export.add_argument("answer_id", metavar="ANSWER_ID", help=DASH)
    export.add_argument("file", nargs="?", metavar="RECEIPT.json")
    export.set_defaults(run=later("qa.ledger_commands", "ledger_export"))
    for verb in (check, show):
        verb.add_argument("--json", action="store_true", help="print JSON")
    offline = parts.add_parser("verify", parents=[home], help="check a receipt against originals")
    offline.add_argument("receipt", metavar="RECEIPT.json")
    offline.add_argument("originals", nargs="*", metavar="ORIGINAL")
    offline.add_argument("--key", help="fingerprint of the key that must have sealed it")
    offline.add_argument("--json", action="store_true", help="print JSON")
    offline.set_defaults(run=later("qa.ledger_commands", "verify_receipt"))
