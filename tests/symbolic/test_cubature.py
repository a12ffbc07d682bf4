"""Gaussian means by product rules: against known values, and refusals where no rule applies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath as mp
import pytest
from sympy import Expr, Rational, Tuple, symbols

from relucert.symbolic.cubature import CubatureError
from relucert.symbolic.evaluate import value
from relucert.symbolic.expressions import relu, step
from relucert.symbolic.frames import GaussianMean

x1, x2, y1, y2, a = symbols("x1 x2 y1 y2 a", real=True)
BLOCKS = (Tuple(x1, x2), Tuple(y1, y2))


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with mp.workdps(42):
        yield


def mean(integrand: Expr, *blocks: Tuple) -> Any:
    return value(GaussianMean(integrand, *blocks), {a: Rational(3, 7)})


def test_one_block_against_the_kernel_at_a_right_angle() -> None:
    assert abs(mean(relu(x1) * relu(x2), BLOCKS[0]) - 1 / (2 * mp.pi)) < mp.mpf(10) ** -30


def test_two_blocks_multiply_and_add() -> None:
    # E (relu(x1) + relu(y1))² = 1/2 + 1/2 + 2/(2π)
    found = mean((relu(x1) + relu(y1)) ** 2, *BLOCKS)
    assert abs(found - (1 + 1 / mp.pi)) < mp.mpf(10) ** -30


def test_factors_of_different_blocks_and_constants() -> None:
    found = mean(a * relu(x1 + a * x2) * relu(y2) * step(y2), *BLOCKS)
    c = mp.mpf(3) / 7
    assert abs(found - c * mp.sqrt(1 + c**2) / (2 * mp.pi)) < mp.mpf(10) ** -30


def test_degree_beyond_the_default_radial_rule() -> None:
    # E x1¹² y1² = 11!!
    assert abs(mean(x1**12 * y1**2, Tuple(x1), Tuple(y1)) - 10395) < mp.mpf(10) ** -30


@pytest.mark.parametrize("blocks", [BLOCKS, (Tuple(x1), Tuple(y1))])
def test_kink_off_the_origin_is_refused(blocks: tuple[Tuple, ...]) -> None:
    with pytest.raises(CubatureError):
        mean(relu(x1 - 1) * relu(y1), *blocks)
