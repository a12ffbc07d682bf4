"""The checker's enclosures contain what python-flint computes; and the comparison sees when they do not."""

from __future__ import annotations

import os
import random

import pytest

from benchmarks import enclosures
from benchmarks.enclosures import ON_INTERVALS, Case, anywhere, compare, inside, interval, member
from relucert.certify.check.real.dyadic import minus, plus
from relucert.certify.check.real.interval import Arithmetic, Interval

POINTS = int(os.environ.get("RELUCERT_ENCLOSURE_POINTS", "20000"))


@pytest.mark.slow
def test_no_value_lies_outside() -> None:
    rows = list(compare(POINTS, seed=1))
    assert sum(row["points"] for row in rows) == POINTS
    assert [row["first"] for row in rows if row["outside"]] == []
    assert sum(row["unknown"] for row in rows) == 0
    assert all(row["refused"] < row["points"] for row in rows)
    assert all(row["refused"] > 0 for row in rows if row["name"] in ("log", "square root", "inverse")
               and row["kind"] == "on intervals")  # fmt: skip


def test_a_few_points_of_every_function() -> None:
    assert [row["first"] for row in compare(1500) if row["outside"]] == []


def wrong(case: Case) -> Case:
    """Rounded inward."""

    def enclose(arithmetic: Arithmetic, *boxes: Interval) -> Interval:
        found: Interval = case.enclose(arithmetic, *boxes)
        if found.high is None or found.high[0] <= 0:
            return found
        return found._replace(high=(found.high[0] * 2**arithmetic.bits - 1, found.high[1] - arithmetic.bits))

    return case._replace(enclose=enclose)


@pytest.mark.parametrize("name", ["exp", "sum", "sin", "cube root", "power 6"])
def test_an_end_that_is_off_by_its_last_digit_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in ON_INTERVALS if case.name == name)
    monkeypatch.setattr(enclosures, "AT_NUMBERS", ())
    monkeypatch.setattr(enclosures, "ON_INTERVALS", (wrong(case),))
    (row,) = compare(1000)
    assert row["outside"] > 0
    assert name in row["first"]


def test_a_function_that_is_not_refused_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in ON_INTERVALS if case.name == "inverse")
    everywhere = case._replace(enclose=lambda arithmetic, x: Interval(None, None, True, True))
    monkeypatch.setattr(enclosures, "AT_NUMBERS", ())
    monkeypatch.setattr(enclosures, "ON_INTERVALS", (everywhere,))
    (row,) = compare(200)
    assert row["outside"] > 0
    assert "not refused" in row["first"]


def test_open_ends_are_not_taken() -> None:
    case = next(case for case in ON_INTERVALS if case.name == "absolute value")
    two = enclosures.ball((1, 1))
    assert inside(lambda: case.value(two), Interval((1, 0), (1, 1), False, False)) is True
    assert inside(lambda: case.value(two), Interval((1, 0), (1, 1), False, True)) is False
    assert inside(lambda: case.value(two), Interval((1, 1), None, True, True)) is False


def test_members_lie_in_their_intervals() -> None:
    source = random.Random(3)
    for _ in range(500):
        x = interval(source, anywhere)
        a = member(source, x)
        for end, is_open, turn in ((x.low, x.low_open, 1), (x.high, x.high_open, -1)):
            if end is not None:
                distance = plus(a, minus(end))[0] * turn
                assert distance > 0 or (distance == 0 and not is_open)
