"""A derivation's results as a NumPy module: one documented function each, vectorised over leading axes."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import sympy
from sympy import Expr, Sum, Symbol

from relucert.symbolic.conditions import Condition, relations
from relucert.symbolic.derivation import Derivation, Result
from relucert.symbolic.expressions import (
    Angle,
    Entry,
    Matrix,
    Norm,
    Vector,
    rank,
)
from relucert.symbolic.printers.numpy_expressions import Scope
from relucert.symbolic.printers.numpy_helpers import HELPERS, helpers_for
from relucert.symbolic.printers.numpy_pieces import CannotPrint
from relucert.symbolic.printers.numpy_sizes import Sizes, is_size

WIDTH = 110
_RESERVED = {"np", "math", "batch", *HELPERS}


def module(derivation: Derivation, *, verified: bool = True) -> str:
    """The text of a Python module that needs nothing but NumPy; it says so when the derivation is not verified.

    Raises
    ------
    CannotPrint
        A result has a node without a NumPy spelling.
    """
    functions = "\n\n".join(_Function(derivation, result).text() for result in derivation.results)
    helpers = helpers_for(functions)
    modules = ["import math", ""] if "math." in helpers else []
    return "\n".join([_header(derivation, verified), *modules, "import numpy as np", "", "", f"{helpers}\n", functions])


def function_name(derivation: Derivation, result: Result) -> str:
    """``relu_kernel_height`` for the result "height" of relu-kernel, ``relu_kernel`` for "kernel"."""
    own = derivation.name.replace("-", "_")
    return own if own.endswith(f"_{result.name}") else f"{own}_{result.name}"


def package(derivations: Sequence[Derivation]) -> str:
    """The text of an ``__init__.py`` for a folder with the modules of all derivations."""
    lines = ['"""Population losses of shallow ReLU networks and what belongs to them."""', ""]
    for derivation in derivations:
        names = ", ".join(function_name(derivation, result) for result in derivation.results)
        lines += [f"from .{derivation.name.replace('-', '_')} import ({names})"]
    return "\n".join(lines) + "\n"


def _header(derivation: Derivation, verified: bool) -> str:
    mark = [] if verified else ["UNVERIFIED: a step of the derivation fails.", ""]
    lines = [
        f'"""{derivation.title}.',
        "",
        *mark,
        *_wrapped(f"Law: {derivation.law}."),
        *_wrapped(f"Normalisation: {derivation.normalisation}."),
        *_wrapped(f"Source: {derivation.source}."),
        "",
        f"Written by `relucert derive {derivation.name} --to numpy`.  Functions broadcast over leading axes;",
        "where a formula has no value they raise ValueError.",
        '"""',
        "",
    ]
    return "\n".join(lines)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


@dataclass(frozen=True)
class _Function:
    """One result on its way to code."""

    derivation: Derivation
    result: Result

    def text(self) -> str:
        """The whole function."""
        scope = self._scope()
        body: list[list[str]] = []  # local variables, each with its lines
        for name, meaning in self._definitions():
            body += self._local(scope, name, meaning)
            if isinstance(meaning, Angle):
                scope = replace(scope, angles={**scope.angles, name: f"{name}_supplement"})
        for norm in self._repeated_norms():
            body.append([f"norm_{norm.args[0]} = {scope.code(norm).text}"])
            scope = replace(scope, names={**scope.names, norm: f"norm_{norm.args[0]}"})
        checks = list(self._checked_conditions(scope))
        value = scope.code(self.result.right)
        ending = [*_folded("value", value.text), f"return _result(value, batch, {rank(self.result.right)})"]
        kept: list[str] = [*checks, *ending]
        for local in reversed(body):
            if _needed(local[-1] if local[0].startswith("#") else local[0], "\n".join(kept)):
                kept = [*local, *kept]
        lines = [*self._checks("\n".join(kept)), *kept]
        names = ", ".join(symbol.name for symbol in self.result.arguments)
        name = function_name(self.derivation, self.result)
        return "\n".join([f"def {name}({names}):", *_indented(self._docstring()), *_indented(lines), ""])

    # ---- names

    def _definitions(self, *starts: Expr) -> list[tuple[Symbol, Expr]]:
        """Abbreviations that the formula uses, each after those that it uses itself."""
        known = self.derivation.definitions()
        ordered: list[tuple[Symbol, Expr]] = []

        def visit(expression: Expr) -> None:
            for symbol in sorted(expression.atoms(Symbol), key=str):
                if symbol in known and symbol not in self.result.arguments and symbol not in dict(ordered):
                    if is_size(known[symbol]):
                        continue
                    visit(known[symbol])
                    ordered.append((symbol, known[symbol]))

        for start in starts or (self.result.right, *(condition.relation for condition in self._conditions)):
            visit(start)
        return ordered

    @cached_property
    def _formulas(self) -> list[Expr]:
        return [self.result.right, *(meaning for _, meaning in self._definitions())]

    @cached_property
    def _axes(self) -> Sizes:
        equality = sympy.Eq(self.result.left, self.result.right, evaluate=False)
        counted = {name: meaning for name, meaning in self.derivation.definitions().items() if is_size(meaning)}
        return Sizes([equality], {**dict(self._definitions(self.result.left, self.result.right)), **counted})

    @cached_property
    def _lengths(self) -> set[str]:
        """Names of the lengths of the arguments' axes."""
        axes = self._axes
        return {axes.name(axis) for symbol in self.result.arguments for axis in axes.axes(symbol)}

    @cached_property
    def _sizes(self) -> set[Symbol]:
        """Names that have to be Python ints: ends of sums, places in families."""
        counters = {limit[0] for formula in self._formulas for total in formula.atoms(Sum) for limit in total.limits}
        found: set[Symbol] = set()
        for formula in self._formulas:
            for total in formula.atoms(Sum):
                found |= set().union(*(end.free_symbols for limit in total.limits for end in limit[1:]))
            found |= set().union(*(entry.args[1].free_symbols for entry in formula.atoms(Entry)))
        return found - counters

    def _scope(self) -> Scope:
        for symbol in self.result.arguments:
            if not symbol.name.isidentifier() or keyword.iskeyword(symbol.name) or symbol.name in _RESERVED:
                raise CannotPrint(f"{symbol.name} is no name for an argument")
        axes = self._axes
        self._refuse_unknown(axes)
        lengths = {symbol for formula in self._formulas for symbol in formula.atoms(Symbol)}
        lengths = {symbol for symbol in lengths if symbol.name in self._lengths}
        return Scope(
            sizes=frozenset(self._sizes | lengths - set(self.result.arguments)),
            families=axes.families(self.result.arguments),
            names=axes.constants(),
        )

    def _refuse_unknown(self, axes: Sizes) -> None:
        known = {*self.result.arguments, *(name for name, _ in self._definitions()), *axes.constants()}
        free = set().union(*(formula.free_symbols for formula in self._formulas)) - known
        unknown = sorted(symbol.name for symbol in free if symbol.name not in self._lengths)
        if unknown:
            name = function_name(self.derivation, self.result)
            raise CannotPrint(f"{name}: {', '.join(unknown)} is neither an argument nor defined")

    def _repeated_norms(self) -> list[Norm]:
        counts = [node for formula in self._formulas for node in sympy.preorder_traversal(formula)]
        found = {node for node in counts if isinstance(node, Norm) and isinstance(node.args[0], Vector)}
        return sorted((norm for norm in found if counts.count(norm) > 1), key=str)

    @cached_property
    def _conditions(self) -> list[Condition]:
        """Conditions in the names of the arguments."""
        known = set(self.result.arguments) | set(self.derivation.definitions())
        return [
            condition
            for condition in relations(self.derivation)
            if condition.relation.free_symbols <= known and condition.relation.free_symbols
        ]

    # ---- code

    def _local(self, scope: Scope, name: Symbol, meaning: Expr) -> list[list[str]]:
        lines = [_folded(name.name, scope.code(meaning).text)]
        if isinstance(meaning, Angle):
            supplement = scope.angle_between(*meaning.args, supplement=True)
            lines.append([f"# pi - {name}, precise where it is small", f"{name}_supplement = {supplement.text}"])
        return lines

    def _checked_conditions(self, scope: Scope) -> Iterator[str]:
        for condition in self._conditions:
            relation = condition.relation
            if isinstance(relation, sympy.Eq):
                left, right = (scope.code(side) for side in relation.args)
                test = f"np.isclose({left.text}, {right.text}, rtol=1e-9, atol=1e-9)"
            else:
                test = scope.relation(relation).text
            yield f'_holds("stated for {condition.source}", {test})'

    def _checks(self, body: str) -> Iterator[str]:
        """Arguments become arrays; sizes and leading axes have to fit."""
        axes, sizes = self._axes, self._sizes
        lengths: dict[str, dict[str, str]] = {}
        leading: dict[str, str] = {}
        places: list[str] = []
        for symbol in self.result.arguments:
            name, own = symbol.name, axes.axes(symbol)
            if own:
                yield f'{name} = _array("{name}", {name}, {len(own)})'
                leading[name] = f"{name}.shape[:-{len(own)}]"
                for number, axis in enumerate(own):
                    key = f"{name}_rows" if isinstance(symbol, Matrix) and not number else name
                    lengths.setdefault(axes.name(axis), {})[key] = f"{name}.shape[{number - len(own)}]"
            elif symbol not in sizes:
                yield _scalar_check(symbol)
                leading[name] = f"{name}.shape"
            elif family := self._numbered_by(symbol):
                most = axes.families([family]).get(family, "")
                places.append(f'{name} = _number("{name}", {name}, 1, {most})')
                body += f" {most} "
            else:
                yield f'{name} = _number("{name}", {name}, 1)'
                lengths.setdefault(name, {})[name] = name
        for size, given in lengths.items():
            if size.isdigit():
                given["formula"] = size
            fit = f'_fit("{size}", {_keywords(given)})'
            if size not in given and not size.isdigit() and re.search(rf"(?<!\w){size}(?!\w)", body):
                yield f"{size} = {fit}"
            elif len(given) > 1:
                yield fit
        yield from places
        yield f"batch = _batch({_keywords(leading)})"

    def _numbered_by(self, index: Symbol) -> Symbol | None:
        """The family whose members an argument numbers."""
        entries = set().union(*(formula.atoms(Entry) for formula in self._formulas))
        return next((entry.args[0] for entry in sorted(entries, key=str) if entry.args[1] == index), None)

    # ---- words

    def _docstring(self) -> list[str]:
        derivation, result = self.derivation, self.result
        lines = [f'"""{_sentence(result.description)}', ""]
        lines += _wrapped(f"{result.right}", "    ")
        lines += ["", *_wrapped(f"is {result.left}.")]
        used = self._definitions()
        if used:
            lines += ["", *_wrapped(f"Here {', '.join(f'{name} = {meaning}' for name, meaning in used)}.")]
        lines += ["", *_wrapped(f"Law: {derivation.law}."), *_wrapped(f"Normalisation: {derivation.normalisation}.")]
        for condition in derivation.conditions:
            lines += _wrapped(f"Condition: {condition}.")
        lines += _wrapped(f"Source: {derivation.source}.")
        if result.arguments:
            lines += ["", "Parameters", "----------"]
        for symbol in result.arguments:
            lines.append(f"{symbol} : {self._shape(symbol)}")
            if symbol in derivation.meanings:
                lines += _wrapped(_sentence(derivation.meanings[symbol]), "    ")
        lines += ["", "Returns", "-------", f"array, shape {self._result_shape()}", "", "Raises", "------"]
        lines += [
            "ValueError",
            "    Shapes that do not fit, NaN, or arguments for which the formula has no value.",
            '"""',
        ]
        return [line.replace("\\", "\\\\") for line in lines]

    def _shape(self, symbol: Symbol) -> str:
        axes = self._axes
        own = [axes.name(axis) for axis in axes.axes(symbol)]
        if own:
            return f"array, shape (..., {', '.join(own)})"
        if symbol in self._sizes:
            return "int"
        return "whole number, or array of them" if symbol.is_integer else "float or array"

    def _result_shape(self) -> str:
        axes = self._axes
        names = [axes.name(axis) for axis in axes.axes_of(self.result.right)]
        return f"(..., {', '.join(names)})" if names else "(...)"


def _scalar_check(symbol: Symbol) -> str:
    name = symbol.name
    if symbol.is_integer:
        least = 1 if symbol.is_positive else 0 if symbol.is_nonnegative else "-np.inf"
        return f'{name} = _whole("{name}", {name}, {least})'
    return f'{name} = _scalar("{name}", {name}{", 0" if symbol.is_nonnegative else ""})'


def _keywords(entries: dict[str, str]) -> str:
    return ", ".join(f"{name}={code}" for name, code in entries.items())


def _needed(line: str, later: str) -> bool:
    """A local variable that nothing uses is left out."""
    name = line.partition(" = ")[0]
    code = "\n".join(part for part in later.splitlines() if not part.startswith("#"))
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code) is not None


def _sentence(text: str) -> str:
    return f"{text}." if text.startswith("`") else f"{text[:1].upper()}{text[1:]}."


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _folded(target: str, code: str) -> list[str]:
    """An assignment, over several lines when it is long: broken before the outermost sums, else products."""
    line = f"{target} = {code}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{target} = (", *(f"    {line}" for line in _fold(code)), ")"]


def _fold(code: str) -> list[str]:
    """Lines of an expression in brackets: broken at sums, else at products, else inside the last bracket."""
    if len(code) <= WIDTH - 12 or code.startswith('"'):
        return [code]
    for operators in ((" + ", " - "), (" * ", " / ")):
        parts = _parts(code, operators)
        if len(parts) > 1:
            return [line for part in parts for line in _fold(part)]
    opening = next((place for place, letter in enumerate(code) if letter in "(["), None)
    closing = None if opening is None else _partner(code, opening)
    if opening is None or closing is None or closing == opening + 1:
        return [code]
    arguments = _parts(code[opening + 1 : closing], (", ",))
    lines = []
    for number, argument in enumerate(arguments):
        inside = _fold(argument.removeprefix(",").strip())
        comma = "," if number < len(arguments) - 1 else ""
        lines += [f"    {line}" for line in [*inside[:-1], inside[-1] + comma]]
    return [code[: opening + 1], *lines, *_fold(code[closing:])]


def _parts(code: str, operators: Sequence[str]) -> list[str]:
    """The code cut before these operators where no bracket is open; an operator stays at the start of its part."""
    depth, cuts, quoted = 0, [0], False
    for place, letter in enumerate(code):
        quoted ^= letter == '"'
        depth += (letter in "([") - (letter in ")]") if not quoted else 0
        if depth == 0 and not quoted and any(code.startswith(operator, place) for operator in operators):
            cuts.append(place)
    return [code[start:stop].strip() for start, stop in pairwise([*cuts, len(code)])]


def _partner(code: str, opening: int) -> int | None:
    depth = 0
    for place in range(opening, len(code)):
        depth += (code[place] in "([") - (code[place] in ")]")
        if depth == 0:
            return place
    return None
