"""The reserve for the replay: measured within bounds; and a repair that would not be finished is not begun."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relucert.certify.check.real.kernel import FormulaVerdict, check_formula
from relucert.certify.language.parse import parse_claim
from relucert.certify.search import formula_limits, formula_proof, formula_reserve
from relucert.certify.search.formula_limits import Limits
from relucert.certify.search.formula_proof import Undecided, search_formula
from relucert.certify.search.formula_reserve import LEAST, MOST, SECONDS, seconds_for_operation


class Clock:
    """Time that passes only when it is told to; it begins now, for the modules that look at the real clock."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    seconds_for_operation.cache_clear()
    yield
    seconds_for_operation.cache_clear()


def taking(clock: Clock, seconds: float, verdict: FormulaVerdict | None = None) -> Callable[[bytes], FormulaVerdict]:
    """A checker that needs so long."""

    def check(data: bytes) -> FormulaVerdict:
        clock.now += seconds
        return check_formula(data) if verdict is None else verdict

    return check


def test_the_sample_is_a_proof() -> None:
    verdict = check_formula(formula_reserve._sample())
    assert verdict.valid
    assert verdict.rules["interval"] == 1 << formula_reserve.DEPTH


@pytest.mark.parametrize(("leaf", "expected"), [(1e-9, LEAST), (2 * SECONDS, 2), (5 * SECONDS, 5), (1.0, MOST)])
def test_speed_is_measured_within_bounds(
    leaf: float, expected: float, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = leaf * formula_reserve.OPERATIONS * (1 << formula_reserve.DEPTH)
    monkeypatch.setattr(formula_reserve, "monotonic", clock)
    monkeypatch.setattr(formula_reserve, "check_formula", taking(clock, seconds))
    assert seconds_for_operation() == pytest.approx(expected * SECONDS)


def test_a_search_ends_by_its_reserve_before_the_deadline(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_limits.time, "monotonic", clock)
    limits = Limits(clock.now + 10, 100, 1 << 20)
    assert limits.reached(1, 1, replay=9.9) == ""
    clock.now += 4
    assert limits.reached(1, 1, replay=5.9) == ""
    assert limits.reached(1, 1, replay=6.1) == "time"


@pytest.mark.parametrize("seconds", [0.3, 3.0, 30.0])
def test_repairs_end_before_the_deadline(seconds: float, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    # a checker that always refuses the first record: without the clock there would be many repairs
    refusal = FormulaVerdict("INVALID", "tree 0 record 0, rule interval, S1: refused")
    replays: list[float] = []
    slow = taking(clock, seconds, refusal)

    def check(data: bytes) -> FormulaVerdict:
        replays.append(clock.now)
        return slow(data)

    def search(*arguments: Any, **options: Any) -> Any:
        return search_formula(*arguments, **options)

    monkeypatch.setattr(formula_proof, "monotonic", clock)
    monkeypatch.setattr(formula_proof, "check_formula", check)
    monkeypatch.setattr(formula_proof, "inhabited", lambda *_: None)
    start = clock.now
    outcome = search(parse_claim("exp(x) >= 1/2", ["x in [0, 1]"]), time=10.0)
    assert isinstance(outcome, Undecided)
    assert clock.now - start <= max(10.0, seconds)
    assert len(replays) >= 1
