"""The conversion table of docs/conventions.md against the libraries themselves (those that are installed)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

RNG = np.random.default_rng(0)
N, D, WIDTH = 30, 3, 6
X = RNG.normal(size=(N, D))
Y = X[:, 0] ** 2 + 0.1 * RNG.normal(size=N)


def half_mean_gradient(coefs: list[Any], intercepts: list[Any], decay: float) -> list[Any]:
    """Gradient of 1/(2n) sum r^2 + (decay/2)(|W|^2 + |a|^2), biases free, in scikit-learn's order and shapes."""
    (first, second), (b, c) = coefs, intercepts
    hidden = np.maximum(X @ first + b, 0)
    errors = (hidden @ second)[:, 0] + c[0] - Y
    back = (hidden > 0) * second[:, 0] * errors[:, None]
    return [
        X.T @ back / N + decay * first,
        (hidden.T @ errors / N)[:, None] + decay * second,
        back.sum(axis=0) / N,
        errors.mean(keepdims=True),
    ]


def test_scikit_learn_lbfgs_minimises_the_stated_objective() -> None:
    network = pytest.importorskip("sklearn.neural_network")
    alpha = 0.7
    model = network.MLPRegressor(
        hidden_layer_sizes=(WIDTH,), alpha=alpha, solver="lbfgs", max_iter=2000, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, Y)
    residual = Y - model.predict(X)
    squares = sum(float((weights**2).sum()) for weights in model.coefs_)  # the intercepts do not enter
    assert np.isclose(model.loss_, residual @ residual / (2 * N) + alpha / (2 * N) * squares, rtol=1e-12)


@pytest.mark.parametrize("batch", [N, N // 3])
def test_scikit_learn_sgd_divides_alpha_by_the_batch(batch: int) -> None:
    network = pytest.importorskip("sklearn.neural_network")
    alpha, rate = 0.7, 1e-9
    model = network.MLPRegressor(
        hidden_layer_sizes=(WIDTH,), alpha=alpha, solver="sgd", momentum=0, learning_rate_init=rate, batch_size=batch,
        random_state=0,
    )  # fmt: skip
    model.partial_fit(X, Y)
    before = [np.copy(p) for p in (*model.coefs_, *model.intercepts_)]
    model.partial_fit(X, Y)  # one epoch: N/batch tiny steps
    gradient = half_mean_gradient(before[:2], before[2:], alpha / batch)
    for old, new, slope in zip(before, (*model.coefs_, *model.intercepts_), gradient, strict=True):
        assert np.allclose((old - new) / rate, N / batch * slope, atol=1e-5)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_torch_weight_decay(name: str) -> None:
    """MSELoss is the plain mean; SGD and Adam see the gradient of loss + (B/2) |all parameters|^2, AdamW does not."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    decay = 0.25

    def network() -> Any:
        torch.manual_seed(1)
        return torch.nn.Sequential(torch.nn.Linear(D, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, 1)).double()

    inputs, targets = torch.tensor(X), torch.tensor(Y)[:, None]

    def loss(model: Any) -> Any:
        return ((model(inputs) - targets) ** 2).sum() / N

    ours, theirs = network(), network()
    assert float(torch.nn.MSELoss()(theirs(inputs), targets).detach()) == pytest.approx(float(loss(theirs).detach()))
    plain = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam, "AdamW": torch.optim.Adam}[name](
        ours.parameters(), lr=0.01
    )
    decayed = getattr(torch.optim, name)(theirs.parameters(), lr=0.01, weight_decay=decay)
    for _ in range(5):
        plain.zero_grad()
        (loss(ours) + decay / 2 * sum((p**2).sum() for p in ours.parameters())).backward()
        plain.step()
        decayed.zero_grad()
        torch.nn.MSELoss()(theirs(inputs), targets).backward()
        decayed.step()
    same = all(torch.allclose(p, q, rtol=1e-9) for p, q in zip(ours.parameters(), theirs.parameters(), strict=True))
    assert same is (name != "AdamW")
