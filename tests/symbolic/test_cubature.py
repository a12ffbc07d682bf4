"""Gaussian means by product rules: known moments, kinks, biases, three coordinates, and refusals."""

from __future__ import annotations

import mpmath as mp
import pytest
from sympy import Expr, Integer, Rational, Symbol, Tuple, cos, exp, symbols

from relucert.symbolic.cubature import CubatureError, degrees, gaussian_mean
from relucert.symbolic.evaluate import WORKING_DIGITS, _walk
from relucert.symbolic.expressions import leaky_relu, relu, step
from relucert.symbolic.rules import arc_rule, common_line, radial_rule

x, y, z, a, b = symbols("x y z a b", real=True)
PLANE, SPACE, OTHER = Tuple(x, y), Tuple(x, y, z), Tuple(a, b)
TINY = mp.mpf(10) ** -36


def mean(integrand: Expr, *blocks: Tuple, **values: float) -> mp.mpf:
    with mp.workdps(WORKING_DIGITS):
        known = {Symbol(name, real=True): mp.mpf(value) for name, value in values.items()}
        return gaussian_mean(integrand, blocks, known, _walk)


@pytest.mark.parametrize("block", [PLANE, SPACE])
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (Integer(1), 1),
        (x * y, 0),
        (x**2, 1),
        (x**4, 3),
        (x**2 * y**2, 1),
        (x**4 * y**2 + x**3, 3),
        (x**6, 15),
        ((x + 2 * y) ** 2 + 3 * x + 1, 6),
    ],
)
def test_moments_of_the_normal_law(block: Tuple, moment: Expr, expected: int) -> None:
    assert abs(mean(moment, block) - expected) < TINY


@pytest.mark.parametrize("block", [PLANE, SPACE])
def test_kinks(block: Tuple) -> None:
    with mp.workdps(WORKING_DIGITS):
        first, second = x + 2 * y, -3 * x + y / 7
        angle = mp.acos(mp.mpf(-3 + Rational(2, 7)) / mp.sqrt(5) / mp.sqrt(9 + mp.mpf(1) / 49))
        length = mp.sqrt(5 * (9 + mp.mpf(1) / 49))
        product = length * (mp.sin(angle) + (mp.pi - angle) * mp.cos(angle)) / (2 * mp.pi)
        assert abs(mean(relu(first) * relu(second), block) - product) < TINY
        assert abs(mean(step(first) * step(second), block) - (mp.pi - angle) / (2 * mp.pi)) < TINY
        assert abs(mean(relu(first), block) - mp.sqrt(5) / mp.sqrt(2 * mp.pi)) < TINY
        assert abs(mean(leaky_relu(first, Rational(1, 5)) ** 2, block) - mp.mpf(13) / 5) < TINY


def test_kinks_oblique_to_all_three_axes() -> None:
    one, two = x - 2 * y + 3 * z, 2 * x + y - z / 3
    with mp.workdps(WORKING_DIGITS):
        both = (mp.pi - mp.acos(-1 / mp.sqrt(14) / mp.sqrt(5 + mp.mpf(1) / 9))) / (2 * mp.pi)
        assert abs(mean(step(one) * step(two), SPACE) - both) < TINY
        assert abs(mean(relu(one) * step(two) * z**2 + relu(-one) * step(-two) * z**2, SPACE)) > 0.1


def test_three_planes_through_one_line() -> None:
    # between the normals (1,0,0) and (0,1,0) lies (1,1,0): the third step adds nothing to the quarter space
    assert abs(mean(step(x) * step(y) * step(x + y), SPACE) - mp.mpf(1) / 4) < TINY


def test_independent_blocks() -> None:
    with mp.workdps(WORKING_DIGITS):
        found = mean((relu(x + y) - relu(a)) ** 2, PLANE, OTHER)
        assert abs(found - (mp.mpf(3) / 2 - 2 * mp.sqrt(2) / (2 * mp.pi))) < TINY
        assert abs(mean(relu(x) * relu(a), Tuple(x), Tuple(a)) - 1 / (2 * mp.pi)) < TINY


@pytest.mark.parametrize("bias", [-40, -1.5, 0, 0.25, 3])
def test_one_coordinate_with_a_bias(bias: float) -> None:
    with mp.workdps(WORKING_DIGITS):
        t = mp.mpf(bias)
        assert abs(mean(relu(x + y), Tuple(x), y=bias) - (mp.npdf(t) + t * mp.ncdf(t))) < TINY
        assert abs(mean(cos(x), Tuple(x)) - mp.exp(-mp.mpf(1) / 2)) < TINY


@pytest.mark.parametrize("bias", [-2.5, 0.75, 4])
def test_biases_in_the_plane(bias: float) -> None:
    with mp.workdps(WORKING_DIGITS):
        t = mp.mpf(bias) / 5
        for along in (3 * x - 4 * y, 4 * x + 3 * y):
            assert abs(mean(relu(along + b), PLANE, b=bias) - 5 * (mp.npdf(t) + t * mp.ncdf(t))) < TINY
            assert abs(mean(step(along + b), PLANE, b=bias) - mp.ncdf(t)) < TINY
        # two parallel kinks: the positive part of a line less that of its opposite is the line
        both = mean((relu(x + y + b) - relu(-x - y - b)) ** 2 * step(x + y + 1), PLANE, b=bias)
        s = 1 / mp.sqrt(2)
        second = (
            2 * (mp.ncdf(s) - s * mp.npdf(s))
            + 2 * mp.mpf(bias) * mp.sqrt(2) * mp.npdf(s)
            + mp.mpf(bias) ** 2 * mp.ncdf(s)
        )
        assert abs(both - second) < TINY


@pytest.mark.parametrize(
    ("integrand", "blocks"),
    [
        (relu(x + 1) * relu(y), (PLANE,)),  # a kink off the origin, not parallel to the other
        (relu(x + 1), (SPACE,)),  # in three coordinates
        (relu(x + 1) * relu(a), (Tuple(x), Tuple(a))),  # the same in a product of lines
        (relu(x + a), (PLANE, OTHER)),  # one that crosses the blocks
        (relu(x * y), (PLANE,)),  # no linear form
        (relu(relu(x) + y), (PLANE,)),
        (step(x) * step(y) * step(z), (SPACE,)),  # no common line
        (exp(x), (PLANE,)),  # no polynomial
        (1 / (1 + x**2), (PLANE,)),
        (x, (Tuple(x, y, z, a),)),  # too many coordinates
    ],
)
def test_what_no_rule_knows_is_refused(integrand: Expr, blocks: tuple[Tuple, ...]) -> None:
    with pytest.raises(CubatureError):
        mean(integrand, *blocks)


def test_degrees_along_rays() -> None:
    assert degrees(relu(x) * relu(y), PLANE) == (2, 2)
    assert degrees((relu(x + y) - relu(a)) ** 2, PLANE) == (0, 2)
    assert degrees((relu(x + y) - x) ** 2 * step(x), PLANE) == (2, 2)
    assert degrees(b * step(x), PLANE) == (0, 0)


def test_rules_are_exact_for_their_degree_and_no_further() -> None:
    with mp.workdps(40):
        for degree in (1, 2, 5):
            exact = mp.gamma(mp.mpf(degree) / 2 + 1) * mp.mpf(2) ** (mp.mpf(degree) / 2)
            assert abs(sum(w * r**degree for r, w in radial_rule(1, 0, 5, 40)) - exact) < TINY
        start, stop = mp.mpf(1) / 3, mp.mpf(1) / 3 + mp.mpf(1) / 1000  # a short arc is no less precise
        exact = (mp.sin(2 * stop) - mp.sin(2 * start)) / 2
        assert abs(sum(w * mp.cos(2 * t) for t, w in arc_rule(start, stop, 2)) - exact) < TINY
        wide = sum(w * mp.cos(6 * t) for t, w in arc_rule(mp.mpf(0), mp.mpf(3), 2))
        assert abs(wide - mp.sin(18) / 6) > 1e-3


def test_common_line() -> None:
    with mp.workdps(40):
        basis = common_line([(mp.mpf(1), mp.mpf(2), mp.mpf(3)), (mp.mpf(0), mp.mpf(1), mp.mpf(-1))])
        assert basis is not None
        assert abs(abs(basis[0][0]) - 5 / mp.sqrt(27)) < TINY
        rows = [tuple(mp.mpf(i == j) for i in range(3)) for j in range(3)]
        assert common_line(rows) is None
