"""Networks to decide: of the native and the direct reduction, written out independently, and of no reduction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from relucert.certify.non_overlap import NonOverlapInstance, Row, Sample, output

ONE, ZERO = Fraction(1), Fraction(0)


def progressions(n: int, length: int) -> list[tuple[int, ...]]:
    """Arithmetic progressions in 1..n (van der Waerden)."""
    return [
        tuple(range(first, first + step * length, step))
        for step in range(1, n)
        for first in range(1, n - step * (length - 1) + 1)
    ]


FANO = [(1, 2, 3), (1, 4, 5), (1, 6, 7), (2, 4, 6), (2, 5, 7), (3, 4, 7), (3, 5, 6)]


def native(n: int, sets: Iterable[Sequence[int]], k: int) -> NonOverlapInstance:
    """Colour 1..n with k colours such that no set is of one colour."""
    samples = [Sample(tuple(((s * n + i, ONE),) for s in range(k)), Fraction(1, k)) for i in range(n)]
    for members in sets:
        rows: list[Row] = [tuple((s * n + i - 1, ONE) for i in sorted(members)) for s in range(k)]
        samples.append(Sample(tuple(rows), ZERO if members else Fraction(1, k)))
    return NonOverlapInstance(k, k * n, tuple(samples))


def direct(v: int, clauses: Iterable[Sequence[int]], k: int = 2) -> NonOverlapInstance:
    """Satisfy clauses over the variables 1..v."""

    def sample(label: Fraction, *rows: Row) -> Sample:
        return Sample((*rows, *((),) * (k - len(rows))), label)

    label = Fraction(1, k)
    samples = [sample(label, ((v, ONE),)), *(sample(label, ((x, ONE),), ((x, -ONE),)) for x in range(v))]
    for clause in clauses:
        row = {abs(literal) - 1: -ONE if literal > 0 else ONE for literal in clause}
        if len(clause) > 1:
            row[v] = Fraction(1 - len(clause))
        samples.append(sample(ZERO, tuple(sorted(row.items()))) if clause else sample(label))
    return NonOverlapInstance(k, v + 1, tuple(samples))


def generic(p: int, n: int, k: int, seed: int, *, fits: bool, largest: int = 5) -> NonOverlapInstance:
    """n samples of random patches with the labels of a random filter; one label is changed unless it shall fit."""
    random = Random(seed)
    filter = [Fraction(random.randint(-largest, largest), random.choice([1, 1, 2])) for _ in range(p)]
    samples = []
    for t in range(n):
        rows = tuple(
            tuple((i, Fraction(v)) for i in range(p) if (v := random.randint(-largest, largest))) for _ in range(k)
        )
        label = output(filter, Sample(rows, ZERO))
        samples.append(Sample(rows, label if fits or t < n - 1 else label + Fraction(1, k)))
    return NonOverlapInstance(k, p, tuple(samples))


def cliques(n: int, size: int) -> list[tuple[int, ...]]:
    """The edges of the complete sub-graphs of this size, edges numbered from 1 (Ramsey)."""
    number = {edge: i for i, edge in enumerate(combinations(range(n), 2), 1)}
    return [tuple(number[edge] for edge in combinations(part, 2)) for part in combinations(range(n), size)]
