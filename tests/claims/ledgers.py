"""Small ledgers for the tests of the claims."""

from __future__ import annotations

from pathlib import Path

import relucert.certify.search.formula_proof  # noqa: F401  forked workers then need not import it
from relucert.claims.ledger import Claim, Ledger
from relucert.claims.read import read_ledger

SINE = """
[[claim]]
id = "sine"
label = "lem:sine"
kind = "inequality"
statement = "The sine lies below the identity."
prove = "sin(x) <= x"
for = "x in [0, 1]"
"""
FALSE = """
[[claim]]
id = "false"
kind = "inequality"
statement = "The sine lies far below the identity."
prove = "sin(x) <= x/2"
for = "x in [0, 1]"
expect = "refuted"
"""
OPEN = """
[[claim]]
id = "open"
kind = "convergence"
statement = "It converges."
expect = "open"
"""
VACUOUS = """
[[claim]]
id = "vacuous"
kind = "inequality"
statement = "Nothing is both above 1 and below 0."
prove = "x^2 <= 0"
for = "x in [-5, 5]"
where = ["x >= 1", "x <= 0"]
"""


def written(folder: Path, text: str) -> Path:
    """The path of a ledger with this text."""
    path = folder / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Ledger:
    """The ledger with this text."""
    return read_ledger(written(folder, text))


def claim(folder: Path, text: str) -> Claim:
    """The only claim of a text."""
    (found,) = read(folder, text).claims
    return found
