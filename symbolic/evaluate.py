"""Both sides of an equality at a point, to 30 digits and by other means than those of the derivation.

Integrals are evaluated by quadrature, means by cubature, derivatives by finite differences in higher precision: nothing
here integrates or differentiates symbolically.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import mpmath as mp
import sympy
from sympy import Derivative, Expr, Integral, Limit, Piecewise, Symbol

from relucert.symbolic import expressions as nodes
from relucert.symbolic.cubature import CubatureError, compiled, gaussian_mean, quadrature
from relucert.symbolic.frames import GaussianMean

DIGITS = 30  # agreement that a step has to show
WORKING_DIGITS = 42

Values = Mapping[Symbol, Any]


class EvaluationError(ValueError):
    """A formula that has no value at the point, or a node that this evaluator does not know."""


def _relu(t: Any) -> Any:
    return max(t, mp.mpf(0))


_FUNCTIONS: dict[type, Callable[..., Any]] = {
    sympy.sin: mp.sin,
    sympy.cos: mp.cos,
    sympy.tan: mp.tan,
    sympy.acos: mp.acos,
    sympy.asin: mp.asin,
    sympy.atan: mp.atan,
    sympy.atan2: mp.atan2,
    sympy.exp: mp.exp,
    sympy.log: mp.log,
    sympy.erf: mp.erf,
    sympy.gamma: mp.gamma,
    sympy.Abs: abs,
    sympy.Max: max,
    sympy.Min: min,
    sympy.sign: mp.sign,
    nodes.relu: _relu,
    nodes.step: lambda t: mp.mpf(1) if t > 0 else mp.mpf(0),
    nodes.leaky_relu: lambda t, slope: t if t > 0 else slope * t,
    nodes.normal_pdf: mp.npdf,
    nodes.normal_cdf: mp.ncdf,
    nodes.G: lambda theta: mp.sin(theta) + (mp.pi - theta) * mp.cos(theta),
}


def value(expression: Expr, values: Values, *, digits: int = WORKING_DIGITS) -> Any:
    """The value of a formula in coordinates (no vectors left, see `Frame.resolve`) where its symbols have `values`.

    Raises
    ------
    EvaluationError
        A symbol without a value, a division by zero, a complex result, an unknown node.
    """
    with mp.workdps(digits):
        try:
            found = _walk(expression, {name: _number(entry) for name, entry in values.items()})
        except CubatureError as failure:
            raise EvaluationError(str(failure)) from None
        except ZeroDivisionError:
            raise EvaluationError(f"{expression} divides by zero at {_shown(values)}") from None
        if isinstance(found, mp.mpc):
            raise EvaluationError(f"{expression} is not real at {_shown(values)}")
        if not mp.isfinite(found):
            raise EvaluationError(f"{expression} is not finite at {_shown(values)}")
        return found


def _shown(values: Values) -> str:
    return ", ".join(f"{name} = {entry}" for name, entry in values.items()) or "the only point"


def _number(entry: Any) -> Any:
    if isinstance(entry, (mp.mpf, int)):
        return mp.mpf(entry)
    return mp.mpf(entry.numerator) / mp.mpf(entry.denominator)


def _walk(expression: Expr, values: Values) -> Any:
    if expression.is_Symbol:
        try:
            return values[expression]
        except KeyError:
            raise EvaluationError(f"no value for the symbol {expression}") from None
    if expression.is_Rational:
        return mp.mpf(expression.p) / mp.mpf(expression.q)
    if expression.is_NumberSymbol:
        return expression._to_mpmath(mp.mp.prec)
    if expression.is_Add:
        return mp.fsum(_walk(part, values) for part in expression.args)
    if expression.is_Mul:
        return mp.fprod(_walk(part, values) for part in expression.args)
    if expression.is_Pow:
        return _power(*(_walk(part, values) for part in expression.args))
    known = _FUNCTIONS.get(expression.func)
    if known is not None:
        return known(*(_walk(part, values) for part in expression.args))
    if isinstance(expression, GaussianMean):
        return gaussian_mean(expression.args[0], expression.args[1:], values, _walk)
    if isinstance(expression, Derivative):
        return _derivative(expression, values)
    if isinstance(expression, Integral):
        fixed = tuple((name, values[name]) for name in sorted(expression.free_symbols, key=str) if name in values)
        return _integral(expression, fixed, mp.mp.prec)
    if isinstance(expression, Limit):
        return _limit(expression, values)
    if isinstance(expression, Piecewise):
        return _piecewise(expression, values)
    if isinstance(expression, sympy.Sum):
        return _sum(expression, values)
    raise EvaluationError(f"no rule to evaluate {type(expression).__name__} in {expression}")


def _power(base: Any, exponent: Any) -> Any:
    if base < 0 and not mp.isint(exponent):
        raise EvaluationError(f"a root of the negative number {mp.nstr(base, 8)}")
    return mp.power(base, exponent)


def _derivative(expression: Derivative, values: Values) -> Any:
    """Central differences; the precision is raised so that the difference quotient keeps the digits asked for."""
    function, *variables = expression.args
    (name, order), *others = [(entry[0], int(entry[1])) for entry in variables]
    inner = Derivative(function, *others) if others else function
    if not inner.has(name):
        return mp.mpf(0)
    return mp.diff(lambda t: _walk(inner, {**values, name: t}), values[name], order)


@lru_cache(maxsize=256)  # the components of a vector share their integrals
def _integral(expression: Integral, known: tuple[tuple[Symbol, Any], ...], precision: int) -> Any:
    del precision  # part of the cache's key
    values: Values = dict(known)
    body, *limits = expression.args
    *outer, last = limits
    if len(last) != 3:
        raise EvaluationError(f"{expression} has no limits: only definite integrals have a value")
    name, low, high = last
    # the last limit is the outermost integral; the inner ones are integrals in its variable
    inner = Integral(body, *outer) if outer else body
    start, stop = (_walk(end, values) if end.is_finite is not False else _infinite(end) for end in (low, high))
    if inner.has(Integral, Limit, Derivative, GaussianMean, Piecewise, sympy.Sum):

        def integrand(t: Any) -> Any:
            return _walk(inner, {**values, name: t})

    else:
        integrand = compiled(inner, [name], values, _walk)
    cuts = [start, *_kinks(inner, name, start, stop, values), stop]
    if mp.isinf(start) or mp.isinf(stop):
        return mp.quad(integrand, cuts)
    return quadrature(integrand, cuts)


def _infinite(end: Expr) -> Any:
    return mp.inf if end == sympy.oo else -mp.inf


def _kinks(body: Expr, name: Symbol, start: Any, stop: Any, values: Values) -> list[Any]:
    """Where relu, step or Piecewise change within the range: bisection between sample points with other signs."""
    found: list[Any] = []
    if mp.isinf(start) or mp.isinf(stop):  # samples that grow towards the infinite ends
        grid = [mp.sinh(mp.mpf(i) / 8) for i in range(-36, 37)]
        samples = [t for t in grid if start < t < stop]
    else:
        samples = [start + (stop - start) * mp.mpf(i) / 64 for i in range(65)]
    arguments = {node.args[0] for node in body.atoms(nodes.relu, nodes.step, nodes.leaky_relu)}
    for argument in sorted(arguments, key=str):
        if argument.has(name):
            found += _sign_changes(argument, name, samples, values)
    return sorted(found)


def _sign_changes(argument: Expr, name: Symbol, samples: list[Any], values: Values) -> list[Any]:
    def at(t: Any) -> Any:
        return _walk(argument, {**values, name: t})

    found = []
    signs = [at(t) for t in samples]
    for left, right, before, after in zip(samples, samples[1:], signs, signs[1:], strict=False):
        if before * after < 0:
            found.append(_root(at, left, right))
        elif after == 0 and right != samples[-1]:
            found.append(right)
    return found


def _root(function: Callable[[Any], Any], left: Any, right: Any) -> Any:
    """The zero between two places of other signs: the secant method, unless it leaves the range."""
    tolerance = mp.mpf(10) ** (8 - 2 * mp.mp.dps)  # of the function's square
    try:
        found = mp.findroot(function, (left, right), tol=tolerance)
    except ValueError:
        found = right + 1
    if left <= found <= right:
        return found
    return mp.findroot(function, (left, right), solver="anderson", tol=tolerance)


def _limit(expression: Limit, values: Values) -> Any:
    """A one-sided limit at a finite point by Richardson extrapolation."""
    body, name, where, direction = expression.args
    sign = -1 if str(direction) == "-" else 1
    centre = _walk(where, values)
    with mp.extradps(20):
        return mp.limit(lambda n: _walk(body, {**values, name: centre + sign * mp.mpf(2) ** (-n)}), mp.inf, exp=False)


def _piecewise(expression: Piecewise, values: Values) -> Any:
    for body, condition in expression.args:
        if condition == sympy.true or _holds(condition, values):
            return _walk(body, values)
    raise EvaluationError(f"no case of {expression} applies at {_shown(values)}")


def _holds(condition: Any, values: Values) -> bool:
    if isinstance(condition, sympy.And):
        return all(_holds(part, values) for part in condition.args)
    left, right = (_walk(side, values) for side in condition.args)
    relation = {
        sympy.Gt: left > right,
        sympy.Ge: left >= right,
        sympy.Lt: left < right,
        sympy.Le: left <= right,
        sympy.Eq: left == right,
    }
    return bool(relation[condition.func])


def _sum(expression: sympy.Sum, values: Values) -> Any:
    body, (name, first, last) = expression.args[0], expression.args[1]
    numbers = range(int(_walk(first, values)), int(_walk(last, values)) + 1)
    return mp.fsum(_walk(body, {**values, name: mp.mpf(number)}) for number in numbers)
