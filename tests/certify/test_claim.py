"""Claims: one spelling per number, exact shapes, and words that say what the formula says."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.claim import (
    BIASES,
    LOSSES,
    MAX_DIGITS,
    PENALTIES,
    ClaimError,
    Network,
    TrainingGap,
    TrainingProblem,
    canonical_json,
    parse_hex_float,
    parse_rational,
    spell_hex_float,
    spell_rational,
)
from tests.certify.check.build import edited, network, training_problem
from tests.certify.check.catalogue import CATALOGUE

Json = Any
BASE = CATALOGUE["free_bias_split_exact"]["claim"]


# ---------------------------------------------------------------------------------------------------------- numbers


@given(st.fractions())
def test_rationals_round_trip(value: Fraction) -> None:
    assert parse_rational(spell_rational(value), "x") == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+1",
        "01",
        "-0",
        "1/0",
        "0/1",
        "2/4",
        "3/1",
        "1/-2",
        "-1/-2",
        "1//2",
        "1/2/3",
        " 1",
        "1 ",
        "1\n",
        "1/ 2",
        "1.0",
        "1e3",
        "0x1",
        "1_000",
        "١",
        "１",
        "½",
        "inf",
        "nan",
        "1/02",
        "−1",
        "1/2\n",
        1,
        1.5,
        True,
        None,
        [],
        ["1"],
        {},
        "1" * (MAX_DIGITS + 1),
        "1/" + "3" * (MAX_DIGITS + 1),
        "1" * 10_000_000,
    ],
    ids=lambda text: repr(text)[:20],
)
def test_not_a_rational(text: Json) -> None:
    with pytest.raises(ClaimError) as caught:
        parse_rational(text, "claim.lower_bound")
    assert str(caught.value).startswith("claim.lower_bound: ") and len(str(caught.value)) < 120


def test_long_rationals_are_accepted_up_to_the_limit() -> None:
    assert parse_rational("9" * MAX_DIGITS, "x") == 10**MAX_DIGITS - 1
    assert parse_rational(f"1/{'9' * MAX_DIGITS}", "x") == Fraction(1, 10**MAX_DIGITS - 1)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_hex_floats_round_trip(value: float) -> None:
    text = spell_hex_float(Fraction(value))
    assert parse_hex_float(text, "x") == Fraction(value)
    assert float.fromhex(text) == value
    mantissa, _, exponent = (0.0).hex().partition("p") if value == 0 else value.hex().partition("p")
    assert text.endswith(f"p{exponent}") or value == 0 or abs(value) < 2.0**-1022
    del mantissa


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float32_is_the_float64_with_the_same_value(value: float) -> None:
    assert spell_hex_float(Fraction(float(np.float32(value)))) == spell_hex_float(Fraction(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0x0p+0"),
        (1, "0x1p+0"),
        (-1.5, "-0x1.8p+0"),
        (math.pi, "0x1.921fb54442d18p+1"),
        (5e-324, "0x1p-1074"),
        (1.7976931348623157e308, "0x1.fffffffffffffp+1023"),
        (2.0**-1022 * 0.75, "0x1.8p-1023"),
        (255, "0x1.fep+7"),
    ],
)
def test_hex_floats_by_hand(value: float, text: str) -> None:
    assert spell_hex_float(Fraction(value)) == text and parse_hex_float(text, "x") == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1",
        "0x0",
        "0x1",
        "0x0p0",
        "0x0p-0",
        "-0x0p+0",
        "0x1p0",
        "0x1p-0",
        "0x1p+00",
        "0x1p+01",
        "0x1.p+0",
        "0x1.0p+0",
        "0x1.80p+0",
        "0x1.8P+0",
        "0X1p+0",
        "0x1.Ap+0",
        "0x2p+0",
        "0x0.8p+0",
        "0x1.00000000000001p+0",
        "0x1.fffffffffffff8p+0",
        "0x1p+1101",
        "0x1p-1101",
        "0x1p+10000",
        "+0x1p+0",
        " 0x1p+0",
        "0x1p+0 ",
        "0x1p+0\n",
        "0x１p+0",
        "nan",
        "inf",
        "-inf",
        0,
        1.0,
        True,
        None,
        [],
        ["0x1p+0"],
    ],
    ids=lambda text: repr(text)[:20],
)
def test_not_a_hex_float(text: Json) -> None:
    with pytest.raises(ClaimError):
        parse_hex_float(text, "X")


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(2**53 + 1), Fraction(2**54 + 1, 2**60)])
def test_numbers_without_a_hex_float(value: Fraction) -> None:
    with pytest.raises(ClaimError):
        spell_hex_float(value)


# ----------------------------------------------------------------------------------------------------------- claims

CONVENTIONS = [c for c in product(LOSSES, PENALTIES, BIASES, BIASES) if c[1] != "product" or c[3] != "penalised"]


def problem_of(convention: tuple[str, ...]) -> Json:
    loss, penalty, hidden_bias, output_bias = convention
    return training_problem(
        [[1, 2], [3, 4], [5, 6]],
        [1, 2, 3],
        loss=loss,
        penalty=penalty,
        decay="1/7",
        output_decay="1/7" if penalty == "product" else "2/9",
        hidden_bias=hidden_bias,
        output_bias=output_bias,
    )


@pytest.mark.parametrize("convention", CONVENTIONS, ids="-".join)
def test_round_trip(convention: tuple[str, ...]) -> None:
    problem = problem_of(convention)
    claim = {
        "kind": "training-gap",
        "problem": problem,
        "network": network(problem, [[1, 0], [0, -1]], [1, 2], [3, 4], 5),
        "lower_bound": "-1/3",
        "refuted_gap": None,
    }
    parsed = TrainingGap.from_json(json.loads(canonical_json(claim)))
    assert canonical_json(parsed.to_json()) == canonical_json(claim)
    assert TrainingGap.from_json(parsed.to_json()) == parsed
    assert parsed.sha256() == TrainingGap.from_json(claim).sha256()


@pytest.mark.parametrize("convention", CONVENTIONS, ids="-".join)
def test_formula_and_words(convention: tuple[str, ...]) -> None:
    """Both name the loss, each decay, and each bias, in agreement with the convention."""
    loss, penalty, hidden_bias, output_bias = convention
    problem = TrainingProblem.from_json(problem_of(convention))
    formula, words = problem.formula(), problem.in_words()
    assert formula.startswith(
        {"half-sum": "minimise 1/2 *", "half-mean": "minimise 1/(2*3) *", "mean": "minimise 1/3 *"}[loss]
    )
    assert ("b_j)" in formula.split("f(x) =")[1]) == (hidden_bias != "none")
    assert formula.endswith("+ c") == (output_bias != "none")
    assert ("c^2" in formula) == (output_bias == "penalised")
    assert ("(w_j, b_j)" in formula or "b_j^2" in formula) == (hidden_bias == "penalised")
    assert ("2/9" in formula) == (penalty == "sum-of-squares") == ("2/9" in words)
    assert {"half-sum": "half the sum", "half-mean": "half the mean", "mean": "minimise the mean"}[loss] in words
    assert words.count("not penalised") == (hidden_bias == "free") + (output_bias == "free")
    assert words.count("penalised like the weights of its layer") == (hidden_bias == "penalised") + (
        output_bias == "penalised"
    )
    assert "any width" in words and "2 inputs" in words and "3 samples" in words
    assert problem.sum_scaling == {"half-sum": 1, "half-mean": 3, "mean": Fraction(3, 2)}[loss]
    assert (problem.samples, problem.features, problem.outputs) == (3, 2, 1)


WRONG = [
    ("kind", "training gap"),
    ("kind", None),
    ("lower_bound", 1),
    ("lower_bound", "5/4 "),
    ("refuted_gap", "1"),
    ("refuted_gap", "-1/9"),
    ("refuted_gap", 0),
    ("refuted_gap", "9/8"),
    ("problem.loss", "sum"),
    ("problem.loss", None),
    ("problem.loss", ["half-sum"]),
    ("problem.penalty", "l1"),
    ("problem.penalty", "Product"),
    ("problem.hidden_bias", "frei"),
    ("problem.hidden_bias", True),
    ("problem.output_bias", "penalized"),
    ("problem.output_bias", "penalised"),
    ("problem.hidden_weight_decay", "-1/2"),
    ("problem.output_weight_decay", "-1/2"),
    ("problem.output_weight_decay", "1"),
    ("problem.hidden_weight_decay", 0.5),
    ("problem.X", []),
    ("problem.X", [[], [], []]),
    ("problem.X", None),
    ("problem.X", [["0x0p+0"], ["0x1p+0"]]),
    ("problem.X.0", ["0x0p+0", "0x0p+0"]),
    ("problem.X.0", []),
    ("problem.X.0", "0x0p+0"),
    ("problem.X.0.0", "0"),
    ("problem.X.0.0", 0),
    ("problem.Y", []),
    ("problem.Y", [[], [], []]),
    ("problem.Y.0", []),
    ("problem.Y.0", ["0x0p+0", "0x0p+0"]),
    ("problem.Y.1", None),
    ("network.hidden_weights", []),
    ("network.hidden_weights.0", ["0x0p+0", "0x0p+0"]),
    ("network.hidden_weights", None),
    ("network.hidden_bias", None),
    ("network.hidden_bias", []),
    ("network.hidden_bias", ["0x0p+0"] * 3),
    ("network.hidden_bias", "0x0p+0"),
    ("network.output_weights", [["0x0p+0"]]),
    ("network.output_weights.0", []),
    ("network.output_weights.0", ["0x0p+0"] * 2),
    ("network.output_bias", None),
    ("network.output_bias", []),
    ("network.output_bias", ["0x0p+0"] * 2),
    ("problem.hidden_bias", "none"),
    ("problem.output_bias", "none"),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=[f"{path} {value!r}"[:60] for path, value in WRONG])
def test_wrong_claims(path: str, value: Json) -> None:
    with pytest.raises(ClaimError) as caught:
        TrainingGap.from_json(edited(BASE, (path, value)))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("value", [None, [], "x", 1, {}, {"kind": "training-gap"}, [BASE]])
def test_wrong_types(value: Json) -> None:
    for parse in (TrainingGap.from_json, TrainingProblem.from_json, Network.from_json):
        with pytest.raises(ClaimError):
            parse(value)


@pytest.mark.parametrize("path", ["", "problem", "network"])
def test_keys_are_exact_and_in_order(path: str) -> None:
    value = BASE[path] if path else BASE
    for other in (dict(reversed(value.items())), value | {"extra": 0}, dict(list(value.items())[1:])):
        with pytest.raises(ClaimError, match="in this order"):
            TrainingGap.from_json(edited(BASE, (path, other)) if path else other)


def test_a_network_without_units() -> None:
    problem = training_problem([[1]], [1], hidden_bias="free")
    claim = TrainingGap.from_json(
        {
            "kind": "training-gap",
            "problem": problem,
            "network": network(problem),
            "lower_bound": "0",
            "refuted_gap": None,
        }
    )
    assert claim.network.width == 0 and claim.network.hidden_bias == ()


def test_sha256_depends_on_every_number() -> None:
    hashes = {TrainingGap.from_json(BASE).sha256()}
    changes = [
        ("lower_bound", "1"),
        ("problem.X.0.0", "0x1p-1074"),
        ("network.output_bias.0", "0x0p+0"),
        ("problem.loss", "mean"),
        ("refuted_gap", "0"),
    ]
    hashes |= {TrainingGap.from_json(edited(BASE, change)).sha256() for change in changes}
    assert len(hashes) == 6


def test_canonical_json_refuses_what_is_not_exact() -> None:
    assert canonical_json({"b": [1, "x"], "a": None}) == '{"b":[1,"x"],"a":null}'
    with pytest.raises(ValueError):
        canonical_json(float("nan"))
