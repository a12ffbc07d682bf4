"""SMT-LIB scripts: at every point the assertions hold exactly if it is a counterexample."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relucert.certify.formula import RealFormula
from relucert.certify.language.errors import LanguageError
from relucert.certify.language.layout import PrintError
from relucert.certify.language.parse import parse_claim
from relucert.certify.language.to_smtlib import PI_BOUNDS, number, to_smtlib
from tests.certify.language.smtlib import Script
from tests.certify.language.texts import NAMES, RANGES, formulas
from tests.certify.language.values import expression_values, truths

numbers = st.fractions(-3, 3, max_denominator=7)
points = st.fixed_dictionaries({name: numbers for name in NAMES})


def almost(one: Any, other: Any) -> bool:
    return bool(abs(one - other) <= mpmath.mpf(10) ** -25 * (1 + abs(one)))


def mpf(value: Any) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def constants(claim: RealFormula, script: Script, point: dict[str, Fraction]) -> dict[str, Any]:
    """Values of what the script declares: variables, roots, functions; 17 where those are not defined."""
    values = expression_values(claim, point)
    found: dict[str, Any] = {}
    for name in script.declared:
        kind, _, rest = name.partition(".")
        if kind == "pi":
            found[name] = +mpmath.pi
        elif kind == "v":
            found[name] = mpf(point[rest])
        else:
            assert kind in ("r", "t")
            value = values[int(rest)]
            found[name] = mpmath.mpf(17) if value is None else mpf(value)
    return found


def asserted(claim: RealFormula, point: dict[str, Fraction], *, relax: bool = False) -> tuple[bool, bool]:
    """Whether what is known of roots and functions holds, and whether the claim's own assertions do."""
    script = Script(to_smtlib(claim, relax=relax))
    with mpmath.workdps(40):
        values = script.values(constants(claim, script, point), almost)
    own = sum(end is not None for v in claim.variables for end in (v.low, v.high))
    own += (claim.hypothesis is not None) + (claim.assertion != "vacuous")
    return all(values[:-own]), all(values[-own:])


@given(formulas, formulas, points)
def test_assertions_describe_counterexamples(condition: str, conclusion: str, point: dict[str, Fraction]) -> None:
    try:
        claim = parse_claim(f"({conclusion}) or a = b = c = 77", RANGES, [condition])
    except LanguageError:  # a constant that has no value
        assume(False)
    values = expression_values(claim, point)
    assume(all(value is None or abs(value) < 10**6 for value in values))
    known = truths(claim, point)
    sides = [(values[a], values[b]) for kind, a, b in (f for f in claim.formulas if f[0] not in ("and", "or", "not"))]
    # what differs by rounding only is compared differently in the two evaluations
    assume(all(None in pair or pair[0] == pair[1] or not almost(*map(mpf, pair)) for pair in sides))
    axioms, own = asserted(claim, point, relax=True)
    if None not in values:
        assert axioms
    assert claim.hypothesis is not None
    assert own is (known[claim.hypothesis] is True and known[claim.conclusion] is not True)


@pytest.mark.parametrize(
    ("text", "x", "counterexample"),
    [
        ("x^2 >= 0", -2, False),
        ("x > 0", 0, True),
        ("1/x > 0 or x < 0", -1, False),
        ("1/x > 0 or x < 0", 0, True),
        ("1/x > 0 or x = 0", 0, False),
        ("not 1/x > 0 or x > 5", 0, True),
        ("sqrt(x) >= 0", -1, True),
        ("sqrt(x) >= 0 or x < 0", -1, False),
        ("not sqrt(x) < 0", -1, True),
        ("sqrt(x) = 2", 4, False),
        ("cbrt(x) = -2", -8, False),
        ("x^(2/3) = 4", -8, False),
        ("x^-2 = 1/4", -2, False),
        ("x^-2 != 7", 0, True),
        ("x^11 = 2048", 2, False),
        ("abs(x) = 3 and min(x, 1) = -3 and max(x, 1) = 1", -3, False),
        ("x/(x - x) > 0 or x > 0", 1, False),
        ("x^0 = 1", 0, False),
    ],
)
def test_points(text: str, x: int, counterexample: bool) -> None:
    assert asserted(parse_claim(text, ["x real"]), {"x": Fraction(x)})[1] is counterexample


def test_ranges_and_assertions() -> None:
    for x, k, inside in ((1, 2, True), (0, 2, False), (1, 1, False), (3, 2, True), (4, 2, False)):
        point = {"x": Fraction(x), "k": Fraction(k)}
        claim = parse_claim("x*k < 0", ["x in (0, 3], k >= 2 integer"])
        assert asserted(claim, point)[1] is inside
        vacuous = parse_claim("x*k < 0", ["x in (0, 3], k >= 2 integer"], ["x*k > 0"], assertion="vacuous")
        assert asserted(vacuous, point)[1] is inside


def test_the_whole_of_a_script() -> None:
    claim = parse_claim("sqrt(x)/k <= (x + 1)^3", ["x >= 1/2, k in 1..inf"], ["x < 3"])
    assert (
        to_smtlib(claim)
        == """\
; unsat: the claim holds
; sat: the claim does not hold
(set-logic QF_NIRA)
(declare-const v.x Real)
(declare-const v.k Int)
(define-fun d.4 () Bool (>= v.x 0.0))
(declare-const r.4 Real)
(define-fun p.4.1 () Real (* r.4 r.4))
(assert (=> (>= v.x 0.0) (and (>= r.4 0.0) (= p.4.1 v.x))))
(define-fun d.6 () Bool (and d.4 (not (= (to_real v.k) 0.0))))
(define-fun p.8 () Real (+ v.x 1.0))
(define-fun p.8.1 () Real (* p.8 p.8))
(assert (>= v.x (/ 1.0 2.0)))
(assert (>= (to_real v.k) 1.0))
(define-fun f.0 () Bool (< v.x 3.0))
(define-fun f.1 () Bool (and d.6 (<= (/ r.4 (to_real v.k)) (* p.8 p.8.1))))
(assert f.0)
(assert (not f.1))
(check-sat)
"""
    )


@pytest.mark.parametrize("text", ["x < pi", "sin(x) < 2", "exp(x) > 0", "G(x) > 0", "tanh(x) < 1"])
def test_what_it_cannot_say(text: str) -> None:
    claim = parse_claim(text, ["x real"])
    with pytest.raises(PrintError, match=r"SMT-LIB's real arithmetic has no (pi|sin|exp): relax the claim"):
        to_smtlib(claim)
    relaxed = to_smtlib(claim, relax=True)
    assert relaxed.splitlines()[:2] == ["; unsat: the claim holds", "; sat: nothing is known"]
    Script(relaxed)


def test_pi_lies_within_its_bounds() -> None:
    with mpmath.workdps(40):
        assert mpf(PI_BOUNDS[0]) < mpmath.pi < mpf(PI_BOUNDS[1])


def test_sine_and_cosine_of_one_angle() -> None:
    for text in ("sin(2*x)^2 + cos(2*x)^2 = 1", "cos(2*x)^2 + sin(2*x)^2 = 1"):
        script = Script(to_smtlib(parse_claim(text, ["x real"]), relax=True))
        sine, cosine = sorted((name for name in script.declared if name.startswith("t.")), reverse=text[0] == "c")
        for factor, expected in ((1, True), (mpmath.mpf("0.995"), False)):  # all that is said of sin(1) alone holds
            with mpmath.workdps(40):
                known = {"v.x": mpmath.mpf(1) / 2, sine: factor * mpmath.sin(1), cosine: mpmath.cos(1)}
                assert all(script.values(known, almost)[:-1]) is expected


def test_numbers() -> None:
    assert [number(Fraction(n)) for n in ("3", "-3", "2/7", "-2/7", "0")] == [
        "3.0", "(- 3.0)", "(/ 2.0 7.0)", "(- (/ 2.0 7.0))", "0.0",
    ]  # fmt: skip


def test_large_claims_take_lines_in_proportion() -> None:
    definitions = ["f0 = x", *(f"f{n} = f{n - 1}*f{n - 1} + abs(f{n - 1})" for n in range(1, 200))]
    assert len(to_smtlib(parse_claim("f199 > 0", ["x real"], [], definitions))) < 100_000
    deep = "(" * 20_000 + "x" + " + 1)" * 20_000
    assert max(map(len, to_smtlib(parse_claim(f"{deep} > 0", ["x real"])).splitlines())) < 300


@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "atan", "acos"])
def test_what_is_said_of_functions_is_true(name: str) -> None:
    claim = parse_claim(f"{name}(x) = 7", ["x real"])
    for x in [Fraction(n, 40) for n in range(-160, 161)] + [Fraction(n, 10**9) for n in (-1, 1)] + [Fraction(100)]:
        defined = {"log": x > 0, "acos": abs(x) <= 1}.get(name, True)
        if defined:
            assert asserted(claim, {"x": x}, relax=True)[0], x
