"""The checker's own words about a verdict: text and JSON, every decimal rounded to the safe side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from relucert.certify.check.verdict import Verdict

DIGITS = 12


def decimal(value: Fraction, up: bool, digits: int = DIGITS) -> str:
    """The value with so many significant digits, rounded up or down (never to nearest)."""
    context = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    result = context.divide(Decimal(value.numerator), Decimal(value.denominator)).normalize(context)
    if -5 <= (exponent := result.adjusted()) < digits:
        return f"{result:f}"
    return f"{result.scaleb(-exponent, context):f}e{exponent:+03d}"


def _rational(value: Fraction) -> str:
    """As spell_rational, for any number of digits: Python's str() refuses integers of more than 4300."""
    numerator, denominator = str(Decimal(value.numerator)), str(Decimal(value.denominator))
    return numerator if denominator == "1" else f"{numerator}/{denominator}"


def _trusted_files() -> Iterator[tuple[str, bytes]]:
    def walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from walk(entry, f"{prefix}{entry.name}/")
            elif entry.name.endswith(".py"):
                yield prefix + entry.name, entry.read_bytes()

    for name in ("claim.py", "formula.py", "non_overlap.py", "zero_set.py", "descent_claim.py"):
        yield name, files("relucert.certify").joinpath(name).read_bytes()
    yield from walk(files("relucert.certify.check"), "check/")


def trusted_base() -> dict[str, Any]:
    """How large the trusted base is, and one hash of all its files (names and bytes)."""
    digest, lines = hashlib.sha256(), 0
    for name, content in _trusted_files():
        digest.update(f"{name}\0{len(content)}\0".encode("ascii") + content)
        lines += content.count(b"\n")
    return {"sha256": digest.hexdigest(), "lines": lines}


def _gap_sentence(verdict: Verdict) -> str:
    gap = verdict.relative_gap
    if gap is None or gap >= 1:
        doubt = "" if verdict.better_loss else ": the optimum could be arbitrarily far below this objective"
        return f"The bound says nothing{doubt}."
    return (
        f"The least objective of all networks of any width is below the network's by at most the fraction "
        f"{decimal(gap, up=True, digits=4)} of the latter."
    )


def as_text(verdict: Verdict) -> str:
    """A few lines for people."""
    claim, loss = verdict.claim, verdict.loss
    if not verdict.valid or claim is None or loss is None:
        return f"INVALID: {verdict.reason}"
    lines = [
        claim.problem.in_words(),
        f"  {claim.problem.formula()}",
        f"network      {claim.network.width} hidden units",
        f"objective    {decimal(loss.high, up=True)}",
        f"lower bound  {decimal(claim.lower_bound, up=False)}   (every network of every width)",
        _gap_sentence(verdict),
    ]
    if verdict.balanced_loss is not None and verdict.balanced_loss != loss:
        lines.insert(4, f"balanced     {decimal(verdict.balanced_loss.high, up=True)}   (every hidden unit rescaled)")
    if claim.refuted_gap is not None and verdict.better_loss is not None:
        lines.append(
            f"Refuted: not within the relative gap {decimal(claim.refuted_gap, up=False, digits=4)} of the optimum "
            f"over all widths: a network with objective {decimal(verdict.better_loss.high, up=True)} is exhibited."
        )
    rules = ", ".join(f"{name} {times}" for name, times in sorted(verdict.rules.items()))
    base = trusted_base()
    lines += [
        f"grade        {verdict.grade}",
        f"rules        {rules}",
        f"claim        sha256 {claim.sha256()}",
        f"checker      {base['lines']} lines, sha256 {base['sha256'][:16]}",
        "VALID",
    ]
    return "\n".join(lines)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The same for programs; decimals are strings, next to the exact rationals."""
    result: dict[str, Any] = {"verdict": verdict.kind, "reason": verdict.reason, "checker": trusted_base()}
    claim, loss, gap = verdict.claim, verdict.loss, verdict.relative_gap
    if not verdict.valid or claim is None or loss is None or gap is None:
        return result
    numbers = {
        "loss": (loss.high, True),
        "lower_bound": (claim.lower_bound, False),
        "relative_gap": (gap, True),
        "balanced_loss": (verdict.balanced_loss.high if verdict.balanced_loss else None, True),
        "better_loss": (verdict.better_loss.high if verdict.better_loss else None, True),
        "refuted_gap": (claim.refuted_gap, False),
    }
    for name, (value, up) in numbers.items():
        result[name] = None if value is None else decimal(value, up)
        result[f"{name}_exact"] = None if value is None else _rational(value)
    return result | {
        "vacuous": gap >= 1 and claim.refuted_gap is None,
        "grade": verdict.grade,
        "samples": claim.problem.samples,
        "features": claim.problem.features,
        "width": claim.network.width,
        "problem": claim.problem.in_words(),
        "formula": claim.problem.formula(),
        "claim_sha256": claim.sha256(),
        "rules": verdict.rules,
    }
