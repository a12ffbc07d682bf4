"""A picture of a landscape: the loss in the plane, with its critical points."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import cos, sin
from pathlib import Path
from typing import Any

import numpy as np

from relucert.certify.landscapes.theorem import Chart
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_values import Expressions
from relucert.certify.search.landscape import SettledLandscape, SettledPoint
from relucert.cli.output import UserError

KINDS = (".svg", ".png", ".pdf")
LENGTHS, ANGLES, LEVELS, FARTHEST = 120, 181, 24, 1.6
MOST_PANELS = 9
MARKS = {"global minimum": "*", "local minimum": "o", "strict saddle": "X", "saddle": "X", "degenerate saddle": "P"}


def require_plottable(model: str, path: Path) -> None:
    """Before long work.

    Raises
    ------
    UserError
        A landscape in more than two variables, or an unknown kind of file.
    """
    if model == "both-layers":
        raise UserError("--plot: this landscape has more than two variables", cure="leave --plot out")
    if path.suffix.lower() not in KINDS:
        raise UserError(f"--plot {path}: unknown kind of picture", cure=f"use {', '.join(KINDS)}")
    if not path.parent.is_dir():
        raise UserError(f"{path.parent} is not a directory", cure="create it or choose another file")


def draw(settled: Sequence[SettledLandscape], path: Path) -> bytes:
    """Level lines of the loss for each setting, at most nine, and the certified critical points."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = [entry for entry in settled if entry.landscape.charts][:MOST_PANELS]
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(1.0 + 4.2 * columns, 0.6 + 4.0 * rows), layout="constrained")
    for place, entry in enumerate(shown):
        _panel(figure.add_subplot(rows, columns, place + 1), entry)
    picture = io.BytesIO()
    kind = path.suffix.lower().lstrip(".")
    with mpl.rc_context({"svg.hashsalt": "relucert"}):  # the same bytes for the same picture
        figure.savefig(picture, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
    return picture.getvalue()


def _panel(axes: Any, entry: SettledLandscape) -> None:
    levels = None
    for chart in entry.landscape.charts:
        x, y, loss = _surface(chart)
        if levels is None:
            levels = np.quantile(loss, np.linspace(0, 1, LEVELS)) + 1e-12 * np.arange(LEVELS)
        axes.contourf(x, y, loss, levels=levels, cmap="Blues_r", extend="both")
        if chart.mirrored is not None:
            turn = 2 * chart.mirrored
            axes.contourf(cos(turn) * x + sin(turn) * y, sin(turn) * x - cos(turn) * y, loss, levels=levels,
                          cmap="Blues_r", extend="both")  # fmt: skip
    seen: set[str] = set()
    for point in entry.points:
        x, y = _place(point, entry.landscape.charts[0])
        label = point.point.kind if point.proved else f"{point.point.kind}, not proved"
        axes.plot([x], [y], MARKS.get(point.point.kind, "s"), color="#d95f02", markeredgecolor="black", markersize=11,
                  label=None if label in seen else label, linestyle="none")  # fmt: skip
        seen.add(label)
    axes.plot([0], [0], "k.", label="w = 0")
    axes.set_aspect("equal")
    axes.set_title(", ".join(f"{name} = {value}" for name, value in entry.landscape.setting.items() if name != "delta"))
    axes.legend(loc="lower left", fontsize=7)


def _surface(chart: Chart) -> tuple[Any, Any, Any]:
    lengths, angles = np.linspace(1e-3, FARTHEST, LENGTHS), np.linspace(chart.low, chart.high, ANGLES)
    r, angle = np.meshgrid(lengths, angles)
    ranges = (f"{chart.length} in (0, inf)", f"{chart.angle} in (-inf, inf)")
    claim = parse_claim(f"{chart.loss} != 0", ranges, (), chart.let)
    place = claim.formulas[claim.conclusion][1]
    points = np.stack([r.ravel(), angle.ravel()], axis=1)
    loss = np.broadcast_to(Expressions(claim.nodes, (place,)).points(points)[place], len(points)).reshape(r.shape)
    return r * np.cos(angle), r * np.sin(angle), loss


def _place(point: SettledPoint, chart: Chart) -> tuple[float, float]:
    known = {name: float(low + high) / 2 for name, low, high in point.box}
    known |= {name: {"0": 0.0, "pi": np.pi}[value] for name, value in point.point.at}
    r, angle = known.get(chart.length, 0.0), known.get(chart.angle, 0.0)
    return r * cos(angle), r * sin(angle)
