"""Fitted scikit-learn regressors: the network, the data as it saw them, and the objective it minimised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.errors import InputError, listed, shape_text
from relucert.certify.read.exact import exact_float64
from relucert.certify.read.model import Dataset, Network, make_network
from relucert.certify.read.objective import TrainingObjective, decay_constant

_SCALERS = ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler")
_SOLVERS = ("lbfgs", "adam", "sgd")
_SOURCE = "scikit-learn model"


@dataclass(frozen=True, eq=False)
class SklearnRegressor:
    """A fitted one-hidden-layer ``MLPRegressor`` with the scalers around it.

    Attributes
    ----------
    network : Network
        In the scaled coordinates, the ones in which the weights were penalised.
    regressor : sklearn.neural_network.MLPRegressor
    feature_scalers, target_scalers : tuple of fitted transformers
        Applied to X and to y, in this order, before the regressor saw them.
    """

    network: Network
    regressor: Any
    feature_scalers: tuple[Any, ...]
    target_scalers: tuple[Any, ...]

    def dataset(self, X: Any, y: Any, *, check_training_loss: bool = True) -> Dataset:
        """The user's training data in the coordinates that the regressor saw.

        Parameters
        ----------
        X : (n, d) array_like or data frame
        y : (n,) array_like
            What was passed to ``fit``.
        check_training_loss : bool
            Compare with what the fit recorded and refuse other data or sample weights (scikit-learn does not store
            sample weights): with lbfgs the value of the objective, otherwise the number of samples.
        """
        if hasattr(X, "toarray"):
            raise InputError("X is a sparse matrix", file=_SOURCE, cure="pass X.toarray()")
        names = tuple(str(name) for name in X.columns) if hasattr(X, "columns") else ()
        features = X if hasattr(X, "columns") else np.asarray(X)
        for scaler in self.feature_scalers:
            features = scaler.transform(features)
        features = _as_seen(features)
        seen_type = features.dtype
        features = exact_float64(features, field="X", file=_SOURCE)
        targets = np.asarray(y)
        for scaler in self.target_scalers:
            # TransformedTargetRegressor.fit: y as one column, transformed, squeezed again.
            targets = np.asarray(scaler.transform(targets.reshape(-1, 1))).reshape(-1)
        data = Dataset(
            features,
            targets,
            feature_names=names if features.ndim == 2 and len(names) == features.shape[1] else (),
            source="scikit-learn data",
            notes=self._scaling_notes(),
        )
        if data.n_features != self.network.n_features:
            raise InputError(
                f"{data.n_features} features where the model was fitted on {self.network.n_features}",
                file=_SOURCE,
                field="X",
                cure="pass the data given to fit",
            )
        if check_training_loss:
            self._require_training_data(data, np.float32 if np.float32 in (seen_type, targets.dtype) else np.float64)
        return data

    def objective(self, n_samples: int) -> TrainingObjective:
        """The objective that ``fit`` minimised on n samples.

        Notes
        -----
        Read in scikit-learn 1.9.1, ``sklearn/neural_network``:

        * ``_base.squared_loss``: half the mean of the squared residuals.
        * ``_multilayer_perceptron.BaseMultilayerPerceptron._backprop`` adds
          ``(0.5 * self.alpha) * values / sw_sum``, where `values` is the sum of squares of ``coefs_`` (the intercepts
          do not enter) and `sw_sum` the number of rows **of the batch** when there are no sample weights;
          ``_compute_loss_grad`` has the same quotient.
        * ``_fit_lbfgs`` passes all n rows at once: B1 = B2 = alpha / n.
        * ``_fit_stochastic`` (adam, sgd) passes batches of ``min(200, n)`` rows for ``batch_size="auto"``, else of
          ``batch_size`` clipped to n; ``utils.gen_batches`` leaves a shorter last batch. An epoch takes one step per
          batch, so the mean over random batches is the half-mean loss with
          B1 = B2 = alpha * mean over the batches of 1/rows, which is alpha / batch_size when it divides n.
        """
        if n_samples < 1:
            raise InputError("no samples", file=_SOURCE, field="n_samples", cure="give the number of training samples")
        alpha = decay_constant(self.regressor.alpha, field="alpha", file=_SOURCE)
        batch, full, rest = self._batches(n_samples)
        count = full + (rest > 0)
        notes = [f"alpha = {alpha} read as the decimal {self.regressor.alpha!r}"]
        if rest and full:
            if not self.regressor.shuffle:
                raise InputError(
                    f"shuffle=False and a last batch of {rest} instead of {batch} rows weigh the samples unequally",
                    file=_SOURCE,
                    field="batch_size",
                    cure="fit with shuffle=True, with a batch_size that divides n, or with solver='lbfgs'",
                )
            notes.append(f"{count} batches per epoch of {batch} rows, the last of {rest}: alpha / rows in the mean")
        elif count > 1:
            notes.append(f"{count} batches of {batch} rows per epoch: scikit-learn divides alpha by {batch}, not by n")
        if self.regressor.early_stopping and self.regressor.solver != "lbfgs":
            notes.append(
                f"warning: early_stopping held out {self.regressor.validation_fraction:g} of the samples at random, so "
                "the fit minimised the objective of an unknown subset and kept the best validation score"
            )
        if self.regressor.n_iter_ >= self.regressor.max_iter:
            notes.append(f"warning: the fit stopped at max_iter={self.regressor.max_iter}, not at convergence")
        decay = alpha * (Fraction(full, batch) + (Fraction(1, rest) if rest else 0)) / count
        return TrainingObjective("half-mean", decay, decay, "free", "free", notes=tuple(notes))

    def _batches(self, n_samples: int) -> tuple[int, int, int]:
        """Rows of a full batch, number of full batches, rows of the shorter last one (0 if there is none)."""
        if self.regressor.solver == "lbfgs":
            return n_samples, 1, 0
        chosen = self.regressor.batch_size
        batch = min(200, n_samples) if chosen == "auto" else max(1, min(int(chosen), n_samples))
        return batch, *divmod(n_samples, batch)

    def _require_training_data(self, data: Dataset, precision: type[np.floating[Any]]) -> None:
        regressor = self.regressor
        cure = "pass the data given to fit, without sample weights (or check_training_loss=False)"
        if regressor.solver != "lbfgs":
            # t_ counts the samples of all epochs since the weights were initialised.
            epochs = len(regressor.loss_curve_)
            held_out = regressor.early_stopping
            if epochs and not held_out and regressor.t_ != epochs * data.n_samples:
                raise InputError(
                    f"the fit saw {regressor.t_ / epochs:g} samples per epoch, the data have {data.n_samples}",
                    file=_SOURCE,
                    cure=cure,
                )
            return
        residuals = data.y - self.network.predict(data.X)
        weights = np.sum(self.network.hidden_weights**2) + np.sum(self.network.output_weights**2)
        value = float(residuals @ residuals + float(regressor.alpha) * weights) / (2 * data.n_samples)
        recorded = float(regressor.loss_)
        # Both are sums rounded in the precision of the fit; other data differ by far more than half of its digits.
        digits = float(np.sqrt(np.finfo(precision).eps))
        scale = max(abs(recorded), float(np.mean(data.y**2)) * digits)
        if not abs(value - recorded) <= digits * scale:
            raise InputError(
                f"the objective is {value:.6g} on these data, but the fit recorded {recorded:.6g}",
                file=_SOURCE,
                cure=cure,
            )

    def _scaling_notes(self) -> tuple[str, ...]:
        notes = []
        for word, scalers in (("features", self.feature_scalers), ("target", self.target_scalers)):
            if scalers:
                chain = listed(type(scaler).__name__ for scaler in scalers)
                notes.append(f"{word} as transformed by {chain}: the objective is in these units")
        return tuple(notes)


def from_sklearn(model: Any) -> SklearnRegressor:
    """Take apart a fitted ``MLPRegressor``, alone or in a ``Pipeline`` and/or ``TransformedTargetRegressor``.

    Parameters
    ----------
    model : fitted estimator
        ``MLPRegressor(hidden_layer_sizes=(m,), activation="relu")`` with solver lbfgs, adam or sgd; scalers before it
        in a pipeline; a target transformer around either. Nothing is copied or fitted again.

    Raises
    ------
    InputError
        For anything else: unfitted, several hidden layers or outputs, other activations, losses or transformers.
    """
    features: list[Any] = []
    targets: list[Any] = []
    regressor = _unwrap(model, features, targets)
    _require_two_layer_relu(regressor)
    hidden_weights, output_weights = regressor.coefs_
    notes = () if hidden_weights.dtype == np.float64 else ("fitted in float32, widened exactly to float64",)
    network = make_network(
        hidden_weights.T,
        regressor.intercepts_[0],
        output_weights,
        regressor.intercepts_[1],
        source=_SOURCE,
        notes=notes,
    )
    return SklearnRegressor(network, regressor, tuple(features), tuple(targets))


def _unwrap(model: Any, features: list[Any], targets: list[Any]) -> Any:
    """Collect the scalers on the way to the regressor, outermost first."""
    try:
        from sklearn.compose import TransformedTargetRegressor
        from sklearn.neural_network import MLPRegressor
        from sklearn.pipeline import Pipeline
    except ImportError:
        raise InputError(
            "reading this model needs scikit-learn", file=_SOURCE, cure="pip install 'relucert[sklearn]'"
        ) from None
    while True:
        if type(model) is MLPRegressor:
            return model
        if type(model) is TransformedTargetRegressor:
            _require_fitted(model, "regressor_")
            targets.append(model.transformer_)
            model = model.regressor_
        elif type(model) is Pipeline:
            *scalers, last = (step for _, step in model.steps)
            features.extend(_known_scalers(scalers))
            model = last
        elif hasattr(model, "best_estimator_"):
            raise InputError(f"a {type(model).__name__}", file=_SOURCE, cure="pass its best_estimator_")
        else:
            raise InputError(
                f"a {type(model).__name__} is no MLPRegressor",
                file=_SOURCE,
                cure="pass an MLPRegressor, or a Pipeline or TransformedTargetRegressor that ends in one",
            )


def _known_scalers(steps: list[Any]) -> Iterator[Any]:
    for step in steps:
        if step is None or step == "passthrough":
            continue
        if not type(step).__module__.startswith("sklearn.") or type(step).__name__ not in _SCALERS:
            raise InputError(
                f"the step {type(step).__name__} is none of {listed(_SCALERS)}",
                file=_SOURCE,
                field="Pipeline",
                cure="transform the data yourself and pass the MLPRegressor alone",
            )
        yield step


def _require_fitted(model: Any, attribute: str) -> None:
    if not hasattr(model, attribute):
        raise InputError(f"the {type(model).__name__} is not fitted", file=_SOURCE, cure="call fit first")


def _require_two_layer_relu(regressor: Any) -> None:
    _require_fitted(regressor, "coefs_")
    hidden_layers = len(regressor.coefs_) - 1
    refused = [
        (hidden_layers != 1, f"{hidden_layers} hidden layers where one is supported", "hidden_layer_sizes=(m,)"),
        (regressor.activation != "relu", f"activation {regressor.activation!r}", "activation='relu'"),
        (regressor.solver not in _SOLVERS, f"solver {regressor.solver!r}", f"one of the solvers {listed(_SOLVERS)}"),
        (
            getattr(regressor, "loss", "squared_error") != "squared_error",
            f"loss {getattr(regressor, 'loss', '')!r}",
            "loss='squared_error'",
        ),
        (regressor.n_outputs_ != 1, f"{regressor.n_outputs_} outputs where one is supported", "a single target"),
    ]
    for wrong, what, needed in refused:
        if wrong:
            raise InputError(what, file=_SOURCE, field="MLPRegressor", cure=f"fit again with {needed}")


def _as_seen(features: Any) -> NDArray[Any]:
    """What ``MLPRegressor._validate_input`` makes of its X: float64 and float32 stay, the rest becomes float64."""
    array = np.asarray(features)
    if array.ndim != 2:
        raise InputError(
            f"shape {shape_text(array.shape)} where (samples, features) is needed",
            file=_SOURCE,
            field="X",
            cure="pass the X given to fit",
        )
    return array
