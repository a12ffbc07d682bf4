"""Numbers and tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Context


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def gap(value: float | None) -> str:
    """A relative gap, rounded up to two digits."""
    if value is None:
        return "–"
    if value <= 0:
        return "0"
    digits = f"{Context(prec=2, rounding=ROUND_CEILING).create_decimal(value):.1e}"
    mantissa, _, exponent = digits.partition("e")
    return f"{mantissa}e{int(exponent)}"


def seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.2g}" if value < 1e7 else f"{value / 1e6:.0f}"


def significant(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}g}" if value < 10**digits else f"{value:.0f}"
