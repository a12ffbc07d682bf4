"""Bounds on sizes: formulas of whole numbers, names, +, * and max; monotone, so that bounds can be composed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType


def bounds(**formulas: str) -> Mapping[str, str]:
    """The formulas by the parameter that they bound."""
    return MappingProxyType(formulas)


def evaluate(formula: str, values: Mapping[str, int]) -> int:
    """The value of a formula; ValueError for anything that is not such a formula, KeyError for an unknown name."""
    return _value(ast.parse(formula, mode="eval").body, values)


def substitute(formula: str, formulas: Mapping[str, str]) -> str:
    """The formula with names replaced by formulas; names that are not given stay."""
    tree = _Substitution({name: ast.parse(text, mode="eval").body for name, text in formulas.items()})
    return ast.unparse(tree.visit(ast.parse(formula, mode="eval")))


def _value(node: ast.expr, values: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, values) + _value(right, values)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, values) * _value(right, values)
        case ast.Call(func=ast.Name(id="max"), args=arguments, keywords=[]) if arguments:
            return max(_value(argument, values) for argument in arguments)
    raise ValueError(f"{ast.unparse(node)} is not built from whole numbers, names, +, * and max")


class _Substitution(ast.NodeTransformer):
    def __init__(self, formulas: Mapping[str, ast.expr]) -> None:
        self.formulas = formulas

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.formulas.get(node.id, node)
