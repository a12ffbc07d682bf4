"""A box round a fixed point that a map takes into itself, and how fast it shrinks there."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil

import numpy as np

from relucert.certify.descent_claim import DescentClaim, Trap
from relucert.certify.search.descent_images import constants, enclosures, row_sums
from relucert.certify.search.descent_model import Model, Record, spelled
from relucert.certify.search.formula_arrays import Floats

PARTS = 4  # pieces in every coordinate
REDUCTIONS, FACTOR, CLOSE = 30, 4.0, 1.1  # of a trap that is too large
DIGITS = 10**5  # of the rate
SIGNIFICANT = 3  # digits of a width


def find_trap(
    claim: DescentClaim, centre: tuple[int, ...], *, converges: bool
) -> tuple[DescentClaim, list[Record]] | None:
    """The claim with a trap, and the records of its tree; ``None`` where no box was found.

    The weights solve (q - |J|) w = 1 for the derivatives J at the centre and a number q between the spectral radius of
    |J| and 1: then |J| w < q w, and the same holds near the centre for a rate a little larger than q.
    """
    model = Model(claim)
    point = constants(claim.formula.nodes, centre)
    weights = _weights(model, point, converges=converges)
    if weights is None:
        return None

    def tried(size: float) -> tuple[DescentClaim, list[Record]] | None:
        widths = [_short(size * weight) for weight in weights]
        return _trap(model, claim, centre, point, widths, converges=converges)

    size, found = 1.0, tried(1.0)
    for _ in range(REDUCTIONS):
        if found is not None:
            break
        size /= FACTOR
        found = tried(size)
    step = FACTOR
    while found is not None and step > CLOSE:  # up again, as far as it goes
        step **= 0.5
        larger = tried(size * step)
        if larger is not None:
            size, found = size * step, larger
    return found


def _weights(model: Model, point: Floats, *, converges: bool) -> Floats | None:
    n = len(point)
    unit = np.eye(n)
    matrix = np.stack([row_sums_at(model, point, unit[j]) for j in range(n)], axis=1)
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if not np.isfinite(radius) or (converges and radius >= 1):
        return None
    q = (1 + radius) / 2 if converges else max(1.0, radius) + 0.05
    weights = np.linalg.solve(q * unit - matrix, np.ones(n))
    return np.asarray(weights / np.linalg.norm(weights)) if (weights > 0).all() else None


def row_sums_at(model: Model, point: Floats, column: Floats) -> Floats:
    """|J| times a unit vector, at a point moved a little into the ranges."""
    inside = np.clip(point, np.where(np.isfinite(model.low), model.low, -np.inf), model.high)[None]
    tiny = np.maximum(column, 1e-300)
    ones = row_sums(model.map, inside, inside, tiny)
    return np.asarray(ones[0] * tiny)


def _short(value: float) -> Fraction:
    """A number just below, with few digits."""
    scale = 10 ** (SIGNIFICANT - 1 - int(np.floor(np.log10(value)))) if value < 1 else 100
    return Fraction(int(value * scale), scale)


def _trap(
    model: Model,
    claim: DescentClaim,
    centre: tuple[int, ...],
    point: Floats,
    widths: list[Fraction],
    *,
    converges: bool,
) -> tuple[DescentClaim, list[Record]] | None:
    sizes = np.array([float(width) for width in widths])
    low, high = np.maximum(point - sizes, model.low), np.minimum(point + sizes, model.high)
    edges = [[_dyadic(a + (b - a) * i / PARTS) for i in range(PARTS + 1)] for a, b in zip(low, high, strict=True)]
    for side, a, b in zip(edges, low, high, strict=True):
        side[0], side[-1] = a, b
    cells = list(product(range(PARTS), repeat=len(edges)))
    lows = np.array([[edges[j][i] for j, i in enumerate(cell)] for cell in cells])
    highs = np.array([[edges[j][i + 1] for j, i in enumerate(cell)] for cell in cells])
    _, _, good = model.images(lows, highs)
    if not (good & model.target.hold(lows, highs)).all():
        return None
    rate = None
    if converges:
        q = float(row_sums(model.map, lows, highs, sizes).max())
        rate = Fraction(ceil((q + 1e-9) * DIGITS), DIGITS) if np.isfinite(q) else Fraction(1)
        if rate >= 1:
            return None
    claimed = replace(claim, trap=Trap(centre, tuple(widths), rate))
    if not converges:
        least, most, _ = enclosures(model.map, lows, highs)
        if not Model(claimed).in_target(least, most).all():
            return None
    return claimed, [["trap"], *_grid(edges)]


def _grid(edges: list[list[float]]) -> list[Record]:
    """Splits at all inner edges, one variable after the other."""
    records: list[Record] = []

    def divide(place: int) -> None:
        if place == len(edges):
            records.append(["stays"])
            return
        for edge in edges[place][1:-1]:
            records.append(["split", place, spelled(edge)])
            divide(place + 1)
        divide(place + 1)

    divide(0)
    return records


def _dyadic(value: float) -> float:
    """A float with few bits."""
    return float(np.round(value * 2.0**30) / 2.0**30)
