"""How the experiments' plots look: readable in black and white and by colour-blind readers; no pyplot.

Every series has its own colour (Okabe & Ito), line style and marker, so that any one of the three tells them apart;
areas are in cividis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
AREA = "cividis"


def series(number: int, *, line: bool = True, marker: bool = True) -> dict[str, Any]:
    """Keyword arguments of `Axes.plot` for series 0, 1, ..."""
    place = number % len(COLOURS)
    return {
        "color": COLOURS[place],
        "linestyle": LINES[place] if line else "none",
        "marker": MARKERS[place] if marker else "",
        "markersize": 5,
        "linewidth": 1.5,
    }


def reference() -> dict[str, Any]:
    """Keyword arguments of `Axes.plot` for what a theory says."""
    return {"color": "black", "linestyle": (0, (1, 1)), "linewidth": 1.2, "marker": ""}


def panels(figure: Any, count: int, width: float = 5.2, height: float = 4.0) -> list[Any]:
    """Axes side by side, with light grids; sets the figure's size and layout."""
    figure.set_size_inches(width * count, height)
    figure.set_layout_engine("constrained")
    found = [figure.add_subplot(1, count, place + 1) for place in range(count)]
    for axes in found:
        axes.grid(True, color="0.88", linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return found


def landscape(
    axes: Any, value: Callable[[NDArray[np.float64]], NDArray[np.float64]], extent: Sequence[float], levels: int = 14
) -> Any:
    """Filled contours of a function of two parameters at levels that are equal steps of its square root.

    Parameters
    ----------
    value : callable
        (n, n, 2) -> (n, n).
    extent : left, right, bottom, top
    """
    left, right, bottom, top = extent
    x, y = np.meshgrid(np.linspace(left, right, 181), np.linspace(bottom, top, 181))
    heights = value(np.stack([x, y], axis=-1))
    steps = np.linspace(0, math.sqrt(float(heights.max())), levels) ** 2
    filled = axes.contourf(x, y, heights, levels=steps, cmap=AREA, alpha=0.85)
    axes.contour(x, y, heights, levels=steps, colors="white", linewidths=0.4, alpha=0.7)
    axes.grid(False)
    axes.set_aspect("equal")
    return filled
