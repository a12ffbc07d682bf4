"""Every small change of a certificate: one number, string, entry or record at a time, and two at once at random."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from relucert.certify.claim import BIASES, LOSSES, PENALTIES, parse_hex_float, spell_hex_float, spell_rational

Json = Any
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
_WORDS = (
    *LOSSES,
    *PENALTIES,
    *BIASES,
    "cone_cover",
    "sign_tree",
    "singular_value",
    "free_bias_split",
    "S",
    "K",
    "L",
    "B",
)


def _of_integer(value: int) -> list[Json]:
    return [value + 1, value - 1, -value, 0, 2 * value, value + 64, 10**30, True, None, str(value), [value]]


def _of_fraction(value: Fraction, spell: Any) -> list[Json]:
    p, q = value.numerator, value.denominator
    around = [Fraction(p + 1, q), Fraction(p - 1, q), -value, Fraction(0), 2 * value, value / 2]
    around += [value * Fraction(1025, 1024), value * Fraction(1023, 1024), value + 16, value - 16]
    return [spell(new) for new in around]


def _of_string(value: str) -> list[Json]:
    if value in _WORDS:
        return [word for word in _WORDS if word != value] + [None, ""]
    if _RATIONAL.fullmatch(value):
        fraction = Fraction(value)
        p, q = fraction.numerator, fraction.denominator
        inverse = [spell_rational(1 / fraction)] if fraction else []
        close = [spell_rational(fraction + step * Fraction(1, 10**k)) for step in (1, -1) for k in (4, 9, 30)]
        return _of_fraction(fraction, spell_rational) + inverse + close + [f"{p}/{q + 1}", f"{2 * p}/{2 * q}", p, None]
    if value.startswith(("0x", "-0x")):
        return [*_of_fraction(parse_hex_float(value, ""), spell_hex_float), "0x1p-1074", "0x1p+60", "1", None]
    return [value + " ", "", None]


def _of_list(value: list[Json]) -> list[Json]:
    result: list[Json] = [[], None, value[::-1], [value], value + value]
    for k, entry in enumerate(value):
        result += [value[:k] + value[k + 1 :], [*value[:k], entry, *value[k:]]]
        result += [[*value[:k], other, entry, *value[k + 2 :]] for other in value[k + 1 : k + 2]]
    if (
        value and all(isinstance(entry, list) for entry in value) and len(value) <= 12
    ):  # records or trees: any two swapped
        for a in range(len(value)):
            for b in range(a + 2, len(value)):
                swapped = list(value)
                swapped[a], swapped[b] = value[b], value[a]
                result.append(swapped)
    return result


def _of_object(value: dict[str, Json]) -> list[Json]:
    keys = list(value)
    result: list[Json] = [{k: v for k, v in value.items() if k != dropped} for dropped in keys]
    result.append({k: value[k] for k in reversed(keys)})
    result.append(value | {"note": 1})
    for a, b in pairwise(keys):
        result.append(value | {a: value[b], b: value[a]})
    return result


def replacements(value: Json) -> list[Json]:
    """Other values for one place of a certificate."""
    if isinstance(value, bool) or value is None:
        return [0, "1/2", "0", [], {}]
    if isinstance(value, int):
        return _of_integer(value)
    if isinstance(value, str):
        return _of_string(value)
    return _of_list(value) if isinstance(value, list) else _of_object(value)


Path = tuple[str | int, ...]


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """The paths of all values, the whole one first."""
    yield path
    if isinstance(value, (dict, list)):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(entry, (*path, key))


def at(value: Json, path: Path) -> Json:
    for key in path:
        value = value[key]
    return value


def replaced(value: Json, path: Path, new: Json) -> Json:
    """A copy that shares everything outside the path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def single_mutants(certificate: Json) -> Iterator[tuple[str, Json]]:
    """(what was done, the mutant) for every place and every replacement."""
    yield from value_mutants(certificate)
    yield from row_mutants(certificate)


def value_mutants(certificate: Json) -> Iterator[tuple[str, Json]]:
    """Without those that keep the shapes of a training problem."""
    for path in places(certificate):
        old = at(certificate, path)
        for new in replacements(old):
            if new != old or type(new) is not type(old):
                yield f"{'.'.join(map(str, path))}: {str(new)[:60]}", replaced(certificate, path, new)


def row_mutants(certificate: Json) -> Iterator[tuple[str, Json]]:
    """Drop, double or negate one sample everywhere it stands, so that the shapes still agree."""
    rows = ("claim", "problem", "X"), ("claim", "problem", "Y"), ("evidence", "dual", "dual_variable", "mantissas")
    for i in range(len(at(certificate, rows[0]))):
        for name, change in (("drop", lambda v, i: v[:i] + v[i + 1 :]), ("double", lambda v, i: [*v, v[i]])):
            mutant = certificate
            for path in rows:
                mutant = replaced(mutant, path, change(at(mutant, path), i))
            yield f"{name} sample {i}", mutant
        for path in rows:
            double = [*at(certificate, path), at(certificate, path)[i]]
            yield f"double {path[-1]} {i}", replaced(certificate, path, double)


def double_mutants(certificate: Json, seed: int) -> Iterator[tuple[str, Json]]:
    """Without end: two random single changes, one after the other."""
    source = random.Random(seed)
    while True:
        mutant, names = certificate, []
        for _ in range(2):
            path = source.choice(list(places(mutant)))
            choices = replacements(at(mutant, path))
            if not choices:
                continue
            mutant = replaced(mutant, path, source.choice(choices))
            names.append(".".join(map(str, path)))
            if not isinstance(mutant, dict):
                break
        yield " and ".join(names), mutant
