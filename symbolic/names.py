"""The symbols that all derivations share, one meaning each; `notation.py` says how each is written in LaTeX."""

from __future__ import annotations

from sympy import Symbol

from relucert.symbolic.expressions import Vector


def positive(name: str) -> Symbol:
    """A positive real number."""
    return Symbol(name, positive=True)


def nonnegative(name: str) -> Symbol:
    """A real number from 0 on."""
    return Symbol(name, nonnegative=True)


def real(name: str) -> Symbol:
    """A real number."""
    return Symbol(name, real=True)


def count(name: str) -> Symbol:
    """A whole number from 1 on."""
    return Symbol(name, integer=True, positive=True)


def vector(name: str) -> Vector:
    """A vector with real coordinates."""
    return Vector(name, real=True)
