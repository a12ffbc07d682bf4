"""Interval arithmetic in floats is never narrower than the checker's, and not much wider."""

from fractions import Fraction
from math import inf, isinf

import numpy as np
import pytest

from relucert.certify.check.real.interval import Arithmetic, Interval
from relucert.certify.search.formula_arrays import Arrays, Boxes, at, is_positive

ENDS = [
    -inf,
    -1e300,
    -3.5,
    -1.0,
    -1e-3,
    -1e-200,
    0.0,
    1e-310,
    1e-9,
    0.1,
    0.5,
    1.0,
    1.5707963267948966,
    2.0,
    7.25,
    700.0,
    inf,
]
RANGES = [(a, b) for a in ENDS for b in ENDS if a <= b and a < inf and b > -inf]
CHECKER = Arithmetic(64)


def theirs(low, high, low_open, high_open):
    """The checker's interval with the same ends."""

    def bound(x):
        if isinf(x):
            return None
        numerator, denominator = Fraction(x).as_integer_ratio()
        return numerator, 1 - denominator.bit_length()

    return Interval(bound(low), bound(high), low_open or isinf(low), high_open or isinf(high))


def mine(entries):
    """Many boxes at once."""
    low, high, low_open, high_open = (np.array(column) for column in zip(*entries, strict=True))
    return Boxes(low, high, low_open | np.isinf(low), high_open | np.isinf(high))


def number(bound, missing):
    return missing if bound is None else Fraction(bound[0]) * Fraction(2) ** bound[1]


def compare(result, defined, place, exact):
    """Ours contains theirs; a bound that we say is not taken is not taken there, or lies strictly inside."""
    low, high = float(result.low[place]), float(result.high[place])
    their_low, their_high = number(exact.low, -inf), number(exact.high, inf)
    assert low <= their_low and their_high <= high
    if low == their_low and not isinf(low):
        assert exact.low_open or not result.low_open[place]
    if high == their_high and not isinf(high):
        assert exact.high_open or not result.high_open[place]


ONE_SIDED = [(a, b, False, False) for a, b in RANGES] + [(a, b, True, True) for a, b in RANGES if a < b]
UNARY = {
    "exp": (lambda r, x: r.exp(x), 1),
    "log": (lambda r, x: r.log(x), 1),
    "sin": (lambda r, x: r.sin(x), 1),
    "cos": (lambda r, x: r.cos(x), 1),
    "arctan": (lambda r, x: r.arctan(x), 1),
    "arccos": (lambda r, x: r.arccos(x), 1),
    "abs": (lambda r, x: r.absolute(x), 1),
    "inverse": (lambda r, x: r.inverse(x), 1),
    "square": (lambda r, x: r.power(x, 2), 1),
    "cube": (lambda r, x: r.power(x, 3), 1),
    "sqrt": (lambda r, x: r.root(x, 2), 1),
    "cbrt": (lambda r, x: r.root(x, 3), 1),
    "fifth root": (lambda r, x: r.root(x, 5), 1),
}


@pytest.mark.parametrize("name", UNARY)
def test_functions_contain_the_checkers_enclosures(name):
    apply = UNARY[name][0]
    entries = [entry for entry in ONE_SIDED if name not in ("sin", "cos") or max(map(abs, entry[:2])) < 1e9]
    arrays = Arrays(len(entries))
    with np.errstate(all="ignore"):
        result = apply(arrays, mine(entries))
    defined = np.broadcast_to(arrays.defined, (len(entries),))
    count = 0
    for place, entry in enumerate(entries):
        try:
            exact = apply(CHECKER, theirs(*entry))
        except ArithmeticError:
            assert not defined[place], entry
            continue
        assert defined[place], entry
        compare(result, defined, place, exact)
        count += 1
    assert count > 10


@pytest.mark.parametrize("name", ["add", "multiply", "minimum", "maximum"])
def test_operations_contain_the_checkers_enclosures(name):
    random = np.random.default_rng(1)
    pairs = [(ONE_SIDED[i], ONE_SIDED[j]) for i, j in random.integers(0, len(ONE_SIDED), (1500, 2))]
    with np.errstate(all="ignore"):
        result = getattr(Arrays(len(pairs)), name)(mine([p[0] for p in pairs]), mine([p[1] for p in pairs]))
    for place, (x, y) in enumerate(pairs):
        compare(result, None, place, getattr(CHECKER, name)(theirs(*x), theirs(*y)))


def test_sums_and_products_of_short_numbers_are_exact():
    arrays = Arrays(1)
    with np.errstate(all="ignore"):
        assert arrays.subtract(at(0.75), at(0.75)).low[0] == 0 == arrays.subtract(at(0.75), at(0.75)).high[0]
        product = arrays.multiply(at(3.0), at(0.125))
    assert product.low[0] == product.high[0] == 0.375 and not product.low_open[0]


def test_an_open_end_at_zero_is_above_zero():
    half_open = mine([(0.0, 1.0, True, False)])
    arrays = Arrays(1)
    with np.errstate(all="ignore"):
        assert is_positive(arrays.multiply(half_open, half_open))[0]
        assert arrays.inverse(half_open).low[0] == 1 and arrays.defined[0]
        arrays.inverse(mine([(0.0, 1.0, False, False)]))
    assert not arrays.defined[0]
