"""Touching zero at a corner: each side condition fails in a certificate that breaks only it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.certify.check.real.claims import checked, claim, tag

SQUARE = ("x in [0, 1/8]", "y in [0, 1/8]")
CASES: dict[str, tuple[str, tuple[str, ...], list[Any], str]] = {
    "a minimum": ("sin(x)^2 + sin(y)^2 >= 0", SQUARE, ["low", "low"], "VALID"),
    "mixed terms of the right sign": ("x*y >= 0", SQUARE, ["low", "low"], "VALID"),
    "mixed terms of the wrong sign": ("sin(x)*sin(y) <= 0", SQUARE, ["low", "low"], "corner_touch S5"),
    "the sign at an upper end": ("x*y <= 0", ("x in [0, 1]", "y in [-1, 0]"), ["low", "high"], "VALID"),
    "the other sign at an upper end": ("x*y >= 0", ("x in [0, 1]", "y in [-1, 0]"), ["low", "high"], "corner_touch S5"),
    "small mixed terms": ("x^2 + y^2 >= x*y", SQUARE, ["low", "low"], "VALID"),
    "large mixed terms": ("x^2 + y^2 >= 5/2*x*y", SQUARE, ["low", "low"], "corner_touch S5"),
    "semidefinite": ("x^2 + y^2 >= 2*x*y", SQUARE, ["low", "low"], "VALID"),
    "a slope into the region": ("x + y - x*y >= 0", ("x in [0, 1]", "y in [0, 1]"), ["low", "low"], "corner_touch S5"),
    "a slope that is enough": ("x + y + x*y >= 0", SQUARE, ["low", "low"], "VALID"),
    "a slope downwards": ("x^2 + y^2 >= x", SQUARE, ["low", "low"], "corner_touch S4"),
    "a slope downwards at an upper end": ("x >= -1", ("x in [-2, -1]",), ["high"], "corner_touch S4"),
    "not zero": ("x^2 + y^2 + 1 >= 0", SQUARE, ["low", "low"], "corner_touch S3"),
    "along an edge": ("x^2*(1 + y) >= 0", SQUARE, ["low", None], "VALID"),
    "not zero along the edge": ("x^2 + y >= 0", SQUARE, ["low", None], "corner_touch S3"),
    "no second derivative": ("x^2*(1 + sqrt(1 - x)) >= 0", ("x in [0, 1]",), ["low"], "corner_touch S2"),
    "at pi": ("(1 + cos(x))*(1 + y) >= 0", ("x in [3, pi]", "y in [0, 1]"), ["high", None], "VALID"),
    "no end": ("x^2 >= 0", ("x in [0, 1]",), [None], "corner_touch S1"),
    "infinite end": ("x^2 >= 0", ("x in [0, inf)",), ["high"], "corner_touch S1"),
    "strict": ("x^2 > 0", ("x in (0, 1]",), ["low"], "corner_touch S1"),
    "too few ends": ("x^2 + y^2 >= 0", SQUARE, ["low"], "cover S1"),
    "no such end": ("x^2 >= 0", ("x in [0, 1]",), ["middle"], "cover S1"),
    "too many ends": ("x^2 >= 0", ("x in [0, 1]",), ["low", 1, "high"], "cover S1"),
}


@pytest.mark.parametrize("name", CASES)
def test_side_conditions(name: str) -> None:
    text, ranges, ends, expected = CASES[name]
    verdict = checked(claim(text, *ranges), [[["corner_touch", 0, ends]]])
    assert tag(verdict) == expected, verdict.reason
