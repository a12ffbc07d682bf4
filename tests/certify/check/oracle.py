"""Is a claim true?  Decided in floats from the problem alone, without the checker and without the evidence.

A claim is called false only with a witness: a network whose objective is below the claimed bound, a direction that
breaks a threshold, or a better network that is not better.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tests.certify.check.build import Json, text_of
from tests.certify.check.tiny_prover import Claim, maximum, negated

FloatArray = NDArray[np.float64]
RELATIVE = 1e-9


def _floats(matrix: Json) -> FloatArray:
    columns = len(matrix[0]) if matrix else 0
    return np.array([[float.fromhex(v) for v in row] for row in matrix], float).reshape(len(matrix), columns)


def objective(problem: Json, network: Json) -> float:
    """LOSS + PENALTY straight from the definition, in NumPy."""
    X, y = _floats(problem["X"]), _floats(problem["Y"])[:, 0]
    n = len(y)
    W = _floats(network["hidden_weights"] or [["0x0p+0"] * X.shape[1]])
    a = _floats(network["output_weights"] or [["0x0p+0"]])[:, 0]
    b = _floats([network["hidden_bias"] or ["0x0p+0"] * len(W)])[0]
    c = 0.0 if network["output_bias"] is None else float.fromhex(network["output_bias"][0])
    residual = y - np.maximum(X @ W.T + b, 0) @ a - c
    loss = {"half-sum": 0.5, "half-mean": 0.5 / n, "mean": 1 / n}[problem["loss"]] * float(residual @ residual)
    first, second = float(Fraction(problem["hidden_weight_decay"])), float(Fraction(problem["output_weight_decay"]))
    squares = (W * W).sum(axis=1) + (b * b if problem["hidden_bias"] == "penalised" else 0)
    if problem["penalty"] == "product":
        return loss + first * float(np.sqrt(squares) @ np.abs(a))
    constant = c * c if problem["output_bias"] == "penalised" else 0.0
    return loss + first / 2 * float(squares.sum()) + second / 2 * (float(a @ a) + constant)


def _directions(X: FloatArray, hidden_bias: str) -> FloatArray:
    """relu(X w + b) for many (w, b) of unit penalised norm: (n, k)."""
    n, d = X.shape
    size = d + (hidden_bias == "penalised")
    if size == 1:
        units = np.array([[1.0], [-1.0]])
    elif size == 2:
        angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
        units = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        perpendicular = np.array([[-y, x] for x, y in (X if d == 2 else np.c_[X, np.ones(n)])])
        units = np.vstack([units, perpendicular, -perpendicular])
    else:
        rng = np.random.default_rng(0)
        units = rng.normal(size=(2000, size))
    lengths = np.linalg.norm(units, axis=1, keepdims=True)
    units = units[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    if hidden_bias == "penalised":
        return np.maximum(np.c_[X, np.ones(n)] @ units.T, 0)
    t = X @ units.T
    if hidden_bias == "none":
        return np.maximum(t, 0)
    return np.hstack([np.maximum(t - t[j], 0) for j in range(n)])


@lru_cache(maxsize=4096)
def _upper_bound(text: str) -> float:
    import json

    problem = json.loads(text)
    X, y = _floats(problem["X"]), _floats(problem["Y"])[:, 0]
    n = len(y)
    sigma = {"half-sum": 1.0, "half-mean": float(n), "mean": n / 2}[problem["loss"]]
    b1 = sigma * float(Fraction(problem["hidden_weight_decay"]))
    b2 = sigma * float(Fraction(problem["output_weight_decay"]))
    beta = np.sqrt(b1 * b2)
    # with a free hidden bias, units with w -> 0 and b -> infinity are a free constant in the limit
    free = problem["output_bias"] == "free" or problem["hidden_bias"] == "free"
    constant_decay = 0.0 if free else (b2 if problem["output_bias"] == "penalised" else np.inf)
    features = _directions(X, problem["hidden_bias"])
    squares = (features * features).sum(axis=0)
    features, squares = features[:, squares > 0], squares[squares > 0]
    coefficients, c = np.zeros(features.shape[1]), 0.0
    residual = y.copy()
    best = np.inf
    for _ in range(60):  # greedy coordinate descent on the lasso; every iterate is a network
        for _ in range(5):
            if not np.isinf(constant_decay):
                new = float((residual + c).sum()) / (n + constant_decay)
                residual += c - new
                c = new
            if not features.size:
                break
            correlation = features.T @ residual + squares * coefficients
            target = np.sign(correlation) * np.maximum(np.abs(correlation) - beta, 0) / squares
            k = int(np.argmax(np.abs(target - coefficients) * np.sqrt(squares)))
            for j in {k, *np.flatnonzero(coefficients).tolist()}:
                old = coefficients[j]
                correlation_j = float(features[:, j] @ residual + squares[j] * old)
                coefficients[j] = np.sign(correlation_j) * max(abs(correlation_j) - beta, 0) / squares[j]
                residual += features[:, j] * (old - coefficients[j])
        constant = 0.0 if np.isinf(constant_decay) else constant_decay / 2 * c * c
        best = min(best, float(residual @ residual) / 2 + beta * float(np.abs(coefficients).sum()) + constant)
    return best / sigma


def best_known_objective(problem: Json) -> float:
    """An upper bound on the infimum over all widths."""
    return _upper_bound(text_of(problem))


def dual_maximum(problem: Json, dual: Json) -> float:
    """max over u of |phi_nu(u)| / |u| (inf when a free hidden bias makes it so)."""
    X = [[Fraction(float.fromhex(v)) for v in row] for row in problem["X"]]
    scale = max((v.denominator for row in X for v in row), default=1)
    one = () if problem["hidden_bias"] == "none" else (scale,)
    rows = tuple(tuple(int(v * scale) for v in row) + one for row in X)
    nu = tuple(dual["dual_variable"]["mantissas"])
    claim = Claim(rows, nu, Fraction(1), problem["hidden_bias"] == "free")
    if claim.free and sum(nu) != 0:
        return np.inf
    value = max(maximum(claim, scale), maximum(negated(claim), scale))
    return value * 2.0 ** dual["dual_variable"]["exponent"]


def falsehood(certificate: Json) -> str | None:
    """Why the claim of a certificate that was accepted is false, or None."""
    claim, dual = certificate["claim"], certificate["evidence"]["dual"]
    problem = claim["problem"]
    bound, best = float(Fraction(claim["lower_bound"])), best_known_objective(problem)
    if bound > best * (1 + RELATIVE):
        return f"lower bound {bound!r}, but there are networks with objective {best!r}"
    if len(dual["dual_variable"]["mantissas"]) <= 7:
        threshold, reached = float(Fraction(dual["threshold"])), dual_maximum(problem, dual)
        if reached > threshold * (1 + RELATIVE) + 1e-300:
            return f"threshold {threshold!r}, but the maximum is {reached!r}"
    if claim["refuted_gap"] is not None:
        better, given = certificate["evidence"]["better_network"], claim["network"]
        allowed = (1 - float(Fraction(claim["refuted_gap"]))) * objective(problem, given)
        if objective(problem, better) > allowed * (1 + RELATIVE):
            return "the better network is not better by the claimed gap"
    return None
