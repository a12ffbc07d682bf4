"""Prose with formulas between backticks, ``"both are positive for `phi < pi/2`"``, read into words and formulas.

The formulas are SymPy's spelling in the names of the derivation.  They are read by a small interpreter of Python
expressions: names, whole numbers, arithmetic, comparisons, calls of the known functions; a list ``[a, b]`` is a closed
interval, ``(1, 0)`` a list of coordinates.  Relations are kept as they are written: ``k >= 1`` is not "true".
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import Any

import sympy
from sympy import Basic, Eq, Function, Ge, Gt, Integer, Interval, Le, Lt, Ne, Rational, Symbol, Tuple
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str

from relucert.symbolic import expressions
from relucert.symbolic.derivation import Derivation
from relucert.symbolic.names import count

NODES = """
    Entry Dot Norm Angle Outer Apply Transposed Trace Gradient Hessian Mean
    relu step leaky_relu normal_pdf normal_cdf G
"""
SYMPY = """
    sin cos tan acos asin atan atan2 exp log sqrt gamma erf erfc Abs Max Min sign Sum Product Integral Derivative Limit
    Piecewise KroneckerDelta factorial binomial pi oo E
"""
DIMENSIONS = ("d", "m", "p", "n")  # sizes that a sentence may speak of although no formula has them
# A sentence may name these without arguments; read as `Str`.
FUNCTION_NAMES = ("relu", "step", "G", "normal_pdf", "normal_cdf", "sin", "cos", "tan", "exp", "log", "acos", "gamma")
_RELATIONS: dict[type[ast.cmpop], Any] = {
    ast.Lt: Lt,
    ast.LtE: Le,
    ast.Gt: Gt,
    ast.GtE: Ge,
    ast.Eq: Eq,
    ast.NotEq: Ne,
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


class ProseError(ValueError):
    """A sentence has a formula that cannot be read; the message shows the sentence and says whose it is."""


@dataclass(frozen=True)
class Words:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula and how it was spelled."""

    expression: Basic
    source: str


Piece = Words | Formula


def symbols(derivation: Derivation) -> set[Symbol]:
    """Every symbol of the derivation: of its formulas, meanings and frames."""
    return {symbol for part in _formulas(derivation) for symbol in part.atoms(Symbol)}


def _formulas(part: object) -> Iterator[Basic]:
    """All SymPy objects inside data classes, mappings and sequences."""
    if isinstance(part, Basic):
        yield part
    elif isinstance(part, Mapping):
        for key, entry in part.items():
            yield from _formulas(key)
            yield from _formulas(entry)
    elif is_dataclass(part) and not isinstance(part, type):
        for entry in fields(part):
            yield from _formulas(getattr(part, entry.name))
    elif isinstance(part, (tuple, list)):
        for member in part:
            yield from _formulas(member)


def functions(derivation: Derivation) -> set[str]:
    """Names of the derivation's functions without a definition, ``Function("f")``."""
    return {node.func.__name__ for part in _formulas(derivation) for node in part.atoms(AppliedUndef)}


def namespace(derivation: Derivation) -> dict[str, Any]:
    """What the names in the derivation's formulas mean.

    Raises
    ------
    ProseError
        Two symbols of the derivation have the same name: a formula in prose could mean either.
    """
    found: dict[str, Any] = {name: count(name) for name in DIMENSIONS}
    found |= {name: getattr(sympy, name) for name in SYMPY.split()}
    found |= {name: getattr(expressions, name) for name in NODES.split()}
    found |= {"I": expressions.IDENTITY, "Eq": _equation}
    found |= {name: Function(name) for name in functions(derivation)}
    own: dict[str, Symbol] = {}
    statement = {symbol for part in _formulas(derivation.results) for symbol in part.free_symbols}
    for symbol in (*derivation.meanings, *statement, *sorted(symbols(derivation), key=_order)):
        other = own.setdefault(symbol.name, symbol)
        if other != symbol and not type(other) is type(symbol) is Symbol:  # a step may assume more of a number
            raise ProseError(f"derivation {derivation.name}: two different symbols are called {symbol.name}")
    return found | own


def _order(symbol: Symbol) -> str:
    return str(sorted(symbol.assumptions0.items()))


def _equation(left: Basic, right: Basic) -> Basic:
    return Eq(left, right, evaluate=False)


def pieces(text: str, names: Mapping[str, Any], *, of: str = "") -> list[Piece]:
    """The words and the formulas of a sentence.

    Parameters
    ----------
    text : str
    names : mapping
        From `namespace`.
    of : str
        Name of the derivation, for the message of an error.

    Raises
    ------
    ProseError
    """
    parts = text.split("`")
    where = f"derivation {of}: " if of else ""
    if len(parts) % 2 == 0:
        raise ProseError(f"{where}a backtick has no partner in {text!r}")
    found: list[Piece] = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            if part:
                found.append(Words(part))
            continue
        try:
            found.append(Formula(formula(part, names), part))
        except ProseError as error:
            raise ProseError(f"{where}{error} in {text!r}") from None
    return found


def formula(text: str, names: Mapping[str, Any]) -> Basic:
    """One formula.

    Raises
    ------
    ProseError
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ProseError(f"`{text}` is no formula ({error.msg})") from None
    try:
        value = _value(tree, names)
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ProseError):
            raise
        raise ProseError(f"`{text}` cannot be read ({error})") from None
    if isinstance(value, type) and value.__name__ in FUNCTION_NAMES:
        return Str(value.__name__)
    if not isinstance(value, Basic):
        raise ProseError(f"`{text}` is no formula")
    return value


def _value(tree: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(tree, ast.Name):
        if tree.id not in names:
            near = get_close_matches(tree.id, names, n=1)
            raise ProseError(f"unknown name `{tree.id}`" + (f" (did you mean {near[0]}?)" if near else ""))
        return names[tree.id]
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        return Integer(tree.value) if isinstance(tree.value, int) else Rational(str(tree.value))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
        operand = _value(tree.operand, names)
        return -operand if isinstance(tree.op, ast.USub) else operand
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        return _OPERATORS[type(tree.op)](_value(tree.left, names), _value(tree.right, names))
    if isinstance(tree, ast.Compare):
        if len(tree.ops) > 1:
            raise ProseError(f"write the chain `{ast.unparse(tree)}` as two formulas")
        relation = _RELATIONS.get(type(tree.ops[0]))
        if relation is not None:
            return relation(_value(tree.left, names), _value(tree.comparators[0], names), evaluate=False)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        function = _value(tree.func, names)
        if not callable(function) or isinstance(function, Symbol):
            raise ProseError(f"`{tree.func.id}` is no function")
        return function(*_values(tree.args, names))
    if isinstance(tree, ast.Tuple):
        return Tuple(*_values(tree.elts, names))
    if isinstance(tree, ast.List) and len(tree.elts) == 2:
        return Interval(*_values(tree.elts, names))
    raise ProseError(f"`{ast.unparse(tree)}` is not allowed in a formula")


def _values(trees: Iterable[ast.expr], names: Mapping[str, Any]) -> list[Any]:
    return [_value(tree, names) for tree in trees]


def texts(derivation: Derivation) -> list[str]:
    """All prose of a derivation, in the order in which it is printed."""
    return [
        derivation.law,
        derivation.normalisation,
        *derivation.meanings.values(),
        *derivation.conditions,
        *(step.reason for step in derivation.steps),
        *derivation.remarks,
    ]
