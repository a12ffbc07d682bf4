"""How much of the time the replay will take: measured, because machines differ and are shared."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from time import monotonic

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.formula import Node, RealFormula, Variable
from relucert.certify.search.formula_oracle import Record, certificate

SECONDS = 1.5e-5  # of the checker for one operation on intervals, on the machine where this was measured
DEPTH, OPERATIONS = 5, 18  # of the sample: splits on the way to a leaf, and the time of a leaf in operations
LEAST, MOST = 0.25, 20.0


@cache
def seconds_for_operation() -> float:
    """Of this machine as it is now, from the replay of a small certificate; never far from what is usual."""
    data = _sample()
    spent = []
    for _ in range(3):
        start = monotonic()
        check_formula(data)
        spent.append(monotonic() - start)
    return min(max(sorted(spent)[1] / (OPERATIONS << DEPTH), LEAST * SECONDS), MOST * SECONDS)


def _sample() -> bytes:
    """A polynomial in exp(x) and sin(x) on [0, 1], in equal parts."""
    zero, one, many = (("rational", Fraction(n)) for n in (0, 1, 10**6))
    nodes: tuple[Node, ...] = (zero, one, many, ("variable", 0), ("exp", 3), ("sin", 3))
    for kind in ("mul", "add", "mul", "add", "mul", "add", "mul", "sub"):
        nodes += ((kind, len(nodes) - 1, len(nodes) - 2),)
    claim = RealFormula("holds", (Variable("x", 0, 1, False, False, False),), nodes,
                        (("<=", len(nodes) - 1, 2),), None, 0)  # fmt: skip
    tree: list[Record] = []

    def grow(low: int, depth: int) -> None:
        """The part from low to low + 1, in units of 2^-depth."""
        if depth == DEPTH:
            tree.append(["interval", 0])
            return
        tree.append(["split", 0, f"{2 * low + 1}/{2 << depth}"])
        grow(2 * low, depth + 1)
        grow(2 * low + 1, depth + 1)

    grow(0, 0)
    return certificate(claim, [tree], None, 64)
