"""Scaling of a problem to rows and targets of size one, so that the search has no absolute tolerance that matters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from relucert.certify.search.dual import DualProblem, FloatArray, Units


@dataclass(frozen=True)
class Scaling:
    """A scaled copy of a problem and the maps between the two.

    ``rows -> (rows - row_centre) / row_size`` (centred only with a free hidden bias, which absorbs the shift) and
    ``y -> (y - y_centre) / y_size`` (centred only with a free output constant).
    """

    scaled: DualProblem
    row_centre: FloatArray
    row_size: float
    y_centre: float
    y_size: float

    @classmethod
    def of(cls, problem: DualProblem) -> Scaling:
        """Choose centre and sizes from the data."""
        dimension = problem.penalised_dimension
        centre = problem.rows.mean(axis=0) if problem.free_hidden_bias and len(problem.y) else np.zeros(dimension)
        rows = problem.rows - centre
        y_centre = float(problem.y.mean()) if problem.constant == "free" and len(problem.y) else 0.0
        y = problem.y - y_centre
        # Rounding noise of the mean is no signal: a constant y is exactly zero after centring.
        y = np.where(np.abs(y) <= 4e-16 * abs(y_centre), 0.0, y)
        # Not rounded to a power of two: proportional data then give the same scaled problem up to rounding.
        row_size = float(np.linalg.norm(rows, axis=1).max(initial=0.0)) or 1.0
        y_size = float(np.abs(y).max(initial=0.0)) or 1.0
        scaled = replace(problem, rows=rows / row_size, y=y / y_size, beta=problem.beta / row_size / y_size)
        return cls(scaled, centre, row_size, y_centre, y_size)

    def directions_in(self, directions: FloatArray) -> FloatArray:
        """Directions (k, p) of the original problem, expressed for the scaled one."""
        if not self.scaled.free_hidden_bias:
            return directions
        bias = (directions[:, -1] + directions[:, :-1] @ self.row_centre) / self.row_size
        return np.hstack([directions[:, :-1], bias[:, None]])

    def directions_out(self, directions: FloatArray) -> FloatArray:
        """Inverse of `directions_in`."""
        if not self.scaled.free_hidden_bias:
            return directions
        bias = directions[:, -1] * self.row_size - directions[:, :-1] @ self.row_centre
        return np.hstack([directions[:, :-1], bias[:, None]])

    def units_in(self, units: Units) -> Units:
        """Units of the original problem, expressed for the scaled one."""
        return Units(self.directions_in(units.directions), units.coefficients * (self.row_size / self.y_size))

    def units_out(self, units: Units) -> Units:
        """Inverse of `units_in`."""
        return Units(self.directions_out(units.directions), units.coefficients * (self.y_size / self.row_size))

    def constant_out(self, constant: float) -> float:
        """Output constant of the original problem."""
        return constant * self.y_size + self.y_centre
