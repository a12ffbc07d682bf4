"""Cases at the boundary: one patch, no samples, zero patches, negative labels, empty sets and clauses."""

from __future__ import annotations

from fractions import Fraction

import pytest

from relucert.certify.non_overlap import NonOverlapInstance, Row, Sample
from relucert.reductions.solve.portfolio import decide
from tests.reductions.solve.networks import direct, native
from tests.reductions.solve.test_agreement import answer

pytest.importorskip("pysat")

ONE: Row = ((0, Fraction(1)),)
MINUS: Row = ((0, Fraction(-1)),)


def network(k: int, p: int, *samples: tuple[int | Fraction, tuple[Row, ...]]) -> NonOverlapInstance:
    return NonOverlapInstance(k, p, tuple(Sample(rows, Fraction(label)) for label, rows in samples))


CASES: list[tuple[str, NonOverlapInstance, str]] = [
    ("no samples", network(2, 3), "yes"),
    ("no samples and no coordinates", network(1, 0), "yes"),
    ("no coordinates, label 0", network(2, 0, (0, ((), ()))), "yes"),
    ("no coordinates, label 1", network(2, 0, (1, ((), ()))), "no"),
    ("no coordinates, label -1", network(2, 0, (-1, ((), ()))), "no"),
    ("negative label", network(2, 1, (-1, (ONE, MINUS))), "no"),
    ("negative label, one patch", network(1, 1, (-1, (ONE,))), "no"),
    ("one patch, equal", network(1, 1, (1, (ONE,)), (1, (ONE,))), "yes"),
    ("one patch, different", network(1, 1, (1, (ONE,)), (2, (ONE,))), "no"),
    ("one patch, opposite", network(1, 1, (1, (ONE,)), (1, (MINUS,))), "no"),
    ("one patch, label 0", network(1, 1, (0, (ONE,)), (0, (MINUS,))), "yes"),
    ("one patch, excluded", network(1, 1, (1, (ONE,)), (0, (ONE,))), "no"),
    ("one zero patch", network(1, 1, (0, ((),))), "yes"),
    ("one zero patch, label 1", network(1, 1, (1, ((),))), "no"),
    ("zero patches between", network(3, 1, (1, ((), ONE, ())), (0, (MINUS, (), ()))), "yes"),
    ("zero patches between, no", network(3, 1, (1, ((), ONE, ())), (0, (ONE, (), ()))), "no"),
    ("equal patches", network(2, 1, (1, (ONE, ONE)), (Fraction(1, 2), (ONE, ()))), "yes"),
    ("equal patches, no", network(2, 1, (1, (ONE, ONE)), (1, (ONE, ()))), "no"),
    ("no elements", native(0, [], 2), "yes"),
    ("empty set", native(2, [(1, 2), ()], 2), "no"),
    ("set of one element", native(2, [(1,)], 2), "no"),
    ("one colour, no sets", native(3, [], 1), "yes"),
    ("one colour, one set", native(3, [(1, 2)], 1), "no"),
    ("no variables", direct(0, []), "yes"),
    ("empty clause", direct(2, [[1, 2], []]), "no"),
    ("empty clause alone, k = 3", direct(0, [[]], 3), "no"),
    ("clauses twice", direct(1, [[1], [1]]), "yes"),
]


@pytest.mark.parametrize(("instance", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_boundary(instance: NonOverlapInstance, expected: str) -> None:
    assert answer(instance, decide(instance)) == expected
    if instance.k > 1:
        assert answer(instance, decide(instance, "hybrid")) == expected
        assert answer(instance, decide(instance, "cells")) == expected
