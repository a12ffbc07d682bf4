"""Pieces of NumPy code that know how tightly they bind and which axes they have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, Rational, Symbol

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a piece of code binds


class CannotPrint(ValueError):
    """A formula that has no NumPy spelling."""


@dataclass(frozen=True)
class Code:
    """A NumPy expression.

    Attributes
    ----------
    text : str
    level : int
        How tightly its outermost operation binds.
    indices : tuple of Symbol
        The summation indices that it has axes for, in the order of nesting.
    rank : int
        Number of coordinate axes, after those.
    constant : bool
        A Python number or a NumPy scalar: it has no axes and needs none.
    """

    text: str
    level: int = ATOM
    indices: tuple[Symbol, ...] = ()
    rank: int = 0
    constant: bool = False

    def within(self, level: int) -> str:
        """The text, in brackets when an operation of this level would tear it apart."""
        return self.text if self.level >= level else f"({self.text})"


def align(part: Code, indices: tuple[Symbol, ...], places: int) -> Code:
    """The code with an axis for each of these indices and this rank; new axes have length 1."""
    if part.constant or (part.indices == indices and part.rank == places):
        return part
    own = ":" if part.rank else "None"
    slots = [":" if index in part.indices else "None" for index in indices] + [own] * places
    text = part.within(ATOM)
    if "None" not in slots:
        return replace(part, indices=indices)
    return Code(f"{text}[..., {', '.join(slots)}]", ATOM, indices, places)


def sliced(part: Code, slots: str) -> str:
    kept = "".join(":, " for _ in part.indices)
    return f"{part.within(ATOM)}[..., {kept}{slots}]"


def rational(number: Rational) -> Code:
    if number.q == 1:
        return Code(str(number.p), ATOM if number.p >= 0 else SUM, constant=True)
    return Code(f"{number.p} / {number.q}", PRODUCT, constant=True)


def power(base: Code, exponent: Expr, code: Code) -> Code:
    if exponent == Rational(1, 2):
        return replace(base, text=f"np.sqrt({base.text})", level=ATOM)
    return replace(base, text=f"{base.within(ATOM)}**{code.within(ATOM)}", level=POWER)
