"""Is this formula identically zero?  Algebra that says yes only when it has a proof.

Roots, sines and cosines of the same argument, and constants like pi become unknowns of a rational function; the
relations root² = radicand and sin² + cos² = 1 are divided out of its numerator.  What is then zero is zero identically.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import (
    Abs,
    Add,
    Derivative,
    Dummy,
    Expr,
    Integral,
    Mul,
    Pow,
    Rational,
    S,
    Sum,
    acos,
    asin,
    atan,
    cos,
    erf,
    exp,
    expand_trig,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    tan,
    together,
)
from sympy.core.function import AppliedUndef, Function

from relucert.symbolic.expressions import leaky_relu, normal_cdf, normal_pdf, relu, step, unfold
from relucert.symbolic.rational import vanishes


def differentiated(expression: Expr) -> Expr:
    """Named functions unfolded and derivatives carried out."""
    unfolded = expression.replace(
        lambda node: isinstance(node, normal_pdf), lambda node: exp(-(node.args[0] ** 2) / 2) / sqrt(2 * pi)
    ).replace(lambda node: isinstance(node, normal_cdf), lambda node: (1 + erf(node.args[0] / sqrt(2))) / 2)
    return unfold(unfolded).replace(
        lambda node: isinstance(node, (Derivative, Sum)) and not node.has(Integral), lambda node: node.doit()
    )


@lru_cache(maxsize=4096)
def is_zero(expression: Expr) -> bool:
    """True when the formula is proved to vanish wherever it is defined; False when no proof was found."""
    plain = differentiated(expression)
    if plain == 0:
        return True
    return _vanishes(_expanded(plain)) or _vanishes(plain)


def _expanded(expression: Expr) -> Expr:
    """tan in terms of sin and cos, and the addition theorems where an argument is a sum."""
    without = expression.replace(lambda node: isinstance(node, tan), lambda node: sin(node.args[0]) / cos(node.args[0]))
    return expand_trig(without)


def _vanishes(expression: Expr) -> bool:
    unknowns: dict[Expr, Dummy] = {}
    relations: list[tuple[Dummy, Expr]] = []  # (unknown, its square in earlier unknowns)
    rational = _rational(expression, unknowns, relations)
    return vanishes(rational, relations)


_TRANSCENDENTAL = (acos, asin, atan, exp, log, gamma, erf)


def _rational(expression: Expr, unknowns: dict[Expr, Dummy], relations: list[tuple[Dummy, Expr]]) -> Expr:
    """The formula as a rational function of unknowns."""
    if expression.is_Rational or expression.is_Symbol:
        return expression
    if expression.is_Add or expression.is_Mul:
        return expression.func(*(_rational(part, unknowns, relations) for part in expression.args))
    if expression.is_Pow:
        return _power(expression, unknowns, relations)
    if isinstance(expression, (sin, cos)):
        return _circle(expression, unknowns, relations)
    if isinstance(expression, (relu, leaky_relu)):
        return _rational(_ramp(*expression.args), unknowns, relations)
    if isinstance(expression, Abs) and expression.args[0].is_real:
        return _modulus(expression.args[0], unknowns, relations)
    if isinstance(expression, step):
        return _step(expression.args[0], unknowns, relations)
    if isinstance(expression, (asin, atan, erf, acos)) and expression.args[0].could_extract_minus_sign():
        turned = expression.func(-expression.args[0])  # odd functions, and acos(-t) = pi - acos(t)
        return _rational(pi - turned if isinstance(expression, acos) else -turned, unknowns, relations)
    return _unknown(expression, unknowns)


@lru_cache(maxsize=4096)
def _factored(expression: Expr) -> Expr:
    return together(expression).factor()


def _unknown(expression: Expr, unknowns: dict[Expr, Dummy]) -> Dummy:
    """An unknown for a number or function that the algebra knows nothing about: equal ones get the same."""
    key = expression
    if isinstance(expression, (*_TRANSCENDENTAL, AppliedUndef, Function)) and expression.args:
        parts = (_factored(part) if isinstance(part, Expr) else part for part in expression.args)
        key = expression.func(*parts)
    return unknowns.setdefault(key, Dummy(f"u{len(unknowns)}"))


def _power(expression: Expr, unknowns: dict[Expr, Dummy], relations: list[tuple[Dummy, Expr]]) -> Expr:
    base, exponent = expression.args
    if exponent.is_Integer:
        return Pow(_rational(base, unknowns, relations), exponent)
    if exponent.is_Rational and exponent.q == 2:
        radicand = _factored(base)
        root = sqrt(radicand)
        if root != Pow(radicand, Rational(1, 2), evaluate=False) and not root.is_Pow:
            return Pow(_rational(root, unknowns, relations), exponent.p)
        if root not in unknowns:
            square = _rational(radicand, unknowns, relations)
            unknowns[root] = Dummy(f"root{len(unknowns)}")
            relations.append((unknowns[root], square))
        return Pow(unknowns[root], exponent.p)
    return _unknown(expression, unknowns)


def _circle(expression: Expr, unknowns: dict[Expr, Dummy], relations: list[tuple[Dummy, Expr]]) -> Expr:
    """sin and cos of the same argument as two unknowns on the unit circle."""
    argument = expression.args[0]
    if argument.could_extract_minus_sign():
        sign = -1 if isinstance(expression, sin) else 1
        return Add(sign * _rational(expression.func(-argument), unknowns, relations))
    cosine, sine = cos(argument), sin(argument)
    if not isinstance(cosine, cos) or not isinstance(sine, sin):
        return _rational(expression.func(argument), unknowns, relations)
    if sine not in unknowns:
        unknowns[cosine] = Dummy(f"cos{len(unknowns)}")
        unknowns[sine] = Dummy(f"sin{len(unknowns)}")
        relations.append((unknowns[sine], 1 - unknowns[cosine] ** 2))
    return unknowns[expression]


def _ramp(argument: Expr, slope: Expr = S.Zero) -> Expr:
    """relu(t) = t step(t) and relu(-t) = -t + t step(t), so one step stands for both; leaky with a slope below 0."""
    scale, sign, core = _signed(argument)
    active = core * step(core)
    positive = active if sign > 0 else active - core
    return scale * ((1 - slope) * positive + slope * sign * core)


def _modulus(argument: Expr, unknowns: dict[Expr, Dummy], relations: list[tuple[Dummy, Expr]]) -> Expr:
    """An unknown whose square is that of the real argument."""
    scale, _, core = _signed(argument)
    key = Abs(core, evaluate=False)
    if key not in unknowns:
        square = _rational(core**2, unknowns, relations)
        unknowns[key] = Dummy(f"modulus{len(unknowns)}")
        relations.append((unknowns[key], square))
    return _rational(scale, unknowns, relations) * unknowns[key]


def _step(argument: Expr, unknowns: dict[Expr, Dummy], relations: list[tuple[Dummy, Expr]]) -> Expr:
    """An unknown that is its own square; step(-t) is not 1 - step(t) at t = 0, so it gets one of its own."""
    scale, sign, core = _signed(argument)
    key = step(sign * core if scale.is_positive else sign * scale * core)
    if key not in unknowns:
        unknowns[key] = Dummy(f"step{len(unknowns)}")
        relations.append((unknowns[key], unknowns[key]))
    return unknowns[key]


def _signed(argument: Expr) -> tuple[Expr, int, Expr]:
    """The argument as scale times sign times core: the scale known to be at least 0, the core without a minus sign."""
    scale, sign, core = S.One, 1, S.One
    for factor in Mul.make_args(_factored(argument)):
        if factor.is_nonnegative:
            scale *= factor
        elif factor.is_number and factor.is_negative:
            scale, sign = -scale * factor, -sign
        else:
            core *= factor
    return (scale, -sign, -core) if core.could_extract_minus_sign() else (scale, sign, core)
