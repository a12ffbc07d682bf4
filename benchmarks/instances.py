"""Instances of the benchmark table: regression data, bias-free training problems and networks trained on them.

The training problem of every instance is the one with the fewest conventions (sum scaling, no free coordinate):

    1/2 sum_i (sum_j a_j relu(w_j . x_i) - y_i)^2  +  beta/2 sum_j (|w_j|^2 + a_j^2).

A penalised hidden bias is a column of ones appended to the features; there is no output bias. All data are rounded to
multiples of 2^-20, so that the exact numbers of the certificates are short.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn import datasets

FloatArray = NDArray[np.float64]

GRID = 2.0**20
NOISE = 0.3  # standard deviation of the label noise of the Gaussian teacher
LOADERS = {
    "diabetes": datasets.load_diabetes,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
}


@dataclass(frozen=True)
class Network:
    """A two-layer ReLU network without biases, `f(x) = sum_j output_weights[j] * relu(hidden_weights[j] . x)`.

    Attributes
    ----------
    hidden_weights : (m, d) float64
    output_weights : (m,) float64
    """

    hidden_weights: FloatArray
    output_weights: FloatArray

    def __call__(self, features: FloatArray) -> FloatArray:
        """Outputs (n,) at the rows of `features` (n, d)."""
        outputs: FloatArray = np.maximum(features @ self.hidden_weights.T, 0.0) @ self.output_weights
        return outputs


def load(
    name: str, n: int | None = None, pca: int | None = None, bias: bool = True, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Features (n, d) and target (n,) of a named instance.

    Parameters
    ----------
    name : "diabetes", "iris", "wine", "breast_cancer" (from scikit-learn, standardised), or "gaussD": D standard
        normal columns with the target of a two-neuron teacher plus noise, standardised, never with a bias column
    n : number of samples; a random subset of a real data set (default: all; 100 for "gaussD")
    pca : keep this many principal components of the standardised features (default: the features themselves)
    bias : append the column of ones of a penalised hidden bias
    seed : of the subset or of the Gaussian sample
    """
    generator = np.random.default_rng(seed)
    if name.startswith("gauss"):
        return _gaussian_teacher(int(name.removeprefix("gauss")), 100 if n is None else n, generator)
    if name not in LOADERS:
        raise ValueError(f"unknown instance {name!r}: use {', '.join(LOADERS)} or gaussD, for example gauss5")
    bunch = LOADERS[name]()
    features = np.asarray(bunch.data, dtype=np.float64)
    target = np.asarray(bunch.target, dtype=np.float64)
    if n is not None and n < len(target):
        subset = generator.permutation(len(target))[:n]
        features, target = features[subset], target[subset]
    features, target = _standardise(features), _standardise(target)
    if pca is not None:
        axes = np.linalg.svd(features, full_matrices=False)[2][:pca]
        largest = np.abs(axes).argmax(axis=1)
        signs = np.sign(axes[np.arange(len(axes)), largest])  # an axis has no natural sign
        features = features @ (axes * signs[:, None]).T
    if bias:
        features = np.column_stack([features, np.ones(len(target))])
    return _round_to_grid(features), _round_to_grid(target)


def objective(features: FloatArray, target: FloatArray, beta: float, network: Network) -> float:
    """Half the sum of squared residuals plus `beta/2` times the sum of all squared weights."""
    residual = network(features) - target
    squares = np.sum(network.hidden_weights**2) + np.sum(network.output_weights**2)
    return float(0.5 * residual @ residual + 0.5 * beta * squares)


def train(
    features: FloatArray,
    target: FloatArray,
    beta: float,
    width: int = 50,
    seed: int = 0,
    max_iterations: int = 3000,
) -> Network:
    """Train a network of `width` hidden units with L-BFGS from a small balanced random start.

    Parameters
    ----------
    features : (n, d) float64
    target : (n,) float64
    beta : weight decay in sum scaling
    """
    generator = np.random.default_rng(seed)
    dimension = features.shape[1]
    split = width * dimension
    hidden = generator.standard_normal((width, dimension)) * (0.5 / np.sqrt(dimension))
    # Gradient flow keeps |w_j| = |a_j|; a start that has it does not spend iterations on rescaling.
    output = generator.choice([-1, 1], width) * np.linalg.norm(hidden, axis=1)

    def value_and_gradient(parameters: FloatArray) -> tuple[float, FloatArray]:
        weights, outer = parameters[:split].reshape(width, dimension), parameters[split:]
        preactivation = features @ weights.T
        activation = np.maximum(preactivation, 0.0)
        residual = activation @ outer - target
        hidden_gradient = ((preactivation > 0) * np.outer(residual, outer)).T @ features
        gradient = np.concatenate([hidden_gradient.ravel(), activation.T @ residual]) + beta * parameters
        return float(0.5 * residual @ residual + 0.5 * beta * parameters @ parameters), gradient

    options = {"maxiter": max_iterations, "maxfun": 2 * max_iterations, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 20}
    start = np.concatenate([hidden.ravel(), output])
    end: FloatArray = minimize(value_and_gradient, start, jac=True, method="L-BFGS-B", options=options).x
    return Network(end[:split].reshape(width, dimension).copy(), end[split:].copy())


def beta_max(features: FloatArray, target: FloatArray, starts: int = 200, seed: int = 0) -> float:
    """Largest `|sum_i y_i relu(x_i . u)|` over unit `u` that a local search finds (a lower bound of the maximum).

    The zero network is globally optimal exactly when beta is at least the true maximum, so decays are quoted as
    fractions of it.
    """
    generator = np.random.default_rng(seed)
    directions = generator.standard_normal((starts, features.shape[1]))
    if len(features) < 400:
        directions = np.vstack([directions, features, -features])
    return max(_ascend(features, sign * target, directions) for sign in (1.0, -1.0))


def _ascend(features: FloatArray, dual: FloatArray, directions: FloatArray, max_iterations: int = 200) -> float:
    """Best `sum_i dual_i relu(x_i . u)` of subgradient ascents on the unit sphere with one adaptive step per start."""
    points = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    values = np.maximum(points @ features.T, 0.0) @ dual
    steps = np.ones(len(points))
    for _ in range(max_iterations):
        gradients = ((points @ features.T > 0) * dual) @ features
        norms = np.linalg.norm(gradients, axis=1, keepdims=True)
        trial = points + steps[:, None] * gradients / np.maximum(norms, np.finfo(np.float64).tiny)
        trial /= np.linalg.norm(trial, axis=1, keepdims=True)
        trial_values = np.maximum(trial @ features.T, 0.0) @ dual
        better = trial_values > values
        points = np.where(better[:, None], trial, points)
        values = np.where(better, trial_values, values)
        steps = np.where(better, 1.5 * steps, 0.5 * steps)
        if steps.max() < 1e-12:
            break
    return float(values.max())


def _gaussian_teacher(dimension: int, n: int, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    features = generator.standard_normal((n, dimension))
    positive = np.maximum(features @ generator.standard_normal(dimension), 0.0)
    negative = np.maximum(features @ generator.standard_normal(dimension), 0.0)
    target = positive - negative + NOISE * generator.standard_normal(n)
    return _round_to_grid(features), _round_to_grid(_standardise(target))


def _standardise(columns: FloatArray) -> FloatArray:
    scaled: FloatArray = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def _round_to_grid(values: FloatArray) -> FloatArray:
    return np.round(values * GRID) / GRID + 0.0
