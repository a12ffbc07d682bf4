"""Numbers written as text: decimals are read as the nearest binary64, hexadecimal floats must be exact."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

# re.ASCII: `\d` would also take the digits of other scripts, and `float` the underscores of Python literals.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_HEXADECIMAL = re.compile(
    r"([+-]?)0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]{1,6}))?", re.ASCII
)
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
_RATIO = re.compile(r"[+-]?[0-9]+/[0-9]+", re.ASCII)
_MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none", "missing", "<na>", "#n/a"})
_INFINITE = frozenset({"inf", "infinity"})


class NumberText(NamedTuple):
    """A number read from text; `exact` says that no rounding took place."""

    value: float
    exact: bool


class NotANumber(ValueError):
    """Why a text is no number; `cure` says what to do. Callers add the place."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.cure = cure


def parse_number(text: str) -> NumberText:
    """Read ``-1.5e3`` as the nearest binary64, or ``-0x1.8p+1`` as exactly that binary64.

    Raises
    ------
    NotANumber
        For a missing value, infinities, numbers beyond the binary64 range, and anything else.
    """
    if _DECIMAL.fullmatch(text):
        value = float(text)
        if math.isinf(value):
            raise NotANumber("the number exceeds the range of binary64", "rescale the column")
        return NumberText(value, _decimal_equals(text, value))
    if match := _HEXADECIMAL.fullmatch(text):
        return NumberText(_hexadecimal_value(match), True)
    if is_missing(text):
        raise NotANumber("the value is missing", "remove the row or fill in the value")
    if text.lstrip("+-").lower() in _INFINITE:
        raise NotANumber("the value is infinite", "every number must be finite: remove or repair the row")
    if _DECIMAL_COMMA.fullmatch(text):
        raise NotANumber("the number has a decimal comma", "write a decimal point")
    if _RATIO.fullmatch(text):
        raise NotANumber("a quotient need not be a binary64", "write the decimal or the hexadecimal float to be used")
    raise NotANumber("the text is not a number", "write a decimal such as -1.5e3")


def is_number(text: str) -> bool:
    """Whether the text has the form of a decimal or hexadecimal number (its range is not looked at)."""
    return bool(_DECIMAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text))


def is_missing(text: str) -> bool:
    """Whether the text is one of the usual marks of a missing value."""
    return text.lower() in _MISSING


def rounding_note(rounded: int, total: int) -> str:
    """What a report says about the decimals of a file."""
    if rounded == 0:
        return f"all {total} numbers of the file are exact in binary64"
    return f"{rounded} of {total} decimals are not binary64 numbers and were read as the nearest binary64"


def _decimal_equals(text: str, value: float) -> bool:
    try:
        # Decimal compares with float by exact value, without expanding large exponents.
        return Decimal(text) == value
    except InvalidOperation:
        return False


def _hexadecimal_value(match: re.Match[str]) -> float:
    sign, whole, fraction, exponent_text = match.groups()
    mantissa = int((whole + fraction) or "0", 16)
    if mantissa == 0:
        return -0.0 if sign == "-" else 0.0
    trailing_zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= trailing_zeros
    exponent = int(exponent_text or "0") - 4 * len(fraction) + trailing_zeros
    if mantissa.bit_length() > 53 or exponent < -1074 or mantissa.bit_length() + exponent > 1024:
        raise NotANumber("the hexadecimal float is not a binary64", "write it with float.hex()")
    value = math.ldexp(mantissa, exponent)
    return -value if sign == "-" else value
