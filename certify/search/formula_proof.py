"""Settles a claim about real functions: a proof, a point that refutes it, or how far the search came.

The outcome is what the checker says about the bytes; nothing here is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import isfinite
from time import monotonic

import numpy as np

from relucert.certify.check.real.kernel import FormulaVerdict, check_formula
from relucert.certify.formula import Node, RealFormula
from relucert.certify.search.formula_calculus import calculus
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_cover import BITS, Cover
from relucert.certify.search.formula_goal import Clause, TooManyCasesError, clauses, is_algebraic, uses_extremes
from relucert.certify.search.formula_limits import Limits, Stuck
from relucert.certify.search.formula_oracle import Oracle, certificate, point_text
from relucert.certify.search.formula_points import Landscape, Lowest, Samples, touching_coordinates
from relucert.certify.search.formula_polynomial import Record, combination
from relucert.certify.search.formula_sdp import is_installed
from relucert.certify.search.formula_sos import MOST_COST, squares
from relucert.certify.search.formula_values import OutOfTimeError

ROUNDS_OF_REPAIR = 30
MOST_POINTS = 100
FEW_NODES, FIRST_NODES, MORE_NODES = 40, 400, 8000
FEW_GOALS, MANY_GOALS = 200, 2000
TINY, CHEAP = 150, 1500  # unknowns of semidefinite programs that are solved within milliseconds, and at once
NO_SQUARES = "; sums of squares were not tried, they need clarabel: pip install 'relucert[prove]'"
_REFUSED = re.compile(r"tree (\d+) record (\d+)")


@dataclass(frozen=True)
class Proved:
    """The claim holds; `verdict.point` is a point of the ranges with the hypothesis, if one was found."""

    certificate: bytes
    verdict: FormulaVerdict


@dataclass(frozen=True)
class Refuted:
    """The claim fails at the point."""

    certificate: bytes
    verdict: FormulaVerdict
    point: tuple[Fraction, ...]


@dataclass(frozen=True)
class Vacuous:
    """The hypothesis holds for no numbers in the ranges."""

    certificate: bytes
    verdict: FormulaVerdict


@dataclass(frozen=True)
class Undecided:
    """Neither.

    reason : in words.
    margin : a lower bound of the difference on the cell that is not proved.
    where : that cell, a pair of floats for every variable (rounded outward).
    best : the lowest value of a difference that was found, in floats, and its point.
    """

    reason: str
    margin: float | None = None
    where: tuple[tuple[float, float], ...] = ()
    best: tuple[float, tuple[float, ...]] | None = None


Outcome = Proved | Refuted | Vacuous | Undecided


def search_formula(
    claim: RealFormula, *, time: float = 60.0, nodes: int = 200_000, memory: int = 1 << 30, exact: bool = False
) -> Outcome:
    """Try to refute, then to prove.

    Parameters
    ----------
    claim : RealFormula
        Its assertion is ignored: the outcome says whether it holds, fails or is vacuous.
    time : float
        Seconds, with the final replay: the search ends earlier by what that is expected to take.
    nodes : int
        Nodes of all trees together.
    memory : int
        Bytes for the trees and the arrays, roughly.
    exact : bool
        Whether proofs without rounded numbers are tried first.
    """
    try:
        return _Search(replace(claim, assertion="holds"), monotonic() + time, nodes, memory, exact).run()
    except OutOfTimeError:
        return Undecided("the limit of time is reached")


class _Search:
    def __init__(self, claim: RealFormula, deadline: float, nodes: int, memory: int, exact: bool) -> None:
        self.claim, self.deadline, self.exact = claim, deadline, exact
        self.limits = Limits(deadline, nodes, memory)
        self.ranges = Ranges(claim)
        self.samples = Samples(claim, self.ranges, deadline)
        self.oracle = Oracle(claim, self.ranges)
        self.point: list[Fraction] | None = None

    def run(self) -> Outcome:
        if not self.ranges.defined:
            return Undecided("an end of a range is not known to be defined")
        if self.ranges.empty:
            return self._vacuous() or Undecided("the ranges seem to be empty, but that is not proved")
        try:
            goals = clauses(self.claim)
        except TooManyCasesError:
            return Undecided("the formula has too many cases: write it with fewer 'and' and 'or'")
        lowest, lost = [], np.zeros((0, self.ranges.count))
        for clause in goals:
            if monotonic() >= self.deadline:
                return Undecided("the limit of time is reached")
            found, undefined = Landscape(self.claim, clause, self.samples).minimise()
            lowest.append(found)
            lost = lost if len(lost) else undefined
            refuted = self._refuted(found)
            if refuted is not None:
                return refuted
        self.point = inhabited(self.claim, self.samples, self.deadline)
        if self.point is None and self.claim.hypothesis is not None:
            vacuous = self._vacuous()
            if vacuous is not None:
                return vacuous
        best = _best(lowest)
        if len(lost):
            where = ", ".join(f"{v.name} = {x:.6g}" for v, x in zip(self.claim.variables, lost[0], strict=True))
            return Undecided(f"the claim is not defined at {where}: leave such points out of the ranges", best=best)
        outcome = self._proved(self.claim, goals, lowest, self.point)
        return replace(outcome, best=best) if isinstance(outcome, Undecided) else outcome

    # ---- points

    def _refuted(self, lowest: Lowest) -> Refuted | None:
        """Points where the clause fails, or may be zero, rounded and replayed."""
        claim = replace(self.claim, assertion="fails")
        candidates = [*np.flatnonzero(lowest.failing())[:6], *np.flatnonzero(lowest.touching())[:6]]
        seen: set[tuple[Fraction, ...]] = set()
        for place in candidates:
            tries = 0
            for point in self.samples.round(lowest.points[place]):
                if tuple(point) in seen or not self.samples.contains(point):
                    continue
                seen.add(tuple(point))
                tries += 1
                for bits in BITS[:1] if lowest.failing()[place] else BITS[1:2]:
                    data = certificate(claim, [], point_text(point), bits)
                    verdict = check_formula(data)
                    if verdict.valid:
                        return Refuted(data, verdict, tuple(point))
                if monotonic() >= self.deadline or (tries >= 4 and not lowest.failing()[place]):
                    break
        return None

    # ---- trees

    def _vacuous(self) -> Vacuous | None:
        claim = replace(self.claim, assertion="vacuous")
        if self.ranges.empty:
            goals: list[Clause] = clauses(claim)
            data = certificate(claim, [[] for _ in goals], None, BITS[0])
            verdict = check_formula(data)
            return Vacuous(data, verdict) if verdict.valid else None
        limits = self.limits
        self.limits = replace(limits, deadline=min(limits.deadline, monotonic() + 0.3 * self._left()))
        outcome = self._proved(claim, clauses(claim), None, None)
        self.limits = limits
        return Vacuous(outcome.certificate, outcome.verdict) if isinstance(outcome, Proved) else None

    def _left(self) -> float:
        return max(0.0, self.deadline - monotonic())

    def _proved(
        self, claim: RealFormula, goals: list[Clause], lowest: list[Lowest] | None, point: list[Fraction] | None
    ) -> Proved | Undecided:
        proofs: list[Cover | list[Record]] = []
        used, replay = 0, 0.0
        for number, clause in enumerate(goals):
            limits = replace(self.limits, deadline=self.limits.deadline - replay, nodes=self.limits.nodes - used)
            proof = self._proof(claim, clause, lowest[number] if lowest else None, limits)
            if isinstance(proof, Stuck):
                return _undecided(proof)
            proofs.append(proof)
            if isinstance(proof, Cover):
                used, replay = used + len(proof.tree), replay + proof.replay()
        bits = max([BITS[0], *(proof.bits for proof in proofs if isinstance(proof, Cover))])
        return self._replayed(claim, proofs, point, bits)

    def _proof(
        self, claim: RealFormula, clause: Clause, lowest: Lowest | None, limits: Limits
    ) -> Cover | list[Record] | Stuck:
        """A polynomial that touches zero inside of its ranges would never end: few nodes first, then its squares."""
        splits = touching_coordinates(lowest, self.ranges) if lowest else []
        points = _touching(lowest) if lowest else []
        corners = [[float(x) for x in at] for at in points]

        def cover(nodes: int) -> Cover | Stuck:
            own = Cover(claim, clause, self.ranges, self.oracle, replace(limits, nodes=nodes), corners)
            stuck = own.run(self.ranges.cells, splits)
            return own if stuck is None else stuck

        def until(part: float) -> float:
            return min(limits.deadline, monotonic() + part * max(0.0, limits.deadline - monotonic()))

        def sums(part: float, cost: tuple[int, int]) -> Record | None:
            return squares(claim, clause, self.ranges, points, until(part), cost)

        def slopes(part: float, goals: int) -> list[Record] | None:
            most = min(goals, limits.nodes)
            return None if lowest is None else calculus(claim, clause, lowest, goals=most, deadline=until(part))

        covers = [nodes for nodes in (FEW_NODES, FIRST_NODES) if nodes < limits.nodes]
        attempts: list[Callable[[], Cover | Record | list[Record] | Stuck | None]] = [
            partial(cover, nodes) for nodes in covers
        ]
        cheap = partial(sums, 0.3, (0, CHEAP))
        linear = partial(combination, claim, clause, self.ranges, points, deadline=limits.deadline)
        if self.exact:
            attempts = [cheap, linear, partial(sums, 0.3, (CHEAP, MOST_COST)), *attempts]
        elif is_algebraic(claim, clause):
            # covers settle what keeps away from zero, squares what touches it
            squares_at = 0 if points else 1
            attempts.insert(squares_at, cheap)
            attempts += [linear, partial(sums, 0.3, (CHEAP, MOST_COST)), partial(slopes, 0.5, MANY_GOALS)]
        elif uses_extremes(claim, clause):  # which have no normal form
            attempts.insert(1, partial(slopes, 0.35, FEW_GOALS))
            attempts += [partial(slopes, 0.5, MANY_GOALS)]
        else:
            attempts[1:1] = [partial(sums, 0.1, (0, TINY)), partial(slopes, 0.35, FEW_GOALS)]
            if not points and limits.nodes > MORE_NODES:  # away from zero a cover ends
                attempts.append(partial(cover, MORE_NODES))
            attempts += [partial(sums, 0.3, (TINY, CHEAP)), linear, partial(sums, 0.3, (CHEAP, MOST_COST)),
                         partial(slopes, 0.5, MANY_GOALS)]  # fmt: skip
        for attempt in attempts:
            if monotonic() >= limits.deadline:
                break
            try:
                proof = attempt()
            except OverflowError:  # numbers beyond those of floats
                continue
            if isinstance(proof, list):
                records: list[Record] = [proof] if isinstance(proof[0], str) else proof  # type: ignore[assignment]
                if _accepted(claim, clause, records):
                    return records
            if isinstance(proof, Cover):
                return proof
        return cover(limits.nodes)

    def _replayed(
        self, claim: RealFormula, proofs: list[Cover | list[Record]], point: list[Fraction] | None, bits: int
    ) -> Proved | Undecided:
        """Lets the checker read the certificate; where it refuses a record, that cell is divided further."""
        verdict = FormulaVerdict("INVALID")
        text = None if point is None else point_text(point)
        for _ in range(ROUNDS_OF_REPAIR):
            trees = [proof.tree.written() if isinstance(proof, Cover) else proof for proof in proofs]
            data, start = certificate(claim, trees, text, bits), monotonic()
            verdict = check_formula(data)
            if verdict.valid:
                return Proved(data, verdict)
            refused, now = _REFUSED.search(verdict.reason), monotonic()
            if refused is None or 2 * now - start >= self.deadline:  # the next replay takes no less
                break
            if bits < BITS[1]:
                bits = BITS[1]
                continue
            proof = proofs[int(refused[1])]
            if not isinstance(proof, Cover):
                break
            stuck = proof.reopen(int(refused[2]))
            if stuck is not None:
                return _undecided(stuck)
        return Undecided(f"the checker refuses: {verdict.reason}")


def _accepted(claim: RealFormula, clause: Clause, records: list[Record]) -> bool:
    """Whether the checker takes the records for a tree of the clause."""
    relations: list[Node] = [("<" if atom.strict else "<=", atom.lower, atom.upper) for atom in clause]
    for count in range(1, len(clause)):
        relations.append(("or", 0 if count == 1 else len(relations) - 1, count))
    alone = replace(claim, assertion="holds", formulas=tuple(relations), hypothesis=None, conclusion=len(relations) - 1)
    return check_formula(certificate(alone, [records], None, BITS[0])).valid


def inhabited(claim: RealFormula, samples: Samples, deadline: float) -> list[Fraction] | None:
    """A simple point of the ranges with the hypothesis, as the checker confirms."""
    zero = len(claim.nodes)
    never = replace(
        claim,
        assertion="fails",
        nodes=(*claim.nodes, ("rational", Fraction(0))),
        formulas=(*claim.formulas, ("<", zero, zero)),
        conclusion=len(claim.formulas),
    )
    for tries, point in enumerate(samples.with_hypothesis()):
        if check_formula(certificate(never, [], point_text(point), BITS[0])).valid:
            return point
        if tries >= MOST_POINTS or monotonic() >= deadline:
            break
    return None


def _undecided(stuck: Stuck) -> Undecided:
    missing = "" if is_installed() else NO_SQUARES
    return Undecided(stuck.reason + missing, stuck.margin, tuple(zip(stuck.low, stuck.high, strict=True)))


def _touching(lowest: Lowest) -> list[list[Fraction]]:
    """Points where the difference seems to be zero, as simple rationals."""
    points = lowest.points[lowest.touching()][:3]
    return [[Fraction(x).limit_denominator(1000) for x in point] for point in points.tolist()]


def _best(lowest: list[Lowest]) -> tuple[float, tuple[float, ...]] | None:
    found = [(float(part.values[0]), tuple(part.points[0].tolist())) for part in lowest
             if len(part.values) and isfinite(part.values[0])]  # fmt: skip
    return min(found, default=None)
