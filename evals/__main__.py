"""`python -m evals SUITE …`: the same door as `quotewell eval SUITE …`."""

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main(["eval", *sys.argv[1:]]))
