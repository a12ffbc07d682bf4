"""The exact problem in floats for the search, and the search's networks back in exact numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from relucert.certify import claim
from relucert.certify.search.dual import DualProblem, FloatArray, OutputConstant, Units, units_from_network
from relucert.certify.search.polish import Polished

# A constant that only a hidden unit can express is a * relu(0.x + b) with b this many times larger than a.
CONSTANT_RATIO = 2.0**60


def _floats(values: claim.Matrix) -> FloatArray:
    return np.array([[float(v) for v in row] for row in values], dtype=np.float64)


def dual_problem(problem: claim.TrainingProblem) -> DualProblem:
    """Sum scaling; a penalised hidden bias becomes a column of ones."""
    rows = _floats(problem.X)
    if problem.hidden_bias == "penalised":
        rows = np.hstack([rows, np.ones((len(rows), 1))])
    first, second = (
        float(decay * problem.sum_scaling) for decay in (problem.hidden_weight_decay, problem.output_weight_decay)
    )
    free = problem.hidden_bias == "free"
    constant: OutputConstant = "none"
    if free or problem.output_bias == "free":
        constant = "free"
    elif problem.output_bias == "penalised":
        constant = "penalised"
    return DualProblem(
        rows, _floats(problem.Y)[:, 0], float(np.sqrt(first) * np.sqrt(second)), free, constant,
        second if constant == "penalised" else 0.0,
    )  # fmt: skip


def start_units(dual: DualProblem, network: claim.Network) -> Units:
    """The network's hidden units as directions and coefficients."""
    weights = _floats(network.hidden_weights).reshape(network.width, -1)
    directions = dual.direction_rows.shape[1]
    if weights.shape[1] < directions and network.hidden_bias is not None:
        weights = np.hstack([weights, np.array([[float(v)] for v in network.hidden_bias])])
    if network.width == 0:
        weights = np.zeros((0, directions))
    outputs = np.array([float(row[0]) for row in network.output_weights])
    return units_from_network(dual, weights, outputs)


def better_network_of(problem: claim.TrainingProblem, polished: Polished) -> claim.Network:
    """The polished units as a balanced network of the problem's shape, in exact binary64 numbers."""
    first, second = float(problem.hidden_weight_decay), float(problem.output_weight_decay)
    directions, coefficients = polished.units.directions, polished.units.coefficients
    size = np.sqrt(np.abs(coefficients)) * (second / first) ** 0.25
    weights = directions * size[:, None]
    outputs = np.where(size > 0, coefficients / np.where(size > 0, size, 1.0), 0.0)
    biased = problem.hidden_bias != "none"
    constant = polished.constant
    if problem.hidden_bias == "free" and problem.output_bias != "free" and constant != 0.0:
        # a unit with a large free bias stands in for an output bias that is absent or paid for
        unit = np.zeros((1, weights.shape[1] if len(weights) else problem.features + 1))
        share = float(2.0 ** np.round(np.log2(np.sqrt(abs(constant) * CONSTANT_RATIO))))
        unit[0, -1] = share
        weights = np.vstack([weights.reshape(-1, unit.shape[1]), unit])
        outputs = np.append(outputs, constant / share)
        constant = 0.0
    if len(outputs) == 0:  # the zero network: one idle unit, for files and readers
        weights, outputs = np.zeros((1, problem.features + biased)), np.zeros(1)
    weights = weights.reshape(len(outputs), problem.features + biased)
    return claim.Network(
        tuple([tuple([Fraction(v) for v in row[: problem.features]]) for row in weights.tolist()]),
        tuple([Fraction(row[-1]) for row in weights.tolist()]) if biased else None,
        tuple([(Fraction(v),) for v in outputs.tolist()]),
        None if problem.output_bias == "none" else (Fraction(constant),),
    )


def float_objective(problem: claim.TrainingProblem, network: claim.Network) -> float:
    """The objective in binary64; only steers the search, the checker computes it exactly."""
    hidden = _floats(problem.X) @ _floats(network.hidden_weights).reshape(network.width, problem.features).T
    bias = np.array([float(v) for v in network.hidden_bias or ()])
    hidden = np.maximum(hidden + (bias if len(bias) else 0.0), 0.0)
    outputs = np.array([float(row[0]) for row in network.output_weights])
    constant = float(network.output_bias[0]) if network.output_bias else 0.0
    error = _floats(problem.Y)[:, 0] - hidden @ outputs - constant
    weights = _floats(network.hidden_weights).reshape(network.width, problem.features)
    if problem.hidden_bias == "penalised":
        weights = np.hstack([weights, bias[:, None]])
    first, second = float(problem.hidden_weight_decay), float(problem.output_weight_decay)
    if problem.penalty == "product":
        penalty = first * float(np.linalg.norm(weights, axis=1) @ np.abs(outputs))
    else:
        penalty = first / 2 * float((weights**2).sum()) + second / 2 * float(outputs @ outputs)
    if problem.output_bias == "penalised":
        penalty += second / 2 * constant**2
    return float(error @ error) / (2 * float(problem.sum_scaling)) + penalty
