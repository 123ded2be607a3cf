"""`python -m evals NAME …`: run one evaluation and print its figures as JSON."""

import argparse
import json
import sys
from pathlib import Path

from evals.gold_report import gold_report
from evals.red_flags import redflags_report
from evals.seeds import seeds_report
from evals.verbatim import verbatim_report


def main() -> int:
    """Run the evaluation that is named."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parts = parser.add_subparsers(required=True)
    seeds = parts.add_parser("seeds", help="five web pages as the whole library")
    seeds.add_argument("folder", type=Path)
    seeds.set_defaults(run=lambda chosen: seeds_report(chosen.folder))
    gold = parts.add_parser("gold", help="own questions, the half not trained on")
    gold.set_defaults(run=lambda _: gold_report())
    redflags = parts.add_parser("redflags", help="our labelled messages against the rules")
    redflags.set_defaults(run=lambda _: redflags_report())
    verbatim = parts.add_parser("verbatim", help="compare every quote of many questions")
    verbatim.add_argument("--folder", type=Path, action="append", default=[])
    verbatim.add_argument("--questions", type=Path, action="append", default=[])
    verbatim.set_defaults(run=lambda chosen: verbatim_report(chosen.folder, chosen.questions))
    chosen = parser.parse_args()
    json.dump(chosen.run(chosen), sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
