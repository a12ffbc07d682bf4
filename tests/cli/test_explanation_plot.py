"""Pictures: one form for every kind of direction, reproducible, and a clear word when matplotlib is missing."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from relucert.cli.explanation import Explanation, explain
from relucert.cli.explanation_plot import draw, plot_dual
from relucert.cli.output import UserError
from tests.certify.check.build import certificate, network, singular_value, text_of, training_problem
from tests.certify.check.catalogue import CATALOGUE


def example(features: int, hidden_bias: str, zero: bool = False) -> Explanation:
    """A small valid certificate with the trivial scale; without a free bias the singular-value rule proves it."""
    rows = [[Fraction((3 * i + 5 * j) % 7 - 3, 2) for j in range(features)] for i in range(4)]
    problem = training_problem(rows, [1, -1, 2, 0], hidden_bias=hidden_bias)
    net = network(problem, [rows[0], rows[1], [0] * features], [1, -1, 0], [1, 0, 0])
    nu = [0] * 4 if zero else [1, -1, 2, 0]
    proof = singular_value(400)
    value = certificate(problem, nu=nu, proofs=(proof, proof), threshold=0 if zero else 50, scale="1/50", net=net)
    explanation = explain(text_of(value).encode("ascii"))
    assert explanation.valid, explanation.reason
    return explanation


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("features", "hidden_bias", "zero"),
    [
        (1, "none", False),
        (1, "penalised", False),
        (2, "none", False),
        (2, "penalised", False),
        (3, "none", True),
        (4, "none", False),
        (4, "penalised", True),
    ],
)
def test_every_number_of_coordinates(features: int, hidden_bias: str, zero: bool, tmp_path: Path) -> None:
    path = tmp_path / "dual.png"
    plot_dual(example(features, hidden_bias, zero), path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("features", [1, 2, 3])
def test_free_hidden_bias(features: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(features)
    base = example(features, "penalised")
    explanation = Explanation(
        True, "", {}, base.rows, features, rng.standard_normal(4), 1.0, 9.0, base.network, base.problem
    )
    plot_dual(explanation, tmp_path / "dual.png")


@pytest.mark.parametrize("name", ["cone_cover_with_split", "nothing"])
def test_equal_certificates_give_equal_pictures(name: str, tmp_path: Path) -> None:
    explanation = explain(text_of(CATALOGUE[name]).encode("ascii"))
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    plot_dual(explanation, first)
    plot_dual(explanation, second)
    assert first.read_bytes() == second.read_bytes()
    assert b"<dc:date>" not in first.read_bytes()


def test_the_curve_stays_between_its_limits() -> None:
    explanation = explain(text_of(CATALOGUE["cone_cover_with_split"]).encode("ascii"))
    line = draw(explanation).axes[0].lines[0]
    heights = np.asarray(line.get_ydata())
    assert float(np.abs(heights).max()) == pytest.approx(5**0.5 / (16 / 7), abs=1e-5)  # max of phi is sqrt 5, T = 16/7


def test_missing_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UserError, match=r"pip install 'relucert\[report\]'"):
        plot_dual(example(2, "none"), tmp_path / "dual.svg")


def test_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"use \.svg or \.png"):
        plot_dual(example(2, "none"), tmp_path / "dual.pdf")
