"""Designs as set-splitting instances: Steiner triple systems, projective planes, random triples."""

from __future__ import annotations

from itertools import product
from math import isqrt
from random import Random

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.text import require_small


def fano(*, k: int = 2) -> SetSplitting:
    """The Fano plane, the 7 lines of PG(2,2): NO for 2 colours, YES for 3; without one line YES for 2 (folklore)."""
    return projective_plane(2, k=k)


def projective_plane(q: int, *, k: int = 2) -> SetSplitting:
    """The lines of the projective plane PG(2,q), q a prime or 4, 8, 9: for 2 colours NO if q = 2, YES if q >= 3
    (Richardson 1956, On finite projective games)."""
    add, multiply = _field(q)
    points = [(1, a, b) for a, b in product(range(q), repeat=2)] + [(0, 1, a) for a in range(q)] + [(0, 0, 1)]
    number = {point: i for i, point in enumerate(points, 1)}
    lines = []
    for u in points:
        on_line = []
        for v in points:
            total = 0
            for a, b in zip(u, v, strict=True):
                total = add[total][multiply[a][b]]
            if total == 0:
                on_line.append(number[v])
        lines.append(tuple(on_line))
    return SetSplitting(len(points), tuple(lines), k)


def steiner(v: int, *, k: int = 2) -> SetSplitting:
    """A Steiner triple system on v points, v = 1 or 3 mod 6, by Skolem's or Bose's construction: for 2 colours NO if
    v >= 7 (Rosa 1970)."""
    require_small(v * v // 2, "the triple system")
    if v < 3 or v % 6 not in (1, 3):
        raise ProblemError(f"no Steiner triple system on {v} points", "sts", "give v >= 3 with v = 1 or 3 mod 6")
    return SetSplitting(v, tuple(_bose(v) if v % 6 == 3 else _skolem(v)), k)


def random_triples(n: int, m: int, seed: int, *, k: int = 2) -> SetSplitting:
    """m distinct random triples of n elements: for 2 colours mostly YES below m = 2.1 n and NO above (Castellani et al.
    2003 put the threshold near 2.105); the same instance for the same seed."""
    if n < 3 or m > n * (n - 1) * (n - 2) // 6:
        raise ProblemError(f"there are no {m} distinct triples of {n} elements", "random3", "give fewer triples")
    random = Random(seed)
    found: set[tuple[int, ...]] = set()
    while len(found) < m:
        found.add(tuple(sorted(random.sample(range(1, n + 1), 3))))
    return SetSplitting(n, tuple(sorted(found)), k)


def _bose(v: int) -> list[tuple[int, int, int]]:
    """v = 6t + 3: the points Z_(2t+1) x {0, 1, 2}, and the operation a * b = (a + b)/2."""
    n = v // 3

    def point(a: int, level: int) -> int:
        return 1 + a % n + level % 3 * n

    triples = [(point(a, 0), point(a, 1), point(a, 2)) for a in range(n)]
    half = (n + 1) // 2
    for level, a in product(range(3), range(n)):
        triples += [(point(a, level), point(b, level), point((a + b) * half, level + 1)) for b in range(a + 1, n)]
    return triples


def _skolem(v: int) -> list[tuple[int, int, int]]:
    """v = 6t + 1: Z_2t x {0, 1, 2} and one more point, with the half-idempotent operation."""
    n = v // 3
    t, infinity = n // 2, v

    def point(a: int, level: int) -> int:
        return 1 + a + level % 3 * n

    def operation(a: int, b: int) -> int:
        total = (a + b) % n
        return total // 2 if total % 2 == 0 else (total - 1) // 2 + t

    triples = [(point(a, 0), point(a, 1), point(a, 2)) for a in range(t)]
    triples += [(infinity, point(t + a, level), point(a, level + 1)) for level in range(3) for a in range(t)]
    for level, a in product(range(3), range(n)):
        triples += [(point(a, level), point(b, level), point(operation(a, b), level + 1)) for b in range(a + 1, n)]
    return triples


def _field(q: int) -> tuple[list[list[int]], list[list[int]]]:
    """Tables of addition and multiplication of the field with q elements."""
    if 2 <= q <= 31 and all(q % d for d in range(2, isqrt(q) + 1)):
        return [[(a + b) % q for b in range(q)] for a in range(q)], [[a * b % q for b in range(q)] for a in range(q)]
    polynomials = {4: (2, (1, 1)), 8: (2, (1, 1, 0)), 9: (3, (2, 1))}  # x^e = -(c_0 + c_1 x + ...), irreducible
    if q not in polynomials:
        raise ProblemError(f"no field with {q} elements here", "pg", "give a prime up to 31, or 4, 8, 9")
    p, reduction = polynomials[q]
    degree = len(reduction)
    digits = [tuple(a // p**i % p for i in range(degree)) for a in range(q)]

    def number(coefficients: list[int]) -> int:
        return sum(c % p * p**i for i, c in enumerate(coefficients[:degree]))

    def times(a: int, b: int) -> int:
        total = [0] * (2 * degree - 1)
        for (i, c), (j, d) in product(enumerate(digits[a]), enumerate(digits[b])):
            total[i + j] += c * d
        for power in range(2 * degree - 2, degree - 1, -1):
            for i, c in enumerate(reduction):
                total[power - degree + i] -= total[power] * c
        return number(total)

    add = [[number([c + d for c, d in zip(digits[a], digits[b], strict=True)]) for b in range(q)] for a in range(q)]
    return add, [[times(a, b) for b in range(q)] for a in range(q)]


FAMILIES = (
    ("fano", (), fano),
    ("pg", ("q",), projective_plane),
    ("sts", ("v",), steiner),
    ("random3", ("n", "m", "seed"), random_triples),
)
