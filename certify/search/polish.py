"""Polishing: from any network to a near-optimal one of unrestricted width, with a nearly feasible dual variable.

Rounds of lasso (over the present units), Newton (on the hidden weights), and a search for directions that violate
``|phi_nu(u)| <= beta |u|`` (new units): a fully corrective exchange method on the semi-infinite dual. Local search can
miss a violator, so nothing here is a proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relucert.certify.search.ascent import DirectionSpace, Peaks, distinct, search_peaks
from relucert.certify.search.dual import (
    DualProblem,
    FloatArray,
    Units,
    dual_value,
    empty_units,
    objective,
    phi,
    residual,
)
from relucert.certify.search.lasso import join_cells, nonnegative_lasso
from relucert.certify.search.newton import Network, NewtonMethod
from relucert.certify.search.scaling import Scaling

# Called after every round with (round, primal objective, largest ratio |phi_nu(u)| / (beta |u|)).
Progress = Callable[[int, float, float], None]

# Random walks per sign and round are bounded so that one step evaluates about this many hidden activations.
ACTIVATIONS = 100_000
# Hops of the walks in an ordinary round and in the rounds that look for violators of an apparently optimal network.
QUICK_HOPS = 6
THOROUGH_HOPS = 60
# New units per sign and round.
NEW_UNITS = 20
# Objectives that differ by less than this (relative) are equal; the smaller violation then decides.
TIE = 1e-13
# Directions with a value below MEMORY * beta are forgotten between rounds; an ordinary round climbs above NEAR * beta.
MEMORY = 0.9
NEAR = 0.97


@dataclass(frozen=True)
class Polished:
    """Result of `polish`.

    Attributes
    ----------
    units, constant : the network with the lowest objective found.
    nu : (n,) its residual ``y - f`` (mean removed when the constant is free).
    primal : its objective in sum scaling.
    dual_estimate : the dual value of ``nu`` if ``max_ratio`` were the true maximum.
    max_ratio : the largest ``|phi_nu(u)| / (beta |u|)`` found by local search.
    rounds : exchange rounds used.
    """

    units: Units
    constant: float
    nu: FloatArray
    primal: float
    dual_estimate: float
    max_ratio: float
    rounds: int


def _chains(samples: int) -> int:
    """Random walks per sign."""
    return int(np.clip(ACTIVATIONS // max(samples, 1), 8, 64))


class _Polisher:
    """State of one polish of a scaled problem."""

    def __init__(self, problem: DualProblem, seed: int) -> None:
        self.problem = problem
        self.rows = problem.direction_rows
        self.penalised = problem.penalised_dimension
        self.space = DirectionSpace(problem.rows, problem.free_hidden_bias)
        self.newton = NewtonMethod(problem)
        self.generator = np.random.default_rng(seed)
        self.memory = Peaks(np.zeros((0, self.rows.shape[1])), np.zeros(0), np.zeros(0))

    def units(self, network: Network) -> Units:
        sizes = np.linalg.norm(network.weights[:, : self.penalised], axis=1)
        return Units(network.weights / sizes[:, None], network.signs * sizes)

    def residual(self, network: Network) -> FloatArray:
        nu = residual(self.problem, self.units(network), network.constant)
        return nu - nu.mean() if self.problem.constant == "free" else nu

    def corrected(self, network: Network, directions: FloatArray, signs: FloatArray, steps: int) -> Network:
        """Lasso over the units of ``network`` and the new ``directions``, then Newton."""
        present = self.units(network)
        directions = np.vstack([present.directions, directions])
        signs = np.concatenate([network.signs, signs])
        passive = np.arange(len(present))
        for _ in range(4):
            columns = np.maximum(self.rows @ directions.T, 0.0) * signs
            coefficients, constant = nonnegative_lasso(
                columns,
                self.problem.y,
                self.problem.beta,
                constant=self.problem.constant != "none",
                constant_decay=self.problem.constant_decay,
                passive=passive,
            )
            keep = coefficients > 0
            weights, signs = join_cells(self.rows, directions[keep] * coefficients[keep, None], signs[keep])
            before = Network(weights, signs, constant)
            network = self.newton.minimise(before, limit=steps)
            units = self.units(network)
            directions, passive = units.directions, np.arange(len(units))
            sizes = np.abs(units.coefficients)
            if len(units) == 0 or float(sizes.min()) > 0.1 * float(np.abs(self.units(before).coefficients).min()):
                break
        return network

    def peaks(self, network: Network, nu: FloatArray, thorough: bool) -> Peaks:
        """Local maxima of ``+-phi_nu`` from the units, the remembered directions and random walks."""
        beta = self.problem.beta
        present = self.units(network)
        directions = np.vstack([present.directions, self.memory.directions])
        signs = np.concatenate([network.signs, self.memory.signs])
        values = signs * phi(self.problem, nu, directions) if len(signs) else signs
        kept = distinct(directions, signs, values, 1e-9)
        near = kept[values[kept] > (MEMORY if thorough else NEAR) * beta]
        peaks = search_peaks(
            self.space,
            nu,
            generator=self.generator,
            chains=_chains(len(self.problem.y)),
            hops=THOROUGH_HOPS if thorough else QUICK_HOPS,
            climbs_per_sign=48 if thorough else 12,
            known=Peaks(directions[near], signs[near], values[near]),
            floor=(MEMORY if thorough else NEAR) * beta,
        )
        remembered = kept[(values[kept] > MEMORY * beta) & (values[kept] <= NEAR * beta)]
        self.memory = Peaks(
            np.vstack([peaks.directions, directions[remembered]]),
            np.concatenate([peaks.signs, signs[remembered]]),
            np.concatenate([peaks.values, values[remembered]]),
        )
        return peaks

    def violators(self, peaks: Peaks, threshold: float) -> tuple[FloatArray, FloatArray]:
        above = peaks.values > threshold
        chosen = [np.nonzero(above & (peaks.signs == sign))[0][:NEW_UNITS] for sign in (1.0, -1.0)]
        picks = np.concatenate(chosen)
        return peaks.directions[picks], peaks.signs[picks]


def polish(
    problem: DualProblem,
    *,
    start: Units | None = None,
    tolerance: float = 1e-10,
    time_limit: float | None = None,
    seed: int = 0,
    extra_directions: FloatArray | None = None,
    progress: Progress | None = None,
    max_rounds: int = 200,
) -> Polished:
    """Minimise the training objective over all widths.

    Parameters
    ----------
    problem : the problem in sum scaling.
    start : units of a trained network, or of an earlier polish (then the call is cheap).
    tolerance : stop when no direction with ``|phi_nu(u)| > beta (1 + tolerance) |u|`` is found twice in a row.
    time_limit : seconds; checked between rounds.
    extra_directions : (q, p) directions to climb from, such as violators that branch and bound found.
    progress : called after every round.
    """
    deadline = np.inf if time_limit is None else time.monotonic() + time_limit
    scaling = Scaling.of(problem)
    polisher = _Polisher(scaling.scaled, seed)
    units = scaling.units_in(start) if start is not None else empty_units(scaling.scaled)
    sizes = np.abs(units.coefficients)
    network = Network(units.directions * sizes[:, None], np.sign(units.coefficients), 0.0)
    network = polisher.corrected(network, np.zeros((0, network.weights.shape[1])), np.zeros(0), steps=10)
    if extra_directions is not None and len(extra_directions):
        extra = polisher.space.normalise(scaling.directions_in(extra_directions))
        polisher.memory = Peaks(np.vstack([extra, extra]), np.repeat([1.0, -1.0], len(extra)), np.zeros(2 * len(extra)))
    beta = scaling.scaled.beta
    best_value, best_network, best_ratio = np.inf, network, np.inf
    clean = stalled = rounds = 0
    while True:
        rounds += 1
        nu = polisher.residual(network)
        value = objective(scaling.scaled, polisher.units(network), network.constant)
        peaks = polisher.peaks(network, nu, thorough=clean > 0)
        ratio = peaks.top / beta
        stalled = stalled + 1 if value >= best_value * (1 - 1e-15) else 0
        if network is best_network and rounds > 1:
            best_ratio = max(ratio, best_ratio)  # a further look at the same network
        elif value < best_value * (1 - TIE) or (value <= best_value * (1 + TIE) and ratio < best_ratio):
            best_value, best_network, best_ratio = min(value, best_value), network, ratio
        if progress is not None:
            progress(rounds, value * scaling.y_size**2, ratio)
        if ratio <= 1 + tolerance:
            clean += 1
            if clean == 2:
                break
            continue
        clean = 0
        if stalled >= 4 or rounds >= max_rounds or time.monotonic() > deadline:
            break
        directions, signs = polisher.violators(peaks, beta * (1 + 0.1 * tolerance))
        network = polisher.corrected(network, directions, signs, steps=15)
    nu = polisher.residual(best_network)
    dual = dual_value(scaling.scaled, nu, beta * max(best_ratio, 0.0))
    result = scaling.units_out(polisher.units(best_network))
    constant = scaling.constant_out(best_network.constant)
    return Polished(
        result,
        constant,
        nu * scaling.y_size,
        objective(problem, result, constant),
        dual * scaling.y_size**2,
        best_ratio,
        rounds,
    )


def beta_max(problem: DualProblem, seed: int = 0) -> float:
    """Local estimate of the least beta at which the zero network is optimal: ``max |phi_nu(u)|`` at its residual."""
    scaling = Scaling.of(problem)
    scaled = scaling.scaled
    _, constant = nonnegative_lasso(
        np.zeros((len(scaled.y), 0)),
        scaled.y,
        scaled.beta,
        constant=scaled.constant != "none",
        constant_decay=scaled.constant_decay,
    )
    space = DirectionSpace(scaled.rows, scaled.free_hidden_bias)
    peaks = search_peaks(
        space,
        scaled.y - constant,
        generator=np.random.default_rng(seed),
        chains=_chains(len(scaled.y)),
        hops=QUICK_HOPS,
        climbs_per_sign=32,
    )
    return peaks.top * scaling.row_size * scaling.y_size
