"""Small exact training problems and networks for tests of the search driver."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.claim import Network, TrainingProblem

FloatArray = NDArray[np.float64]
SIGMA = {"half-sum": lambda n: Fraction(1), "half-mean": lambda n: Fraction(n), "mean": lambda n: Fraction(n, 2)}


def problem(
    X: Any,
    y: Any,
    beta: float | Fraction,
    hidden_bias: Any = "none",
    output_bias: Any = "none",
    *,
    loss: Any = "half-sum",
    penalty: Any = "sum-of-squares",
    ratio: Fraction | int = 1,
) -> TrainingProblem:
    """`beta` is the hidden decay in sum scaling, `ratio` the output decay over the hidden one."""
    rows, targets = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    decay = Fraction(beta) / SIGMA[loss](len(targets))
    return TrainingProblem(
        loss, penalty, decay, decay * ratio, hidden_bias, output_bias,
        tuple([tuple([Fraction(v) for v in row]) for row in rows.tolist()]),
        tuple([(Fraction(v),) for v in targets.tolist()]),
    )  # fmt: skip


def network(task: TrainingProblem, width: int, size: float = 0.5, seed: int = 0) -> Network:
    """A random network of the problem's shape; all zero when `size` is 0."""
    generator = np.random.default_rng(seed)

    def draw(*shape: int) -> list[Any]:
        return list((generator.normal(size=shape) * size).tolist())

    return Network(
        tuple([tuple([Fraction(v) for v in row]) for row in draw(width, task.features)]),
        None if task.hidden_bias == "none" else tuple([Fraction(v) for v in draw(width)]),
        tuple([(Fraction(v),) for v in draw(width)]),
        None if task.output_bias == "none" else (Fraction(draw(1)[0]),),
    )


def regression(samples: int = 8, features: int = 2, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Data from two units, an offset and a little noise."""
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(samples, features))
    first, second = generator.normal(size=(2, features))
    y = np.maximum(X @ first, 0) - np.maximum(X @ second, 0) / 2 + 0.3 + 0.1 * generator.normal(size=samples)
    return X, y
