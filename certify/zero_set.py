"""What a certificate about the zeros of functions asserts: how many there are, and where.

Like :mod:`relucert.certify.formula` this file belongs to the trusted base: standard library only, no float arithmetic.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from relucert.certify.claim import ClaimError, Json, canonical_json, parse_rational, spell_rational
from relucert.certify.formula import Node, RealFormula

Box = tuple[tuple[Fraction, Fraction], ...]
MAX_BOXES = 100


@dataclass(frozen=True)
class ZeroSet:
    """The equations hold together at exactly one point of each box, and nowhere else in the ranges.

    Attributes
    ----------
    formula : its conclusion is a_1 != b_1 or ... or a_n != b_n; the equations are a_i = b_i, and points without the
        hypothesis do not count.
    boxes : a pair of rational ends for every variable; the boxes are apart, lie in the ranges, and the hypothesis holds
        on them.
    negative : for every box how many eigenvalues of the symmetric part of the matrix of the derivatives of a_i - b_i at
        the zero are negative, the others being positive; ``None``: nothing is said.
    """

    formula: RealFormula
    boxes: tuple[Box, ...]
    negative: tuple[int | None, ...]

    def __post_init__(self) -> None:
        variables = self.formula.variables
        if self.formula.assertion != "holds" or any(variable.integer for variable in variables):
            raise ClaimError("claim.formula: must hold, for real variables")
        if len(self.equations()) != len(variables):
            raise ClaimError("claim.formula: needs as many equations as variables")
        if len(self.boxes) > MAX_BOXES or len(self.negative) != len(self.boxes):
            raise ClaimError(f"claim.boxes: at most {MAX_BOXES}, each with an entry of claim.negative")
        for box, negative in zip(self.boxes, self.negative, strict=True):
            if len(box) != len(variables) or not all(low < high for low, high in box):
                raise ClaimError("claim.boxes: a box needs a lower and a larger upper end for every variable")
            if negative is not None and not (type(negative) is int and 0 <= negative <= len(variables)):
                raise ClaimError("claim.negative: must be a number of eigenvalues, or null")

    def equations(self) -> list[tuple[int, int]]:
        """The places of a_i and b_i."""
        found, waiting = [], [self.formula.conclusion]
        while waiting:
            kind, first, second = (*self.formula.formulas[waiting.pop()], None)[:3]
            if kind == "or":
                waiting += [second, first]
            elif kind == "!=":
                found.append((first, second))
            else:
                raise ClaimError("claim.formula: its conclusion must be a_1 != b_1 or a_2 != b_2 or ...")
        return found

    def outside(self, boxes: Sequence[Box]) -> RealFormula:
        """The formula that has to hold everywhere: some equation does not hold, or the point lies in one of the boxes.

        To lie in a box is one inequality: min(x_1 - low_1, high_1 - x_1, ...) >= 0.
        """
        nodes: list[Node] = [*self.formula.nodes, ("rational", Fraction(0))]
        formulas: list[Node] = list(self.formula.formulas)
        zero, conclusion = len(self.formula.nodes), self.formula.conclusion

        def new(*node: object) -> int:
            nodes.append(node)
            return len(nodes) - 1

        for box in boxes:
            least = None
            for place, (low, high) in enumerate(box):
                x = new("variable", place)
                for distance in (new("sub", x, new("rational", low)), new("sub", new("rational", high), x)):
                    least = distance if least is None else new("min", least, distance)
            formulas += [("<=", zero, least), ("or", conclusion, len(formulas))]
            conclusion = len(formulas) - 1
        return replace(self.formula, nodes=tuple(nodes), formulas=tuple(formulas), conclusion=conclusion)

    # ---- JSON

    def to_json(self) -> Json:
        return {
            "kind": "zero-set",
            "formula": self.formula.to_json(),
            "boxes": [[[spell_rational(end) for end in side] for side in box] for box in self.boxes],
            "negative": list(self.negative),
        }

    @staticmethod
    def from_json(value: Json) -> ZeroSet:
        names = ["kind", *ZeroSet.__annotations__]
        if not isinstance(value, dict) or list(value) != names or value["kind"] != "zero-set":
            raise ClaimError(f"claim: must be a zero-set with the fields {', '.join(names)} in this order")
        boxes, negative = value["boxes"], value["negative"]
        if not isinstance(boxes, list) or not isinstance(negative, list):
            raise ClaimError("claim.boxes, claim.negative: must be arrays")
        parsed = tuple([box_from_json(box, "claim.boxes") for box in boxes])
        return ZeroSet(RealFormula.from_json(value["formula"]), parsed, tuple(negative))

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()

    def in_words(self) -> str:
        """The statement in a few sentences."""
        count = len(self.boxes)
        if not count:
            return self.formula.in_words()
        places = "one point" if count == 1 else f"{count} points, one in each box"
        said = []
        for box, negative in zip(self.boxes, self.negative, strict=True):
            sides = zip(self.formula.variables, box, strict=True)
            text = ", ".join(f"{v.name} in [{spell_rational(low)}, {spell_rational(high)}]" for v, (low, high) in sides)
            signs = "" if negative is None else f" ({negative} negative, {len(box) - negative} positive eigenvalues)"
            said.append(f"{text}{signs}")
        return f"Except at exactly {places}: {'; '.join(said)}. {self.formula.in_words()}"


def box_from_json(value: Json, field: str) -> Box:
    """Pairs of rational numbers."""
    if not isinstance(value, list) or not all(isinstance(side, list) and len(side) == 2 for side in value):
        raise ClaimError(f"{field}: a box must be a list of pairs")
    return tuple([(parse_rational(low, field), parse_rational(high, field)) for low, high in value])
