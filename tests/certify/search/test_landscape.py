"""Theorems made of parts: what is proved, what is refuted, and that a point is no better than its parts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.check.real.zeros import check_zero_set
from relucert.certify.landscapes import both_layers, leaky, non_overlapping, overlapping, symmetric
from relucert.certify.landscapes.theorem import BOUND, ZEROS, CriticalPoint, Landscape, Part
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.landscape import SettledLandscape, _covered, settle, settle_part

# f = x^2/2 + y^4/4 - y^2/2: a saddle at zero, minima at y = 1 and y = -1
RANGES = ("x in (-2, 2)", "y in (-2, 2)")
CRITICAL = Part("critical", "", "x != 0 or y^3 - y != 0", RANGES, kind=ZEROS, expected=3, signs=True)
LOSS = "x^2/2 + y^4/4 - y^2/2"


def point(kind: str, near: tuple[float, float], negative: int, *by: str) -> CriticalPoint:
    return CriticalPoint("it", "", kind, by, (), ("critical",), near, LOSS, (), (("critical", negative),))


def settled(*points: CriticalPoint, parts: tuple[Part, ...] = (CRITICAL,)) -> SettledLandscape:
    (result,) = settle([Landscape("double-well", (), parts, points)], time=10)
    return result


def test_three_points() -> None:
    result = settled(point("saddle", (0, 0), 1), replace(point("minimum", (0, 1), 0), name="other"))
    assert result.proved
    saddle, minimum = result.points
    assert all(low < 0 < high for _, low, high in saddle.box)
    assert minimum.loss is not None
    assert minimum.loss[0] < Fraction(-1, 4) < minimum.loss[1]
    assert [part.part.name for part in result.parts] == ["critical", "loss-it", "loss-other"]
    assert check_zero_set(result.parts[0].certificate or b"").valid
    assert check_formula(result.parts[1].certificate or b"").valid


def test_a_point_of_the_wrong_kind_is_not_proved() -> None:
    result = settled(point("minimum", (0, 0), 0))
    assert not result.points[0].proved
    assert not result.proved


def test_a_point_with_a_part_that_is_missing_or_false_is_not_proved() -> None:
    assert not settled(point("saddle", (0, 0), 1, "unheard-of")).proved
    wrong = Part("wrong", "", "x > 0", ("x in [0, 1]",))
    result = settled(point("saddle", (0, 0), 1, "wrong"), parts=(CRITICAL, wrong))
    assert result.parts[1].verdict == "refuted"
    assert not result.points[0].proved


def test_another_number_of_zeros_than_expected() -> None:
    found = settle_part(replace(CRITICAL, expected=2), 10)
    assert found.verdict == "refuted"
    assert found.reason == "3 zeros where 2 are expected"


def test_a_bound_is_below_the_least_value_and_near_it() -> None:
    part = Part("bound", "", "(x - 2)^2 + y^2", ("x in [0, 1]", "y in [1/2, 1]"), ("x + y <= 3/2",), kind=BOUND)
    found = settle_part(part, 10)  # least at (1, 1/2): 5/4
    assert found.verdict == "proved"
    assert found.bound is not None
    assert Fraction(99, 100) < found.bound**2 <= Fraction(5, 4)


def test_a_point_outside_of_the_box_of_its_parts_is_not_proved() -> None:
    near, far = ((Fraction(-1), Fraction(1)),) * 2, ((Fraction(1, 2), Fraction(1)),) * 2
    assert settled(replace(point("saddle", (0, 0), 1), within=near)).proved
    assert not settled(replace(point("saddle", (0, 0), 1), within=far)).proved


def test_a_cover_by_halving_is_replayed() -> None:
    part = Part("bound", "", "x^2 + y^2", ("x in (-inf, inf)", "y in (-inf, inf)"), ("x^2 + y^2 >= 1",), kind=BOUND)
    claim = parse_claim("x^2 + y^2 >= (4/5)^2", part.ranges, part.where)
    found = _covered(part, claim, 10)
    assert found is not None and found.certificate is not None
    assert check_formula(found.certificate).valid
    assert _covered(part, parse_claim("x^2 + y^2 >= (6/5)^2", part.ranges, part.where), 1) is None


def test_a_bound_that_would_be_zero() -> None:
    found = settle_part(Part("bound", "", "x^2", ("x in [-1, 1]",), kind=BOUND), 10)
    assert found.verdict == "undecided"


def test_points_may_rest_on_the_first_theorem() -> None:
    general = Landscape("general", (), (Part("fact", "", "x^2 >= 0", ("x in [0, 1]",)),))
    own = Landscape("own", (), (CRITICAL,), (point("saddle", (0, 0), 1, "fact"),))
    seen: list[str] = []
    results = settle([general, own], time=10, progress=seen.append)
    assert all(result.proved for result in results)
    assert seen == ["general: fact", "own: critical", "own: it"]


@pytest.mark.slow
def test_gradient_bound_of_two_disjoint_patches() -> None:
    """The least value on a fine grid is 0.025638; nine tenths of it are proved on the unbounded set."""
    values = {"k": (Fraction(2),), "delta": (Fraction(1, 10),)}
    (part,) = [part for part in list(non_overlapping.landscapes(values))[1].parts if part.kind == BOUND]
    found = settle_part(part, 60)
    assert found.verdict == "proved"
    assert found.bound is not None
    assert Fraction(22, 1000) < found.bound < Fraction(25638, 1000000)


HALF = Fraction(1, 2)
SETTINGS = {
    "non_overlapping": (non_overlapping, {"k": (Fraction(3),), "delta": (HALF,)},
                        ["global minimum", "degenerate saddle"]),
    "leaky": (leaky, {"k": (Fraction(2),), "alpha": (Fraction(1, 20),), "delta": (HALF,)},
              ["global minimum", "strict saddle"]),
    "both_layers": (both_layers, {"k": (), "teacher": (Fraction(1), Fraction(-4, 5)), "delta": (HALF,)},
                    ["global minimum", "local minimum", "saddle"]),
    "both_layers, no spurious minimum": (
        both_layers,
        {"k": (), "teacher": (Fraction(1), Fraction(1), Fraction(2)), "delta": (HALF,)},
        ["global minimum", "degenerate saddle"],
    ),
    "overlapping": (overlapping, {"k": (Fraction(2),), "delta": (HALF,)},
                    ["global minimum", "saddle", "local minimum"]),
    "symmetric": (symmetric, {"K": (Fraction(3),), "delta": (Fraction(1, 10),)},
                  ["global minimum", "saddle", "saddle", "saddle"]),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SETTINGS))
def test_models(name: str) -> None:
    model, values, kinds = SETTINGS[name]
    results = settle(model.landscapes(values), time=60)
    assert [
        (part.part.name, part.reason) for result in results for part in result.parts if part.verdict != "proved"
    ] == []
    assert [point.point.kind for point in results[-1].points] == kinds
    assert all(result.proved for result in results)
