"""A small reader of SMT-LIB 2 scripts, for the tests: their values when the declared constants are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from mpmath import mpf

Expression = Any  # a word, or a list of expressions
_WORD = re.compile(r"[()]|[^\s()]+")


def commands(script: str) -> list[Expression]:
    """The commands of a script, without comments."""
    words = iter(_WORD.findall("\n".join(line for line in script.splitlines() if not line.startswith(";"))))
    return list(_expressions(words))


def _expressions(words: Iterator[str]) -> Iterator[Expression]:
    for word in words:
        if word == ")":
            return
        yield list(_expressions(words)) if word == "(" else word


class Script:
    """Defined functions, declared constants and assertions."""

    def __init__(self, text: str) -> None:
        self.logic = ""
        self.declared: dict[str, str] = {}
        self.definitions: dict[str, Expression] = {}
        self.assertions: list[Expression] = []
        known: set[str] = set()
        for command, *rest in commands(text):
            if command == "set-logic":
                self.logic = rest[0]
            elif command == "declare-const":
                self.declared[rest[0]] = rest[1]
            elif command == "define-fun":
                assert rest[1] == []
                self._require_known(rest[3], known)
                self.definitions[rest[0]] = rest[3]
            elif command == "assert":
                self._require_known(rest[0], known)
                self.assertions.append(rest[0])
            else:
                assert command == "check-sat", command
            if command in ("declare-const", "define-fun"):
                assert rest[0] not in known
                known.add(rest[0])

    def _require_known(self, expression: Expression, known: set[str]) -> None:
        for part in expression[1:] if isinstance(expression, list) else [expression]:
            if isinstance(part, list):
                self._require_known(part, known)
            else:
                assert part in known or re.fullmatch(r"\d+\.0", part), part

    def values(self, constants: Mapping[str, Any], almost: Callable[[Any, Any], bool]) -> list[bool]:
        """The truth of every assertion; ``almost`` compares numbers for equality."""
        known: dict[str, Any] = dict(constants)
        for name, expression in self.definitions.items():
            known[name] = _value(expression, known, almost)
        return [bool(_value(assertion, known, almost)) for assertion in self.assertions]


def _value(expression: Expression, known: Mapping[str, Any], almost: Callable[[Any, Any], bool]) -> Any:
    if not isinstance(expression, list):
        return known[expression] if expression in known else mpf(expression)
    operator, *rest = expression
    if operator == "ite":
        return _value(rest[1] if _value(rest[0], known, almost) else rest[2], known, almost)
    values = [_value(part, known, almost) for part in rest]
    if operator == "=":
        return almost(*values)
    if operator in ("<", "<=", ">", ">="):
        return all(_ordered(operator, a, b) for a, b in pairwise(values))
    return _OPERATIONS[operator](values)


def _ordered(operator: str, a: Any, b: Any) -> bool:
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def _product(values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result


_OPERATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "+": sum,
    "-": lambda v: -v[0] if len(v) == 1 else v[0] - sum(v[1:]),
    "*": _product,
    "/": lambda v: v[0] / v[1] if v[1] else mpf(17),  # total in SMT-LIB: some number
    "and": all,
    "or": any,
    "not": lambda v: not v[0],
    "=>": lambda v: not v[0] or v[1],
    "to_real": lambda v: v[0],
}
