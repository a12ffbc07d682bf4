"""The training problem of a two-layer ReLU network in sum scaling and its Lagrange dual, in floating point (untrusted).

The primal over every width is ``1/2 |y - f|^2 + beta * sum_j |a_j||w_j| [+ decay/2 c^2]`` with
``f = sum_j a_j relu(rows @ w_j) + c``. A dual variable ``nu`` with ``|phi_nu(u)| <= T |u|`` for all directions,
``phi_nu(u) = sum_i nu_i relu(x_i . u)``, bounds it from below (Pilanci & Ergen 2020, arXiv 2002.10553; Bach 2017,
JMLR 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

OutputConstant = Literal["none", "free", "penalised"]


@dataclass(frozen=True)
class DualProblem:
    """A scalar regression problem in sum scaling.

    Attributes
    ----------
    rows : (n, D) features; the column of ones is already appended when the hidden bias is penalised.
    y : (n,) targets.
    beta : weight of ``sum_j |a_j||w_j|``.
    free_hidden_bias : directions are then ``(w, b)`` in R^(D+1) and only ``|w|`` is penalised. It implies
        ``constant == "free"``, because a unit with tiny ``w`` and large ``b`` emulates a free constant.
    constant : the output bias.
    constant_decay : weight decay of the output bias when ``constant == "penalised"``, else 0.
    """

    rows: FloatArray
    y: FloatArray
    beta: float
    free_hidden_bias: bool = False
    constant: OutputConstant = "none"
    constant_decay: float = 0.0

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.y.shape != (self.rows.shape[0],):
            raise ValueError(f"DualProblem: rows {self.rows.shape} and y {self.y.shape} must be (n, D) and (n,)")
        if not self.beta > 0:
            raise ValueError(f"DualProblem: beta must be positive, got {self.beta}")
        if self.free_hidden_bias and self.constant != "free":
            raise ValueError('DualProblem: a free hidden bias implies constant="free"')
        if (self.constant == "penalised") != (self.constant_decay > 0):
            raise ValueError('DualProblem: constant_decay > 0 belongs to constant="penalised" and to nothing else')

    @property
    def direction_rows(self) -> FloatArray:
        """(n, p) rows that multiply a direction: ``rows``, or ``(rows, 1)`` when the hidden bias is free."""
        if self.free_hidden_bias:
            return np.hstack([self.rows, np.ones((len(self.y), 1))])
        return self.rows

    @property
    def penalised_dimension(self) -> int:
        """Number D of leading coordinates of a direction that are penalised."""
        return int(self.rows.shape[1])


@dataclass(frozen=True)
class Units:
    """Hidden units: ``directions`` (k, p) whose penalised part has norm 1, and signed ``coefficients`` (k,)."""

    directions: FloatArray
    coefficients: FloatArray

    def __len__(self) -> int:
        return len(self.coefficients)


def empty_units(problem: DualProblem) -> Units:
    """The zero network."""
    return Units(np.zeros((0, problem.direction_rows.shape[1])), np.zeros(0))


def units_from_network(problem: DualProblem, hidden_weights: FloatArray, output_weights: FloatArray) -> Units:
    """Balance a network away: ``hidden_weights`` (m, p) as multiplied with ``direction_rows``, ``output_weights`` (m,).

    Units without penalised weight are dropped; with a free hidden bias they are constants, and the output constant
    covers them.
    """
    norms = np.linalg.norm(hidden_weights[:, : problem.penalised_dimension], axis=1)
    keep = (norms > 0) & (output_weights != 0)
    return Units(hidden_weights[keep] / norms[keep, None], output_weights[keep] * norms[keep])


def phi(problem: DualProblem, dual_variable: FloatArray, directions: FloatArray) -> FloatArray:
    """(k,) values ``sum_i nu_i relu(x_i . u) / |u|`` of the ``directions`` (k, p), ``|u|`` the penalised norm."""
    norms = np.linalg.norm(directions[:, : problem.penalised_dimension], axis=1)
    hidden = np.maximum(problem.direction_rows @ directions.T, 0.0)
    return np.asarray(dual_variable @ hidden / norms, dtype=np.float64)


def residual(problem: DualProblem, units: Units, constant: float) -> FloatArray:
    """(n,) ``y - f``."""
    hidden = np.maximum(problem.direction_rows @ units.directions.T, 0.0)
    return np.asarray(problem.y - hidden @ units.coefficients - constant, dtype=np.float64)


def objective(problem: DualProblem, units: Units, constant: float) -> float:
    """Primal objective of the units (product form of the penalty)."""
    error = residual(problem, units, constant)
    norms = np.linalg.norm(units.directions[:, : problem.penalised_dimension], axis=1)
    penalty = problem.beta * float(np.abs(units.coefficients) @ norms)
    return 0.5 * float(error @ error) + penalty + 0.5 * problem.constant_decay * constant**2


def dual_value(problem: DualProblem, dual_variable: FloatArray, threshold: float) -> float:
    """Best lower bound ``max_s D(s nu)`` with ``0 <= s <= beta / threshold``, given ``|phi_nu(u)| <= threshold |u|``.

    For a free constant the caller supplies ``sum(nu) == 0`` (up to rounding).
    """
    linear = float(dual_variable @ problem.y)
    square = float(dual_variable @ dual_variable)
    if problem.constant == "penalised":
        square += float(dual_variable.sum()) ** 2 / problem.constant_decay
    if linear <= 0 or square == 0:
        return 0.0
    scale = linear / square
    if threshold > 0:
        scale = min(scale, problem.beta / threshold)
    return scale * linear - 0.5 * scale**2 * square
