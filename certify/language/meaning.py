"""What the instructions of the grammar mean: names are looked up, functions unfolded, kinds of operands checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import ExpressionError, LanguageError, Source, quoted, suggestion
from relucert.certify.language.functions import BUILT_IN, CONSTANTS, RANGE_WORDS, power
from relucert.certify.language.grammar import Instruction, expect_end, parse, parse_all
from relucert.certify.language.tokens import KEYWORDS, Tokens
from relucert.certify.language.vocabulary import VOCABULARY

MAX_STEPS = 3_000_000  # of evaluation; equal calls count once
MAX_DEPTH = 50  # of defined functions that use each other


class Value(NamedTuple):
    """An expression or a formula, and where it was written."""

    place: int
    is_formula: bool
    column: int


class Function(NamedTuple):
    """A function with parameters, defined by a text of the language."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[Instruction, ...]
    depth: int


class Scope:
    """The names that a claim may use, and what they stand for."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._names: dict[str, Value] = {}
        self._functions: dict[str, Function] = {}
        self._calls: dict[tuple[str, tuple[tuple[int, bool], ...]], Value] = {}
        self._steps = 0

    # ---- names

    def declare(self, name: str, index: int, source: Source, column: int) -> None:
        """A variable of the claim."""
        self._require_free(name, source, column)
        self._names[name] = Value(self.builder.node("variable", index), False, column)

    def define(self, source: Source) -> None:
        """``name = expression`` or ``name(a, b) = expression``; a formula may stand on the right as well."""
        tokens = Tokens(source)
        name = tokens.expect("name", "a definition begins with the name that it defines", "write e.g. u = sin(t)")
        self._require_free(name.text, source, name.column)
        parameters: list[str] = []
        if opening := tokens.take_if("("):
            while not parameters or tokens.take_if(","):
                parameter = tokens.expect("name", "expected the name of a parameter")
                if parameter.text in parameters:
                    raise tokens.error(f"the parameter {parameter.text} occurs twice", parameter, "rename one")
                self._require_free(parameter.text, source, parameter.column, parameter=True)
                parameters.append(parameter.text)
            tokens.expect(")", "expected ',' or ')' after a parameter")
        tokens.expect("=", f"expected '=' after {name.text}", "write e.g. u = sin(t)")
        body = parse(tokens)
        expect_end(tokens)
        if opening is None:
            self._names[name.text] = self.evaluate(body, source)._replace(column=name.column)
            return
        self._functions[name.text] = self._function(name.text, parameters, body, source, name.column)

    def _function(
        self, name: str, parameters: Sequence[str], body: Sequence[Instruction], source: Source, column: int
    ) -> Function:
        depth = 1
        known = {*self._names, *CONSTANTS, *parameters}
        for step in body:
            if step.code == "name" and step.value not in known:
                raise self._unknown(step, source, parameters)
            if step.code == "call":
                called = step.value[0]
                if called not in BUILT_IN:
                    depth = max(depth, 1 + self._find(called, source, step.column, parameters).depth)
        if depth > MAX_DEPTH:
            raise LanguageError(f"{name} needs more than {MAX_DEPTH} functions inside each other", source, column)
        return Function(name, tuple(parameters), tuple(body), depth)

    def _require_free(self, name: str, source: Source, column: int, *, parameter: bool = False) -> None:
        taken = name in BUILT_IN or name in CONSTANTS or name in RANGE_WORDS or name in KEYWORDS
        if taken or (not parameter and (name in VOCABULARY or name in self._functions)):
            raise LanguageError(f"{name} has a meaning already", source, column, "choose another name")
        if not parameter and name in self._names:
            raise LanguageError(f"{name} occurs twice", source, column, "give each name one range or definition")

    # ---- evaluation

    def formula(self, source: Source) -> int:
        """The place of a formula."""
        value = self.evaluate(parse_all(Tokens(source)), source)
        if not value.is_formula:
            raise LanguageError(
                "this is an expression, no formula", source, None, "compare it with something, e.g. >= 0"
            )
        return value.place

    def expression(self, instructions: Sequence[Instruction], source: Source) -> int:
        """The place of an expression."""
        value = self.evaluate(instructions, source)
        if value.is_formula:
            raise LanguageError("expected an expression, found a formula", source, value.column)
        return value.place

    def evaluate(
        self, instructions: Iterable[Instruction], source: Source, local: Mapping[str, Value] | None = None
    ) -> Value:
        """Run the stack machine."""
        stack: list[Value] = []
        machine = _Machine(self, source, local or {}, stack)
        for step in instructions:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise LanguageError(f"the claim takes more than {MAX_STEPS} steps", source, step.column, "split it")
            try:
                machine.run(step)
            except ExpressionError as error:
                raise LanguageError(error.what, source, step.column, error.cure) from None
        (value,) = stack
        return value

    def name(self, step: Instruction, source: Source, local: Mapping[str, Value]) -> Value:
        """The value of a name."""
        name = step.value
        found = local.get(name) or self._names.get(name)
        if found is None and name in CONSTANTS:
            found = Value(CONSTANTS[name](self.builder), False, step.column)
        if found is None:
            raise self._unknown(step, source, local)
        return found._replace(column=step.column)

    def call(self, step: Instruction, arguments: Sequence[Value], source: Source, local: Mapping[str, Value]) -> Value:
        """The value of a function."""
        name = step.value[0]
        if name in BUILT_IN:
            least, most, meaning = BUILT_IN[name]
            if len(arguments) < least or (most is not None and len(arguments) > most):
                needed = f"{least}" if most == least else f"{least} or more"
                raise LanguageError(f"{name} takes {needed} argument{'s' * (needed != '1')}, not {len(arguments)}",
                                    source, step.column)  # fmt: skip
            for argument in arguments:
                require_expression(argument, source, f"{name} takes")
            return Value(meaning(self.builder, [argument.place for argument in arguments]), False, step.column)
        function = self._find(name, source, step.column, local)
        if len(arguments) != len(function.parameters):
            usage = f"{name}({', '.join(function.parameters)})"
            raise LanguageError(f"{name} takes {len(function.parameters)} argument"
                                f"{'s' * (len(function.parameters) != 1)}, not {len(arguments)}",
                                source, step.column, f"write {usage}")  # fmt: skip
        key = (name, tuple((argument.place, argument.is_formula) for argument in arguments))
        known = self._calls.get(key)
        if known is None:
            values = dict(zip(function.parameters, arguments, strict=True))
            try:
                known = self.evaluate(function.body, source, values)
            except LanguageError as error:
                inner = error.what.startswith("in ")  # of functions inside each other the innermost one is named
                what = error.what if inner else f"in {name}({', '.join(function.parameters)}): {error.what}"
                raise LanguageError(what, source, step.column, error.cure) from None
            self._calls[key] = known
        return known._replace(column=step.column)

    def _find(self, name: str, source: Source, column: int, local: Iterable[str]) -> Function:
        """A function that is not built in; those of the vocabulary are read when they are first needed."""
        if name not in self._functions:
            if name not in VOCABULARY:
                if name in {*local, *self._names, *CONSTANTS}:
                    raise LanguageError(f"{name} is no function", source, column, f"write {name}*(...)")
                known = [*BUILT_IN, *VOCABULARY, *self._functions]
                cure = suggestion(name, known, "the functions are listed in docs/language.md")
                raise LanguageError(f"unknown function {quoted(name)}", source, column, cure)
            entry = VOCABULARY[name]
            body = parse_all(Tokens(Source(name, entry.text)))
            self._functions[name] = self._function(name, entry.parameters, body, Source(name, entry.text), 1)
        return self._functions[name]

    def _unknown(self, step: Instruction, source: Source, local: Iterable[str]) -> LanguageError:
        name = step.value
        if name in BUILT_IN or name in VOCABULARY or name in self._functions:
            return LanguageError(f"{name} is a function", source, step.column, f"write {name}(...)")
        if name == "inf":
            return LanguageError("inf is no number", source, step.column, "only the ends of ranges can be infinite")
        if name in RANGE_WORDS:
            return LanguageError(f"unexpected {quoted(name)}", source, step.column)
        cure = suggestion(name, [*local, *self._names, *CONSTANTS, *BUILT_IN], f"give its range, e.g. {name} in [0, 1]")
        return LanguageError(f"unknown name {quoted(name)}", source, step.column, cure)


def require_expression(value: Value, source: Source, context: str) -> None:
    """Functions and arithmetic take numbers."""
    if value.is_formula:
        raise LanguageError(f"{context} expressions, not a formula", source, value.column)


class _Machine:
    """The operations on a stack of values."""

    def __init__(self, scope: Scope, source: Source, local: Mapping[str, Value], stack: list[Value]) -> None:
        self.scope, self.builder, self.source, self.local, self.stack = scope, scope.builder, source, local, stack

    def run(self, step: Instruction) -> None:
        """One instruction."""
        code = step.code
        if code == "number":
            self._push(self.builder.rational(step.value), False, step.column)
        elif code == "name":
            self.stack.append(self.scope.name(step, self.source, self.local))
        elif code == "call":
            arguments = self._pop(step.value[1])
            self.stack.append(self.scope.call(step, arguments, self.source, self.local))
        elif code == "neg":
            (a,) = self._expressions(1, "'-' takes")
            self._push(self.builder.negative(a.place), False, step.column)
        elif code in _ARITHMETIC:
            a, b = self._expressions(2, f"'{code}' takes")
            self._push(_ARITHMETIC[code](self.builder, a.place, b.place), False, a.column)
        elif code == "compare":
            self._compare(step)
        else:
            self._connect(step)

    def _compare(self, step: Instruction) -> None:
        values = self._expressions(len(step.value) + 1, "a comparison takes")
        relations = []
        for kind, left, right in zip(step.value, values, values[1:], strict=False):
            a, b = (right, left) if kind in (">", ">=") else (left, right)
            relations.append(self.builder.formula({">": "<", ">=": "<="}.get(kind, kind), a.place, b.place))
        self._push(self.builder.all_of(relations), True, values[0].column)

    def _connect(self, step: Instruction) -> None:
        names = {"implies": "'=>' (implies)"}
        values = self._pop(1 if step.code == "not" else 2)
        for value in values:
            if not value.is_formula:
                what = f"{names.get(step.code, step.code)} takes formulas, not an expression"
                cure = "write >= for at least" if step.code == "implies" else "compare it with something, e.g. > 0"
                raise LanguageError(what, self.source, step.column, cure)
        places = [value.place for value in values]
        if step.code == "implies":
            places[0] = self.builder.formula("not", places[0])
        code = "or" if step.code == "implies" else step.code
        self._push(self.builder.formula(code, *places), True, values[0].column)

    def _expressions(self, count: int, context: str) -> list[Value]:
        values = self._pop(count)
        for value in values:
            require_expression(value, self.source, context)
        return values

    def _pop(self, count: int) -> list[Value]:
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def _push(self, place: Any, is_formula: bool, column: int) -> None:
        self.stack.append(Value(place, is_formula, column))


_ARITHMETIC: dict[str, Callable[[Builder, int, int], int]] = {
    "+": Builder.add,
    "-": Builder.subtract,
    "*": Builder.multiply,
    "/": Builder.divide,
    "^": power,
}
