"""The command line: what the words after `quotewell` mean.

Exit codes: 0 done, 1 the thing asked for failed, 2 the command was not understood,
3 some files were refused and the rest were added. Errors are one line on standard error.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.later import later
from qa.ledger_verbs import add_ledger_verbs
from qa.red_flag_verbs import add_red_flags
from qa.settings import DEFAULT_HOME, read_settings
from qa.staff_verbs import add_staff_verbs
from qa.terminal import BadUsage, print_error

if TYPE_CHECKING:  # argparse gives the type of its subcommands no public name
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

REFUSED, NOT_UNDERSTOOD = 1, 2
OBJECTS = 50_000  # that are new, before those are looked through which nothing may hold any more


def program() -> int:
    """`quotewell` in a process of its own: `main`, with little looking for what could be freed.

    What is imported and read stays to the end. To look through it again and again was a tenth of
    a start, and a last look at the end a fifth of a second.
    """
    gc.set_threshold(OBJECTS)
    try:
        return main()
    finally:
        gc.freeze()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give back its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = read_settings(Path(getattr(chosen, "home", DEFAULT_HOME)).expanduser())
        code: int = chosen.run(settings, chosen)
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print_error("stopped")
        return 130
    except BadUsage as error:
        print_error(error)
        return NOT_UNDERSTOOD
    except OSError as error:
        print_error(f"{error}; check the path, its permissions and space")
        return REFUSED
    except _expected_errors() as error:
        print_error(error)
        return REFUSED
    return code


def _expected_errors() -> tuple[type[Exception], ...]:
    """What is told in a line. Imported when something went wrong: it is all that can."""
    from qa.commands import EXPECTED_ERRORS  # noqa: PLC0415

    return EXPECTED_ERRORS


def _parser() -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument(
        "--home",
        default=argparse.SUPPRESS,
        metavar="DIR",
        help=f"folder for documents, index and settings (default: {DEFAULT_HOME})",
    )
    parser = argparse.ArgumentParser(
        prog="quotewell",
        description="Answers patients' questions by quoting documents, word for word.",
        parents=[home],
    )
    parts = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(parts, home)
    _add_ask(parts, home)
    _add_quote(parts, home)
    _add_sources(parts, home)
    _add_index(parts, home)
    _add_eval(parts, home)
    _add_bench(parts, home)
    add_ledger_verbs(parts, home)
    add_red_flags(parts, home)
    add_staff_verbs(parts, home)
    doctor = parts.add_parser("doctor", parents=[home], help="check that everything is in order")
    doctor.set_defaults(run=later("qa.commands", "doctor"))
    return parser


def _add_serve(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    serve = parts.add_parser("serve", parents=[home], help="serve the page to a browser")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 7860)")
    serve.set_defaults(run=later("qa.commands", "serve"))


def _add_ask(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    ask = parts.add_parser("ask", parents=[home], help="answer a question from the library")
    what = ask.add_mutually_exclusive_group(required=True)
    what.add_argument("question", nargs="?", metavar="QUESTION")
    what.add_argument("--batch", metavar="FILE.jsonl", help='rows {"q": ...}, one answer a line')
    ask.add_argument("--json", action="store_true", help="print JSON")
    ask.set_defaults(run=later("qa.asking", "ask"))


def _add_quote(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    quote = parts.add_parser("quote", parents=[home], help="find the evidence in one document")
    quote.add_argument("file", nargs="?", metavar="FILE")
    quote.add_argument("--question", metavar="Q")
    quote.add_argument(
        "--batch", metavar="FILE.jsonl", help='rows {"q": ..., "text": ...}, spans one a line'
    )
    quote.add_argument("--json", action="store_true", help="print JSON")
    quote.set_defaults(run=later("qa.commands", "quote"))


def _add_sources(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    sources = parts.add_parser("sources", parents=[home], help="the documents of the library")
    verbs = sources.add_subparsers(required=True, metavar="add|list|show|withdraw")
    add = verbs.add_parser("add", parents=[home], help="add files, or all files in folders")
    add.add_argument("paths", nargs="*", metavar="PATH")
    add.add_argument("--starter", action="store_true", help="add the starter library")
    add.set_defaults(run=later("qa.library_commands", "sources_add"))
    listing = verbs.add_parser("list", parents=[home], help="list documents and versions")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=later("qa.library_commands", "sources_list"))
    show = verbs.add_parser("show", parents=[home], help="show one document")
    show.add_argument("doc_id", metavar="DOC_ID")
    show.add_argument("--version", metavar="V", help="a version, or the beginning of one")
    show.add_argument("--text", action="store_true", help="print the canonical text alone")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(run=later("qa.library_commands", "sources_show"))
    withdraw = verbs.add_parser("withdraw", parents=[home], help="never quote a document again")
    withdraw.add_argument("doc_id", metavar="DOC_ID")
    withdraw.set_defaults(run=later("qa.library_commands", "sources_withdraw"))


def _add_index(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    index = parts.add_parser("index", parents=[home], help="the search index")
    verbs = index.add_subparsers(required=True, metavar="build|status|verify")
    for name, run, words in (
        ("build", "index_build", "index the library and switch to the new index"),
        ("status", "index_status", "say what is indexed"),
        ("verify", "index_verify", "check every file of the index"),
    ):
        verb = verbs.add_parser(name, parents=[home], help=words)
        verb.add_argument("--json", action="store_true", help="print JSON")
        verb.set_defaults(run=later("qa.library_commands", run))


def _add_eval(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    suites = parts.add_parser(
        "eval", parents=[home], help="measure how well questions are answered"
    )
    suites.add_argument("suites", nargs="+", metavar="SUITE", help="see docs/evaluation.md")
    suites.add_argument("--data", metavar="DIR", help="folder or file of outside data")
    suites.add_argument("--library", metavar="PATH", help="what scope and pairs are asked of")
    suites.add_argument("--part", default="held_out", help="of gold: training, held_out or all")
    suites.add_argument("--json", action="store_true", help="print a line of JSON a suite")
    suites.add_argument("--report", metavar="DIR", help="write report.html and rows.jsonl there")
    suites.add_argument("--compare", metavar="ROWS.jsonl", help="rows of an earlier run")
    suites.set_defaults(run=later("qa.commands", "evaluate"))


def _add_bench(parts: "Verbs", home: argparse.ArgumentParser) -> None:
    bench = parts.add_parser("bench", parents=[home], help="measure time, memory and size")
    bench.add_argument("--data", metavar="DIR", help="documents beside the starter library")
    bench.add_argument("--part", action="append", metavar="PART", help="see docs/performance.md")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.add_argument("--report", metavar="FILE.html", help="write a page with pictures")
    bench.set_defaults(run=later("qa.commands", "bench"))
