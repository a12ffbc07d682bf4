"""Fit scikit-learn's MLPRegressor with scalers around it, and certify it from memory.

    pip install 'relucert[sklearn]'
    python examples/certify_sklearn.py                        # or with a file name for the certificate

The certificate is about the problem in the scaled units, because that is where MLPRegressor penalises the weights.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from relucert.certify import api

DATA = Path(__file__).resolve().parent / "data" / "diabetes.csv"
COLUMNS = ("bmi", "bp")  # body mass index and blood pressure
SAMPLES = 150  # the first so many patients
ALPHA = 14.0


def read_columns(names: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Features (n, len(names)) and target (n,)."""
    with DATA.open(newline="") as file:
        rows = list(csv.DictReader(file))[:SAMPLES]
    features = np.array([[float(row[name]) for name in names] for row in rows])
    return features, np.array([float(row["target"]) for row in rows])


def fit(features: NDArray[np.float64], target: NDArray[np.float64]) -> Any:
    """A fitted pipeline; `lbfgs` minimises the full objective, and its intercepts are not penalised."""
    network = MLPRegressor(
        hidden_layer_sizes=(20,), alpha=ALPHA, solver="lbfgs", max_iter=5000, max_fun=100_000, tol=1e-12, random_state=0
    )
    model = Pipeline([("scale", StandardScaler()), ("network", network)])
    return TransformedTargetRegressor(model, transformer=StandardScaler()).fit(features, target)


def main(arguments: list[str]) -> int:
    """Certify, replay and print; 0 when the proof holds."""
    features, target = read_columns(COLUMNS)
    model = api.from_sklearn(fit(features, target))
    data = model.dataset(features, target)
    result = api.certify(model.network, data, model.objective(data.n_samples))
    verdict = api.check(result.certificate)  # once more: anybody else can do the same with the bytes
    print(f"objective     {float(result.loss):.9g}")
    print(f"lower bound   {float(result.lower_bound):.9g}   (every network of every width)")
    print(f"relative gap  {float(result.relative_gap):.3g}")
    print(f"best network  {result.better.width} hidden units, this one has {model.network.width}")
    print(f"{result.status}, replayed: {verdict.kind}")
    if arguments:
        result.write(arguments[0])
        print(f"certificate   {arguments[0]}")
    return 0 if result.status == "proved" and verdict.valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
