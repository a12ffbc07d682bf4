"""Sums of a polynomial with kinks over many nodes, in whole numbers: several times as fast as with mpmath's floats.

A number t stands as the integer nearest below t * 2**bits.  The bits exceed the context's precision by `GUARD`, so that
coefficients up to about 2**GUARD lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import mpmath as mp
from mpmath.libmp import to_fixed
from sympy import Expr, Symbol, cse

from relucert.symbolic.expressions import leaky_relu, relu, step

GUARD = 40
Node = tuple[tuple[Any, ...], Any]  # coordinates, weight


def weighted_sum(
    body: Expr, blocks: Sequence[Sequence[Symbol]], constants: Mapping[Symbol, Any], rules: list[list[Node]]
) -> Any:
    """The sum of weight times body over the product of the rules, one for each block of coordinates.

    What depends on one block only is worked out once for each of its nodes.
    """
    bits = mp.mp.prec + GUARD
    inner, whole = _functions(body, tuple(map(tuple, blocks)), tuple(constants), bits)
    rest = tuple(_fixed(entry, bits) for entry in constants.values())
    parts = [
        [(function(*(_fixed(entry, bits) for entry in place), *rest), _fixed(weight, bits)) for place, weight in rule]
        for function, rule in zip(inner, rules, strict=True)
    ]
    total = 0
    for chosen in product(*parts):
        values, weight = chosen[0]
        for more, factor in chosen[1:]:
            values, weight = values + more, weight * factor >> bits
        total += weight * whole(*values, *rest)[0]
    return mp.ldexp(mp.mpf(total), -2 * bits)


def _fixed(number: Any, bits: int) -> int:
    return int(to_fixed(mp.mpf(number)._mpf_, bits))


@lru_cache(maxsize=256)
def _functions(body: Expr, blocks: tuple[tuple[Symbol, ...], ...], constants: tuple[Symbol, ...], bits: int) -> Any:
    """For each block the function that gives its parts of the formula, and the formula as a function of these."""
    parts: list[dict[Expr, Symbol]] = [{} for _ in blocks]
    whole = _separated(body, blocks, parts)
    inner = [_function((*block, *constants), list(found), bits) for block, found in zip(blocks, parts, strict=True)]
    names = [name for found in parts for name in found.values()]
    return inner, _function((*names, *constants), [whole], bits)


def _separated(node: Expr, blocks: tuple[tuple[Symbol, ...], ...], parts: list[dict[Expr, Symbol]]) -> Expr:
    """The formula with symbols for what depends on one block only; a sum's or product's terms in it are one part."""
    used = [number for number, block in enumerate(blocks) if node.has(*block)]
    if not used:
        return node
    if len(used) == 1:
        (number,) = used
        return parts[number].setdefault(node, Symbol(f"part{number}_{len(parts[number])}"))
    arguments = list(node.args)
    if node.is_Add or node.is_Mul:
        for block in blocks:
            others = {name for other in blocks if other is not block for name in other}
            own = [part for part in arguments if part.has(*block) and not part.has(*others)]
            arguments = [part for part in arguments if part not in own] + ([node.func(*own)] if own else [])
    return node.func(*(_separated(part, blocks, parts) for part in arguments))


def _function(names: tuple[Symbol, ...], formulas: list[Expr], bits: int) -> Any:
    """The formulas as one function of whole numbers."""
    common, last = cse(formulas)
    spelling = {name: f"x{number}" for number, name in enumerate(names)}
    lines = [f"def function({', '.join(spelling.values())}):"]
    for name, part in common:
        lines.append(f"    {name}_ = {_source(part, spelling, bits)}")
        spelling[name] = f"{name}_"
    lines.append(f"    return ({''.join(f'{_source(formula, spelling, bits)}, ' for formula in last)})")
    found: dict[str, Any] = {}
    exec("\n".join(lines), found)
    return found["function"]


def _source(node: Expr, spelling: Mapping[Symbol, str], bits: int) -> str:
    if node.is_Symbol:
        return spelling[node]
    if node.is_Rational:
        return f"({(int(node.p) << bits) // int(node.q)})"
    parts = [_source(part, spelling, bits) for part in node.args]
    if node.is_Add:
        return f"({' + '.join(parts)})"
    if node.is_Mul:
        return _product(parts, bits)
    if node.is_Pow:
        return _product(parts[:1] * int(node.args[1]), bits)
    if isinstance(node, relu):
        return f"max({parts[0]}, 0)"
    if isinstance(node, leaky_relu):
        return f"(t if (t := {parts[0]}) > 0 else {_product(['t', parts[1]], bits)})"
    if isinstance(node, step):
        return f"({1 << bits} if {parts[0]} > 0 else 0)"
    raise TypeError(f"{node} is no polynomial between kinks")


def _product(parts: list[str], bits: int) -> str:
    found = parts[0]
    for part in parts[1:]:
        found = f"({found}*{part} >> {bits})"
    return found
