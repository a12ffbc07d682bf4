"""relucert push BUNDLE WITNESS: carry a witness from the first instance of a bundle to the last."""

from __future__ import annotations

import argparse

from relucert.cli.witnesses import add_witness_options, carry

EXAMPLES = """examples:
  relucert reduce formula.cnf --to k-non-overlap -o bundle.json
  relucert push bundle.json model.json -o pushed.json        a filter with loss 0 from a satisfying assignment
  relucert check pushed.json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert push`."""
    parser.description = "Carry a witness from the first instance of a bundle to the last; both are checked exactly."
    parser.epilog = EXAMPLES
    add_witness_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    return carry(args, forward=True)
