"""Where a loss A(psi) r^2/2 - B(psi) r + constant has critical points, nearly: numbers for claims to be written around.

The claims are proved afterwards, whatever these numbers are.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import cos, pi, sin

Box = tuple[tuple[Fraction, Fraction], ...]
Function = Callable[[float], float]
DIGITS = 6


def G(angle: float) -> float:
    """sin + (pi - angle) cos."""
    return sin(angle) + (pi - angle) * cos(angle)


def root(f: Function, low: float, high: float) -> float:
    """A point between where f changes its sign, by bisection."""
    below = f(low) < 0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (f(middle) < 0) == below else (low, middle)
    return (low + high) / 2


def critical(A: Function, B: Function, low: float, high: float) -> tuple[float, float]:
    """(r, psi) between two angles where both slopes vanish: r = B/A, and B^2/A is level."""
    step = 1e-5

    def level(psi: float) -> float:
        return B(psi + step) ** 2 / A(psi + step) - B(psi - step) ** 2 / A(psi - step)

    psi = root(level, low, high)
    return B(psi) / A(psi), psi


def decimal(x: float, digits: int = DIGITS) -> str:
    """Rounded, in parentheses if negative."""
    text = f"{x:.{digits}f}"
    return f"({text})" if x < 0 else text


def around(point: tuple[float, ...], half_width: Fraction) -> Box:
    """A box round the rounded point."""
    middle = [Fraction(f"{x:.{DIGITS}f}") for x in point]
    return tuple((x - half_width, x + half_width) for x in middle)


def away(r: str, psi: str, length: str, angle: str, delta: Fraction) -> str:
    """The hypothesis that (r, psi) is at least delta away from (length, angle), polar coordinates."""
    return f"{r}^2 - 2*{length}*{r}*cos({psi} - ({angle})) + {length}^2 >= ({delta})^2"
