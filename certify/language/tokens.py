"""The words of the language: numbers, names and marks, with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from relucert.certify.language.errors import LanguageError, Source, quoted

MAX_TEXT = 1_000_000  # characters of one text
MAX_DIGITS = 1000  # of a number; far below what int() and the certificate format refuse
MAX_EXPONENT = 1000
MAX_NAME = 40  # as in certificates

KEYWORDS = ("and", "or", "not", "implies")
_SPELLINGS = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau
upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"""
GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", _SPELLINGS.split(), strict=True))
MARKS = {
    "**": "^", "==": "=", "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "⇒": "=>", "⟹": "=>",
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip
NAMED_MARKS = {"∞": "inf", "∈": "in"}
CURES = {
    "|": "write abs(x) for the absolute value, or for either-or",
    "&": "write and",
    "!": "write not, or != for unequal",
    "√": "write sqrt(x)",
    "∛": "write cbrt(x)",
    "²": "write ^2",
    "³": "write ^3",
    "%": "write a number like 0.05",
    "'": "write names and numbers without quotation marks",
    '"': "write names and numbers without quotation marks",
}
_LETTER = f"A-Za-z_{''.join(GREEK)}ϑϕϵ"
_SAME_LETTER = str.maketrans({"ϑ": "θ", "ϕ": "φ", "ϵ": "ε"})
_WORD = re.compile(
    rf"(?P<space>\s+)"
    rf"|(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>[{_LETTER}][{_LETTER}0-9]*|[{''.join(NAMED_MARKS)}])"
    rf"|(?P<mark>\*\*|<=|>=|==|!=|=>|\.\.|[-+*/^()<>=,\[\]{''.join(m for m in MARKS if len(m) == 1)}])"
)


class Token(NamedTuple):
    """``kind`` is number, name, end, a keyword or a mark; ``text`` the name, or what stood in the source."""

    kind: str
    text: str
    column: int


class Tokens:
    """The words of a text one after the other, with a look at the next one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        if len(source.text) > MAX_TEXT:
            raise LanguageError(
                f"the text has {len(source.text)} characters", source, None, f"at most {MAX_TEXT} are read"
            )
        self._words = self._scan()
        self._next = next(self._words)

    def peek(self) -> Token:
        """The next word, which stays there; ``end`` after the last one."""
        return self._next

    def take(self) -> Token:
        """The next word."""
        token = self._next
        if token.kind != "end":
            self._next = next(self._words)
        return token

    def take_if(self, *kinds: str) -> Token | None:
        """The next word if it is of one of these kinds."""
        return self.take() if self._next.kind in kinds else None

    def take_name(self, name: str) -> bool:
        """Whether the next word is this name, which is then taken."""
        found = self._next.kind == "name" and self._next.text == name
        if found:
            self.take()
        return found

    def expect(self, kind: str, context: str, cure: str | None = None) -> Token:
        """The next word, which must be of this kind."""
        token = self._next
        if token.kind != kind:
            raise self.error(f"{context}, found {shown(token)}", token, cure)
        return self.take()

    def error(self, what: str, token: Token, cure: str | None = None) -> LanguageError:
        """An error at a word."""
        return LanguageError(what, self.source, token.column, cure)

    def _scan(self) -> Iterator[Token]:
        text, place = self.source.text, 0
        while place < len(text):
            match = _WORD.match(text, place)
            column = place + 1
            if match is None:
                character = text[place]
                cure = CURES.get(character, "only numbers, names, + - * / ^ < > = ! ( ) [ ] and commas are read")
                raise LanguageError(f"unknown character {character!r}", self.source, column, cure)
            place = match.end()
            kind, word = str(match.lastgroup), match[0]
            if kind == "number":
                yield Token(kind, word, column)
            elif kind == "name":
                name = NAMED_MARKS.get(word) or spelled(word)
                if len(name) > MAX_NAME:
                    raise LanguageError(f"the name {quoted(word)} is too long", self.source, column,
                                        f"at most {MAX_NAME} characters")  # fmt: skip
                yield Token(name if name in KEYWORDS else "name", name, column)
            elif kind == "mark":
                mark = MARKS.get(word, word)
                yield Token("implies" if mark == "=>" else mark, word, column)
        yield Token("end", "", len(text) + 1)


def spelled(word: str) -> str:
    """A name with its Greek letters written out."""
    if word.isascii():
        return word
    return "".join(GREEK.get(letter, letter) for letter in word.translate(_SAME_LETTER))


def shown(token: Token) -> str:
    """A word as messages quote it."""
    return "the end" if token.kind == "end" else quoted(token.text)


def exact_number(token: Token, source: Source) -> Fraction:
    """The rational number that a decimal is."""
    mantissa, _, exponent = token.text.lower().partition("e")
    digits = exponent.lstrip("+-").lstrip("0")
    if len(mantissa) > MAX_DIGITS or len(digits) > 4 or int(digits or "0") > MAX_EXPONENT:
        raise LanguageError(
            f"the number {quoted(token.text)} is too long",
            source,
            token.column,
            f"at most {MAX_DIGITS} digits and exponents up to {MAX_EXPONENT}",
        )
    return Fraction(f"{mantissa}e{'-' if exponent.startswith('-') else ''}{digits or '0'}")
