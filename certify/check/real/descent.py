"""Replays a claim about the iterates of a map: boxes in pieces, and for every piece where the map takes it.

The map takes a piece of a box into one earlier box, or the piece lies in the target.  So no iterate that begins in a
box needs more steps to the target than the longest way back through the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.real.algebra import Algebra, Polynomial, constant
from relucert.certify.check.real.dyadic import Bound, less
from relucert.certify.check.real.enclosure import enclosure
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.goal import clauses
from relucert.certify.check.real.interval import Arithmetic, Interval, intersection, is_nonnegative, is_positive
from relucert.certify.check.real.interval import negative as opposite
from relucert.certify.check.real.jacobian import System
from relucert.certify.check.real.kernel import LEAST_BITS, MOST_BITS, beyond
from relucert.certify.check.real.leaves import evaluated
from relucert.certify.check.real.region import End, Region, Side, exact_value, number, whole
from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.check.stream import Stream, decode_text, header
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.descent_claim import DescentClaim
from relucert.certify.formula import RealFormula

Box = list[Interval]
MAX_CLEARED = 50  # denominators in the normal form of a fixed point
_RECORDS = {"trap": {"split": 3, "stays": 1}, "cell": {"split": 3, "image": 2, "target": 1}}
_RECORDS["start"] = _RECORDS["cell"]


def check_descent(data: bytes) -> TheoremVerdict:
    """Check a certificate (JSON text, possibly gzipped) of a claim about the iterates of a map."""
    try:
        return _check(decode_text(data))
    except CertificateError as error:
        return TheoremVerdict("INVALID", str(error))
    except RecursionError:  # only normal forms of deep expressions are made by recursion
        return TheoremVerdict("INVALID", "claim, rule format, S8: an expression is too deep for normal forms")


def _check(text: str) -> TheoremVerdict:
    """
    S1  the trap of the claim comes first, if there is one, then cells, and the start of the claim comes last
    S2  from the start the way to the target is not longer than the claim says
    S3  the ends of the start, and the centre of the trap, are defined
    ---------------------------------------------------------------------------------------------------------
    the claim holds
    """
    stream = Stream(text)
    claim_json, evidence = header(stream)
    try:
        claim = DescentClaim.from_json(claim_json)
    except ClaimError as error:
        raise CertificateError("claim", "format", "S8", str(error)) from None
    shaped = isinstance(evidence, dict) and list(evidence) == ["bits"] and type(evidence["bits"]) is int
    within = shaped and LEAST_BITS <= evidence["bits"] <= MOST_BITS
    require(within, "evidence", "format", "S9", f"must be an object with bits from {LEAST_BITS} to {MOST_BITS}")
    descent = _Descent(claim, Arithmetic(evidence["bits"]))
    stream.expect("[")
    kind, count, steps = "", 0, 0
    while kind != "start":
        if count:
            stream.expect(",")
        records = stream.items()
        head = next(records, None)
        kind = head[0] if isinstance(head, list) and head and isinstance(head[0], str) else ""
        first = claim.trap is not None and count == 0
        ordered = kind == "trap" if first else kind in ("cell", "start")
        require(ordered, f"tree {count}", "descent", "S1", "the order is trap, cells, start")
        steps = descent.tree(head, records, f"tree {count}")
        count += 1
    require(steps <= claim.steps, "start", "descent", "S2", f"it may take {steps} steps")
    for token in ("]", "}"):
        stream.expect(token)
    require(stream.peek() == "", "file", "format", "S1", "text after the certificate")
    return TheoremVerdict("VALID", "", claim, dict(descent.tally))


class _Descent:
    """The map, the conditions, and the cells from which the target is known to be reached."""

    def __init__(self, claim: DescentClaim, arithmetic: Arithmetic) -> None:
        self.claim, self.arithmetic, self.tally = claim, arithmetic, Counter[str]()
        formula = claim.formula
        self.cells: list[tuple[Region, int]] = []
        self.ranges = whole(formula, arithmetic)
        self.map = System(formula.nodes, claim.map, arithmetic)
        self.target = _Relations(formula, formula.conclusion, arithmetic)
        stated = formula.hypothesis
        self.hypothesis = None if stated is None else _Relations(formula, stated, arithmetic)
        self.start = tuple([Side(self._end(low), self._end(high), integer=False) for low, high in claim.start])
        if claim.trap is not None:
            sides = zip(claim.trap.centre, claim.trap.widths, strict=True)
            self.trap = tuple([Side(self._end(c, -w), self._end(c, w), integer=False) for c, w in sides])
            self._fixed_point()

    def _end(self, place: int, distance: Fraction = Fraction(0)) -> End:
        value = evaluated(
            "claim", "descent", "S3", lambda: Program(self.map.program.nodes, place, self.arithmetic).value(())
        )
        form = exact_value(self.claim.formula, place)
        exact = None if form is None else Algebra().add(form, constant(distance))
        return End(self.arithmetic.add(value, self.arithmetic.rational(distance)), exact, out=False)

    def _fixed_point(self) -> None:
        """
        S1  the centre lies in the ranges
        S2  the normal form of what the map makes of it, minus the centre, is zero, times denominators
        ----------------------------------------------------------------------------------------------
        the centre is a fixed point of the map, of which a trap with a rate speaks
        """
        trap, nodes = self.claim.trap, self.claim.formula.nodes
        if trap is None or trap.rate is None:
            return
        centre = [self._end(place).around for place in trap.centre]
        require(self._lie_in(centre, self.ranges), "trap", "fixed_point", "S1", "is perhaps not in the ranges")
        forms = [form for place in trap.centre if (form := exact_value(self.claim.formula, place)) is not None]
        require(len(forms) == len(centre), "trap", "fixed_point", "S2", "the centre has no normal form")
        for place, end in zip(self.claim.map, trap.centre, strict=True):
            program = Program([*nodes, ("sub", place, end)], len(nodes), Algebra())
            form = evaluated("trap", "fixed_point", "S2", partial(program.value, forms))
            require(not _cleared(form), "trap", "fixed_point", "S2", "the map is not known to keep the centre")

    def tree(self, head: Any, records: Iterator[Any], name: str) -> int:
        """
        The head says which box: ``["trap"]``, ``["cell", [[number, number], ...]]`` or ``["start"]``.  Its part in
        the ranges is divided by records in preorder: ``["split", variable, number]`` with the part below first, and
        for every piece ``["target"]``, ``["image", cell]`` or, in the trap, ``["stays"]``.

        S1  a record has its shape; the box is bounded and not empty; a number at which it is split lies inside
        S2  there is a record for every piece, and no other
        -------------------------------------------------------------------------------------------------------
        iterates from the box and the ranges reach the target in at most the returned number of steps
        """
        region, longest = self._region(head, name), 0
        stack = [self._inside_ranges(region, name)]
        for count, record in enumerate(records, start=1):
            step = f"{name} record {count}"
            require(bool(stack), step, "tree", "S2", "the tree is complete already")
            kind = record[0] if isinstance(record, list) and record and isinstance(record[0], str) else ""
            known = kind != "" and _RECORDS[head[0]].get(kind) == len(record)
            limit = {"split": len(region), "image": len(self.cells)}.get(kind)
            place = record[1] if known and limit is not None else 0
            good = known and type(place) is int and 0 <= place < (1 if limit is None else limit)
            require(good, step, "tree", "S1", "no such record")
            piece = stack.pop()
            self.tally[kind] += 1
            if kind == "split":
                stack += self._split(piece, place, record[2], step)
            elif kind == "image":
                longest = max(longest, self._image(piece, place, step))
            else:
                (self._stays if kind == "stays" else self._in_target)(piece, step)
        require(not stack, name, "tree", "S2", "the tree is not complete")
        if head[0] == "cell":
            self.cells.append((region, longest))
        return longest

    def _region(self, head: list[Any], name: str) -> Region:
        if head[0] != "cell":
            require(len(head) == 1, name, "tree", "S1", "the head has no box of its own")
            return self.trap if head[0] == "trap" else self.start
        sides = head[1] if len(head) == 2 and isinstance(head[1], list) else []
        shaped = len(sides) == len(self.ranges) and all(isinstance(side, list) and len(side) == 2 for side in sides)
        require(shaped, name, "tree", "S1", "a box has two ends for every variable")
        return tuple([Side(self._number(low, name), self._number(high, name), integer=False) for low, high in sides])

    def _number(self, text: Any, step: str) -> End:
        try:
            return number(parse_rational(text, step), self.arithmetic)
        except ClaimError as error:
            raise CertificateError(step, "tree", "S1", str(error)) from None

    def _inside_ranges(self, region: Region, name: str) -> Box:
        box = []
        for side, within in zip(region, self.ranges, strict=True):
            common = intersection(side.box, within.box)
            if common is None or common.low is None or common.high is None:
                raise CertificateError(name, "tree", "S1", "the box has no points in the ranges, or is not bounded")
            box.append(Interval(common.low, common.high, low_open=False, high_open=False))
        return box

    def _split(self, piece: Box, place: int, text: Any, step: str) -> list[Box]:
        """The upper part and the lower part, both with the number."""
        at, side = self._number(text, step).around, piece[place]
        inside = _below(side.low, at.low) and _below(at.high, side.high)
        require(inside, step, "tree", "S1", "the number does not lie inside")
        parts = side._replace(low=at.low), side._replace(high=at.high)
        return [[*piece[:place], part, *piece[place + 1 :]] for part in parts]

    def _in_target(self, piece: Box, step: str) -> None:
        """
        S1  the piece lies in the trap; if there is none, the conclusion holds on it
        ----------------------------------------------------------------------------
        iterates in the piece, and in the ranges, are in the target
        """
        if self.claim.trap is None:
            self._holds(self.target, piece, "target", "S1", step)
        else:
            require(self._lie_in(piece, self.trap), step, "target", "S1", "the piece is perhaps not in the trap")

    def _image(self, piece: Box, place: int, step: str) -> int:
        """
        S1  the hypothesis holds on the piece
        S2  the map is defined on the piece, and takes it into the ranges
        S3  the map takes the piece into the cell, from which the target is reached in n steps
        --------------------------------------------------------------------------------------
        from the piece the target is reached in n + 1 steps
        """
        image = self._mapped(piece, "image", step)
        cell, steps = self.cells[place]
        require(self._lie_in(image, cell), step, "image", "S3", "the image is perhaps not in the cell")
        return steps + 1

    def _mapped(self, piece: Box, rule: str, step: str) -> Box:
        if self.hypothesis is not None:
            self._holds(self.hypothesis, piece, rule, "S1", step)
        image: Box = evaluated(step, rule, "S2", lambda: enclosure(self.map, piece))
        require(self._lie_in(image, self.ranges), step, rule, "S2", "the image perhaps leaves the ranges")
        return image

    def _stays(self, piece: Box, step: str) -> None:
        """
        S1  the hypothesis holds on the piece
        S2  the map is defined on the piece, and takes it into the ranges
        S3  the conclusion holds on the piece
        S4  without a rate: the map takes the piece into the trap
        S5  with the rate q, F the map, w the widths: for every i the sum over j of |d_j F_i(piece)| w_j is at most
            q w_i
        -----------------------------------------------------------------------------------------------------------
        the map takes the piece into the trap; with a rate, all pieces taken together, nearer to the fixed point by
        q: the way there is a straight line in the trap, and max |x_i - c_i|/w_i is a norm to which the sums belong
        """
        trap, ring = self.claim.trap, self.arithmetic
        image = self._mapped(piece, "stays", step)
        self._holds(self.target, piece, "stays", "S3", step)
        if trap is None or trap.rate is None:
            require(self._lie_in(image, self.trap), step, "stays", "S4", "the image is perhaps not in the trap")
            return
        slopes = evaluated(step, "stays", "S5", lambda: self.map.jacobian(piece))
        for row, width in zip(slopes, trap.widths, strict=True):
            left = ring.rational(trap.rate * width)
            for slope, other in zip(row, trap.widths, strict=True):
                left = ring.add(left, opposite(ring.multiply(ring.absolute(slope), ring.rational(other))))
            require(is_nonnegative(left), step, "stays", "S5", "the map is perhaps no contraction with this rate")

    def _holds(self, relations: _Relations, piece: Box, rule: str, condition: str, step: str) -> None:
        holds = evaluated(step, rule, condition, lambda: relations.hold(piece))
        require(holds, step, rule, condition, "a condition does not hold on the piece, or that is not known")

    def _lie_in(self, box: Box, region: Region) -> bool:
        return all(
            _beyond(x.low, side.low, self.arithmetic, above=True)
            and _beyond(x.high, side.high, self.arithmetic, above=False)
            for x, side in zip(box, region, strict=True)
        )


class _Relations:
    """A formula on boxes, as clauses: of the inequalities of each, one has to hold."""

    def __init__(self, formula: RealFormula, place: int, arithmetic: Arithmetic) -> None:
        self.clauses = clauses(replace(formula, hypothesis=None, conclusion=place))
        inequalities = [inequality for clause in self.clauses for inequality in clause]
        nodes = [*formula.nodes, *(("sub", known.upper, known.lower) for known in inequalities)]
        self.system = System(nodes, range(len(formula.nodes), len(nodes)), arithmetic)

    def hold(self, box: Box) -> bool:
        """Known to hold on all of the box."""
        return self._follows(self.system.values(box)) or self._follows(enclosure(self.system, box))

    def _follows(self, differences: list[Interval]) -> bool:
        rest = iter(differences)
        held = [
            [(is_positive if one.strict else is_nonnegative)(next(rest)) for one in clause] for clause in self.clauses
        ]
        return all(any(clause) for clause in held)


def _below(a: Bound, b: Bound) -> bool:
    return a is not None and b is not None and less(a, b)


def _beyond(bound: Bound, end: End | None, arithmetic: Arithmetic, *, above: bool) -> bool:
    if end is None:
        return True
    if bound is None:
        return False
    value = Fraction(bound[0] << max(bound[1], 0), 1 << max(-bound[1], 0))
    return beyond(end, value, arithmetic, above=above)


def _cleared(form: Polynomial) -> Polynomial:
    """The form times denominators, so that terms over different ones can cancel."""
    for _ in range(MAX_CLEARED):
        parts = [part for monomial, _ in form for part, exponent in monomial if part[0] == "inverse" and exponent > 0]
        if not parts:
            break
        form = Algebra().cleared(form, parts[0][1])
    return form
