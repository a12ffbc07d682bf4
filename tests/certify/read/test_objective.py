"""Training objectives in words and the constants of training programs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.objective import BiasTreatment, TrainingObjective, decay_constant


def test_in_words() -> None:
    objective = TrainingObjective("half-mean", Fraction(1, 3), Fraction(1, 2), "penalised", "free")
    assert objective.in_words() == (
        "1/(2n) sum r^2 + 1/2 (1/3) (|W|^2 + |b|^2) + 1/2 (1/2) |a|^2; hidden bias penalised, output bias free"
    )
    assert objective.penalty == "sum-of-squares"


@pytest.mark.parametrize(("hidden_bias", "norm"), [("none", "|w_j|"), ("free", "|w_j|"), ("penalised", "|(w_j, b_j)|")])
def test_the_product_penalty_in_words(hidden_bias: BiasTreatment, norm: str) -> None:
    decay = Fraction(2, 7)
    objective = TrainingObjective("mean", decay, decay, hidden_bias, "free", penalty="product")
    assert objective.in_words() == (
        f"1/n sum r^2 + (2/7) sum_j {norm} |a_j|; hidden bias {hidden_bias}, output bias free"
    )


@pytest.mark.parametrize(
    ("value", "constant"),
    [(1e-4, Fraction(1, 10000)), (0, Fraction(0)), (2, Fraction(2)), (1e-300, Fraction(1, 10**300))],
)
def test_constants_are_the_decimals_a_person_typed(value: float, constant: Fraction) -> None:
    assert decay_constant(value, field="alpha") == constant


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), None, "x", 1j])
def test_refused_constants(value: Any) -> None:
    with pytest.raises(InputError, match=r"s, alpha: .* is no weight decay"):
        decay_constant(value, field="alpha", file="s")
