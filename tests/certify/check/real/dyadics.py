"""Random dyadic numbers and intervals of all sizes, and the same numbers for python-flint."""

from __future__ import annotations

import random

from flint import arb, ctx

from relucert.certify.check.real.dyadic import ONE, ZERO, Dyadic, down, less, minus, plus, times
from relucert.certify.check.real.interval import Interval

ctx.prec = 300
SPECIAL = (ZERO, ONE, (-1, 0), (1, 1), (-3, -1), (1, -1))


def ball(a: Dyadic) -> arb:
    return arb(a[0]) * arb(2) ** a[1]


def number(generator: random.Random, least: int, most: int) -> Dyadic:
    """2^least <= |a| < 2^most, with few or many digits, of either sign."""
    m = generator.getrandbits(generator.choice([1, 2, 5, 20, 53, 64, 100])) | 1
    exponent = generator.randint(least, most) - m.bit_length()
    return (m if generator.random() < 0.5 else -m), exponent


def interval(generator: random.Random, most: int = 20) -> Interval:
    """Wide and narrow, open and closed, sometimes unbounded, sometimes one number."""

    def end() -> Dyadic:
        return generator.choice(SPECIAL) if generator.random() < 0.15 else number(generator, -40, most)

    low, high = end(), end()
    if generator.random() < 0.3:
        high = plus(low, (generator.getrandbits(20), -generator.randint(20, 60)))
    if less(high, low):
        low, high = high, low
    if not less(low, high):
        return Interval(low, low, False, False)
    chance = generator.random
    low_open, high_open = chance() < 0.3, chance() < 0.3
    x = Interval(down(low, 10**6), down(high, 10**6), low_open, high_open)
    if chance() < 0.07:
        x = x._replace(low=None, low_open=True)
    if chance() < 0.07:
        x = x._replace(high=None, high_open=True)
    return x


def member(generator: random.Random, x: Interval) -> Dyadic:
    """A number of the interval: an end, close to one, or anywhere."""
    far = (1 << generator.randint(0, 40), 0)
    low = x.low if x.low is not None else plus(x.high or ZERO, minus(far))
    high = x.high if x.high is not None else plus(low, far)
    choice = generator.random()
    if choice < 0.2 and not x.low_open:
        return low
    if choice < 0.4 and not x.high_open:
        return high
    digits = generator.choice([3, 60, 200])
    part = (generator.randint(1, (1 << digits) - 1), -digits)
    if choice > 0.8:
        part = (1, -generator.randint(1, 90))
    return plus(low, times(part, plus(high, minus(low))))
