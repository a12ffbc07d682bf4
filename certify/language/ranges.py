"""Where variables lie: ``t in [0, pi]``, ``x > 0``, ``k in 2..10``, ``k >= 2 integer``, several with commas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from relucert.certify.formula import Variable
from relucert.certify.language.builder import Builder
from relucert.certify.language.errors import LanguageError, Source
from relucert.certify.language.grammar import COMPARISONS, Instruction, parse
from relucert.certify.language.meaning import Scope
from relucert.certify.language.tokens import Token, Tokens, shown

_EXAMPLE = "write e.g. x in [0, 1], x > 0 or k in 2..10"


@dataclass
class End:
    """One end of a range; without instructions it is infinite."""

    instructions: list[Instruction] | None = None
    is_open: bool = True
    column: int = 1


@dataclass
class Range:
    """A variable and its ends as they were written."""

    name: str
    low: End
    high: End
    integer: bool
    source: Source
    column: int

    def variable(self, scope: Scope) -> Variable:
        """The variable of the claim.

        Raises
        ------
        LanguageError
            An end is no constant, or the range is empty, as far as rational ends tell.
        """
        low, high = (self._place(end, scope) for end in (self.low, self.high))
        self._require_numbers(scope.builder, low, high)
        return Variable(self.name, low, high, self.low.is_open, self.high.is_open, self.integer)

    def _place(self, end: End, scope: Scope) -> int | None:
        if end.instructions is None:
            return None
        place = scope.expression(end.instructions, self.source)
        if not scope.builder.is_constant(place):
            raise LanguageError(
                f"an end of the range of {self.name} depends on a variable",
                self.source,
                end.column,
                "give constant ends, and the rest as a condition",
            )
        return place

    def _require_numbers(self, builder: Builder, low: int | None, high: int | None) -> None:
        first = None if low is None else builder.number(low)
        last = None if high is None else builder.number(high)
        empty = low is not None and low == high and (self.low.is_open or self.high.is_open)
        if first is not None and last is not None:
            if self.integer:
                first = Fraction(floor(first) + 1 if self.low.is_open else ceil(first))
                last = Fraction(ceil(last) - 1 if self.high.is_open else floor(last))
            empty = empty or first > last
        if empty:
            what = f"there is no {'whole ' * self.integer}number in the range of {self.name}"
            raise LanguageError(what, self.source, self.column, "give the lower end first")


def read_ranges(source: Source) -> Iterator[Range]:
    """All ranges of one text."""
    tokens = Tokens(source)
    if tokens.peek().kind == "end":
        raise tokens.error("the text is empty", tokens.peek(), _EXAMPLE)
    while True:
        yield from _Item(tokens).ranges()
        if tokens.take_if(","):
            continue
        if tokens.peek().kind != "end":
            raise tokens.error(f"unexpected {shown(tokens.peek())} behind a range", tokens.peek(), _EXAMPLE)
        return


class _Item:
    """One range, of one or several variables."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.source = tokens, tokens.source
        self.names: list[Token] = []

    def ranges(self) -> Iterator[Range]:
        start = self.tokens.peek()
        integer = self.tokens.take_name("integer")
        low, high, whole = self._ends(start)
        integer = integer or whole or self.tokens.take_name("integer")
        if not integer:
            self.tokens.take_name("real")
        for name in self.names:
            yield Range(name.text, low, high, integer, self.source, name.column)

    def _ends(self, start: Token) -> tuple[End, End, bool]:
        """The ends, and whether the form says that the numbers are whole."""
        first = self._operand()
        while self._is_name(first) and self.tokens.take_if(","):
            self.names.append(first[1])
            first = self._operand()
        if self._is_name(first):
            self.names.append(first[1])
            if self.tokens.take_name("in"):
                return self._interval()
            if self.tokens.peek().kind not in COMPARISONS:
                if self.tokens.peek().text in ("integer", "real"):
                    return End(), End(), False
                raise self.tokens.error(f"expected 'in' or a comparison after {first[1].text}, found "
                                        f"{shown(self.tokens.peek())}", self.tokens.peek(), _EXAMPLE)  # fmt: skip
        elif self.names or self.tokens.peek().text == "in":
            what = f"expected the name of a variable, found {shown(first[1])}"
            raise self.tokens.error(what, first[1], _EXAMPLE)
        return self._chain(start, first)

    def _operand(self) -> tuple[list[Instruction], Token]:
        token = self.tokens.peek()
        return parse(self.tokens, comparisons=False), token

    @staticmethod
    def _is_name(operand: tuple[list[Instruction], Token]) -> bool:
        return len(operand[0]) == 1 and operand[1].kind == "name" and operand[1].text not in ("pi", "e", "inf")

    def _chain(self, start: Token, first: tuple[list[Instruction], Token]) -> tuple[End, End, bool]:
        """``x > 0``, ``0 < x``, ``0 < x <= 1``, ``x = 3``."""
        operands, relations = [first], []
        while relation := self.tokens.take_if(*COMPARISONS):
            relations.append(relation)
            operands.append(self._operand())
        place = 0 if self.names else 1
        signs = [relation.kind for relation in relations]
        same_way = all(sign in ("<", "<=") for sign in signs) or all(sign in (">", ">=") for sign in signs)
        if (
            not 1 <= len(signs) <= 2
            or (len(signs) == 2 and (place == 0 or not same_way))
            or "!=" in signs
            or not (self.names or self._is_name(operands[1]))
        ):
            raise self.tokens.error("this is no range", start, _EXAMPLE)
        if not self.names:
            self.names.append(operands[1][1])
        low, high = End(), End()
        for number, sign in enumerate(signs):
            other = operands[number] if number < place else operands[number + 1]
            end = End(other[0], sign in ("<", ">"), other[1].column)
            if sign == "=":
                return end, end, False
            if (sign in ("<", "<=")) == (number < place):
                low = end
            else:
                high = end
        return low, high, False

    def _interval(self) -> tuple[End, End, bool]:
        """``[0, pi)`` with any brackets, or ``2..10``."""
        opening = self.tokens.take_if("[", "(")
        low = self._end(-1)
        if opening is None:
            self.tokens.expect("..", "expected '[', '(' or a range like 2..10", _EXAMPLE)
            high = self._end(1)
            low.is_open, high.is_open = low.instructions is None, high.instructions is None
            return low, high, True
        self.tokens.expect(",", "expected a comma between the ends of the range", _EXAMPLE)
        high = self._end(1)
        closing = self.tokens.take_if("]", ")")
        if closing is None:
            found = self.tokens.peek()
            raise self.tokens.error(f"expected ] or ) behind the range, found {shown(found)}", found, _EXAMPLE)
        for end, bracket, closed, cure in ((low, opening, "[", "(-inf"), (high, closing, "]", "inf)")):
            end.is_open = bracket.kind != closed
            if end.instructions is None and not end.is_open:
                raise self.tokens.error("an infinite end does not belong to the range", bracket, f"write {cure}")
        return low, high, False

    def _end(self, side: int) -> End:
        """A constant expression, or infinity with the sign of this side."""
        token = self.tokens.peek()
        instructions = parse(self.tokens, comparisons=False)
        name, *signs = instructions
        if name.code == "name" and name.value == "inf" and all(step.code == "neg" for step in signs):
            if (-1) ** len(signs) != side:
                raise self.tokens.error("infinity has the wrong sign", token, "write (-inf, ...) or (..., inf)")
            return End(None, True, token.column)
        return End(instructions, False, token.column)
