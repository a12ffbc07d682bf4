"""Cells at a corner of which an inequality touches zero, for all values of the variables that do not matter there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relucert.certify.search.formula_cells import Cells

Corners = Sequence[Sequence[float]]  # points in all variables
Ends = list[str | None]  # "low" or "high" for every variable, nothing where it does not matter
Flags = NDArray[np.bool_]
Vanishes = Callable[[NDArray[np.float64]], Flags]

NEAR = 1e-5


def at_corner(cells: Cells, corners: Corners, variables: Sequence[int], vanishes: Vanishes) -> dict[int, Ends]:
    """The cells where the difference vanishes at a corner: the ends that make it, nothing for other variables."""
    found: dict[int, Ends] = {}
    for corner in corners:
        named = np.full(cells.low.shape, "", dtype=object)
        for i in variables:
            free = ~cells.pinned[:, i] & (cells.low[:, i] < cells.high[:, i])
            # a corner is a float near the end, which may be a multiple of pi
            near = NEAR * max(1.0, abs(corner[i]))
            named[free & (np.abs(cells.high[:, i] - corner[i]) <= near), i] = "high"
            named[free & (np.abs(cells.low[:, i] - corner[i]) <= near), i] = "low"
        here = np.any(named != "", axis=1)
        if not np.any(here):
            continue
        points = cells.middles()[here]
        ends = np.where(named[here] == "low", cells.low[here], cells.high[here])
        points = np.where(named[here] != "", ends, points)
        for place in np.flatnonzero(here)[vanishes(points)]:
            found.setdefault(int(place), [end or None for end in named[place]])
    return found
