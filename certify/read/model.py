"""What every reader returns: a two-layer ReLU network and a regression data set, both exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from relucert.certify.read.errors import InputError, shape_text
from relucert.certify.read.exact import FloatArray, exact_float64


@dataclass(frozen=True, eq=False)
class Network:
    """f(x) = sum_j output_weights[j] relu(hidden_weights[j] . x + hidden_bias[j]) + output_bias.

    Attributes
    ----------
    hidden_weights : (m, d) float64
        Row j is the weight vector of hidden unit j.
    hidden_bias : (m,) float64 or None
        None when the architecture has no hidden bias (a stored bias of zeros stays an array).
    output_weights : (m,) float64
    output_bias : float or None
        None when the architecture has no output bias.
    source : str
        File or object the numbers come from.
    notes : tuple of str
        What a report should repeat about the reading.

    Notes
    -----
    Numbers are the stored ones; float16, bfloat16 and float32 are widened, which is exact. Arrays are read-only.
    """

    hidden_weights: FloatArray
    hidden_bias: FloatArray | None
    output_weights: FloatArray
    output_bias: float | None
    source: str = "network"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        weights = exact_float64(self.hidden_weights, field="hidden_weights", file=self.source)
        if weights.ndim != 2 or 0 in weights.shape:
            raise InputError(
                f"shape {shape_text(weights.shape)} where (hidden units, inputs) is needed",
                file=self.source,
                field="hidden_weights",
                cure="store a non-empty matrix with one row per hidden unit",
            )
        object.__setattr__(self, "hidden_weights", weights)
        object.__setattr__(self, "output_weights", self._per_unit(self.output_weights, "output_weights"))
        if self.hidden_bias is not None:
            object.__setattr__(self, "hidden_bias", self._per_unit(self.hidden_bias, "hidden_bias"))
        if self.output_bias is not None:
            bias = exact_float64(self.output_bias, field="output_bias", file=self.source)
            if bias.ndim != 0:
                raise InputError(
                    f"shape {shape_text(bias.shape)} where one number is needed", file=self.source, field="output_bias"
                )
            object.__setattr__(self, "output_bias", float(bias))

    @property
    def width(self) -> int:
        """Number m of hidden units."""
        return int(self.hidden_weights.shape[0])

    @property
    def n_features(self) -> int:
        """Number d of inputs."""
        return int(self.hidden_weights.shape[1])

    def predict(self, X: FloatArray) -> FloatArray:
        """Outputs in binary64 arithmetic (rounded; for reports and cross-checks only). X : (n, d) -> (n,)."""
        hidden = X @ self.hidden_weights.T
        if self.hidden_bias is not None:
            hidden = hidden + self.hidden_bias
        output: FloatArray = np.maximum(hidden, 0.0) @ self.output_weights
        return output if self.output_bias is None else output + self.output_bias

    def _per_unit(self, values: Any, field: str) -> FloatArray:
        vector = exact_float64(values, field=field, file=self.source)
        if vector.shape != (self.width,):
            if vector.shape == (self.n_features,):
                cure = "hidden_weights looks transposed: store it with one row per hidden unit"
            else:
                cure = "store one number per hidden unit"
            raise InputError(
                f"shape {shape_text(vector.shape)} does not fit hidden_weights of shape "
                f"{shape_text(self.hidden_weights.shape)}",
                file=self.source,
                field=field,
                cure=cure,
            )
        return vector


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples x_1..x_n in R^d with targets y_1..y_n.

    Attributes
    ----------
    X : (n, d) float64
        One row per sample, n >= 1 and d >= 1. Read-only.
    y : (n,) float64
        Read-only.
    feature_names : tuple of str, length d
        ``x0, x1, ...`` when the file names nothing.
    target_name : str
    source, notes : as in `Network`
    """

    X: FloatArray
    y: FloatArray
    feature_names: tuple[str, ...] = ()
    target_name: str = "y"
    source: str = "data"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        X = exact_float64(self.X, field="X", file=self.source)
        y = exact_float64(self.y, field="y", file=self.source)
        if X.ndim != 2:
            cure = "store one row per sample, also for a single feature: X.reshape(-1, 1)"
            raise InputError(
                f"shape {shape_text(X.shape)} where (samples, features) is needed",
                file=self.source,
                field="X",
                cure=cure,
            )
        if y.ndim == 2 and y.shape[1] == 1:
            y = exact_float64(y[:, 0], field="y", file=self.source)
        if y.ndim != 1:
            raise InputError(
                f"shape {shape_text(y.shape)} where (samples,) is needed",
                file=self.source,
                field="y",
                cure="store one target number per sample",
            )
        if X.shape[0] == 0:
            raise InputError("no samples", file=self.source, cure="give at least one row of data")
        if X.shape[1] == 0:
            raise InputError("no feature columns", file=self.source, cure="give at least one column besides the target")
        if X.shape[0] != y.shape[0]:
            raise InputError(
                f"X has {X.shape[0]} samples but y has {y.shape[0]}",
                file=self.source,
                cure="store one target number per row of X",
            )
        names = self.feature_names or tuple(f"x{j}" for j in range(X.shape[1]))
        if len(names) != X.shape[1]:
            raise InputError(
                f"{len(names)} names for {X.shape[1]} feature columns", file=self.source, field="feature_names"
            )
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "feature_names", names)

    @property
    def n_samples(self) -> int:
        """Number n of samples."""
        return int(self.X.shape[0])

    @property
    def n_features(self) -> int:
        """Number d of features."""
        return int(self.X.shape[1])


def make_network(
    hidden_weights: Any,
    hidden_bias: Any,
    output_weights: Any,
    output_bias: Any,
    *,
    source: str,
    notes: tuple[str, ...] = (),
) -> Network:
    """A `Network` from arrays in the layouts that files use.

    Parameters
    ----------
    hidden_weights : (m, d)
    hidden_bias : (m,) or None
    output_weights : (m,), (m, 1) or (1, m)
    output_bias : number, (1,), (1, 1) or None
    source, notes : see `Network`
    """
    weights = exact_float64(hidden_weights, field="hidden_weights", file=source)
    outputs = exact_float64(output_weights, field="output_weights", file=source)
    if outputs.ndim == 2 and 1 in outputs.shape:
        outputs = outputs.reshape(-1)
    elif outputs.ndim == 2 and weights.ndim == 2 and weights.shape[0] in outputs.shape:
        count = outputs.shape[0] if outputs.shape[1] == weights.shape[0] else outputs.shape[1]
        raise InputError(
            f"{count} outputs where one is needed",
            file=source,
            field="output_weights",
            cure="give a network with a single output",
        )
    constant: float | None = None
    if output_bias is not None:
        bias = exact_float64(output_bias, field="output_bias", file=source)
        if bias.size != 1:
            raise InputError(
                f"shape {shape_text(bias.shape)} where one number is needed",
                file=source,
                field="output_bias",
                cure="give a network with a single output",
            )
        constant = float(bias.reshape(()))
    return Network(weights, hidden_bias, outputs, constant, source=source, notes=notes)
