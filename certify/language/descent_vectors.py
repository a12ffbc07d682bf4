"""Reduced coordinates of networks whose weights are rational: exact expressions of their inner products."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isqrt

from relucert.certify.claim import spell_rational
from relucert.certify.language.errors import LanguageError, Source

VECTORS = {
    "non-overlapping": ("w", "w*"),
    "both-layers": ("v", "a", "w*", "a*"),
    "both-layers-on-sphere": ("v", "a", "w*", "a*"),
    "both-layers-spurious": ("v", "a", "w*", "a*"),
}
MOST = 10_000  # entries of a vector
_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})(/\d{1,400})?", re.ASCII)
_EXAMPLE = "write e.g. w = (1, -1/2, 0.25)"


def read_vector(source: Source, text: str) -> tuple[Fraction, ...]:
    """``(1, -1/2, 0.25)``."""
    inner = text.strip()
    if not (inner.startswith("(") and inner.endswith(")")):
        raise LanguageError("a vector stands in round brackets", source, None, _EXAMPLE)
    entries = [entry.strip() for entry in inner[1:-1].split(",")]
    if len(entries) > MOST:
        raise LanguageError(f"a vector of more than {MOST} entries", source, None, "shorten it")
    values = []
    for entry in entries:
        if not _NUMBER.fullmatch(entry) or ("/" in entry and ("." in entry or int(entry.partition("/")[2]) == 0)):
            raise LanguageError(f"{entry[:20]!r} is no rational number", source, None, _EXAMPLE)
        values.append(Fraction(entry))
    return tuple(values)


def from_vectors(
    name: str, vectors: Mapping[str, tuple[Fraction, ...]]
) -> tuple[dict[str, str], dict[str, str]]:  # fmt: skip
    """Texts of the coordinates of a descent, and of its settings that the vectors determine.

    Raises
    ------
    LanguageError
        A vector is missing or zero, or two that belong together have different lengths.
    """
    for key in VECTORS[name]:
        if key not in vectors:
            raise LanguageError(f"no vector {key}", Source("--from", key), None, f"say --from '{key} = (1, 2)'")
    pairs = [("w", "w*")] if name == "non-overlapping" else [("v", "w*"), ("a", "a*")]
    for first, second in pairs:
        if len(vectors[first]) != len(vectors[second]):
            raise LanguageError(
                f"{first} and {second} have different lengths", Source("--from", first), None, "give both in full"
            )
    for key in ("w", "v", "w*", "a*"):
        if key in vectors and not any(vectors[key]):
            raise LanguageError(
                f"{key} is zero", Source("--from", key), None, "give another vector: it has no direction"
            )
    if name == "non-overlapping":
        w, teacher = vectors["w"], vectors["w*"]
        radius = f"sqrt({_text(_dot(w, w) / _dot(teacher, teacher))})"
        return {"r": radius, "theta": _angle(w, teacher)}, {}
    v, a, w_star, a_star = (vectors[key] for key in VECTORS[name])
    settings = {
        "k": str(len(a)),
        "S": _scaled(_dot(w_star, w_star), sum(a_star, Fraction(0))),
        "N": _text(_dot(w_star, w_star) * _dot(a_star, a_star)),
    }
    points = {"s": _scaled(_dot(w_star, w_star), _dot(a, a_star)), "t": _text(sum(a, Fraction(0)))}
    if name == "both-layers":
        points["V"] = _text(_dot(v, v))
    if name == "both-layers-spurious":
        return {"delta": _angle(v, tuple([-entry for entry in w_star])), **points}, settings
    return {"phi": _angle(v, w_star), **points}, settings


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _angle(a: Sequence[Fraction], b: Sequence[Fraction]) -> str:
    """Parallel vectors are told apart exactly: else rounding would leave the domain of acos."""
    product, square = _dot(a, b), _dot(a, a) * _dot(b, b)
    if product**2 == square:
        return "0" if product > 0 else "pi"
    return f"acos(({_text(product)})/sqrt({_text(square)}))"


def _scaled(square: Fraction, factor: Fraction) -> str:
    """The root times the factor; a number where that is rational."""
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    if Fraction(top, bottom) ** 2 == square:
        return _text(factor * Fraction(top, bottom))
    return f"sqrt({_text(square)})*({_text(factor)})"


def _text(value: Fraction) -> str:
    return spell_rational(value)
