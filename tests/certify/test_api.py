"""The Python interface: certify, write, check, and fitted models of other libraries."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify import api
from relucert.certify.check.kernel import check_bytes
from relucert.certify.search import cones, portfolio
from relucert.certify.search import gap as driver
from tests.certify.search.small_problems import regression

X, Y = regression()
NETWORK = api.Network(np.array([[1.0, 0.5], [-0.5, 1.0]]), None, np.array([0.5, -0.5]), None)
DATA = api.Dataset(X, Y)
OBJECTIVE = api.explicit(NETWORK, Fraction(1, 2))


def test_certify_write_check(tmp_path: Path) -> None:
    result = api.certify(NETWORK, DATA, OBJECTIVE)
    assert result.status == "proved" and result.relative_gap == 1 - result.lower_bound / result.loss
    for name in ("net.json", "net.json.gz"):
        result.write(tmp_path / name)
        verdict = api.check(tmp_path / name)
        assert verdict.valid and verdict.relative_gap == result.relative_gap
    assert {path.name for path in tmp_path.iterdir()} == {"net.json", "net.json.gz"}
    assert api.check(result.certificate).claim == api.check(str(tmp_path / "net.json")).claim
    assert not api.check(result.certificate.replace(b"half-sum", b"half-mean")).valid


def test_the_better_network_is_certified_in_turn() -> None:
    first = api.certify(NETWORK, DATA, OBJECTIVE)
    again = api.certify(first.better, DATA, OBJECTIVE, gap="1e-7")
    assert again.status == "proved" and again.relative_gap < Fraction(1, 10**7)
    assert again.loss >= first.lower_bound


def test_the_better_network_can_be_the_zero_network() -> None:
    objective = api.explicit(NETWORK, Fraction(1000))
    better = api.certify(NETWORK, DATA, objective).better
    assert np.all(better.hidden_weights == 0) and better.source != NETWORK.source
    assert api.certify(better, DATA, objective).relative_gap < Fraction(1, 10**7)


def test_gap_limits_and_progress() -> None:
    phases = []
    result = api.certify(NETWORK, DATA, OBJECTIVE, gap=0.01, report=lambda step: phases.append(step.phase))
    assert result.status == "refuted"
    assert any(phase.startswith("polish") for phase in phases) and phases[-1] == "check"
    assert api.certify(NETWORK, DATA, api.explicit(NETWORK, Fraction(1, 100)), nodes=1).status == "undecided"


def test_any_executor_gives_the_same_certificate() -> None:
    with ThreadPoolExecutor(2) as executor:
        together = api.certify(NETWORK, DATA, OBJECTIVE, executor=executor)
    assert together.certificate == api.certify(NETWORK, DATA, OBJECTIVE).certificate


def test_jobs_share_search_and_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    replays: list[int] = []

    def check(data: bytes, *, jobs: int = 1) -> api.Verdict:
        replays.append(jobs)
        return check_bytes(data, jobs=jobs)

    monkeypatch.setattr(driver, "check_bytes", check)
    monkeypatch.setattr(cones, "WIDE", 2)  # so that the search is cut into chunks for the workers
    objective = api.explicit(NETWORK, Fraction(1, 20))
    alone = api.certify(NETWORK, DATA, objective)
    together = api.certify(NETWORK, DATA, objective, jobs=2, memory=50)
    assert together.certificate == alone.certificate and together.status == "proved"
    assert replays == [1, 2]


def test_memory_reaches_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    original = portfolio.search_cones

    def search(*arguments: Any, limits: cones.Limits, **options: Any) -> cones.ConeResult:
        seen.append(limits.memory_bytes)
        return original(*arguments, limits=limits, **options)

    monkeypatch.setattr(portfolio, "search_cones", search)
    api.certify(NETWORK, DATA, OBJECTIVE, memory=1.5)
    assert set(seen) == {1_500_000}


@pytest.mark.parametrize(
    ("field", "value"), [("memory", 0), ("memory", float("nan")), ("memory", float("inf")), ("jobs", 0), ("jobs", -1)]
)
def test_resources_must_be_positive(field: str, value: float) -> None:
    options: dict[str, Any] = {field: value}
    with pytest.raises(api.InputError, match=f"{field}: {field} must be positive"):
        api.certify(NETWORK, DATA, OBJECTIVE, **options)


@pytest.mark.parametrize("gap", [1, -0.5, "2", Fraction(3, 2)])
def test_gaps_out_of_range_are_refused(gap: Any) -> None:
    with pytest.raises(api.InputError, match="gap must be at least 0 and below 1"):
        api.certify(NETWORK, DATA, OBJECTIVE, gap=gap)


def test_decay_zero_and_shapes_are_refused() -> None:
    with pytest.raises(api.InputError, match="weight decay of 0"):
        api.certify(NETWORK, DATA, api.explicit(NETWORK, Fraction(0)))
    with pytest.raises(api.InputError, match="shape"):
        api.certify(NETWORK, api.Dataset(X[:, :1], Y), OBJECTIVE)


def _fitted(kind: str) -> Any:
    compose, network = pytest.importorskip("sklearn.compose"), pytest.importorskip("sklearn.neural_network")
    pipeline, preprocessing = pytest.importorskip("sklearn.pipeline"), pytest.importorskip("sklearn.preprocessing")
    mlp = network.MLPRegressor(
        hidden_layer_sizes=(4,), solver="lbfgs", alpha=2.0, max_iter=5000, tol=1e-10, random_state=0
    )
    model = mlp
    if kind != "plain":
        model = pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("mlp", mlp)])
    if kind == "scaled target":
        model = compose.TransformedTargetRegressor(regressor=model, transformer=preprocessing.StandardScaler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(10 * X + 3, 5 * Y - 2)


@pytest.mark.parametrize("kind", ["plain", "pipeline", "scaled target"])
def test_fitted_scikit_learn_models(kind: str, tmp_path: Path) -> None:
    model = api.from_sklearn(_fitted(kind))
    data = model.dataset(10 * X + 3, 5 * Y - 2)
    result = api.certify(model.network, data, model.objective(data.n_samples))
    assert result.status == "proved" and 0 <= result.relative_gap < 1
    assert result.outcome.verdict.claim is not None
    assert result.outcome.verdict.claim.problem.hidden_bias == "free"
    result.write(tmp_path / "model.cert.json")
    assert api.check(tmp_path / "model.cert.json").valid


def test_the_convention_states_the_same_objective_as_the_fitted_model() -> None:
    model = api.from_sklearn(_fitted("plain"))
    stated = api.by_convention("sklearn", Fraction(2), model.network, 8)
    fitted = model.objective(8)
    for name in ("loss", "penalty", "hidden_bias", "output_bias", "hidden_weight_decay", "output_weight_decay"):
        assert getattr(stated, name) == getattr(fitted, name)
