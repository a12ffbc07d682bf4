"""Gaussian means to many digits by product rules, independent of the derivations that they confirm.

Between its kinks (`relu`, `step`, `leaky_relu` of linear forms) the integrand is a polynomial of known degree.

* Block of two coordinates: the circle is cut at the kinks; on an arc the integrand is a trigonometric polynomial, for
  which a rule with as many nodes as it has coefficients is exact; along a ray a Gauss rule for r exp(-r²/2) is exact.
* Block of three coordinates: meridians of the sphere from a pole on the line that all kinks share, each with an exact
  rule; the integrand is evaluated in the block's own coordinates.
* Block of two coordinates with kinks on parallel lines anywhere (biases): `strips.py`.
* One coordinate, kinks anywhere (biases): adaptive quadrature between them; with kinks at the origin an exact rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import mpmath as mp
from sympy import Expr, Symbol, Tuple, lambdify

from relucert.symbolic.expressions import leaky_relu, relu, step
from relucert.symbolic.fixed_point import Node, weighted_sum
from relucert.symbolic.rules import arc_rule, common_line, radial_rule
from relucert.symbolic.strips import parallel, strip_mean

Evaluate = Callable[[Expr, Mapping[Symbol, Any]], Any]


class CubatureError(ValueError):
    """The integrand has kinks that no rule here knows, or is no polynomial between them."""


def gaussian_mean(integrand: Expr, blocks: Sequence[Tuple], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    """The mean of the integrand over independent standard Gaussian blocks of one, two or three coordinates.

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
        A block of more than three coordinates, kinks off the origin (but for a single coordinate, and parallel ones in
        a single plane), kinks in three independent directions of one block, no polynomial.
    """
    kinks = [_kink_arguments(integrand, block) for block in blocks]
    try:
        rules = [
            _rule(block, arguments, degrees(integrand, block), values, evaluate)
            for block, arguments in zip(blocks, kinks, strict=True)
        ]
    except CubatureError:
        if len(blocks) == 1 and len(blocks[0]) == 1:  # biases, or no polynomial
            return _on_a_line(integrand, blocks[0][0], kinks[0], values, evaluate)
        if len(blocks) == 1 and len(blocks[0]) == 2:
            return _in_strips(integrand, blocks[0], kinks[0], values, evaluate)
        raise
    names = [name for block in blocks for name in block]
    body, constants = _constants(integrand, names, values, evaluate)
    return weighted_sum(body, blocks, constants, rules)


def degrees(integrand: Expr, block: Tuple) -> tuple[int, int]:
    """Lowest and highest degree of the integrand's terms in the block's coordinates along rays from the origin.

    Raises
    ------
    CubatureError
        When it is no polynomial along rays.
    """
    if integrand in block.args:
        return 1, 1
    if not integrand.has(*block):
        return 0, 0
    if integrand.is_Add or integrand.is_Mul:
        lows, highs = zip(*(degrees(part, block) for part in integrand.args), strict=True)
        return (min(lows), max(highs)) if integrand.is_Add else (sum(lows), sum(highs))
    if integrand.is_Pow and integrand.args[1].is_Integer and integrand.args[1] > 0:
        low, high = degrees(integrand.args[0], block)
        return low * int(integrand.args[1]), high * int(integrand.args[1])
    if isinstance(integrand, (relu, leaky_relu)) and not any(part.has(*block) for part in integrand.args[1:]):
        return 1, 1  # of a linear form: `_slopes` refuses others
    if isinstance(integrand, step):
        return 0, 0
    raise CubatureError(f"{integrand} is no polynomial between kinks")


def _kink_arguments(integrand: Expr, block: Tuple) -> list[Expr]:
    found = {node.args[0] for node in integrand.atoms(relu, step, leaky_relu)}
    return [argument for argument in sorted(found, key=str) if argument.has(*block)]


def _in_strips(
    integrand: Expr, block: Tuple, kinks: list[Expr], values: Mapping[Symbol, Any], evaluate: Evaluate
) -> Any:
    _, degree = degrees(integrand, block)
    origins = [argument.subs(dict.fromkeys(block, 0)) for argument in kinks]
    lines = [
        (*_slopes(argument - origin, block, values, evaluate), evaluate(origin, values))
        for argument, origin in zip(kinks, origins, strict=True)
    ]
    if not parallel(lines):
        raise CubatureError("kinks in two directions, and not all through the origin of their block")
    return strip_mean(compiled(integrand, list(block), values, evaluate), lines, degree)


def _slopes(argument: Expr, block: Tuple, values: Mapping[Symbol, Any], evaluate: Evaluate) -> tuple[Any, ...]:
    """The coefficients of a linear form without constant term: the normal of the kink."""
    slopes = [argument.diff(name) for name in block]
    origin = argument.subs(dict.fromkeys(block, 0))
    if any(slope.has(*block) for slope in slopes) or origin.free_symbols - set(values) or evaluate(origin, values) != 0:
        raise CubatureError(f"the kink {argument} does not go straight through the origin of its block")
    return tuple(evaluate(slope, values) for slope in slopes)


def compiled(integrand: Expr, names: list[Symbol], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    """The integrand as a fast function of the coordinates."""
    body, constants = _constants(integrand, names, values, evaluate)
    function = _lambdified((*names, *constants), body)
    rest = tuple(constants.values())
    return lambda *place: function(*place, *rest)


def _constants(
    integrand: Expr, names: list[Symbol], values: Mapping[Symbol, Any], evaluate: Evaluate
) -> tuple[Expr, dict[Symbol, Any]]:
    """The integrand with constants in place of everything but the coordinates, and their values."""
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

    return fixed(integrand), constants


@lru_cache(maxsize=256)
def _lambdified(names: tuple[Symbol, ...], body: Expr) -> Any:
    """The formula as a function; at other points only its constants change."""
    table: dict[str, Any] = {
        "relu": lambda t: t if t > 0 else mp.mpf(0),
        "step": lambda t: mp.mpf(1) if t > 0 else mp.mpf(0),
        "leaky_relu": lambda t, slope: t if t > 0 else slope * t,
        "normal_pdf": mp.npdf,
        "normal_cdf": mp.ncdf,
        "G": lambda theta: mp.sin(theta) + (mp.pi - theta) * mp.cos(theta),
    }
    return lambdify(names, body, modules=[table, "mpmath"], cse=True)


def _rule(
    block: Tuple, kinks: list[Expr], degree: tuple[int, int], values: Mapping[Symbol, Any], evaluate: Evaluate
) -> list[Node]:
    normals = [_slopes(argument, block, values, evaluate) for argument in kinks]
    radial = radial_rule(len(block) - 1, *degree, mp.mp.dps)
    if len(block) == 1:
        return [((sign * radius,), weight / 2) for radius, weight in radial for sign in (1, -1)]
    if len(block) == 2:
        rays = _plane_rays(tuple(normals), degree[1], mp.mp.dps)
    elif len(block) == 3:
        rays = _space_rays(tuple(normals), degree[1], mp.mp.dps)
    else:
        raise CubatureError(f"no rule for a Gaussian block of {len(block)} coordinates")
    return [
        (tuple(radius * coordinate for coordinate in ray), share * mass)
        for ray, share in rays
        for radius, mass in radial
    ]


@lru_cache(maxsize=256)
def _plane_rays(normals: tuple[tuple[Any, ...], ...], degree: int, digits: int) -> list[Node]:
    """Unit vectors of the plane and their shares of the circle: those of a half, and the opposite ones."""
    del digits  # the cache's key: the rays are as precise as the context
    angles = {(mp.atan2(across, along) + mp.pi / 2) % mp.pi for along, across in normals if (along, across) != (0, 0)}
    cuts = sorted(angles) or [mp.mpf(0)]
    rays: list[Node] = []
    for start, stop in zip(cuts, [*cuts[1:], cuts[0] + mp.pi], strict=True):
        for angle, weight in arc_rule(start, stop, degree):
            along, across = mp.cos_sin(angle)
            share = weight / (2 * mp.pi)
            rays += [((along, across), share), ((-along, -across), share)]
    return rays


@lru_cache(maxsize=64)
def _space_rays(normals: tuple[tuple[Any, ...], ...], degree: int, digits: int) -> list[Node]:
    """Unit vectors of space and their shares of the sphere: meridians from a pole on the line that all kinks share."""
    basis = common_line(list(normals))
    if basis is None:
        raise CubatureError("the kinks have no common line in their block of three coordinates")
    pole, first, second = basis
    projected = tuple(
        tuple(mp.fsum(p * q for p, q in zip(normal, edge, strict=True)) for edge in (first, second))
        for normal in normals
    )
    meridian = [(mp.cos(angle), mp.sin(angle), weight) for angle, weight in arc_rule(mp.mpf(0), mp.pi, degree + 1)]
    rays: list[Node] = []
    for (along, across), share in _plane_rays(projected, degree, digits):
        for height, radius, weight in meridian:
            ray = tuple(
                height * p + radius * (along * q + across * r) for p, q, r in zip(pole, first, second, strict=True)
            )
            rays.append((ray, share * weight * radius / 2))  # the area element of the sphere
    return rays


def _on_a_line(integrand: Expr, x: Symbol, kinks: list[Expr], values: Mapping[Symbol, Any], evaluate: Evaluate) -> Any:
    places = set()
    for argument in kinks:
        slope = argument.diff(x)
        if slope.has(x):
            raise CubatureError(f"the kink {argument} is not linear in {x}")
        places.add(-evaluate(argument.subs(x, 0), values) / evaluate(slope, values))
    function = compiled(integrand, [x], values, evaluate)
    reach = mp.sqrt(2 * (mp.mp.dps + 10) * mp.log(10))  # beyond it the density is below the last digit
    cuts = [-reach, *sorted(place for place in places if abs(place) < reach), reach]
    pieces = []
    for start, stop in pairwise(cuts):
        count = int((stop - start) / 2) + 1
        pieces += [start + (stop - start) * i / count for i in range(count)]
    return quadrature(lambda t: function(t) * mp.npdf(t), [*pieces, reach])


def quadrature(function: Callable[[Any], Any], places: Sequence[Any]) -> Any:
    """The integral from the first place to the last, finite ones, of a function that is smooth in between."""
    found, error = mp.quad(function, places, error=True, method="gauss-legendre", maxdegree=6)
    return found if error < mp.mpf(10) ** (4 - mp.mp.dps) else mp.quad(function, places)
