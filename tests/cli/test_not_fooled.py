"""Networks that look finished: what is certified is never below their true distance from the optimum."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from relucert.cli.main import main
from tests.certify.search.small_problems import regression


def _load_fixtures() -> ModuleType:
    path = Path(__file__).parents[1] / "examples" / "fixtures.py"
    specification = importlib.util.spec_from_file_location("suspect_networks", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


suspects = _load_fixtures()
Json = dict[str, Any]


def write(folder: Path, network: Any, X: Any, y: Any) -> list[str]:
    arrays = {"hidden_weights": network.hidden_weights, "output_weights": network.output_weights}
    if network.hidden_bias is not None:
        arrays |= {"hidden_bias": network.hidden_bias, "output_bias": np.array(network.output_bias)}
    np.savez(folder / "net.npz", **arrays)
    np.savez(folder / "data.npz", X=X, y=y)
    return [str(folder / "net.npz"), str(folder / "data.npz")]


def certify(capsys: pytest.CaptureFixture[str], inputs: list[str], *options: str) -> Json:
    main(["certify", *inputs, "--json", *options])
    result: Json = json.loads(capsys.readouterr().out)
    return result


@pytest.mark.parametrize("make", suspects.FIXTURES, ids=lambda make: make.__name__)
def test_the_gap_covers_the_true_one_and_hardly_more(
    make: Callable[[], Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suspect = make()
    loss, better = (suspects.objective(suspect, net) for net in (suspect.network, suspect.better))
    options = ["--weight-decay", str(suspect.weight_decay)]
    if suspect.bias == "free":
        options += ["--hidden-bias", "free", "--output-bias", "free"]
    inputs = write(tmp_path, suspect.network, suspect.features, suspect.target)
    result = certify(capsys, inputs, *options, "-o", str(tmp_path / "c.json"))
    assert Fraction(result["loss_exact"]) == loss
    assert Fraction(result["lower_bound_exact"]) <= better
    assert Fraction(result["relative_gap_exact"]) >= (loss - better) / loss
    if suspect.optimum is not None:
        assert Fraction(result["lower_bound_exact"]) == pytest.approx(suspect.optimum, rel=1e-8)
    if loss > better:
        asked = (loss - better) / loss / 2
        refused = certify(capsys, inputs, *options, "--gap", str(asked))
        assert refused["verdict"] == "refuted" or (asked < Fraction(1, 10**8) and refused["verdict"] == "undecided")
        assert Fraction(refused["lower_bound_exact"]) <= better


def perturbed(folder: Path, better: Path, amount: float) -> list[str]:
    """The polished network with every weight changed by that much, relatively and at random."""
    arrays = dict(np.load(better))
    generator = np.random.default_rng(0)
    changed = {name: value * (1 + amount * generator.normal(size=value.shape)) for name, value in arrays.items()}
    np.savez(folder / "perturbed.npz", **changed)
    return [str(folder / "perturbed.npz"), str(folder / "data.npz")]


@pytest.mark.parametrize("options", [[], ["--penalty", "product"], ["--loss", "mean"]])
def test_a_perturbed_optimum_is_told_apart(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    X, y = regression()
    net = suspects.Network(np.ones((2, 2)), np.ones(2))
    inputs = write(tmp_path, net, X, y)
    decay = ["--weight-decay", "0.25", *options]
    certify(capsys, inputs, *decay, "--polish", str(tmp_path / "better.npz"))
    best = certify(capsys, [str(tmp_path / "better.npz"), inputs[1]], *decay)
    moved = certify(capsys, perturbed(tmp_path, tmp_path / "better.npz", 1e-3), *decay)
    true = 1 - Fraction(best["loss_exact"]) / Fraction(moved["loss_exact"])
    assert true > Fraction(1, 10**8)
    assert Fraction(moved["relative_gap_exact"]) >= true
    assert Fraction(moved["relative_gap_exact"]) == pytest.approx(true, abs=1e-8)


def test_the_optimum_of_another_question_is_none_of_this_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other data or another decay: the loss differs, and the gap with it."""
    X, y = regression()
    inputs = write(tmp_path, suspects.Network(np.ones((2, 2)), np.ones(2)), X, y)
    certify(capsys, inputs, "--weight-decay", "0.5", "--polish", str(tmp_path / "better.npz"))
    np.savez(tmp_path / "other.npz", X=X, y=y[::-1])
    better, own, other = (str(tmp_path / name) for name in ("better.npz", "data.npz", "other.npz"))
    assert certify(capsys, [better, own], "--weight-decay", "0.5", "--gap", "1e-6")["verdict"] == "proved"
    assert certify(capsys, [better, other], "--weight-decay", "0.5", "--gap", "1e-6")["verdict"] == "refuted"
    assert certify(capsys, [better, own], "--weight-decay", "0.6", "--gap", "1e-6")["verdict"] == "refuted"
    assert (
        certify(capsys, [better, own], "--weight-decay", "0.5", "--loss", "mean", "--gap", "1e-6")["verdict"]
        == "refuted"
    )


@pytest.mark.parametrize("power", [-27, 27])
def test_scale_does_not_fool(power: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Inputs and targets at 1e-8 and 1e8 with the decay to match: the same verdict and gap."""
    X, y = regression()
    results = []
    for scale in (1.0, 2.0**power):
        inputs = write(tmp_path, suspects.Network(np.ones((2, 2)) / 2, np.array([0.5, -0.5])), X * scale, y * scale)
        decay = str(Fraction(1, 2) * Fraction(scale) ** 2)
        results.append(certify(capsys, inputs, "--weight-decay", decay, "--gap", "0.99"))
    assert [result["verdict"] for result in results] == ["proved"] * 2
    assert float(results[1]["relative_gap"]) == pytest.approx(float(results[0]["relative_gap"]), rel=1e-6)
