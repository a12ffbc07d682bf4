"""Generated NumPy code: against the engine's 30 digits, against simulation of the networks, and what it refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from sympy import Add, Derivative, Expr, Limit, Symbol, preorder_traversal

from benchmarks.monte_carlo import simulable, simulate
from relucert.symbolic import library
from relucert.symbolic.derivation import Derivation, Result
from relucert.symbolic.expressions import (
    IDENTITY,
    ONES,
    Gradient,
    Hessian,
    Matrix,
    MatrixFamily,
    Mean,
    ScalarFamily,
    Vector,
    VectorFamily,
)
from relucert.symbolic.printers.numpy_code import function_name, module
from relucert.symbolic.printers.numpy_pieces import CannotPrint
from tests.symbolic.points import Point, names_a_value, random_point

load = cache(library.load)
SAMPLES = 1_000_000
DERIVED = (Gradient, Derivative)
WEIGHTS = (Vector, Matrix, VectorFamily, MatrixFamily, ScalarFamily)
RESULTS = [(name, number) for name in library.names() for number in range(len(load(name).results))]


def label(case: Any) -> str:
    name, number = case
    return f"{name}/{load(name).results[number].name}"


def case_of(case: tuple[str, int]) -> tuple[Derivation, Result]:
    derivation = load(case[0])
    return derivation, derivation.results[case[1]]


@cache
def functions(derivation_name: str) -> SimpleNamespace:
    return compiled(load(derivation_name))


def compiled(derivation: Derivation) -> SimpleNamespace:
    names: dict[str, Any] = {}
    exec(compile(module(derivation), derivation.name, "exec"), names)
    return SimpleNamespace(**names)


def function_of(derivation: Derivation, result: Result) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(functions(derivation.name), function_name(derivation, result))
    return found


def called(function: Callable[..., Any], point: Point, result: Result) -> Any:
    return function(*(point.arguments[symbol] for symbol in result.arguments))


def relative_error(found: Any, exact: Any) -> float:
    """Largest difference of an entry, relative to the largest entry."""
    ours, theirs = np.ravel(np.asarray(found, dtype=object)), np.ravel(np.asarray(exact, dtype=object))
    assert ours.shape == theirs.shape
    with mp.workdps(40):
        scale = max(abs(entry) for entry in theirs)
        return float(max(abs(mp.mpf(one) - two) for one, two in zip(ours, theirs, strict=True)) / (scale or 1))


def floats(components: Any) -> Any:
    return np.asarray(components, dtype=object).astype(float)


def flipped(expression: Expr) -> Expr:
    """The formula with one sign changed: of the last term of a sum in it, or of the whole."""
    if isinstance(expression, Add):
        *kept, last = expression.as_ordered_terms()
        return Add(*kept, -last)
    return -expression


@pytest.mark.parametrize("case", RESULTS, ids=label)
def test_code_has_the_value_of_the_formula(case: tuple[str, int]) -> None:
    derivation, result = case_of(case)
    point = random_point(derivation, result, "first")
    found = called(function_of(derivation, result), point, result)
    assert relative_error(found, point.components(result.right)) < 1e-13
    assert relative_error(found, point.components(flipped(result.right))) > 1e-6


# the mean's four kinks in three dimensions have no common line, so that no cubature takes it; its steps are verified
NO_CUBATURE = "multi-neuron-teacher-hessian/curvature"


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in RESULTS if label(case) != NO_CUBATURE], ids=label)
def test_code_has_the_value_of_both_sides(case: tuple[str, int]) -> None:
    """The left side by cubature, quadrature, finite differences and extrapolation."""
    derivation, result = case_of(case)
    seeds = ["first"] if result.left.has(Gradient, Hessian) else ["first", "second", "third"]
    for seed in seeds:
        point = random_point(derivation, result, seed)
        right, wrong = (point.components(side) for side in (result.right, flipped(result.right)))
        assert relative_error(called(function_of(derivation, result), point, result), right) < 1e-13
        if not names_a_value(result, derivation):
            left = point.components(result.left)
            assert relative_error(right, left) < (1e-12 if result.left.has(Limit) else 1e-15)
            assert relative_error(wrong, left) > 1e-6


def test_the_simulation_sees_a_wrong_sign() -> None:
    derivation, result = case_of(("relu-kernel", 0))
    point = random_point(derivation, result, "simulation")
    estimate = simulate(result.left, point.arguments, point.frame.dimensions, 100_000, seed=1)
    assert np.abs(estimate.deviations(called(function_of(derivation, result), point, result))).max() < 4
    mutant = replace(derivation, results=(replace(result, right=flipped(result.right)), *derivation.results[1:]))
    wrong = getattr(compiled(mutant), function_name(derivation, result))
    assert np.abs(estimate.deviations(called(wrong, point, result))).max() > 4


def has_network(case: tuple[str, int]) -> bool:
    """There is a network to simulate, at most one derivative of it, and the result's arguments give its weights."""
    _, result = case_of(case)
    left = result.left
    derivatives = [node for node in preorder_traversal(left) if isinstance(node, DERIVED)]
    nested = any(inner is not node and inner.has(Mean) for node in derivatives for inner in node.atoms(*DERIVED))
    second = any(order != 1 for node in left.atoms(Derivative) for _, order in node.args[1:])
    drawn = {name for mean in left.atoms(Mean) for name in mean.args[1:]}
    weights = {name for name in left.free_symbols if isinstance(name, WEIGHTS) and name not in (ONES, IDENTITY)}
    known = weights - drawn <= set(result.arguments)
    return simulable(left) and known and not nested and not second and not left.has(Limit)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in RESULTS if has_network(case)], ids=label)
def test_the_network_has_this_mean(case: tuple[str, int]) -> None:
    derivation, result = case_of(case)
    estimates = []
    for seed in range(4):  # at some points a change of sign drowns in the noise
        point = random_point(derivation, result, f"simulation {seed}")
        names = {**point.arguments, **point.frame.sizes}
        pilot = simulate(result.left, names, point.frame.dimensions, 20_000, seed=0)
        seen = np.abs(pilot.deviations(floats(point.components(flipped(result.right))))).max()
        size = np.abs(floats(point.components(result.right))).max()
        estimates.append((size > 1e-3, seen, seed))  # rare events look exact in a small sample
    point = random_point(derivation, result, f"simulation {max(estimates)[-1]}")
    names = {**point.arguments, **point.frame.sizes}
    estimate = simulate(result.left, names, point.frame.dimensions, SAMPLES, seed=1)
    assert np.abs(estimate.deviations(called(function_of(derivation, result), point, result))).max() < 4
    assert np.abs(estimate.deviations(floats(point.components(flipped(result.right))))).max() > 4


def test_the_angular_function_keeps_its_digits_near_pi() -> None:
    kernel = function_of(*case_of(("relu-kernel", 0)))
    for delta in ("0.3", "1e-3", "1e-6"):
        with mp.workdps(60):
            small = mp.mpf(delta)
            direction = [float(-mp.cos(small)), float(mp.sin(small))]
            turned = mp.atan2(mp.mpf(direction[1]), -mp.mpf(direction[0]))  # the angle that the rounded vectors have
            length = mp.hypot(*map(mp.mpf, direction))
            exact = length * (mp.sin(turned) - turned * mp.cos(turned)) / (2 * mp.pi)
        assert relative_error(kernel([1.0, 0.0], direction), exact) < 1e-13
    assert kernel([1.0, 0.0], [-1.0, 0.0]) == 0


def test_leading_axes_broadcast() -> None:
    derivation, result = case_of(("non-overlapping-loss", 0))
    loss = function_of(derivation, result)
    generator = np.random.default_rng(5)
    w, w_star, k = generator.normal(size=(5, 1, 3)), generator.normal(size=(4, 3)), np.array([1, 2, 3, 7])
    together = loss(w, w_star, k)
    assert together.shape == (5, 4)
    assert together[2, 3] == pytest.approx(loss(w[2, 0], w_star[3], 7), rel=1e-14)
    assert loss(w[0], w_star[0], 2).shape == (1,)
    assert np.ndim(loss(w[0, 0], w_star[0], 2)) == 0


def test_families_broadcast_over_leading_axes() -> None:
    derivation, result = case_of(("two-layer-loss", 0))
    loss = function_of(derivation, result)
    generator = np.random.default_rng(6)
    w, w_star, a_star = generator.normal(size=(6, 3, 4)), generator.normal(size=(2, 4)), generator.normal(size=2)
    a = generator.normal(size=(2, 1, 3))
    together = loss(w, a, w_star, a_star)
    assert together.shape == (2, 6)
    assert together[1, 4] == pytest.approx(loss(w[4], a[1, 0], w_star, a_star), rel=1e-13)
    assert loss(w_star, a_star, w_star, a_star) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.0, 0.0], [1.0, 0.0], 2), "w and w_star must not be zero"),
        (([1.0, 2.0], [0.0, 0.0], 2), "w and w_star must not be zero"),
        (([1.0, 2.0], [1.0, 0.0], 0), "k must be at least 1"),
        (([1.0, 2.0], [1.0, 0.0], 2.5), "k must be a whole number"),
        (([1.0, 2.0], [1.0, 0.0, 0.0], 2), "shapes do not fit in d .w: 2, w_star: 3."),
        (([[1.0, 2.0]] * 3, [[1.0, 0.0]] * 2, 2), "leading axes do not fit"),
        (([1.0, np.nan], [1.0, 0.0], 2), "w must be finite"),
        (([1.0, np.inf], [1.0, 0.0], 2), "w must be finite"),
        ((["a", "b"], [1.0, 0.0], 2), "w is not an array of real numbers"),
        ((3.0, [1.0, 0.0], 2), "w needs at least 1 axes"),
        (([], [], 2), "w is empty"),
        (([1e200, 1e200], [1.0, 0.0], 2), "no finite value"),
    ],
)
def test_what_has_no_value_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    derivation, result = case_of(("non-overlapping-loss", 0))
    with pytest.raises(ValueError, match=message), np.errstate(over="ignore", invalid="ignore"):
        function_of(derivation, result)(*arguments)


@pytest.mark.parametrize("name", library.names())
def test_modules_need_only_numpy(name: str) -> None:
    imported = [node for node in ast.walk(ast.parse(module(load(name)))) if isinstance(node, ast.Import)]
    assert {alias.name for node in imported for alias in node.names} <= {"numpy", "math"}
    for result in load(name).results:
        text = function_of(load(name), result).__doc__ or ""
        for word in ("Law: ", "Normalisation: ", "Source: ", "Returns", "ValueError"):
            assert word in text


def test_a_symbol_without_meaning_is_refused() -> None:
    derivation, result = case_of(("relu-kernel", 0))
    lost = replace(derivation, results=(replace(result, right=result.right * Symbol("mass")),))
    with pytest.raises(CannotPrint, match="mass is neither an argument nor defined"):
        module(lost)
