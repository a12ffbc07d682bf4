"""Gaussian means to many digits by product rules, independent of the derivations that they confirm.

The integrand is a formula in coordinates with kinks on rays through the origin (`relu`, `step` of linear forms).  In
each block of two coordinates the circle is cut at the kinks and a Gauss-Legendre rule is used on each arc; along the
rays a Gauss rule for the weight r exp(-r²/2) is exact, because the integrand is a polynomial of low degree there.  A
single normal variable with kinks elsewhere (biases) is integrated adaptively between its kinks.  Over several blocks
the rules are multiplied; what depends on one block only is evaluated once at each of that block's nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from itertools import product as cartesian
from typing import Any

import mpmath as mp
from sympy import Dummy, Expr, Symbol, Tuple

from relucert.symbolic.expressions import leaky_relu, relu, step

Evaluate = Callable[[Expr, Mapping[Symbol, Any]], Any]
Node = tuple[tuple[Any, ...], Any]  # coordinates, weight

RADIAL_NODES = 5  # exact for polynomials of degree 9 along a ray: where the degree is not known


class CubatureError(ValueError):
    """The integrand has kinks that no rule here knows."""


def gaussian_mean(integrand: Expr, blocks: Sequence[Tuple], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    """The mean of the integrand over independent standard Gaussian blocks of one or two coordinates.

    Parameters
    ----------
    integrand : Expr
        Polynomial in the coordinates between its kinks; formula in the blocks' symbols and those of `values`.
    blocks : sequence of Tuple of Symbol
    values : mapping of Symbol to mpf
        The other symbols.
    evaluate : callable
        Evaluates a formula at a point.

    Raises
    ------
    CubatureError
        A block of more than two coordinates, or kinks off the origin in a block of two.
    """
    kinks = [_kink_arguments(integrand, block) for block in blocks]
    if len(blocks) == 1 and len(blocks[0]) == 1:
        return _on_a_line(integrand, blocks[0][0], kinks[0], values, evaluate)
    names = [set(block) for block in blocks]
    parts: list[dict[Expr, Symbol]] = [{} for _ in blocks]
    outer = _separated(integrand, names, parts)
    tables = []
    for block, arguments, found in zip(blocks, kinks, parts, strict=True):
        degree = _degree(integrand, block)
        size = RADIAL_NODES if degree is None else degree // 2 + 1
        rule = _rule(block, arguments, values, evaluate, size)
        functions = [_compiled(part, list(block), values, evaluate) for part in found]
        tables.append([([function(*place) for function in functions], weight) for place, weight in rule])
    function = _compiled(outer, [name for found in parts for name in found.values()], values, evaluate)
    total = mp.mpf(0)
    *first, last = tables
    for chosen in cartesian(*first):
        weight = mp.fprod(factor for _, factor in chosen)
        known = [entry for entries, _ in chosen for entry in entries]
        total += weight * mp.fsum(factor * function(*known, *entries) for entries, factor in last)
    return total


def _separated(expression: Expr, names: Sequence[set[Symbol]], parts: Sequence[dict[Expr, Symbol]]) -> Expr:
    """The integrand with every part that depends on one block only replaced by a symbol, which `parts` records."""
    used = _blocks_of(expression, names)
    if not used:
        return expression
    if len(used) == 1:
        (number,) = used
        return parts[number].setdefault(expression, Dummy(f"part{number}"))
    if not (expression.is_Add or expression.is_Mul):
        return expression.func(*(_separated(argument, names, parts) for argument in expression.args))
    groups: dict[frozenset[int], list[Expr]] = {}
    for argument in expression.args:
        groups.setdefault(_blocks_of(argument, names), []).append(argument)
    changed = []
    for blocks, arguments in groups.items():
        whole = [expression.func(*arguments)] if len(blocks) == 1 else arguments
        changed += [_separated(argument, names, parts) for argument in whole]
    return expression.func(*changed)


def _blocks_of(expression: Expr, names: Sequence[set[Symbol]]) -> frozenset[int]:
    return frozenset(number for number, block in enumerate(names) if expression.free_symbols & block)


def _degree(expression: Expr, block: Tuple) -> int | None:
    """The degree in the block's coordinates between the kinks; None when the formula is no polynomial there."""
    if not expression.has(*block):
        return 0
    if expression.is_Symbol:
        return 1
    if isinstance(expression, step):
        return 0
    if isinstance(expression, (relu, leaky_relu)):
        argument, *slope = expression.args
        return None if any(entry.has(*block) for entry in slope) else _degree(argument, block)
    if expression.is_Pow and expression.exp.is_Integer and expression.exp.is_nonnegative:
        base = _degree(expression.base, block)
        return None if base is None else base * int(expression.exp)
    if not (expression.is_Add or expression.is_Mul):
        return None
    degrees = [_degree(argument, block) for argument in expression.args]
    known = [degree for degree in degrees if degree is not None]
    if len(known) < len(degrees):
        return None
    return max(known) if expression.is_Add else sum(known)


def _kink_arguments(integrand: Expr, block: Tuple) -> list[Expr]:
    found = {node.args[0] for node in integrand.atoms(relu, step, leaky_relu)}
    return [argument for argument in sorted(found, key=str) if argument.has(*block)]


def _compiled(integrand: Expr, names: list[Symbol], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    """The integrand as a fast function of the coordinates: everything else is replaced by its value first."""
    from sympy import lambdify

    constants: dict[Symbol, Any] = {}

    def fixed(node: Expr) -> Expr:
        if not node.args and node not in values:
            return node
        if not node.has(*names):
            if node.is_Rational:
                return node
            symbol = Symbol(f"constant{len(constants)}")
            constants[symbol] = evaluate(node, values)
            return symbol
        return node.func(*(fixed(argument) for argument in node.args))

    body = fixed(integrand)
    table: dict[str, Any] = {
        "relu": lambda t: t if t > 0 else mp.mpf(0),
        "step": lambda t: mp.mpf(1) if t > 0 else mp.mpf(0),
    }
    table["leaky_relu"] = lambda t, slope: t if t > 0 else slope * t
    function = lambdify([*names, *constants], body, modules=[table, "mpmath"], cse=True)
    rest = tuple(constants.values())
    return lambda *place: function(*place, *rest)


def _rule(block: Tuple, kinks: list[Expr], values: Mapping[Symbol, Any], evaluate: Evaluate, size: int) -> list[Node]:
    """Nodes and weights; along a ray `size` nodes, exact for polynomials of degree 2 size - 1."""
    nodes: list[Node] = []
    if len(block) == 1:
        if any(evaluate(argument.subs(block[0], 0), values) != 0 for argument in kinks):
            raise CubatureError(f"a kink off the origin in one of several variables, {block[0]}")
        for radius, weight in _radial_rule(0, size, mp.mp.dps):
            nodes += [((radius,), weight / 2), ((-radius,), weight / 2)]
        return nodes
    if len(block) != 2:
        raise CubatureError(f"no rule for a Gaussian block of {len(block)} coordinates")
    x, y = block
    angles = set()
    for argument in kinks:
        along, across = argument.diff(x), argument.diff(y)
        origin = argument.subs({x: 0, y: 0})
        if along.has(x, y) or across.has(x, y) or evaluate(origin, values) != 0:
            raise CubatureError(f"the kink {argument} is no ray through the origin of its block")
        slope = mp.atan2(evaluate(across, values), evaluate(along, values))
        angles |= {(slope + mp.pi / 2) % (2 * mp.pi), (slope - mp.pi / 2) % (2 * mp.pi)}
    cuts = sorted(angles) or [mp.mpf(0), mp.pi]
    for start, stop in zip(cuts, [*cuts[1:], cuts[0] + 2 * mp.pi], strict=True):
        for place, weight in _legendre(mp.mp.dps):
            angle = (start + stop) / 2 + place * (stop - start) / 2
            share = weight * (stop - start) / (4 * mp.pi)
            cosine, sine = mp.cos(angle), mp.sin(angle)
            for radius, mass in _radial_rule(1, size, mp.mp.dps):
                nodes.append(((radius * cosine, radius * sine), share * mass))
    return nodes


def _on_a_line(integrand: Expr, x: Symbol, kinks: list[Expr], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    places = set()
    for argument in kinks:
        slope = argument.diff(x)
        if slope.has(x):
            raise CubatureError(f"the kink {argument} is not linear in {x}")
        places.add(-evaluate(argument.subs(x, 0), values) / evaluate(slope, values))
    function = _compiled(integrand, [x], values, evaluate)
    reach = mp.sqrt(2 * (mp.mp.dps + 10) * mp.log(10))  # beyond it the density is below the last digit
    cuts = [-reach, *sorted(place for place in places if abs(place) < reach), reach]
    pieces = []
    for start, stop in pairwise(cuts):
        count = int((stop - start) // 2) + 1
        pieces += [start + (stop - start) * i / count for i in range(count)]
    return mp.quad(lambda t: function(t) * mp.npdf(t), [*pieces, reach])


@lru_cache(maxsize=8)
def _legendre(digits: int) -> tuple[tuple[Any, Any], ...]:
    """Gauss-Legendre on [-1, 1]; enough nodes for products of two sines on an arc of length pi."""
    count = max(12, (digits * 3) // 5)
    nodes = []
    for number in range(1, count + 1):
        root = mp.cos(mp.pi * (number - mp.mpf(1) / 4) / (count + mp.mpf(1) / 2))
        for _ in range(8):  # Newton's method doubles the digits of a start that has about four
            polynomial, slope = _legendre_polynomial(count, root)
            root -= polynomial / slope
        _, slope = _legendre_polynomial(count, root)
        nodes.append((root, 2 / ((1 - root**2) * slope**2)))
    return tuple(nodes)


def _legendre_polynomial(degree: int, t: Any) -> tuple[Any, Any]:
    """Value and derivative, by the three-term recurrence."""
    before, now = mp.mpf(1), t
    for n in range(1, degree):
        before, now = now, ((2 * n + 1) * t * now - n * before) / (n + 1)
    return now, degree * (t * now - before) / (t**2 - 1)


@lru_cache(maxsize=32)
def _radial_rule(power: int, size: int, digits: int) -> tuple[tuple[Any, Any], ...]:
    """Gauss rule on (0, inf) for the law with density proportional to r^power exp(-r²/2), from its moments."""
    del digits  # the cache's key: the rule is as precise as the context
    norm = _moment(power, 0)
    moments = [_moment(power, degree) / norm for degree in range(2 * size)]
    hankel = mp.matrix(size, size)
    for i, j in cartesian(range(size), range(size)):
        hankel[i, j] = moments[i + j]
    last = mp.lu_solve(hankel, mp.matrix([-moments[size + i] for i in range(size)]))
    roots = mp.polyroots([1, *[last[i] for i in reversed(range(size))]], maxsteps=400, extraprec=200)
    powers = mp.matrix(size, size)
    for i, j in cartesian(range(size), range(size)):
        powers[i, j] = mp.re(roots[j]) ** i
    weights = mp.lu_solve(powers, mp.matrix(moments[:size]))
    return tuple((mp.re(roots[i]), weights[i]) for i in range(size))


def _moment(power: int, degree: int) -> Any:
    """The integral of r^(power + degree) exp(-r²/2) over (0, inf)."""
    order = mp.mpf(power + degree + 1) / 2
    return 2 ** (order - 1) * mp.gamma(order)
