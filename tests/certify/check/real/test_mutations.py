"""No small change of a certificate for real functions makes a false claim VALID; nothing raises."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest
from flint import arb, fmpq

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.formula import RealFormula
from relucert.certify.language.to_arb import arb_function, arb_truth
from relucert.certify.search.formula_proof import Proved, Refuted, search_formula
from tests.certify.check.mutations import places, replaced, value_mutants
from tests.certify.check.real.claims import claim, tag

POINTS = 60
CLAIMS: dict[str, RealFormula] = {
    "touch": claim("G(t) >= 0", "t in [0, pi]"),
    "faces": claim("log(x) <= x - 1", "x in (0, inf)"),
    "corner": claim("2*sin(x)^2 + sin(y)^2 >= x*y", "x in [0, 1]", "y in [0, 1]"),
    "combination": claim("x*y <= 1/4", "x in [0, 1]", "y in [0, 1]", where=["x + y <= 1"]),
    "multiplier": claim("(k - 1)/(k - 1 + pi) < 1", "k in [2, inf)"),
    "matrix": claim("x^4*y^2 + x^2*y^4 + 1 >= 3*x^2*y^2", "x in (-inf, inf)", "y in (-inf, inf)"),
    "vanishing": claim(
        "x*(x - y)*(x - z) + y*(y - x)*(y - z) + z*(z - x)*(z - y) >= 0", "x in [0, 5]", "y in [0, 5]", "z in [0, 5]"
    ),
    "cut": claim("sin(x) < x", "x in [0, 2]", where=["x != 0"]),
    "whole": claim("2^k >= k + 1", "k in 0..40"),
    "cases": claim("abs(x) <= 1", "x in [-3, 3]", where=["x^2 <= 1"]),
    "identity": claim("cos(x)^2 + sin(x)^2 = 1", "x in [0, 1]"),
    "slopes": claim("log(1 + x) >= 2*x/(2 + x)", "x in [0, inf)"),
    "quotient": claim("sin(x)/x < (2 + cos(x))/3", "x in (0, pi/2)"),
    "lemma": claim("x <= tan(x)", "x in [0, pi/2)"),
    "branches": claim("abs(log(1 + x) - x) <= x^2", "x in [-1/2, 1/2]"),
    "refuted": claim("x^2 >= x", "x in [0, 2]"),
}


def certificate_of(name: str) -> Any:
    outcome = search_formula(CLAIMS[name], time=20)
    assert isinstance(outcome, Proved | Refuted), outcome
    return json.loads(outcome.certificate)


WORDS = (
    *("exp", "log", "sin", "cos", "arctan", "arccos", "abs", "neg", "add", "sub", "mul", "div", "min", "max"),
    *("<", "<=", "=", "!=", "and", "or", "not", "holds", "fails", "vacuous", "low", "high", "side", "assume"),
    *(
        "interval",
        "mean_value",
        "exact_form",
        "monotone",
        "taylor_touch",
        "split",
        "cut",
        "slope",
        "rewrite",
        "lemma",
        "branch",
    ),
)


def mutants(certificate: Any) -> Iterator[tuple[str, Any]]:
    """Every value changed; every word exchanged for every other one."""
    yield from value_mutants(certificate)
    for path in places(certificate):
        value: Any = certificate
        for key in path:
            value = value[key]
        if isinstance(value, str) and value in WORDS:
            for word in WORDS:
                if word != value:
                    yield f"{'.'.join(map(str, path))}: {word}", replaced(certificate, path, word)


def falsehood(formula: RealFormula) -> str | None:
    """A point of the ranges, well inside, at which the claim is certainly false."""
    if formula.assertion != "holds":
        return None
    truth = arb_truth(formula, formula.conclusion)
    assumed = None if formula.hypothesis is None else arb_truth(formula, formula.hypothesis)
    generator = random.Random(formula.sha256())
    for _ in range(POINTS):
        point = [member(formula, variable, generator) for variable in formula.variables]
        if None in point or (assumed is not None and assumed(point) is not True):
            continue
        if truth(point) is False:
            return f"false at {point}: {formula.in_words()}"
    return None


def member(formula: RealFormula, variable: Any, generator: random.Random) -> Any:
    """A rational strictly within the range, as a ball; ``None`` when the range is empty or not understood."""
    ends = []
    for place, far in ((variable.low, -50), (variable.high, 50)):
        value = arb(far) if place is None else arb_function(formula, place)([])
        if value.is_nan():
            return None
        ends.append(Fraction(float(value.mid())))
    part = Fraction(generator.choice([1, 1 << 12, generator.randrange(1, 1 << 20)]), 1 << 20)
    number = ends[0] + (ends[1] - ends[0]) * (part if generator.random() < 0.5 else 1 - part)
    if variable.integer:
        number = Fraction(round(number))
    margin = Fraction(1, 1 << 40)
    if not ends[0] + margin < number < ends[1] - margin:
        return None
    return arb(fmpq(number.numerator, number.denominator))


def survey(mutants: Iterator[tuple[str, Any]]) -> Counter[str]:
    tags: Counter[str] = Counter()
    for name, mutant in mutants:
        verdict = check_formula(json.dumps(mutant).encode())
        tags[tag(verdict).partition(" ")[0]] += 1
        if verdict.valid and verdict.claim is not None:
            wrong = falsehood(verdict.claim)
            assert wrong is None, f"{name}: {wrong}"
    return tags


@pytest.mark.parametrize("name", CLAIMS)
def test_single_changes_sampled(name: str) -> None:
    tags = survey(islice(mutants(certificate_of(name)), 0, None, 17))
    assert sum(tags.values()) > 20
    assert tags["VALID"] < sum(tags.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_all_single_changes(name: str) -> None:
    survey(islice(mutants(certificate_of(name)), 3000))


def test_the_survey_sees_a_false_claim() -> None:
    assert falsehood(claim("x^2 >= x", "x in [0, 2]")) is not None
    assert falsehood(claim("x^2 >= 0", "x in [0, 2]")) is None
    assert falsehood(claim("x > y", "x in [0, 1]", "y in [0, 1]", where=["x > y"])) is None
