"""What the words after `quotewell staff` mean."""

import argparse
from typing import TYPE_CHECKING

from qa.later import later
from qa.staff.roles import Role

if TYPE_CHECKING:  # argparse gives the type of its subcommands no public name
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_staff_verbs(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    """Teach the command line `staff`."""
    staff = parts.add_parser("staff", parents=[home], help="who may open the staff pages")
    verbs = staff.add_subparsers(required=True, metavar="list|add|role|password|disable|enable")
    listing = verbs.add_parser("list", parents=[home], help="list accounts")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=later("qa.staff_commands", "staff_list"))
    add = verbs.add_parser("add", parents=[home], help="add an account, print a one-time password")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--shown", help="the name that the pages show (default: NAME)")
    add.set_defaults(run=later("qa.staff_commands", "staff_add"))
    role = verbs.add_parser("role", parents=[home], help="give an account another role")
    role.add_argument("name", metavar="NAME")
    role.set_defaults(run=later("qa.staff_commands", "staff_role"))
    roles = [one.value for one in Role]
    add.add_argument("--role", choices=roles, default=Role.VIEWER.value, help="default: viewer")
    role.add_argument("role", choices=roles)
    for verb, run, words in (
        ("password", "staff_password", "print a new one-time password; ends every wait to sign in"),
        ("disable", "staff_disable", "shut an account out"),
        ("enable", "staff_enable", "let an account in again"),
    ):
        one = verbs.add_parser(verb, parents=[home], help=words)
        one.add_argument("name", metavar="NAME")
        one.set_defaults(run=later("qa.staff_commands", run))
