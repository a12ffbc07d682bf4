"""Rules that prove an inequality on a region: each side condition fails in a certificate that breaks only it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.certify.check.real.claims import checked, claim, tag

CASES: dict[str, tuple[tuple[str, ...], list[Any], str]] = {
    "interval": (("x + 1 > 0", "x in [0, 1]"), [["interval", 0]], "VALID"),
    "interval, an open end": (("x > 0", "x in (0, 1]"), [["interval", 0]], "VALID"),
    "interval, a closed end": (("x > 0", "x in [0, 1]"), [["interval", 0]], "interval S1"),
    "interval, perhaps undefined": (("1/x + 1 > 0", "x in [0, 1]"), [["interval", 0]], "interval S1"),
    "mean value": (("x - x^2/4 >= 0", "x in [1/4, 1]"), [["mean_value", 0]], "VALID"),
    "mean value, unbounded": (("x - x > -1", "x in [0, inf)"), [["mean_value", 0]], "mean_value S1"),
    "mean value, no derivative": (("sqrt(x) > -1", "x in [0, 1]"), [["mean_value", 0]], "mean_value S2"),
    "mean value, a variable that is a number": (
        ("abs(y) + x - x^2/2 >= 0", "x in [1/4, 1]", "y in [0, 1]"),
        [["monotone", 0, 1, "low"], ["mean_value", 0]], "VALID",
    ),
    "mean value, too wide": (("x*(2 - x) >= 0", "x in [0, 2]"), [["mean_value", 0]], "mean_value S3"),
    "exact form": (("cos(x)^2 + sin(x)^2 >= 1", "x in [0, 1]"), [["exact_form", 0]], "VALID"),
    "exact form, undefined": (("x/x >= 1", "x in [0, 1]"), [["exact_form", 0]], "exact_form S1"),
    "exact form, open": (("x/x >= 1", "x in (0, 1]"), [["exact_form", 0]], "VALID"),
    "exact form, no number": (("x >= 0", "x in [0, 1]"), [["exact_form", 0]], "exact_form S2"),
    "exact form, strict": (("x - x < 0", "x in [0, 1]"), [["exact_form", 0]], "exact_form S2"),
    "monotone": (("exp(x) >= 1 + x", "x in [0, 5]"), [["monotone", 0, 0, "low"], ["exact_form", 0]], "VALID"),
    "monotone, towards infinity": (
        ("exp(x) >= 1 + x", "x in [0, inf)"), [["monotone", 0, 0, "low"], ["exact_form", 0]], "VALID",
    ),
    "monotone, no derivative at the end": (
        ("sqrt(x) >= 0", "x in [0, 1]"), [["monotone", 0, 0, "low"], ["exact_form", 0]], "VALID",
    ),
    "monotone, not defined at the other end": (
        ("1/x >= 1", "x in (0, 1]"), [["monotone", 0, 0, "high"], ["exact_form", 0]], "VALID",
    ),
    "monotone, a power through zero": (
        ("x^3 >= -1", "x in [-1, 1]"), [["monotone", 0, 0, "low"], ["exact_form", 0]], "VALID",
    ),
    "monotone, not defined at the end": (
        ("1/x >= -1", "x in (0, 1]"), [["monotone", 0, 0, "low"], ["interval", 0]], "monotone S1",
    ),
    "monotone, no finite end": (
        ("exp(x) >= 0", "x in (-inf, 0]"), [["monotone", 0, 0, "low"], ["interval", 0]], "monotone S1",
    ),
    "monotone, the other way": (
        ("exp(-x) >= 0", "x in [0, 1]"), [["monotone", 0, 0, "low"], ["interval", 0]], "monotone S2",
    ),
    "monotone, both signs": (
        ("x^2 >= 0", "x in [-1, 1]"), [["monotone", 0, 0, "low"], ["interval", 0]], "monotone S2",
    ),
    "touch": (("sin(x) <= x", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 3]], "VALID"),
    "touch at pi": (("G(x) >= 0", "x in [3, pi]"), [["taylor_touch", 0, 0, "high", 3]], "VALID"),
    "touch, an end that has no normal form": (
        ("x >= min(pi, 3)", "x in [min(pi, 3), 4]"), [["taylor_touch", 0, 0, "low", 1]], "taylor_touch S1",
    ),
    "touch, infinite end": (("x >= 0", "x in [0, inf)"), [["taylor_touch", 0, 0, "high", 1]], "taylor_touch S1"),
    "touch, no derivative": (("sqrt(x) >= 0", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 1]], "taylor_touch S2"),
    "touch, not zero": (("x + 1 >= 0", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 1]], "taylor_touch S3"),
    "touch, an order too high": (("x^2 >= 0", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 3]], "taylor_touch S3"),
    "touch, wrong sign": (("sin(x) >= x", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 3]], "taylor_touch S4"),
    "touch, the odd order at the upper end": (
        ("(x - 1)^3 >= 0", "x in [0, 1]"), [["taylor_touch", 0, 0, "high", 3]], "taylor_touch S4",
    ),
    "touch, strictly, open": (("sin(x) < x", "x in (0, 1]"), [["taylor_touch", 0, 0, "low", 3]], "VALID"),
    "touch, strictly, closed": (("sin(x) < x", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 3]], "taylor_touch S4"),
    "touch, strictly, at a number of the range": (
        ("x^2 > 0", "x in (-1, 1)"),
        [["split", 0, "0"], ["taylor_touch", 0, 0, "high", 2], ["taylor_touch", 0, 0, "low", 2]],
        "taylor_touch S4",
    ),
    "touch, zero everywhere": (("x - x >= 0", "x in [0, 1]"), [["taylor_touch", 0, 0, "low", 1]], "VALID"),
    "touch, zero everywhere, strictly": (
        ("y + x - y > x", "x in (0, 1]", "y in [0, 1]"), [["taylor_touch", 0, 0, "low", 1]], "taylor_touch S4",
    ),
    "touch along a face": (
        ("x*exp(y) >= 0", "x in [0, 1]", "y in [-1, 1]"), [["taylor_touch", 0, 0, "low", 1]], "VALID",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_side_conditions(name: str) -> None:
    (conclusion, *ranges), records, expected = CASES[name]
    verdict = checked(claim(conclusion, *ranges), [records])
    assert tag(verdict) == expected, verdict.reason
