"""relucert pull BUNDLE WITNESS: carry a witness from the last instance of a bundle back to the first."""

from __future__ import annotations

import argparse

from relucert.cli.witnesses import add_witness_options, carry

EXAMPLES = """examples:
  relucert decide bundle.json -o decided.json
  relucert pull decided.json                                 the assignment behind the filter that was found
  relucert pull bundle.json filter.json --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert pull`."""
    parser.description = (
        "Carry a witness from the last instance of a bundle back to the first; both are checked exactly."
    )
    parser.epilog = EXAMPLES
    add_witness_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    return carry(args, forward=False)
