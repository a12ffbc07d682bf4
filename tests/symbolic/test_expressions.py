"""What SymPy may do with the nodes of the formulas."""

from __future__ import annotations

from sympy import Derivative, Sum, Symbol

from relucert.symbolic.expressions import Entry, ScalarFamily
from relucert.symbolic.frames import Frame
from relucert.symbolic.names import real


def test_a_derivative_in_a_member_of_a_family() -> None:
    """The frame puts the coordinate in its place."""
    outputs, i, j, number = ScalarFamily("b", real=True), Symbol("i"), Symbol("j"), Symbol("K")
    frame = Frame(sizes={number: 2, j: 2})
    slope = frame.scalar(Derivative(Sum(Entry(outputs, i) ** 2, (i, 1, number)), Entry(outputs, j)))
    assert slope.doit() == 2 * real("b_2")
