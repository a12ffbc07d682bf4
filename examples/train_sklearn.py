"""Train scikit-learn's MLPRegressor on the example data and save its weights as NPZ files.

    python examples/train_sklearn.py                     # all networks of this file into examples/networks/
    python examples/train_sklearn.py iris_sklearn        # one of them

The objective of `MLPRegressor(solver="lbfgs")` on n samples is

    1/(2n) sum_i (f(x_i) - y_i)^2  +  alpha/(2n) (|hidden_weights|^2 + |output_weights|^2)

with free hidden and output biases (`BaseMultilayerPerceptron._backprop` in the source of scikit-learn 1.9). In sum
scaling the weight decay is therefore alpha itself. It is chosen as a fraction of `beta_max`, the smallest decay at
which the best constant is globally optimal.

An NPZ file holds `hidden_weights` (m, d), `hidden_bias` (m,), `output_weights` (m,) and `output_bias` (0-d).
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

FloatArray = NDArray[np.float64]

FOLDER = Path(__file__).resolve().parent
WIDTH = 50
SEEDS = range(5)


@dataclass(frozen=True)
class Run:
    """One shipped network: the data file it is trained on and its decay as a fraction of `beta_max`."""

    data: str
    decay_fraction: float


RUNS = {
    "diabetes_pca4_sklearn_strong": Run("diabetes_pca4", 0.3),
    "diabetes_pca4_sklearn_weak": Run("diabetes_pca4", 0.1),
    "diabetes_sklearn": Run("diabetes", 0.3),
    "iris_sklearn": Run("iris", 0.1),
    "wine_sklearn": Run("wine", 0.3),
    "breast_cancer_pca4_sklearn": Run("breast_cancer_pca4", 0.2),
}


def load_csv(path: Path) -> tuple[FloatArray, FloatArray]:
    """Features (n, d) and target (n,) of a CSV file with a header line and the target in the last column."""
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1], table[:, -1]


def beta_max(features: FloatArray, target: FloatArray, starts: int = 200, seed: int = 0) -> float:
    """Largest `|sum_i nu_i relu(w . x_i + b)|` over unit `w` and every `b` that a local search finds.

    `nu = target - mean(target)` is the residual of the best constant. As a function of b the sum is piecewise linear
    with kinks at `b = -w . x_j`, so the best b for a given w is found by sorting; w moves by subgradient ascent on the
    unit sphere.
    """
    generator = np.random.default_rng(seed)
    directions = generator.standard_normal((starts, features.shape[1]))
    residual = target - target.mean()
    return max(_ascend(features, sign * residual, directions) for sign in (1.0, -1.0))


def _best_kinks(features: FloatArray, dual: FloatArray, directions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values (k,) and subgradients (k, d) of `max_b sum_i dual_i relu(w . x_i + b)` at the k rows w of `directions`."""
    projections = directions @ features.T
    order = np.argsort(-projections, axis=1)
    sorted_projections = np.take_along_axis(projections, order, axis=1)
    sorted_dual = dual[order]
    active_dual = np.cumsum(sorted_dual, axis=1)
    sums = np.cumsum(sorted_dual * sorted_projections, axis=1) - sorted_projections * active_dual
    best = sums.argmax(axis=1)
    rows = np.arange(len(directions))
    kinks = sorted_projections[rows, best]
    active = projections > kinks[:, None]
    kink_samples = features[order[rows, best]]
    gradients = (active * dual) @ features - (active @ dual)[:, None] * kink_samples
    return sums[rows, best], gradients


def _ascend(features: FloatArray, dual: FloatArray, directions: FloatArray, max_iterations: int = 200) -> float:
    points = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    values, gradients = _best_kinks(features, dual, points)
    steps = np.ones(len(points))
    for _ in range(max_iterations):
        norms = np.linalg.norm(gradients, axis=1, keepdims=True)
        trial = points + steps[:, None] * gradients / np.maximum(norms, np.finfo(np.float64).tiny)
        trial /= np.linalg.norm(trial, axis=1, keepdims=True)
        trial_values, trial_gradients = _best_kinks(features, dual, trial)
        better = trial_values > values
        points = np.where(better[:, None], trial, points)
        gradients = np.where(better[:, None], trial_gradients, gradients)
        values = np.where(better, trial_values, values)
        steps = np.where(better, 1.5 * steps, 0.5 * steps)
        if steps.max() < 1e-12:
            break
    return float(values.max())


def objective(model: MLPRegressor, features: FloatArray, target: FloatArray) -> float:
    """The training objective of the module docstring, in scikit-learn's 1/n scaling."""
    residual = model.predict(features) - target
    squares = sum(float(np.sum(weights**2)) for weights in model.coefs_)
    return float((residual @ residual + model.alpha * squares) / (2 * len(target)))


def train(features: FloatArray, target: FloatArray, alpha: float, seed: int) -> MLPRegressor:
    """Fit to convergence.

    scikit-learn passes `tol` on as the gradient tolerance of SciPy's L-BFGS-B only; the relative decrease at which
    SciPy stops stays at its default of 2e-9. A warm start goes on from there, until a restart gains nothing.
    """
    model = MLPRegressor(
        hidden_layer_sizes=(WIDTH,),
        activation="relu",
        solver="lbfgs",
        alpha=alpha,
        max_iter=5000,
        max_fun=20000,
        tol=1e-10,
        random_state=seed,
        warm_start=True,
    )
    previous = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(100):
            model.fit(features, target)
            current = objective(model, features, target)
            if current >= previous * (1 - 1e-12):
                break
            previous = current
    return model


def save_npz(path: Path, model: MLPRegressor) -> None:
    """Write the weights under the names and shapes of the module docstring."""
    np.savez(
        path,
        hidden_weights=model.coefs_[0].T,
        hidden_bias=model.intercepts_[0],
        output_weights=model.coefs_[1][:, 0],
        output_bias=np.asarray(model.intercepts_[1][0]),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the requested networks and print their objectives."""
    parser = argparse.ArgumentParser(description="Train the scikit-learn example networks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RUNS)} (default: all)")
    parser.add_argument("--output", type=Path, default=FOLDER / "networks", help="folder (default: examples/networks)")
    options = parser.parse_args(arguments)
    for name in options.names or RUNS:
        if name not in RUNS:
            parser.error(f"unknown network {name!r}: choose from {', '.join(RUNS)}")
        run = RUNS[name]
        features, target = load_csv(FOLDER / "data" / f"{run.data}.csv")
        largest = beta_max(features, target)
        alpha = float(f"{run.decay_fraction * largest:.3g}")  # three digits: easy to type on a command line
        models = [train(features, target, alpha, seed) for seed in SEEDS]
        values = [objective(model, features, target) for model in models]
        best = int(np.argmin(values))
        save_npz(options.output / f"{name}.npz", models[best])
        print(
            f"{name}: beta_max {largest:.6g}, alpha {alpha:g}, "
            f"objective {values[best]:.12g} (seed {SEEDS[best]}; worst seed {max(values):.12g})",
            flush=True,
        )


if __name__ == "__main__":
    main()
