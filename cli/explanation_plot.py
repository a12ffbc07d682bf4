"""A picture of the dual function: where |φ_ν(u)| reaches T |u|, and where the network's hidden units stand.

The form follows the number of coordinates of a direction: curves over a circle, maps of a sphere or cylinder, and for
more coordinates the units alone, next to the residuals.  Everything can be read in grey: signs are told by the shape
and filling of the markers, levels by labelled contour lines over cividis.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.cli.explanation import Explanation
from relucert.cli.files import write_atomically
from relucert.cli.output import UserError

FloatArray = NDArray[np.float64]

GRID = 201  # points along each side of a map
CURVE = 2001  # points along a curve, besides its kinks
LEVELS = np.linspace(-1.0, 1.0, 21)
LINES = (-0.9, -0.5, 0.0, 0.5, 0.9)
LINE_STYLE = {"colors": ["white"] * 3 + ["black"] * 2, "linestyles": ["--"] * 2 + ["-"] * 3, "linewidths": 0.8}
DARK, MIDDLE = "#1a1a1a", "#0072b2"
STYLE: dict[Any, Any] = {"font.size": 9.0, "axes.titlesize": 10.0, "svg.hashsalt": "relucert", "svg.fonttype": "path"}


def plot_dual(explanation: Explanation, path: Path) -> None:
    """Draw the dual function of a valid explanation to an .svg or .png file."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in ("svg", "png"):
        raise UserError(f"unknown picture format '{path.suffix}'", where=str(path), cure="use .svg or .png")
    if explanation.problem is None:
        raise UserError("only a valid certificate can be drawn", cure="relucert check CERT")
    try:
        import matplotlib
    except ImportError:
        raise UserError("--plot needs matplotlib", cure="pip install 'relucert[report]'") from None
    with matplotlib.rc_context(STYLE):
        figure = draw(explanation)
        buffer = io.BytesIO()
        # without date and version equal certificates give equal pictures
        metadata = {"Date": None} if suffix == "svg" else {"Software": None}
        figure.savefig(buffer, format=suffix, dpi=150, metadata=metadata)
    write_atomically(path, buffer.getvalue())


def draw(explanation: Explanation) -> Any:
    """The matplotlib figure."""
    coordinates, penalised = explanation.rows.shape[1], explanation.penalised
    one_input = explanation.problem is not None and explanation.problem.features == 1
    if one_input:
        return _one_input(explanation)
    if (coordinates, penalised) == (2, 2):
        figure, axes = _figure(1, 1, 7.0, 4.0)
        _circle(axes[0], explanation)
        _key_below(figure, axes)
        return figure
    if (coordinates, penalised) == (3, 3):
        return _sphere(explanation)
    if (coordinates, penalised) == (3, 2):
        return _cylinder(explanation)
    return _many_coordinates(explanation)


def _figure(rows: int, columns: int, width: float, height: float, **options: Any) -> tuple[Any, list[Any]]:
    """A figure that belongs to no window system, and its axes in a list."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, list(axes.flat)


# ------------------------------------------------------------------------------------------------------------- units


def _units(explanation: Explanation) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Directions (m, p), signs of the output weights (m,) and shares of |w||a| (m,) of the units with any weight."""
    network = explanation.network
    width = explanation.rows.shape[1]
    if network is None or network.width == 0:
        return np.zeros((0, width)), np.zeros(0), np.zeros(0)
    directions = np.array([[float(v) for v in row] for row in network.hidden_weights])
    if network.hidden_bias is not None:
        directions = np.column_stack([directions, [float(v) for v in network.hidden_bias]])
    outputs = np.array([float(row[0]) for row in network.output_weights])
    sizes = np.linalg.norm(directions[:, : explanation.penalised], axis=1) * np.abs(outputs)
    keep = sizes > 0
    total = float(sizes.sum())
    return directions[keep], np.sign(outputs[keep]), sizes[keep] / total if total > 0 else sizes[keep]


def _signs(signs: FloatArray) -> Iterator[tuple[NDArray[np.bool_], dict[str, Any]]]:
    """For each sign of the output weight its units and their marker: filled up-triangles, open down-triangles."""
    for sign, marker, face, words in ((1, "^", DARK, "unit, a > 0"), (-1, "v", "white", "unit, a < 0")):
        chosen = np.asarray(signs == sign)
        if chosen.any():
            yield chosen, {"marker": marker, "facecolor": face, "edgecolor": DARK, "linewidth": 1.0, "label": words}


def _mark(axis: Any, across: FloatArray, up: FloatArray, signs: FloatArray, shares: FloatArray) -> None:
    """Triangles whose area grows with the unit's share of the penalty."""
    for chosen, style in _signs(signs):
        axis.scatter(across[chosen], up[chosen], s=25 + 150 * shares[chosen], zorder=5, clip_on=False, **style)


def _limits(axis: Any) -> None:
    """The lines that the dual function may touch and not cross."""
    for level in (-1, 1):
        axis.axhline(level, color=DARK, linestyle="--", linewidth=1.0)
    axis.axhline(0, color=DARK, linewidth=0.5)
    axis.set_ylim(-1.2, 1.2)


def _key_below(figure: Any, axes: list[Any]) -> None:
    """One entry per label of these axes, under the figure; markers have one size there, whatever the units' shares."""
    entries: dict[str, Any] = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if not entries:
        return
    legend = figure.legend(
        entries.values(), entries.keys(), loc="outside lower center", ncols=len(entries), frameon=False
    )
    for handle in legend.legend_handles:
        if hasattr(handle, "set_sizes"):
            handle.set_sizes([40.0])


# ------------------------------------------------------------------------------------------------- curves and fits


def _circle(axis: Any, explanation: Explanation) -> None:
    """φ_ν(u) / T over the angle of u in the plane of both coordinates, with every kink x_i.u = 0 on the grid."""
    normals = np.degrees(np.arctan2(explanation.rows[:, 1], explanation.rows[:, 0]))
    kinks = np.concatenate([normals + 90, normals - 90])
    angles = np.sort(np.concatenate([np.linspace(-180, 180, CURVE), (kinks + 180) % 360 - 180]))
    directions = np.column_stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))])
    axis.plot(angles, explanation.ratio(directions), color=MIDDLE, label="φ(u) / (T |u|)")
    _limits(axis)
    units, signs, shares = _units(explanation)
    _mark(axis, np.degrees(np.arctan2(units[:, 1], units[:, 0])), explanation.ratio(units), signs, shares)
    bias = explanation.problem is not None and explanation.problem.hidden_bias != "none"
    axis.set(
        xlim=(-180, 180),
        xticks=range(-180, 181, 45),
        xlabel=f"angle of u = {'(w, b)' if bias else '(w_1, w_2)'} in degrees",
        ylabel="φ(u) / (T |u|)",
        title="Dual function over all directions",
    )


def _offsets(axis: Any, explanation: Explanation) -> None:
    """One input with a free bias: u = (±1, b), over the place -b/w where the unit bends."""
    inputs = explanation.rows[:, 0]
    margin = 0.08 * float(np.ptp(inputs)) or 1.0
    ends = float(inputs.min()) - margin, float(inputs.max()) + margin
    places = np.sort(np.concatenate([np.linspace(*ends, CURVE), inputs]))
    for side, line, colour in ((1.0, "-", MIDDLE), (-1.0, ":", DARK)):
        directions = np.column_stack([np.full(len(places), side), -side * places])
        axis.plot(places, explanation.ratio(directions), color=colour, linestyle=line, label=f"φ for w = {side:+.0f}")
    _limits(axis)
    units, signs, shares = _units(explanation)
    places = np.clip(-units[:, 1] / units[:, 0], *ends)
    _mark(axis, places, explanation.ratio(units), signs, shares)
    axis.set(
        xlim=ends,
        xlabel="x = -b/w where the unit bends (beyond the data: drawn at the edge)",
        ylabel="φ(u) / (T |w|)",
        title="Dual function over all directions",
    )


def _one_input(explanation: Explanation) -> Any:
    """Data and fit, residuals and dual variable, and the dual function where it is a curve."""
    curve = explanation.rows.shape[1] == 2
    figure, axes = _figure(3 if curve else 2, 1, 7.0, 9.0 if curve else 6.0)
    problem, inputs = explanation.problem, explanation.rows[:, 0]
    targets = np.array([float(y[0]) for y in problem.Y]) if problem is not None else inputs
    margin = 0.08 * float(np.ptp(inputs)) or 1.0
    ends = float(inputs.min()) - margin, float(inputs.max()) + margin
    places = np.linspace(*ends, CURVE)
    top, middle = axes[:2]
    top.plot(places, _outputs(explanation, places), color=MIDDLE, label="network f(x)")
    top.scatter(inputs, targets, s=22, facecolor="white", edgecolor=DARK, label="data", zorder=3)
    top.set(xlim=ends, xlabel="x", ylabel="y", title="Data and network")
    top.legend(frameon=False, loc="best")
    dual = explanation.scale * explanation.dual_variable
    middle.vlines(inputs, 0, dual, color=MIDDLE, linewidth=1.5, label="scaled dual variable sν")
    residual = targets - _outputs(explanation, inputs)
    middle.scatter(inputs, residual, s=22, facecolor="white", edgecolor=DARK, label="residual y - f(x)", zorder=3)
    middle.axhline(0, color=DARK, linewidth=0.5)
    middle.set(xlim=ends, xlabel="x", ylabel="y - f(x), sν", title="Residuals and dual variable (equal at an optimum)")
    middle.legend(frameon=False, loc="best")
    if curve and explanation.penalised == 2:
        _circle(axes[2], explanation)
    elif curve:
        _offsets(axes[2], explanation)
    _key_below(figure, axes[2:])
    return figure


def _outputs(explanation: Explanation, inputs: FloatArray) -> FloatArray:
    """The network's output (k,) at one-dimensional inputs (k,)."""
    return _network_outputs(
        explanation, np.column_stack([inputs, np.ones(len(inputs))])[:, : explanation.rows.shape[1]]
    )


def _network_outputs(explanation: Explanation, rows: FloatArray) -> FloatArray:
    """The network's output (k,) at rows (k, p) that already carry the column of ones."""
    network = explanation.network
    if network is None or network.width == 0:
        hidden = np.zeros(len(rows))
    else:
        directions = np.array([[float(v) for v in row] for row in network.hidden_weights])
        if network.hidden_bias is not None:
            directions = np.column_stack([directions, [float(v) for v in network.hidden_bias]])
        hidden = np.maximum(rows @ directions.T, 0.0) @ np.array([float(row[0]) for row in network.output_weights])
    constant = float(network.output_bias[0]) if network is not None and network.output_bias is not None else 0.0
    return np.asarray(hidden + constant, dtype=np.float64)


# -------------------------------------------------------------------------------------------------------------- maps


@contextmanager
def _map(figure: Any, axes: list[Any]) -> Iterator[Any]:
    """Hand out a function that fills a map; afterwards add the common colour bar and key."""
    filled: list[Any] = []

    def fill(axis: Any, across: FloatArray, up: FloatArray, values: FloatArray) -> None:
        values = np.clip(values, -1.0, 1.0)  # nothing lies beyond but rounding errors
        filled.append(axis.contourf(across, up, values, levels=LEVELS, cmap="cividis"))
        lines = axis.contour(across, up, values, levels=LINES, **LINE_STYLE)
        axis.clabel(lines, fontsize=7, fmt="%.1f")

    yield fill
    figure.colorbar(filled[-1], ax=axes, label="φ(u) / (T |u|), tight at -1 and 1", shrink=0.85, ticks=LEVELS[::5])
    _key_below(figure, axes)


def _sphere(explanation: Explanation) -> Any:
    """Two hemispheres in Lambert's equal-area projection, seen from +u_3 and from -u_3."""
    figure, axes = _figure(1, 2, 9.0, 4.9)
    units, signs, shares = _units(explanation)
    units = units / np.linalg.norm(units, axis=1, keepdims=True) if len(units) else units
    side = np.linspace(-1.0, 1.0, GRID) * np.sqrt(2)
    across, up = np.meshgrid(side, side)
    squares = across**2 + up**2
    factor = np.sqrt(np.maximum(1 - squares / 4, 0))
    height = 1 - squares / 2
    bias = explanation.problem is not None and explanation.problem.hidden_bias != "none"
    names = ("w_1", "w_2", "b" if bias else "w_3")
    with _map(figure, axes) as fill:
        for axis, pole in zip(axes, (1.0, -1.0), strict=True):
            grid = np.stack([across * factor, up * factor, pole * height], axis=-1)
            values = explanation.ratio(grid.reshape(-1, 3)).reshape(across.shape)
            fill(axis, across, up, np.where(squares <= 2, values, np.nan))
            here = pole * units[:, 2] >= 0
            plane = units[here, :2] / np.sqrt((1 + np.abs(units[here, 2:])) / 2)
            _mark(axis, plane[:, 0], plane[:, 1], signs[here], shares[here])
            circle = np.linspace(0, 2 * np.pi, 361)
            axis.plot(np.sqrt(2) * np.cos(circle), np.sqrt(2) * np.sin(circle), color=DARK, linewidth=1.0)
            axis.set_aspect("equal")
            axis.axis("off")
            axis.set_title(f"half with {names[2]} {'≥' if pole > 0 else '≤'} 0", pad=18)
            axis.text(1.47, 0, f"+{names[0]}", va="center")
            axis.text(0, 1.47, f"+{names[1]}", ha="center")
    return figure


def _cylinder(explanation: Explanation) -> Any:
    """Two inputs with a free bias: the angle of w against the offset -b/|w| of the line where the unit bends."""
    figure, axes = _figure(1, 1, 7.5, 4.8)
    reach = 1.05 * float(np.linalg.norm(explanation.rows[:, :2], axis=1).max()) or 1.0
    angles, offsets = np.meshgrid(np.linspace(-180, 180, GRID), np.linspace(-reach, reach, GRID))
    grid = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles)), -offsets], axis=-1)
    units, signs, shares = _units(explanation)
    places = np.clip(-units[:, 2] / np.linalg.norm(units[:, :2], axis=1), -reach, reach)
    with _map(figure, axes) as fill:
        fill(axes[0], angles, offsets, explanation.ratio(grid.reshape(-1, 3)).reshape(angles.shape))
        _mark(axes[0], np.degrees(np.arctan2(units[:, 1], units[:, 0])), places, signs, shares)
    axes[0].set(
        xticks=range(-180, 181, 45),
        xlabel="angle of w in degrees",
        ylabel="-b/|w|: offset of the line where the unit bends",
        title="Dual function over all directions",
    )
    return figure


def _many_coordinates(explanation: Explanation) -> Any:
    """The units by how close the bound is to tight in their directions, and residuals against the dual variable."""
    figure, (left, right) = _figure(1, 2, 9.0, 4.2)
    units, signs, shares = _units(explanation)
    ratios = np.abs(explanation.ratio(units))
    ranks = np.empty(len(ratios))
    ranks[np.argsort(-ratios, kind="stable")] = np.arange(1, len(ratios) + 1)
    _mark(left, ranks, ratios, signs, shares)
    left.axhline(1, color=DARK, linestyle="--", linewidth=1.0)
    left.set(
        ylim=(0, 1.1),
        xlabel="hidden units, tightest first",
        ylabel="|φ(w)| / (T |w|)",
        title="Dual function at the units",
    )
    if len(units):
        left.xaxis.get_major_locator().set_params(integer=True)
    _key_below(figure, [left])
    problem = explanation.problem
    targets = np.array([float(y[0]) for y in problem.Y]) if problem is not None else np.zeros(0)
    residual = targets - _network_outputs(explanation, explanation.rows)
    dual = explanation.scale * explanation.dual_variable
    right.axline((0, 0), slope=1, color=DARK, linestyle="--", linewidth=1.0)
    right.scatter(dual, residual, s=18, facecolor="white", edgecolor=MIDDLE, linewidth=0.9)
    right.set(xlabel="scaled dual variable sν", ylabel="residual y - f(x)", title="Samples (on the line at an optimum)")
    return figure
