"""All critical points of a population loss: ``landscape = "MODEL"``, ``options`` its settings.

A theorem on a landscape has many parts, each with a certificate of its own; the ledger keeps them in one file, a JSON
object of the parts' names and their certificates' texts. How the parts make up the theorem is the argument of
docs/theory/landscapes.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any

from relucert.claims.errors import LedgerError, shortened
from relucert.claims.kinds.certificate import checked
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.certify.landscapes.theorem import CriticalPoint, Landscape, Parameter, Part

MODELS = ("non-overlapping", "overlapping", "both-layers", "symmetric", "leaky")
FORMAT, VERSION = "relucert-landscape-parts", 1
MOST_VALUES = 100


def stated(claim: Claim) -> list[Landscape]:
    """The theorems for all settings.

    Raises
    ------
    LedgerError
        There is no such model, or a setting is not understood.
    """
    name = claim.landscape or ""
    if name not in MODELS:
        where = str(claim.at("landscape"))
        raise LedgerError(
            f"claim {claim.id!r}: unknown model {shortened(name, 40)}", where, f"choose {', '.join(MODELS)}"
        )
    model = import_module(f"relucert.certify.landscapes.{name.replace('-', '_')}")
    known = {parameter.name: parameter for parameter in model.PARAMETERS}
    for key in claim.options:
        if key not in known:
            raise _wrong(claim, key, "is unknown", f"the settings are {', '.join(known)}")
    return list(model.landscapes({key: _values(claim, parameter) for key, parameter in known.items()}))


def _values(claim: Claim, parameter: Parameter) -> tuple[Fraction, ...]:
    given = claim.options.get(parameter.name)
    if given is None:
        return tuple(_default(parameter))
    values = given if isinstance(given, list) else [given]
    if not all(type(value) is int or isinstance(value, Fraction) for value in values) or not values:
        raise _wrong(claim, parameter.name, "is no number", f"write {parameter.name} = 2 or a list of numbers")
    found = tuple(Fraction(value) for value in values)
    single = parameter.kind == "rational"
    whole = parameter.kind != "whole" or all(value.denominator == 1 for value in found)
    low, high = parameter.least, parameter.most
    inside = all((low is None or value >= low) and (high is None or value <= high) for value in found)
    if not (whole and inside and len(found) <= (1 if single else MOST_VALUES)):
        raise _wrong(claim, parameter.name, "is out of range", f"see relucert landscape --list: {parameter.help}")
    return found


def _default(parameter: Parameter) -> Iterator[Fraction]:
    for part in parameter.default.split(",") if parameter.default else ():
        first, _, last = part.partition("..")
        if last:
            yield from (Fraction(number) for number in range(int(first), int(last) + 1))
        else:
            yield Fraction(part)


def _wrong(claim: Claim, name: str, what: str, cure: str) -> LedgerError:
    return LedgerError(f"claim {claim.id!r}: options.{name} {what}", str(claim.at(f"options.{name}")), cure)


def settle(claim: Claim) -> Settled:
    """Search for every part within the claim's time; what is found is replayed like a recorded certificate."""
    from relucert.certify.search.landscape import settle as search

    landscapes = stated(claim)
    start = perf_counter()
    parts: dict[str, dict[str, str | None]] = {}
    for entry in search(landscapes, time=float(claim.time)):
        for part in entry.parts:
            name = f"{entry.landscape.name}/{part.part.name}"
            if part.verdict == "refuted":
                message = f"{name}: {part.reason or part.statement}"
                return Settled(
                    Status.REFUTED, _words(landscapes), message, grade=part.grade, seconds=perf_counter() - start
                )
            if part.certificate is None:
                return Settled(Status.UNDECIDED, _words(landscapes), f"{name}: {part.reason}",
                               seconds=perf_counter() - start)  # fmt: skip
            bound = None if part.bound is None else str(part.bound)
            parts[name] = {"bound": bound, "certificate": part.certificate.decode("ascii")}
    data = json.dumps({"format": FORMAT, "version": VERSION, "parts": parts}, indent=0).encode()
    return replace(replay(claim, data), seconds=perf_counter() - start)


@dataclass(frozen=True)
class _Stored:
    bound: str | None
    certificate: bytes


def replay(claim: Claim, data: bytes) -> Settled:
    """Every part that the model needs is there, valid, and about what the model says."""
    start = perf_counter()
    landscapes = stated(claim)
    found: dict[str, Any] = {"words": _words(landscapes), "certificate": data}
    try:
        stored = _stored(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Settled(Status.INVALID, message="it does not hold the parts of a landscape", **found)
    rules: dict[str, int] = {}
    grades, proved = set(), dict[str, Any]()
    for entry in landscapes:
        for part in entry.parts:
            name = f"{entry.name}/{part.name}"
            if name not in stored:
                return Settled(Status.DRIFTED, message=f"there is no certificate of the part {name}", **found)
            verdict, one = checked(stored[name].certificate)
            if one.status is not Status.PROVED:
                return Settled(Status.INVALID, message=f"{name}: {one.message or one.status.value}", **found)
            if not is_about(part, verdict.claim, stored[name].bound):
                return Settled(Status.DRIFTED, message=f"{name} is about something else: {one.words}", **found)
            proved[name] = verdict.claim
            grades.add(one.grade)
            rules = {rule: rules.get(rule, 0) + one.rules.get(rule, 0) for rule in {**rules, **one.rules}}
    for entry in landscapes:
        for point in entry.points:
            wrong = missing(point, entry, landscapes[0], proved)
            if wrong:
                return Settled(Status.UNDECIDED, message=f"{entry.name}: the point {point.name}: {wrong}", **found)
    derivations = dict.fromkeys(name for entry in landscapes for name in entry.derivations)
    believe = ["the argument that puts the parts together (docs/theory/landscapes.md)"]
    believe += [f"the derivation {name}" for name in derivations]
    seconds = perf_counter() - start
    return Settled(Status.PROVED, grade="exact" if grades == {"exact"} else "interval", rules=rules,
                   facts={"parts": str(len(proved))}, believe=tuple(believe), seconds=seconds, check_seconds=seconds,
                   **found)  # fmt: skip


def _stored(data: bytes) -> dict[str, _Stored]:
    values = json.loads(data)
    if (values["format"], values["version"]) != (FORMAT, VERSION):
        raise ValueError("another format")
    return {
        str(name): _Stored(entry["bound"], entry["certificate"].encode("ascii"))
        for name, entry in values["parts"].items()
    }


def is_about(part: Part, proved: Any, bound: str | None) -> bool:
    """Whether a certificate's claim is what the model says of this part."""
    from relucert.certify.landscapes.theorem import BOUND, ZEROS
    from relucert.certify.language.parse import parse_claim
    from relucert.certify.zero_set import ZeroSet

    conclusion = part.conclusion
    if part.kind == BOUND:
        try:
            if bound is None or Fraction(bound) <= 0:
                return False
        except (ValueError, ZeroDivisionError, TypeError):
            return False
        conclusion = f"{part.conclusion} >= ({Fraction(bound)})^2"
    wanted = parse_claim(conclusion, part.ranges, part.where, part.let)
    if part.kind != ZEROS:
        return bool(proved == wanted)
    if not isinstance(proved, ZeroSet) or proved.formula != wanted:
        return False
    signs = not part.signs or None not in proved.negative
    return signs and (part.expected is None or len(proved.boxes) == part.expected)


def missing(point: CriticalPoint, entry: Landscape, first: Landscape, proved: dict[str, Any]) -> str:
    """What of a critical point's parts does not say what it needs; empty when all do."""

    def part(name: str) -> Any:
        return proved.get(f"{entry.name}/{name}", proved.get(f"{first.name}/{name}"))

    for name in (*point.by, *point.zeros):
        if part(name) is None:
            return f"there is no part {name}"
    if point.within:
        zeros = part(point.zeros[0])
        boxes = getattr(zeros, "boxes", ())
        box = min(boxes, key=lambda box: _distance(box, point.near), default=())
        inside = [low <= a and b <= high for (a, b), (low, high) in zip(box, point.within, strict=False)]
        if not (box and all(inside)):
            return "its box does not lie where its parts are about"
    for name, count in point.negative:
        zeros = part(name)
        if zeros is None or not getattr(zeros, "boxes", ()):
            return f"{name} encloses no zero"
        _, negative = min(
            zip(zeros.boxes, zeros.negative, strict=True), key=lambda pair: _distance(pair[0], point.near)
        )
        if negative != count:
            return f"{negative} eigenvalues are negative at {name}, not {count}"
    return ""


def _distance(box: Any, near: tuple[float, ...]) -> float:
    return max([abs(float(low + high) / 2 - x) for (low, high), x in zip(box, near, strict=False)], default=0.0)


def _words(landscapes: list[Landscape]) -> str:
    """What the theorem says; the sentences are the model's, the parts' formulas are what is replayed."""
    lines = []
    for entry in landscapes:
        lines += [f"{entry.name}: {' '.join(sentence.text for sentence in entry.says)}"]
        lines += [f"  {point.kind}: {point.closed}" for point in entry.points]
    return "\n".join(lines)
