"""Several expressions on a box, and the matrix of their derivatives there."""

from __future__ import annotations

from collections.abc import Sequence

from relucert.certify.check.real.dyadic import ZERO
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.interval import Arithmetic, Interval, at, negative
from relucert.certify.formula import Node

Matrix = list[list[Interval]]


class System:
    """Expressions of a claim, evaluated together, so that a part that several of them need is worked out once.

    Every method raises ArithmeticError where an expression, or its derivative, is not known to be defined.
    """

    def __init__(self, nodes: Sequence[Node], places: Sequence[int], arithmetic: Arithmetic) -> None:
        self.places, self.arithmetic = places, arithmetic
        self.program: Program[Interval] = Program(nodes, places[0], arithmetic, *places[1:])

    def values(self, box: Sequence[Interval]) -> list[Interval]:
        """What the expressions take on the box."""
        known = self.program.values(box)
        return [known[place] for place in self.places]

    def jacobian(self, box: Sequence[Interval]) -> Matrix:
        """Row i, column j: what the derivative of expression i in variable j takes on the box.

        Where it is defined, on a closed box, the expressions are continuously differentiable there.
        """
        rows: Matrix = [[] for _ in self.places]
        for variable in range(len(box)):
            known = self.program.expansions(box, variable, 1)
            for row, place in zip(rows, self.places, strict=True):
                row.append(known[place][1] if len(known[place]) > 1 else at(ZERO))
        return rows

    def mean_value(self, box: Sequence[Interval], centre: Sequence[Interval]) -> list[Interval]:
        """F(c) + F'(box)(box - c), which holds what F takes on the box; c is a point of it."""
        distances = [self.arithmetic.add(x, negative(c)) for x, c in zip(box, centre, strict=True)]
        moved = product(self.jacobian(box), distances, self.arithmetic)
        return [self.arithmetic.add(x, y) for x, y in zip(self.values(centre), moved, strict=True)]


def product(matrix: Matrix, vector: Sequence[Interval], arithmetic: Arithmetic) -> list[Interval]:
    """The matrix times the vector."""
    result = []
    for row in matrix:
        total = at(ZERO)
        for entry, x in zip(row, vector, strict=True):
            total = arithmetic.add(total, arithmetic.multiply(entry, x))
        result.append(total)
    return result
