"""Reading text strictly and exactly: JSON without floats, whole numbers and rationals, lines with their numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NoReturn

Json = Any
MAX_DIGITS = 4000  # of one number, below the 4300 at which int() refuses a string
MAX_COUNT = 10_000_000  # of variables, elements, vertices: what a header promises must fit into the memory
MAX_ENTRIES = 20_000_000  # of what a map or a family makes
MAX_EXPONENT = 1100  # of a decimal: 1e1000000000 would fill the memory
_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,9}))?", re.ASCII)
_RATIO = re.compile(r"[+-]?\d+/0*[1-9]\d*", re.ASCII)
_LONGEST_QUOTATION = 40


class ProblemError(ValueError):
    """A file, an instance or a witness that is not what it should be, as one line ``what (where): cure``.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"literal 7 of a formula in 5 variables"``.
    where : str
        The file and line, or the field, e.g. ``"php.cnf:12"``; may be empty.
    cure : str
        What to do about it, as an imperative clause without a full stop; may be empty.
    """

    def __init__(self, what: str, where: str = "", cure: str = "") -> None:
        place, remedy = (f" ({where})" if where else ""), (f": {cure}" if cure else "")
        super().__init__(" ".join(f"{what}{place}{remedy}".split()))
        self.what, self.where, self.cure = what, where, cure


class _BadNumber(ValueError):
    """What is wrong with a number, the number as it is written, and the cure."""

    def __init__(self, what: str, token: str, cure: str = "write 3, 0.25 or '1/3'") -> None:
        super().__init__(what)
        self.token, self.cure = token, cure


class _Duplicate(ValueError):
    pass


def exact(text: str) -> Fraction:
    """The rational that ``3``, ``-0.1``, ``1e-6`` or ``1/3`` is; ValueError for anything else."""
    number = _NUMBER.fullmatch(text) if len(text) <= MAX_DIGITS else None
    if text.isascii() and text.removeprefix("-").isdigit() and number is not None:
        return Fraction(int(text))  # the common case, without another regular expression
    if (number is not None and abs(int(number[2] or "0")) <= MAX_EXPONENT) or (
        len(text) <= MAX_DIGITS and _RATIO.fullmatch(text)
    ):
        return Fraction(text)
    if len(text) > MAX_DIGITS:
        raise _BadNumber(f"{quoted(text)} has {len(text)} characters", text, f"write at most {MAX_DIGITS}")
    if number is not None:
        cure = f"write exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        raise _BadNumber(f"the exponent of {quoted(text)} is too large", text, cure)
    raise _BadNumber(f"{quoted(text)} is not a number", text)


def load_json(text: str, where: str) -> Json:
    """The parsed text: objects are dicts, numbers are int or Fraction, never float; duplicate keys are refused."""
    try:
        return json.loads(
            text,
            parse_float=exact,
            parse_int=_whole,
            parse_constant=_refuse,
            object_pairs_hook=_without_duplicates,
        )
    except json.JSONDecodeError as error:
        raise ProblemError(f"not JSON: {error.msg}", f"{where}:{error.lineno}", "repair the text") from None
    except _Duplicate as error:
        raise ProblemError(str(error), where, "keep one of them") from None
    except RecursionError:
        raise ProblemError("arrays nested too deeply", where, "repair the text") from None
    except _BadNumber as error:
        raise ProblemError(str(error), _line_of(error.token, text, where), error.cure) from None


def _line_of(token: str, text: str, where: str) -> str:
    """The place of a number that stands alone in a text, with its line if it is found."""
    found = re.search(rf"(?<![\w.+\"-]){re.escape(token)}(?![\w.+-])", text)
    return where if found is None else f"{where}:{text.count(chr(10), 0, found.start()) + 1}"


def fields(value: Json, where: str, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Json]:
    """An object with these fields; ``problem`` is always allowed, its value was looked at before."""
    names = ", ".join(required)
    if not isinstance(value, dict):
        raise ProblemError(f"{kind(value)} where an object is needed", where, f"give the fields {names}")
    missing = [name for name in required if name not in value]
    unknown = [name for name in value if name not in (*required, *optional, "problem")]
    if missing:
        raise ProblemError(f"the field {missing[0]!r} is missing", where, f"give the fields {names}")
    if unknown:
        known = ", ".join((*required, *optional))
        raise ProblemError(f"unknown field {quoted(unknown[0])}", where, f"the fields are {known}")
    return value


def array(value: Json, where: str, length: int | None = None) -> list[Json]:
    """An array, of the given length if there is one."""
    if not isinstance(value, list):
        raise ProblemError(f"{kind(value)} where an array is needed", where, "write [ ... ]")
    if length is not None and len(value) != length:
        raise ProblemError(f"{len(value)} entries where {length} are needed", where, "give every entry")
    return value


def whole(value: Json, where: str, least: int = 0, most: int | None = None) -> int:
    """A whole number in a range; 2.0 is one."""
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    if isinstance(value, int) and not isinstance(value, bool) and least <= value and (most is None or value <= most):
        return value
    allowed = f"from {least} {'on' if most is None else f'to {most}'}"
    raise ProblemError(f"{kind(value)} is not a whole number {allowed}", where, "correct the number")


def rational(value: Json, where: str) -> Fraction:
    """An exact rational: a JSON number, whose decimals are exact, or a string like "1/3"."""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str):
        try:
            return exact(value)
        except _BadNumber as error:
            raise ProblemError(str(error), where, error.cure) from None
    raise ProblemError(f"{kind(value)} is not a number", where, "write 3, 0.25 or '1/3'")


def require_small(entries: int, what: str) -> None:
    """ProblemError for what would fill the memory; called before it is made."""
    if entries > MAX_ENTRIES:
        raise ProblemError(
            f"{what} would have {shown(entries)} entries", "", f"ask for less, at most {MAX_ENTRIES} are made"
        )


def distinct(numbers: Iterable[int]) -> tuple[int, ...]:
    """The numbers in their order, each once."""
    return tuple(dict.fromkeys(numbers))


def lines(text: str, comments: str) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that has some, with the line's number from 1; from a comment sign on nothing counts."""
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.partition(comments)[0].split():
            yield number, words


def spell(value: Fraction) -> str:
    """``p`` or ``p/q`` in lowest terms."""
    return str(value)


def quoted(text: object) -> str:
    """The text in quotation marks, cut to a length that fits in a message."""
    text = str(text)
    return repr(text if len(text) <= _LONGEST_QUOTATION else f"{text[: _LONGEST_QUOTATION - 3]}...")


def shown(value: int | Fraction) -> str:
    """A number for a message; of a long one only how long it is."""
    value = Fraction(value)
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    return str(value) if bits <= 128 else f"a number of {bits} bits"


def kind(value: Json) -> str:
    """What a JSON value is, for a message."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, Fraction)):
        return shown(value)
    return quoted(value) if isinstance(value, str) else "an array" if isinstance(value, list) else "an object"


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _BadNumber(f"{quoted(text)} has {len(text)} digits", text, f"write at most {MAX_DIGITS}")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise _BadNumber(f"{text} is not a number", text)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Duplicate(f"the field {quoted(twice)} is given twice")
    return found
