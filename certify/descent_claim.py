"""What a certificate about the iterates of a map asserts: from every start the target within so many steps, and a rate.

Like :mod:`relucert.certify.formula` this file belongs to the trusted base: standard library only, no float arithmetic.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from relucert.certify.claim import ClaimError, Json, canonical_json, parse_rational, spell_rational
from relucert.certify.formula import RealFormula, arguments

MAX_STEPS = 1_000_000


@dataclass(frozen=True)
class Trap:
    """All points of the ranges with |x_i - centre_i| <= widths_i for every i.

    centre : places of constant expressions.  widths : above zero.
    rate : q < 1: the centre is a fixed point of the map, and the largest |x_i - centre_i|/widths_i becomes less by this
        factor in every step; ``None``: nothing is said about that.
    """

    centre: tuple[int, ...]
    widths: tuple[Fraction, ...]
    rate: Fraction | None


@dataclass(frozen=True)
class DescentClaim:
    """From every start x_0, x_(t+1) = map(x_t) is defined until the target, and some x_t with t <= steps lies there.

    Attributes
    ----------
    formula : its ranges and hypothesis say where the map is meant; up to the target all iterates lie there.  The target
        is where its conclusion holds, or the trap, if there is one.
    map : places of expressions in the variables, one for each.
    start : pairs of places of constant expressions, for every variable; only points of the ranges are starts.
    steps : how many are enough.
    trap : the map takes the trap into itself, and on all of it the hypothesis and the conclusion hold.
    """

    formula: RealFormula
    map: tuple[int, ...]
    start: tuple[tuple[int, int], ...]
    steps: int
    trap: Trap | None

    def __post_init__(self) -> None:
        count = len(self.formula.variables)
        real = not any(variable.integer for variable in self.formula.variables)
        if self.formula.assertion != "holds" or not real or not count:
            raise ClaimError("claim.formula: must hold, for one or more real variables")
        constant: list[bool] = []
        for node in self.formula.nodes:
            constant.append(node[0] != "variable" and all(constant[part] for part in arguments(node)))
        ends = [*self.map, *(end for side in self.start for end in side), *(self.trap.centre if self.trap else ())]
        if not all(type(place) is int and 0 <= place < len(constant) for place in ends):
            raise ClaimError("claim: map, start and trap.centre must be places of expressions")
        if not all(constant[place] for place in ends[count:]) or len(self.map) != count or len(self.start) != count:
            raise ClaimError("claim: needs an expression of the map and two constant ends of the start for a variable")
        if type(self.steps) is not int or not 0 <= self.steps <= MAX_STEPS:
            raise ClaimError(f"claim.steps: must be a number of steps from 0 to {MAX_STEPS}")
        if self.trap is not None:
            if len(self.trap.centre) != count or len(self.trap.widths) != count or min(self.trap.widths) <= 0:
                raise ClaimError("claim.trap: needs a centre and a width above zero for every variable")
            if self.trap.rate is not None and not 0 <= self.trap.rate < 1:
                raise ClaimError("claim.trap: the rate must be from zero on and below 1")

    # ---- JSON

    def to_json(self) -> Json:
        trap = self.trap
        said = None if trap is None else {
            "centre": list(trap.centre),
            "widths": [spell_rational(width) for width in trap.widths],
            "rate": None if trap.rate is None else spell_rational(trap.rate),
        }  # fmt: skip
        return {
            "kind": "descent",
            "formula": self.formula.to_json(),
            "map": list(self.map),
            "start": [list(side) for side in self.start],
            "steps": self.steps,
            "trap": said,
        }

    @staticmethod
    def from_json(value: Json) -> DescentClaim:
        entries = _fields(value, ["kind", *DescentClaim.__annotations__], "claim")
        if entries["kind"] != "descent":
            raise ClaimError("claim.kind: must be descent")
        trap = None
        if entries["trap"] is not None:
            parts = _fields(entries["trap"], list(Trap.__annotations__), "claim.trap")
            widths = [parse_rational(width, "claim.trap.widths") for width in _list(parts["widths"])]
            rate = None if parts["rate"] is None else parse_rational(parts["rate"], "claim.trap.rate")
            trap = Trap(tuple(_list(parts["centre"])), tuple(widths), rate)
        start = [tuple(_list(side)) for side in _list(entries["start"])]
        if any(len(side) != 2 for side in start):
            raise ClaimError("claim.start: must be an array of pairs")
        formula = RealFormula.from_json(entries["formula"])
        return DescentClaim(formula, tuple(_list(entries["map"])), tuple(start), entries["steps"], trap)

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()

    def in_words(self) -> str:
        """The statement in a few sentences."""
        formula, trap = self.formula, self.trap
        stated = [formula.conclusion, *([] if formula.hypothesis is None else [formula.hypothesis])]
        places = [*self.map, *(end for side in self.start for end in side), *(trap.centre if trap else ())]
        texts, (target, *hypothesis), named = formula.texts(places, stated)
        names, count = [variable.name for variable in formula.variables], len(self.map)
        ends = zip(names, texts[count : 3 * count : 2], texts[count + 1 : 3 * count : 2], strict=True)
        starts = ", ".join(f"{name} = {a}" if a == b else f"{name} in [{a}, {b}]" for name, a, b in ends)
        ranges = ", ".join(formula.range(variable) for variable in formula.variables)
        lines = [
            f"The map takes ({', '.join(names)}) to ({', '.join(texts[:count])}).",
            f"From every start with {starts} in the ranges {ranges}, its iterates are defined and lie in these ranges"
            + "".join(f" with {text}" for text in hypothesis)
            + f" until, after at most {self.steps} steps, "
            + (f"{target}." if trap is None else "one of them lies in the trap."),
        ]
        if trap is not None:
            sides = zip(names, texts[3 * count :], trap.widths, strict=True)
            box = ", ".join(f"|{_apart(name, text)}| <= {spell_rational(width)}" for name, text, width in sides)
            lines.append(f"The trap is where {box}, in the ranges.  No later iterate leaves it, and on all of it "
                         f"{' and '.join([target, *hypothesis])}.")  # fmt: skip
        if trap is not None and trap.rate is not None:
            lines.append("Its centre is a fixed point, and with every step in the trap the largest of these distances, "
                         f"each over its bound, falls by the factor {spell_rational(trap.rate)} or less.")  # fmt: skip
        return " ".join([*lines, *([f"Here {', '.join(named)}."] if named else [])])


def _apart(name: str, centre: str) -> str:
    return name if centre == "0" else f"{name} - {centre if centre.isalnum() else f'({centre})'}"


def _fields(value: Json, names: list[str], field: str) -> dict[str, Any]:
    if not isinstance(value, dict) or list(value) != names:
        raise ClaimError(f"{field}: must be an object with the fields {', '.join(names)} in this order")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise ClaimError("claim: map, start and the entries of trap must be arrays")
    return value
