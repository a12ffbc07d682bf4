"""Decimals are rounded to the safe side; the words agree with the numbers; the trusted base is small."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relucert.certify.check.report import as_json, as_text, decimal, trusted_base
from relucert.certify.check.verdict import Verdict
from tests.certify.check.build import check, edited
from tests.certify.check.catalogue import CATALOGUE

LINE_LIMIT = 2000 + 4250 + 700  # tests/house/test_trusted_base.py has them one by one


@given(st.fractions(), st.booleans(), st.integers(1, 15))
def test_decimals_enclose(value: Fraction, up: bool, digits: int) -> None:
    text = decimal(value, up, digits)
    shown = Fraction(Decimal(text))
    assert shown >= value if up else shown <= value
    assert abs(shown - value) <= abs(value) * Fraction(10) ** (1 - digits)


@pytest.mark.parametrize(
    ("value", "up", "expected"),
    [
        ("0", True, "0"),
        ("1/3", True, "0.333333333334"),
        ("1/3", False, "0.333333333333"),
        ("-1/3", True, "-0.333333333333"),
        ("1000", True, "1000"),
        ("999999999999/1", True, "999999999999"),
        ("9999999999999/10", True, "1000000000000e0"),
        ("1/1000000", False, "1e-06"),
        ("1/100000", False, "0.00001"),
        ("10000000000000", True, "1e+13"),
        ("3/2", True, "1.5"),
    ],
)
def test_decimals_by_hand(value: str, up: bool, expected: str) -> None:
    text = decimal(Fraction(value), up)
    assert text == expected or (expected == "1000000000000e0" and Fraction(Decimal(text)) == 10**12)


def test_numbers_of_any_length() -> None:
    """Python's str() refuses integers of more than 4300 digits; a valid certificate may need them."""
    wide = edited(
        CATALOGUE["nothing"],
        ("claim.problem.X.0", ["0x1p-1074", "0x1p+1023"]),
        ("claim.problem.Y.0.0", "0x1.fffffffffffffp+1023"),
        ("claim.problem.output_weight_decay", f"1/{10**3999}"),
        (
            "claim.network",
            {
                "hidden_weights": [["0x1p-1074", "0x1p-1074"]],
                "hidden_bias": None,
                "output_weights": [["0x1p-1074"]],
                "output_bias": None,
            },
        ),
        ("evidence.dual.proofs", {sign: {"rule": "cone_cover", "basis": []} for sign in "+-"}),
        ("claim.lower_bound", f"-1/{10**3999 - 1}"),
    )
    verdict = check(wide)
    assert verdict.valid, verdict.reason
    shown = as_json(verdict)
    assert len(shown["relative_gap_exact"]) > 4300
    assert "VALID" in as_text(verdict) and json.dumps(shown)


@pytest.mark.parametrize("name", CATALOGUE)
def test_json_and_text_of_valid_certificates(name: str) -> None:
    verdict = check(CATALOGUE[name])
    shown = as_json(verdict)
    assert shown["verdict"] == "VALID" and shown["vacuous"] == (CATALOGUE[name]["claim"]["lower_bound"] == "0")
    assert verdict.loss is not None and verdict.relative_gap is not None
    assert Fraction(shown["loss_exact"]) == verdict.loss.high and Fraction(Decimal(shown["loss"])) >= verdict.loss.high
    assert Fraction(Decimal(shown["relative_gap"])) >= verdict.relative_gap
    assert Fraction(Decimal(shown["lower_bound"])) <= Fraction(shown["lower_bound_exact"])
    assert shown["grade"] == ("exact" if verdict.loss.low == verdict.loss.high else "interval")
    text = as_text(verdict)
    assert text.splitlines()[-1] == "VALID" and shown["formula"] in text and shown["claim_sha256"] in text


def test_invalid_says_nothing_else() -> None:
    verdict = check(edited(CATALOGUE["nothing"], ("claim.lower_bound", "1")))
    assert as_text(verdict).startswith("INVALID: dual, rule dual_value, S5") and len(as_text(verdict).splitlines()) == 1
    assert set(as_json(verdict)) == {"verdict", "reason", "checker"}
    assert as_json(Verdict("INVALID", "x"))["verdict"] == "INVALID"


def test_a_reason_cannot_imitate_a_verdict() -> None:
    """Strings of the certificate are quoted and cut; they cannot add a line to the report."""
    for text in ("VALID", "x" * 10_000, "\x7f"):
        assert len(as_text(check(edited(CATALOGUE["nothing"], ("claim.problem.loss", text)))).splitlines()) == 1


def test_a_bound_that_says_nothing_is_called_so() -> None:
    verdict = check(CATALOGUE["nothing"])
    assert as_json(verdict)["vacuous"] is True and "says nothing" in as_text(verdict)


def test_the_refuted_gap_is_in_the_text() -> None:
    text = as_text(check(CATALOGUE["singular_value_with_better_network"]))
    assert "Refuted: not within the relative gap 0.2 of the optimum" in text and "37.5" in text


def test_a_refutation_is_not_vacuous_whatever_its_bound() -> None:
    verdict = check(edited(CATALOGUE["singular_value_with_better_network"], ("claim.lower_bound", "0")))
    text, shown = as_text(verdict), as_json(verdict)
    assert verdict.relative_gap == 1 and shown["vacuous"] is False and shown["refuted_gap"] == "0.2"
    assert "Refuted: not within" in text and "The bound says nothing.\n" in text and "arbitrarily far" not in text


def test_the_trusted_base_is_small() -> None:
    base = trusted_base()
    assert base["lines"] <= LINE_LIMIT and len(base["sha256"]) == 64
    assert base == trusted_base()
