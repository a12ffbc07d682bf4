"""Fitted scikit-learn regressors."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.sklearn import from_sklearn

pytest.importorskip("sklearn")

from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

RNG = np.random.default_rng(0)
X = 3 * RNG.standard_normal((30, 2)) + 1
Y = X[:, 0] - np.abs(X[:, 1]) + 5


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads cost more than they gain on matrices this small."""
    with threadpool_limits(1):
        yield


def mlp(**options: Any) -> Any:
    settings = {"hidden_layer_sizes": (4,), "solver": "lbfgs", "alpha": 0.01, "max_iter": 200, "random_state": 0}
    return MLPRegressor(**{**settings, **options})


def fit(model: Any, features: Any = X, targets: Any = Y, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(features, targets, **options)


def test_weights_are_those_of_the_fit() -> None:
    model = fit(mlp())
    network = from_sklearn(model).network
    assert (network.hidden_weights == model.coefs_[0].T).all()
    assert (network.output_weights == model.coefs_[1][:, 0]).all()
    assert network.hidden_bias is not None and (network.hidden_bias == model.intercepts_[0]).all()
    assert network.output_bias == model.intercepts_[1][0]
    np.testing.assert_allclose(network.predict(X), model.predict(X), rtol=1e-12)


def test_data_without_scalers_are_the_users() -> None:
    data = from_sklearn(fit(mlp())).dataset(X, Y)
    assert (data.X == X).all() and (data.y == Y).all()
    assert data.notes == ()


@pytest.mark.parametrize("nesting", ["target outside", "pipeline outside"])
def test_scaled_coordinates(nesting: str) -> None:
    if nesting == "target outside":
        model = fit(TransformedTargetRegressor(make_pipeline(StandardScaler(), mlp()), transformer=StandardScaler()))
    else:
        model = fit(
            make_pipeline(
                "passthrough", StandardScaler(), TransformedTargetRegressor(mlp(), transformer=StandardScaler())
            )
        )
    regressor = from_sklearn(model)
    data = regressor.dataset(X, Y)
    assert (StandardScaler().fit_transform(X) == data.X).all()
    assert (data.y == StandardScaler().fit_transform(Y.reshape(-1, 1))[:, 0]).all()
    assert any("StandardScaler" in note for note in data.notes)
    # The inverse of the target scaling leads back to the predictions of the whole model.
    predicted = regressor.network.predict(data.X) * Y.std() + Y.mean()
    np.testing.assert_allclose(predicted, model.predict(X), rtol=1e-9)


def test_a_chain_of_scalers_is_applied_in_order() -> None:
    data = from_sklearn(fit(make_pipeline(MinMaxScaler(), StandardScaler(), mlp()))).dataset(X, Y)
    assert (StandardScaler().fit_transform(MinMaxScaler().fit_transform(X)) == data.X).all()


def test_float32_is_seen_as_float32() -> None:
    single = X.astype("f4"), Y.astype("f4")
    for solver in ("lbfgs", "adam"):
        regressor = from_sklearn(fit(make_pipeline(StandardScaler(), mlp(solver=solver)), *single))
        data = regressor.dataset(*single)
        assert (StandardScaler().fit_transform(single[0]) == data.X).all()
    # SciPy's lbfgs keeps its variables in float64 whatever the data.
    assert regressor.network.notes == ("fitted in float32, widened exactly to float64",)


def test_lbfgs_minimises_the_stated_objective() -> None:
    model = fit(mlp(max_iter=5000, tol=1e-9))
    regressor = from_sklearn(model)
    objective = regressor.objective(len(Y))
    assert objective.loss == "half-mean"
    assert objective.hidden_weight_decay == objective.output_weight_decay == Fraction(1, 100) / 30
    assert (objective.hidden_bias, objective.output_bias) == ("free", "free")
    network = regressor.network
    residuals = Y - network.predict(X)
    weights = np.sum(network.hidden_weights**2) + np.sum(network.output_weights**2)
    value = residuals @ residuals / 60 + float(objective.hidden_weight_decay) / 2 * weights
    assert value == pytest.approx(model.loss_, rel=1e-12)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize(
    ("batch_size", "n", "mean_of_reciprocals"),
    [
        ("auto", 30, Fraction(1, 30)),
        ("auto", 600, Fraction(1, 200)),
        ("auto", 250, (Fraction(1, 200) + Fraction(1, 50)) / 2),
        (10, 30, Fraction(1, 10)),
        (1000, 30, Fraction(1, 30)),
        (8, 30, (Fraction(3, 8) + Fraction(1, 6)) / 4),
    ],
)
def test_stochastic_solvers_divide_by_the_batch(
    solver: str, batch_size: Any, n: int, mean_of_reciprocals: Fraction
) -> None:
    regressor = from_sklearn(fit(mlp(solver=solver, batch_size=batch_size, max_iter=2, learning_rate_init=1e-4)))
    objective = regressor.objective(n)
    assert objective.hidden_weight_decay == Fraction(1, 100) * mean_of_reciprocals
    assert any(note.startswith("warning: the fit stopped at max_iter=2") for note in objective.notes)
    assert any("batches" in note for note in objective.notes) == (mean_of_reciprocals != Fraction(1, n))


def test_gradient_of_one_batch_has_that_decay() -> None:
    """One SGD step from zero-gradient data: the weights shrink by lr * alpha / batch, as the docstring says."""
    model = mlp(solver="sgd", alpha=0.5, learning_rate_init=1.0, momentum=0.0, max_iter=1, batch_size=30)
    start = fit(mlp(solver="sgd", alpha=0.0, learning_rate_init=0.0001, momentum=0.0, max_iter=1, batch_size=30))
    model.set_params(warm_start=True)
    model.__dict__.update({key: value for key, value in start.__dict__.items() if key.endswith("_")})
    before = [coefficients.copy() for coefficients in model.coefs_]
    fit(model, X, model.predict(X))
    for old, new in zip(before, model.coefs_, strict=True):
        np.testing.assert_allclose(new, old * (1 - 0.5 / 30), rtol=1e-9)


def test_early_stopping_is_warned_of() -> None:
    model = fit(mlp(solver="adam", early_stopping=True, max_iter=5))
    notes = from_sklearn(model).objective(30).notes
    assert any(note.startswith("warning: early_stopping held out 0.1") for note in notes)
    assert from_sklearn(model).dataset(X, Y).n_samples == 30


def test_unshuffled_unequal_batches_are_refused() -> None:
    regressor = from_sklearn(fit(mlp(solver="adam", shuffle=False, batch_size=8, max_iter=2)))
    with pytest.raises(InputError, match="shuffle=False and a last batch of 6 instead of 8 rows"):
        regressor.objective(30)
    assert regressor.objective(32).hidden_weight_decay == Fraction(1, 800)


def test_other_data_are_noticed() -> None:
    regressor = from_sklearn(fit(mlp()))
    with pytest.raises(InputError, match=r"the objective is .* but the fit recorded"):
        regressor.dataset(X, Y + 1)
    assert regressor.dataset(X, Y + 1, check_training_loss=False).n_samples == 30
    with pytest.raises(InputError, match="3 features where the model was fitted on 2"):
        regressor.dataset(np.ones((30, 3)), Y)
    with pytest.raises(InputError, match=r"X: shape \(30,\)"):
        regressor.dataset(X[:, 0], Y)
    stochastic = from_sklearn(fit(mlp(solver="adam", max_iter=3)))
    with pytest.raises(InputError, match="the fit saw 30 samples per epoch, the data have 29"):
        stochastic.dataset(X[:29], Y[:29])


def test_sample_weights_are_noticed() -> None:
    model = mlp()
    try:
        fit(model, sample_weight=np.linspace(0.1, 2, 30))
    except TypeError:
        pytest.skip("this scikit-learn has no sample weights")
    with pytest.raises(InputError, match="without sample weights"):
        from_sklearn(model).dataset(X, Y)


def test_column_names_of_a_data_frame() -> None:
    class Frame:
        """The part of a data frame that scikit-learn and the reader look at."""

        columns = ("a", "b")
        shape = X.shape

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array(X, dtype=dtype)

        def __len__(self) -> int:
            return len(X)

    assert from_sklearn(fit(mlp())).dataset(Frame(), Y).feature_names == ("a", "b")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (lambda: mlp(), "the MLPRegressor is not fitted; call fit first"),
        (lambda: TransformedTargetRegressor(mlp()), "the TransformedTargetRegressor is not fitted"),
        (lambda: fit(mlp(hidden_layer_sizes=(3, 3))), "2 hidden layers where one is supported"),
        (lambda: fit(mlp(activation="tanh")), "activation 'tanh'; fit again with activation='relu'"),
        (lambda: fit(mlp(), X, X), "2 outputs where one is supported"),
        (lambda: fit(Ridge()), "a Ridge is no MLPRegressor"),
        (lambda: fit(make_pipeline(PCA(), mlp())), "Pipeline: the step PCA is none of StandardScaler"),
        (lambda: fit(GridSearchCV(mlp(), {"alpha": [0.1]}, cv=2)), "pass its best_estimator_"),
        (lambda: object(), "a object is no MLPRegressor"),
    ],
)
def test_refusals(model: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        from_sklearn(model())


def test_refused_loss_and_solver() -> None:
    model = fit(mlp())
    model.loss = "poisson"
    with pytest.raises(InputError, match="loss 'poisson'"):
        from_sklearn(model)
    model.loss, model.solver = "squared_error", "newton"
    with pytest.raises(InputError, match="solver 'newton'; fit again with one of the solvers lbfgs, adam, sgd"):
        from_sklearn(model)


def test_sparse_features() -> None:
    scipy_sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(InputError, match=r"X is a sparse matrix; pass X\.toarray"):
        from_sklearn(fit(mlp())).dataset(scipy_sparse.csr_matrix(X), Y)
