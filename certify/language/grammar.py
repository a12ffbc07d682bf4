"""The grammar: words in, instructions for a stack machine out, by operator precedence and without recursion.

From weak to strong: ``=>``, ``or``, ``and``, ``not``, comparisons (a chain is one), ``+ -``, unary minus, ``* /``,
``^``.  ``=>`` and ``^`` group to the right, all others to the left.  A unary minus behind an operator binds like that
operator: ``a/-b*c`` is ``(a/(-b))*c`` and ``2^-3*c`` is ``(2^(-3))*c``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from relucert.certify.language.errors import LanguageError
from relucert.certify.language.tokens import CURES, Token, Tokens, exact_number, shown

COMPARISONS = ("<", "<=", "=", "!=", ">", ">=")
_NOT, _COMPARISON, _MINUS = 4, 5, 7
LEVELS = {"implies": 1, "or": 2, "and": 3, **dict.fromkeys(COMPARISONS, _COMPARISON),
          "+": 6, "-": 6, "*": 8, "/": 8, "^": 9}  # fmt: skip
_RIGHT = ("implies", "^")


class Instruction(NamedTuple):
    """One step of the stack machine.

    ``code`` is number (``value`` a Fraction), name (a str), call ((name, number of arguments)), compare (a tuple of
    comparisons, one less than values on the stack), neg, not, or a binary operator.
    """

    code: str
    value: Any
    column: int


@dataclass(slots=True)
class _Pending:
    """An operator that waits for its right side, or an open bracket; of a call with the number of its arguments."""

    code: str
    level: int
    token: Token
    arguments: int = 0


def parse(tokens: Tokens, *, comparisons: bool = True) -> list[Instruction]:
    """The longest formula or expression that starts here; what follows it is left for the caller.

    Parameters
    ----------
    tokens : Tokens
    comparisons : bool
        Without them only an expression is read, up to the comparison.

    Raises
    ------
    LanguageError
        With the column of the first word that cannot stand where it does.
    """
    reader = _Reader(tokens, comparisons)
    while reader.operand():
        pass
    return reader.out


def parse_all(tokens: Tokens) -> list[Instruction]:
    """The whole text as one formula or expression."""
    found = parse(tokens)
    expect_end(tokens)
    return found


def expect_end(tokens: Tokens) -> None:
    """Nothing may follow."""
    token = tokens.peek()
    if token.kind == ")":
        raise tokens.error("this ')' closes nothing", token, "remove it, or open it before")
    if token.kind != "end":
        cures = {"in": "give ranges apart from the claim", ",": "give several claims one by one"}
        raise tokens.error(f"unexpected {shown(token)}", token, cures.get(token.text))


class _Reader:
    """The operators that wait, the innermost last."""

    def __init__(self, tokens: Tokens, comparisons: bool) -> None:
        self.tokens, self.comparisons = tokens, comparisons
        self.out: list[Instruction] = []
        self.stack: list[_Pending] = []
        self.open_brackets = 0

    # ---- where a value is expected

    def operand(self) -> bool:
        """Read up to and with one value and what closes or continues it; whether another value must follow."""
        token = self.tokens.take()
        if token.kind == "number":
            self._emit("number", exact_number(token, self.tokens.source), token)
            return self._operator()
        if token.kind == "name":
            opening = self.tokens.take_if("(")
            if opening is None:
                self._emit("name", token.text, token)
                return self._operator()
            self._open(_Pending("call", 0, token, 1))
            if self.tokens.peek().kind == ")":
                raise self.tokens.error(f"{token.text}() lacks its argument", token, f"write {token.text}(x)")
            return True
        if token.kind == "(":
            self._open(_Pending("(", 0, token))
        elif token.kind == "-":
            self.stack.append(_Pending("neg", self._minus_level(), token))
        elif token.kind == "not":
            self.stack.append(_Pending("not", _NOT, token))
        elif token.kind != "+":
            raise self._missing(token)
        return True

    def _minus_level(self) -> int:
        """An operator on the left that binds more strongly lends the minus its strength."""
        return max(_MINUS, self.stack[-1].level) if self.stack else _MINUS

    def _open(self, bracket: _Pending) -> None:
        self.stack.append(bracket)
        self.open_brackets += 1

    def _missing(self, token: Token) -> LanguageError:
        before = next((pending for pending in reversed(self.stack) if pending.code not in ("(", "call")), None)
        if token.kind == "[":
            return self.tokens.error("unexpected '['", token, "group with ( and )")
        if token.kind == "<" and before is not None and before.code == "=":
            return self.tokens.error("unknown comparison '=<'", before.token, "write <=")
        if token.kind == "=" and before is not None and before.code in ("<", ">"):
            return self.tokens.error(f"'{before.code} =' is no comparison", token, "write it without a space")
        what = f"expected a number, a name or '(', found {shown(token)}"
        cure = None
        if token.kind == "end" and self.open_brackets:
            cure = "close the brackets"
        elif not self.tokens.source.text.strip():
            what, cure = "the text is empty", "write an inequality, e.g. x^2 >= 0"
        return self.tokens.error(what, token, cure)

    # ---- where an operator is expected

    def _operator(self) -> bool:
        """Take what closes brackets, then one operator or comma; whether a value must follow."""
        while True:
            token = self.tokens.peek()
            level = LEVELS.get(token.kind)
            if level is not None and (self.comparisons or self.open_brackets or level > _COMPARISON):
                self._binary(self.tokens.take(), level)
                return True
            if self.open_brackets and token.kind in (")", ","):
                self._reduce(1)
                bracket = self.stack[-1]
                if token.kind == "," and bracket.code == "(":
                    raise self.tokens.error("a comma between brackets that follow no function", token,
                                            "name the function, e.g. max(a, b)")  # fmt: skip
                self.tokens.take()
                if token.kind == ",":
                    bracket.arguments += 1
                    return True
                self._close(bracket)
                continue
            starts_value = token.kind in ("number", "name", "(", "not") and not _may_follow(token)
            if self.open_brackets or starts_value:
                raise self._no_operator(token)
            self._reduce(1)
            return False

    def _no_operator(self, token: Token) -> LanguageError:
        if token.kind == "end":
            bracket = next(pending for pending in reversed(self.stack) if pending.code in ("(", "call"))
            column = bracket.token.column + (len(bracket.token.text) if bracket.code == "call" else 0)
            return LanguageError("this '(' is not closed", self.tokens.source, column, "write ) behind its content")
        if token.kind in ("number", "name", "("):
            last = self.out[-1]
            name = last.value if last.code == "name" else ""
            cure = f"write products with *, and arguments in brackets: {name}(...)" if name else "write products with *"
            return self.tokens.error(f"an operator is missing before {shown(token)}", token, cure)
        return self.tokens.error(f"expected an operator or ')', found {shown(token)}", token, CURES.get(token.text))

    def _binary(self, token: Token, level: int) -> None:
        self._reduce(level + 1 if token.kind in _RIGHT or level == _COMPARISON else level)
        self.stack.append(_Pending(token.kind, level, token))

    def _close(self, bracket: _Pending) -> None:
        self.stack.pop()
        self.open_brackets -= 1
        if bracket.code == "call":
            self._emit("call", (bracket.token.text, bracket.arguments), bracket.token)

    def _reduce(self, level: int) -> None:
        """Finish all waiting operators of this strength or more."""
        while self.stack and self.stack[-1].level >= level:
            pending = self.stack.pop()
            if pending.level != _COMPARISON:
                self._emit(pending.code, None, pending.token)
                continue
            chain = [pending.code]
            while self.stack and self.stack[-1].level == _COMPARISON:
                pending = self.stack.pop()
                chain.append(pending.code)
            self._emit("compare", tuple(reversed(chain)), pending.token)

    def _emit(self, code: str, value: Any, token: Token) -> None:
        self.out.append(Instruction(code, value, token.column))


def _may_follow(token: Token) -> bool:
    """Words that may follow an expression in a range."""
    return token.kind == "name" and token.text in ("integer", "real", "in")
