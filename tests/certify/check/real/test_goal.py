"""Formulas become clauses with the same truth."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.real.goal import Inequality, clauses
from relucert.certify.formula import RealFormula, Variable

NODES = tuple([("variable", i) for i in range(3)])
RANGES = tuple([Variable(name, None, None, low_open=True, high_open=True, integer=False) for name in "xyz"])


def truth(formula: RealFormula, place: int, values: tuple[Fraction, ...]) -> bool:
    kind, *rest = formula.formulas[place]
    if kind in ("<", "<=", "=", "!="):
        a, b = (values[i] for i in rest)
        return {"<": a < b, "<=": a <= b, "=": a == b, "!=": a != b}[kind]
    inner = [truth(formula, i, values) for i in rest]
    return not inner[0] if kind == "not" else all(inner) if kind == "and" else any(inner)


def holds_at(inequality: Inequality, values: tuple[Fraction, ...]) -> bool:
    lower, upper = values[inequality.lower], values[inequality.upper]
    return lower < upper or (not inequality.strict and lower == upper)


@pytest.mark.parametrize("seed", range(60))
def test_clauses_say_that_the_hypothesis_implies_the_conclusion(seed: int) -> None:
    generator = random.Random(seed)
    entries: list[tuple[object, ...]] = [
        (generator.choice(["<", "<=", "=", "!="]), generator.randrange(3), generator.randrange(3)) for _ in range(4)
    ]
    for _ in range(4):
        kind = generator.choice(["and", "or", "not"])
        entries.append((kind, *(generator.randrange(len(entries)) for _ in range(1 if kind == "not" else 2))))
    hypothesis = generator.choice([None, generator.randrange(len(entries))])
    formula = RealFormula("holds", RANGES, NODES, tuple(entries), hypothesis, len(entries) - 1)
    found = clauses(formula)
    for values in itertools.product([Fraction(0), Fraction(1), Fraction(2)], repeat=3):
        expected = truth(formula, formula.conclusion, values) or (
            hypothesis is not None and not truth(formula, hypothesis, values)
        )
        holds = all(any(holds_at(inequality, values) for inequality in clause) for clause in found)
        assert holds == expected


def test_a_vacuous_claim_is_the_opposite_of_its_hypothesis() -> None:
    formula = RealFormula("vacuous", RANGES, NODES, (("<", 0, 1), ("<", 1, 0)), 0, 1)
    ((inequality,),) = clauses(formula)
    assert (inequality.lower, inequality.upper, inequality.strict) == (1, 0, False)


def test_formulas_with_too_many_cases_are_refused() -> None:
    entries: list[tuple[object, ...]] = [("<", 0, 1), ("<", 1, 2), ("and", 0, 1)]
    for _ in range(12):
        entries += [("or", len(entries) - 1, 2), ("and", len(entries), len(entries) - 1)]
    distinct = [("<", i % 3, (i + 1) % 3) for i in range(3)]
    formula = RealFormula("holds", RANGES, NODES, tuple([*entries, *distinct]), None, len(entries) - 1)
    assert len(clauses(formula)) < 10  # equal clauses are one
    wide: list[tuple[object, ...]] = []
    nodes = (*NODES, *(("rational", Fraction(n)) for n in range(60)))
    for n in range(20):
        wide += [("<", 3 + 2 * n, 0), ("<", 4 + 2 * n, 1), ("and", len(wide), len(wide) + 1)]
    last = 2
    for n in range(1, 20):
        wide.append(("or", last, 3 * n + 2))
        last = len(wide) - 1
    with pytest.raises(CertificateError, match="too many cases"):
        clauses(RealFormula("holds", RANGES, nodes, tuple(wide), None, last))


def test_deep_formulas_need_no_recursion() -> None:
    entries: list[tuple[object, ...]] = [("<", 0, 1)]
    entries += [("not", place) for place in range(20_001)]
    ((inequality,),) = clauses(RealFormula("holds", RANGES, NODES, tuple(entries), None, len(entries) - 1))
    assert (inequality.lower, inequality.upper, inequality.strict) == (1, 0, False)
