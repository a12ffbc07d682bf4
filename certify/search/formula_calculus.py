"""Proofs in the manner of calculus: clear denominators, differentiate, look at the ends; cut where a slope turns.

Every step is one of the checker's reductions (`rewrite`, `slope`, `lemma`) or a leaf about which the checker was asked.
Float values at sample points say which step is worth trying: one that would need something false is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic

import numpy as np

from relucert.certify.check.real.algebra import Algebra, Monomial, Polynomial, TooLargeError, atom, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.forms import Form, Forms
from relucert.certify.check.real.interval import Arithmetic, Interval, is_nonnegative, is_positive, is_zero, negative
from relucert.certify.check.real.region import middle
from relucert.certify.formula import Node, RealFormula
from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_boxes import (
    Box,
    Number,
    Range,
    Record,
    accepts,
    changed,
    face,
    inside,
    is_bounded,
    near,
    refusal,
    samples,
    spelled,
    split,
    whole,
)
from relucert.certify.search.formula_cells import Mark
from relucert.certify.search.formula_goal import Clause, needed
from relucert.certify.search.formula_points import Lowest
from relucert.certify.search.formula_spell import Speller, content, depends, divided, quotient, variables_of
from relucert.certify.search.formula_values import float_values

BITS = 64
ZERO: Node = ("rational", Fraction(0))
ROUNDING = 1e-11
MOST_TERMS = 60
MOST_ORDER = 8
MOST_LEMMAS = 3
FAR = 4.0
STAGES = ((1, 1), (2, 2), (3, 3), (4, 4), (6, 5))  # derivatives one below another, cuts
MOST_MARKS = 4


def _floats(nodes: Sequence[Node], place: int, points: Floats) -> dict[int, Floats]:
    return float_values(nodes, needed(list(nodes), (place,)), points)


@dataclass(frozen=True)
class Target:
    """upper - lower >= 0, or > 0, on the box.

    number : of the inequality in the clause of the goal.  positive : places of what lemmas show to be above zero, of
    which there are so many (known).
    """

    nodes: tuple[Node, ...]
    lower: int
    upper: int
    strict: bool
    box: Box
    number: int = 0
    positive: frozenset[int] = frozenset()
    known: int = 0

    @property
    def place(self) -> int:
        """Of the difference, which comes after the nodes."""
        return len(self.nodes)

    @property
    def extended(self) -> tuple[Node, ...]:
        """The nodes, and the difference."""
        return (*self.nodes, ("sub", self.upper, self.lower))

    def on(self, box: Box) -> Target:
        """The same on a part."""
        return replace(self, box=box)


@dataclass(frozen=True)
class Step:
    """A form times multipliers is the expression of the place; nodes : the further ones that this needs."""

    nodes: list[Node]
    multipliers: list[int]
    place: int
    factors: list[int]  # of the expression, if it is a product


def calculus(claim: RealFormula, clause: Clause, lowest: Lowest, *, goals: int, deadline: float) -> list[Record] | None:
    """The records of a tree that proves the clause on the ranges of the claim, or ``None``."""
    found: dict[tuple[int, Number], int] = {}
    for point in lowest.points[lowest.touching()].tolist():
        for i, x in enumerate(point):
            number = near(x)
            if number is not None:
                found[i, number] = found.get((i, number), 0) + 1
    marks = sorted(found, key=lambda key: -found[key])[:MOST_MARKS]
    search = Calculus(goals, deadline, marks)
    try:
        for depth, cuts in STAGES:
            search.halvings = cuts + 1
            records = search.settle(claim.nodes, clause, whole(claim), depth, cuts)
            if records is not None:
                return records
    except (OutOfBudgetError, TooLargeError, RecursionError):
        pass
    return None


class OutOfBudgetError(Exception):
    """Too many goals, or too late."""


class Calculus:
    """A search with a budget of goals."""

    def __init__(self, goals: int, deadline: float, marks: Sequence[tuple[int, Number]] = ()) -> None:
        self.goals, self.deadline, self.marks = goals, deadline, marks
        self.arithmetic = Arithmetic(BITS)
        self.halvings = 2  # of a part, for leaves
        self.failed: dict[object, tuple[int, int]] = {}  # goals by their normal forms, and what did not suffice

    def settle(self, nodes: Sequence[Node], clause: Clause, box: Box, depth: int, cuts: int) -> list[Record] | None:
        """One of the inequalities, or different ones on different parts."""
        for number, own in enumerate(clause):
            target = Target(tuple(nodes), own.lower, own.upper, own.strict, box, number)
            found = self.prove(target, depth, cuts)
            if found is not None:
                return found
        if len(clause) == 1 or cuts == 0:
            return None
        for i, at in self.marks:
            low, high = box[i].ends()
            if not low <= at.low <= at.high <= high or box[i].pinned or box[i].integer:
                continue
            parts = split(box, i, at, cut=True)
            if at == box[i].low and not box[i].low_open:
                parts = parts[1:]
            elif at == box[i].high and not box[i].high_open:
                parts = parts[:2]
            elif not low < at.low <= at.high < high:
                continue
            records: list[Record] = [["cut", i, at.spelled()]]
            for part in parts:
                rest = self.settle(nodes, clause, part, depth, cuts - 1)
                if rest is None:
                    return None
                records += rest
            return records
        return None

    def prove(self, target: Target, depth: int, cuts: int) -> list[Record] | None:
        """The records of a tree."""
        self.goals -= 1
        if self.goals < 0 or monotonic() >= self.deadline:
            raise OutOfBudgetError
        values, sizes, _ = self._values(target)
        if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
            return None
        known = self._defined(target, depth)
        if known is not None:
            return known
        form = self._form(target)
        key = None if form is None else (form.top, frozenset(form.bottom.items()), target.strict, target.box)
        if key in self.failed and self.failed[key] >= (depth, cuts):
            return None
        found = self._proved(target, form, depth, cuts)
        if found is None and key is not None:
            self.failed[key] = max(self.failed.get(key, (0, 0)), (depth, cuts))
        return found

    def _proved(self, target: Target, form: Form | None, depth: int, cuts: int) -> list[Record] | None:
        leaves = self._leaves(target, self.halvings)
        if leaves is not None:
            return leaves
        free = [i for i in self._variables(target.extended, target.place) if not target.box[i].pinned]
        if not free:
            return None
        if depth > 0 and form is not None:
            found = self._reduced(target, form, free, depth)
            if found is not None:
                return found
        if cuts > 0:
            found = self._branched(target, depth, cuts) or self._cut(target, free, depth, cuts)
            if found is not None:
                return found
        return None

    def _branched(self, target: Target, depth: int, cuts: int) -> list[Record] | None:
        """Both branches of an absolute value, a minimum or a maximum, if the claim holds for both everywhere."""
        for place in needed(list(target.nodes), (target.lower, target.upper)):
            kind, *parts = target.nodes[place]
            if kind not in ("abs", "min", "max"):
                continue
            records: list[Record] = [["branch", place]]
            other = ("neg", parts[0]) if kind == "abs" else ("power", parts[1], 1)
            for node in (("power", parts[0], 1), other):
                nodes = (*target.nodes[:place], node, *target.nodes[place + 1 :])
                child = replace(target, nodes=nodes, positive=frozenset())
                values, sizes, _ = self._values(child)
                if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
                    break
                own = self.prove(child, depth, cuts - 1)
                if own is None:
                    break
                records += own
            else:
                return records
        return None

    # ---- values

    def _variables(self, nodes: Sequence[Node], place: int) -> list[int]:
        return sorted({nodes[k][1] for k in needed(list(nodes), (place,)) if nodes[k][0] == "variable"})

    def _values(self, target: Target) -> tuple[Floats, Floats, Floats]:
        points = samples(target.box)
        known = _floats(target.extended, target.place, points)
        size, overflow = np.zeros(len(points)), np.zeros(len(points), dtype=bool)
        for value in known.values():
            size = np.fmax(size, np.where(np.isfinite(value), np.abs(value), 0))
            overflow |= np.isinf(value)
        value = np.broadcast_to(known[target.place], (len(points),))
        good = ~overflow & (np.abs(value) < 1e100)  # what became too large says nothing
        return np.where(good | (np.isnan(value) & ~overflow), value, np.inf), size, points

    def _interval(self, number: Number | None) -> Interval | None:
        if number is None:
            return None
        return Program(number.nodes, len(number.nodes) - 1, self.arithmetic).value(())

    def _boxes(self, box: Box) -> list[Interval]:
        found = []
        for side in box:
            low, high = self._interval(side.low), self._interval(side.high)
            found.append(Interval(
                None if low is None else low.low, None if high is None else high.high,
                low is None or side.low_open or low.low_open, high is None or side.high_open or high.high_open,
            ))  # fmt: skip
        return found

    def _forms(self, target: Target) -> tuple[Program[Form], list[Form]]:
        ring, values = Forms(self.arithmetic), []
        for i, (side, box) in enumerate(zip(target.box, self._boxes(target.box), strict=True)):
            known = None
            if side.pinned and side.low is not None:
                known = Program(side.low.nodes, len(side.low.nodes) - 1, Algebra()).value(())
            values.append(ring.variable(i, box, known))
        return Program(target.extended, target.place, ring, positive=target.positive), values

    def _form(self, target: Target) -> Form | None:
        try:
            program, values = self._forms(target)
            return program.value(values)
        except (ArithmeticError, RecursionError):
            return None

    def _sign(self, nodes: Sequence[Node], place: int, box: Box, positive: frozenset[int]) -> int:
        try:
            value = Program(nodes, place, self.arithmetic, positive=positive).value(self._boxes(box))
        except ArithmeticError:
            return 0
        return 1 if is_positive(value) else -1 if is_positive(negative(value)) else 0

    # ---- leaves

    def _leaves(self, target: Target, halvings: int) -> list[Record] | None:
        """A leaf, or a few of them."""
        values, sizes, _ = self._values(target)
        leaf = self._leaf(target, values, sizes)
        if leaf is not None:
            return [leaf]
        free = [i for i in self._variables(target.extended, target.place) if not target.box[i].pinned]
        if halvings == 0 or not free or not is_bounded(target.box):
            return None
        i = max(free, key=lambda k: target.box[k].ends()[1] - target.box[k].ends()[0])
        low, high = target.box[i].ends()
        middle = self._middle(low, high)
        if not low < middle < high or target.box[i].integer:
            return None
        number = Number.at(Mark(Fraction(middle)))
        records: list[Record] = [["split", i, number.spelled()]]
        for part in split(target.box, i, number, cut=False):
            own = self._leaves(target.on(part), halvings - 1)
            if own is None:
                return None
            records += own
        return records

    def _leaf(self, target: Target, values: Floats, sizes: Floats) -> Record | None:
        nodes, place, strict, box, number = target.extended, target.place, target.strict, target.box, target.number

        def accepted(record: Record, bits: int = BITS) -> bool:
            return accepts(nodes, place, strict, box, [[record[0], 0, *record[2:]]], bits)

        if self._holds(target):
            return ["interval", number]

        if (
            not strict
            and np.all((np.abs(values) <= ROUNDING * sizes) | np.isinf(values))
            and accepted(["exact_form", number])
        ):
            return ["exact_form", number]
        if not is_bounded(box) or all(side.pinned for side in box):
            return None
        if self._mean_value(target):
            return ["mean_value", number]
        for i in self._variables(nodes, place):
            for which in ("low", "high"):
                if box[i].pinned or not self._vanishes(target, face(box, i, which)):
                    continue
                for order in range(1, MOST_ORDER + 1):
                    reason = refusal(nodes, place, strict, box, [["taylor_touch", 0, i, which, order]])
                    if not reason:
                        return ["taylor_touch", number, i, which, order]
                    if " S4:" not in reason:
                        break
        return None

    def _holds(self, target: Target) -> bool:
        """By an enclosure, with what lemmas say."""
        try:
            program = Program(target.extended, target.place, self.arithmetic, positive=target.positive)
            value = program.value(self._boxes(target.box))
        except ArithmeticError:
            return False
        return is_positive(value) if target.strict else is_nonnegative(value)

    def _mean_value(self, target: Target) -> bool:
        """As the checker's rule."""
        box = [x._replace(low_open=False, high_open=False) for x in self._boxes(target.box)]
        program = Program(target.extended, target.place, self.arithmetic)
        centre = [c for x in box if (c := middle(x)) is not None]
        try:
            total = program.value(centre)
            for i in self._variables(target.extended, target.place):
                distance = self.arithmetic.add(box[i], negative(centre[i]))
                slopes = [] if is_zero(distance) else program.taylor(box, i, 1)
                if len(slopes) > 1:
                    total = self.arithmetic.add(total, self.arithmetic.multiply(slopes[1], distance))
        except ArithmeticError:
            return False
        return is_positive(total) if target.strict else is_nonnegative(total)

    def _vanishes(self, target: Target, box: Box) -> bool:
        values, sizes, _ = self._values(target.on(box))
        return not np.any(np.isnan(values)) and bool(np.all(np.abs(values) <= ROUNDING * sizes))

    # ---- definedness

    def _defined(self, target: Target, depth: int) -> list[Record] | None:
        """Where an argument is perhaps zero as far as enclosures tell: a lemma that it is not, and the rest."""
        if target.known >= MOST_LEMMAS:
            return None
        place = self._undefined(target)
        if place is None:
            return None
        values = _floats(target.nodes, place, samples(target.box))[place]
        new: tuple[Node, ...] = ()
        if np.all(values <= 0):
            new, place = (("neg", place),), len(target.nodes)
        proof = self.prove(self._lemma(replace(target, nodes=(*target.nodes, *new)), place), min(depth, 2), 3)
        if proof is None:
            return None
        rest = replace(target, nodes=(*target.nodes, *new), positive=target.positive | {place}, known=target.known + 1)
        records = self.prove(rest, depth, 3)
        return None if records is None else [["lemma", spelled(new), place], *proof, *records]

    def _undefined(self, target: Target) -> int | None:
        """The first part whose sign decides about a denominator, a logarithm or a root."""
        nodes, boxes = target.nodes, self._boxes(target.box)
        for place in needed(list(nodes), (target.lower, target.upper)):
            kind, *rest = nodes[place]
            inner = rest[1] if kind == "div" else rest[0] if kind in ("log", "root") else None
            if kind == "power" and rest[1] < 0:
                inner = rest[0]
            if inner is None or (kind == "root" and rest[1] % 2):
                continue
            try:
                Program(nodes, inner, self.arithmetic, positive=target.positive).value(boxes)
            except ArithmeticError:
                return None
            try:
                Program(nodes, place, self.arithmetic, positive=target.positive).value(boxes)
            except ArithmeticError:
                return int(inner)
        return None

    # ---- steps

    def _step(self, target: Target, form: Form) -> Step | None:
        """The form without its denominator and its content, as far as their signs are known."""
        nodes = target.nodes
        if len(form.top) > MOST_TERMS:
            return None
        speller = Speller([*nodes])
        if not form.top:
            place = speller.number(0)
            return Step(speller.nodes[len(nodes) :], [], place, [])
        sign, multipliers, kept = 1, list[int](), list[int]()

        def take(place: int, exponent: int) -> bool:
            """Multiplies by a power of an expression, if its sign is known."""
            nonlocal sign
            own = self._sign(speller.nodes, place, target.box, target.positive)
            if own == 0:
                return False
            base = place if own > 0 else speller.node("neg", place)
            sign *= own if exponent % 2 else 1
            multipliers.append(speller.power(base, exponent))
            return True

        top = form.top
        for factor, times in form.bottom.items():
            left = times
            while left and (divided_top := quotient(top, factor)) is not None:
                top, left = divided_top, left - 1
            if left and not take(speller.expression(factor), left):
                return None
        for factor in self._ends(target, top):
            while (divided_top := quotient(top, factor)) is not None:
                top = divided_top
                if not take(speller.expression(factor), -1):
                    kept.append(speller.expression(factor))
        for part, exponent in content(top).items():
            if part[0] == "exp":
                multipliers += speller.powers({part: -exponent})
                top = divided(top, {part: exponent})
                continue
            place = speller.atom(part)
            if take(place, -int(exponent)):
                top = divided(top, {part: exponent})
            elif exponent < 0:
                return None
            else:
                kept.append(speller.power(place, int(exponent)))
                top = divided(top, {part: exponent})
        turned = top if sign > 0 else Algebra().negative(top)
        place = speller.product([*kept, *([speller.expression(turned)] if turned != _ONE or not kept else [])])
        return Step(speller.nodes[len(nodes) :], multipliers, place, kept)

    def _ends(self, target: Target, p: Polynomial) -> list[Polynomial]:
        """Distances from the ends of the variables and from the marks, where they are rational."""
        found: list[Polynomial] = []
        for i in depends(p):
            side = target.box[i]
            for number in (side.low, side.high, *(mark for j, mark in self.marks if i == j)):
                if (
                    number is not None
                    and not side.pinned
                    and len(number.nodes) == 1
                    and number.nodes[0][0] == "rational"
                ):
                    value: Fraction = number.nodes[0][1]
                    if value:  # x itself is content
                        found.append(Algebra().add(atom("variable", i), constant(-value)))
        return list(dict.fromkeys(found))

    def _opposite(self, nodes: Sequence[Node], step: Step) -> Step:
        new = [*nodes, *step.nodes, ("neg", step.place)]
        return Step(new[len(nodes) :], step.multipliers, len(new) - 1, [])

    def _reduced(self, target: Target, form: Form, free: list[int], depth: int) -> list[Record] | None:
        """Slopes, of the difference and of what it becomes when something positive is divided out."""
        found = self._slopes(target, free, depth)
        if found is not None:
            return found
        for step in self._rewritings(target, form):
            if not step.multipliers and form.top and not step.factors:
                continue
            nodes = (*target.nodes, *step.nodes, ZERO)
            child = replace(target, nodes=nodes, lower=len(nodes) - 1, upper=step.place)
            values, sizes, _ = self._values(child)
            if np.any(np.isnan(values)) or np.any(values < -ROUNDING * sizes):
                continue
            records = self._leaves(child, self.halvings)
            if records is None:
                records = self._slopes(child, free, depth)
            if records is None and target.strict and target.known == 0:
                records = self._factors(child, step.factors, depth)
            if records is not None:
                return [self._record("rewrite", target, [], step), *records]
        return None

    def _factors(self, target: Target, factors: list[int], depth: int) -> list[Record] | None:
        """Lemmas that factors are above zero, and then the product by its enclosure."""
        records: list[Record] = []
        for place in dict.fromkeys(factors):
            if self._sign(target.nodes, place, target.box, target.positive):
                continue
            proof = self.prove(self._lemma(target, place), depth - 1, 3)
            if proof is None:
                return None
            records += [["lemma", [], place], *proof]
            target = replace(target, positive=target.positive | {place})
        return [*records, ["interval", target.number]] if records and self._holds(target) else None

    def _lemma(self, target: Target, place: int) -> Target:
        """An expression is above zero."""
        nodes = (*target.nodes, ZERO)
        return Target(nodes, len(nodes) - 1, place, True, target.box, 0, target.positive, MOST_LEMMAS)

    def _rewritings(self, target: Target, form: Form) -> list[Step]:
        """Without denominators and content; then divided by the factor of one of the functions."""
        found: list[Step] = []
        plain = self._step(target, form)
        if plain is not None:
            found.append(plain)
        found += self._quotients(target, form)
        return found

    def _quotients(self, target: Target, form: Form) -> list[Step]:
        """The top divided by the coefficient of one of its functions, where that has a sign."""
        found: list[Step] = []
        if not form.top:
            return found
        groups: dict[Monomial, dict[Monomial, Fraction]] = {}
        for monomial, coefficient in form.top:
            outer = frozenset((a, e) for a, e in monomial if a[0] not in ("variable", "exp") and variables_of(a))
            groups.setdefault(outer, {})[monomial - outer] = coefficient
        for inner in groups.values():
            for divisor in self._divisors(inner):
                if not depends(divisor) or len(form.top) < 2:
                    continue
                speller = Speller([*target.nodes])
                place = speller.expression(divisor)
                sign = self._sign(speller.nodes, place, target.box, target.positive)
                if sign == 0:
                    continue
                rest = self._quotient(form.top, divisor)
                multipliers = [speller.power(place if sign > 0 else speller.node("neg", place), -1)]
                for factor, times in form.bottom.items():
                    place = speller.expression(factor)
                    own = self._sign(speller.nodes, place, target.box, target.positive)
                    multipliers.append(speller.power(place if own > 0 else speller.node("neg", place), times))
                    sign *= own**times
                if sign == 0:
                    continue
                h = speller.expression(rest if sign > 0 else Algebra().negative(rest))
                found.append(Step(speller.nodes[len(target.nodes) :], multipliers, h, []))
        return found

    def _divisors(self, inner: dict[Monomial, Fraction]) -> list[Polynomial]:
        """The coefficient of a function; its exponentials alone."""
        whole: Polynomial = frozenset(inner.items())
        exponentials = [frozenset({(frozenset(e for e in m if e[0][0] == "exp"), Fraction(1))}) for m in inner]
        return list(dict.fromkeys([whole, *exponentials]))

    def _quotient(self, top: Polynomial, divisor: Polynomial) -> Polynomial:
        """Terms with the divisor lose it, others get its inverse."""
        algebra = Algebra()
        if len(divisor) == 1:
            return algebra.multiply(top, algebra.inverse(divisor))
        terms, total = dict(top), constant(0)
        monomial = next(iter(divisor))[0]
        for key in list(terms):
            outer = dict(key)
            if not all(outer.get(a, 0) >= e for a, e in monomial) or key not in terms:
                continue
            rest = frozenset((a, e - dict(monomial).get(a, 0)) for a, e in key if e != dict(monomial).get(a, 0))
            factor: Polynomial = frozenset({(rest, terms[key] / dict(divisor)[monomial])})
            product = dict(algebra.multiply(factor, divisor))
            if all(terms.get(m) == c for m, c in product.items()):
                total = algebra.add(total, factor)
                for m in product:
                    del terms[m]
        return algebra.add(total, algebra.multiply(frozenset(terms.items()), atom("inverse", divisor)))

    def _record(self, rule: str, target: Target, more: list[object], step: Step) -> Record:
        return [rule, target.number, *more, spelled(step.nodes), step.multipliers, step.place]

    def _slopes(self, target: Target, free: list[int], depth: int) -> list[Record] | None:
        """The least value is at an end of one of the variables."""
        for i in free:
            step = self._derivative(target, i)
            if step is None:
                continue
            inner = inside(target.box, i)
            nodes = (*target.nodes, *step.nodes, ZERO)
            values, sizes, _ = self._values(Target(nodes, len(nodes) - 1, step.place, False, inner))
            if np.any(np.isnan(values)):
                continue
            small = ROUNDING * sizes
            for which, good in (
                ("low", np.all(values >= -small)),
                ("high", np.all((values <= small) | np.isinf(values))),
            ):
                end = target.box[i].low if which == "low" else target.box[i].high
                if not good or end is None:
                    continue
                records = self._slope(
                    target, i, which, step if which == "low" else self._opposite(target.nodes, step), depth
                )
                if records is not None:
                    return records
        return None

    def _slope(self, target: Target, i: int, which: str, step: Step, depth: int) -> list[Record] | None:
        side = target.box[i]
        out = side.low_open if which == "low" else side.high_open
        at_end = replace(target, strict=target.strict and not out, box=face(target.box, i, which))
        if out:
            at_end = replace(at_end, positive=frozenset())
        below = self.prove(at_end, depth - 1, 1)
        if below is None:
            return None
        nodes = (*target.nodes, *step.nodes, ZERO)
        positive = frozenset[int]() if side.integer else target.positive
        inner = Target(nodes, len(nodes) - 1, step.place, target.strict and out, inside(target.box, i), 0, positive,
                       target.known)  # fmt: skip
        rate = self.prove(inner, depth - 1, 1)
        if rate is None:
            return None
        return [self._record("slope", target, [i, which], step), *rate, *below]

    def _derivative(self, target: Target, i: int) -> Step | None:
        """What has the sign of the derivative."""
        inner = inside(target.box, i)
        try:
            program, values = self._forms(target.on(inner))
            taken = program.taylor(values, i, 1)
        except (ArithmeticError, RecursionError):
            return None
        if len(taken) < 2 or not taken[1].top:
            return None
        return self._step(target.on(inner), taken[1])

    # ---- cuts

    def _cut(self, target: Target, free: list[int], depth: int, cuts: int) -> list[Record] | None:
        """At a number where something happens, and both parts."""
        widths = [b - a if np.isfinite(b - a) else 1e300 for a, b in (target.box[i].ends() for i in free)]
        i = free[int(np.argmax(widths))]
        for number, free_cut in self._numbers(target, i):
            records: list[Record] | None = [["split", i, number.spelled()]]
            for part in split(target.box, i, number, cut=False):
                own = self.prove(target.on(part), depth, cuts - (not free_cut))
                if own is None or records is None:
                    records = None
                    break
                records += own
            return records
        return None

    def _numbers(self, target: Target, i: int) -> Iterator[tuple[Number, bool]]:
        """Where to cut: where the difference touches zero, has a kink, or its slope turns; else in the middle."""
        low, high = target.box[i].ends()
        for j, number in self.marks:
            if i == j and low < number.low and number.high < high:
                yield number, True
        places = self._turns(target, i)
        for x, least in places:
            exact = near(x) if least else None
            if exact is not None and low < exact.low and exact.high < high and self._touches(target, i, exact):
                yield exact, True
            # the turn itself goes into a part in the middle, where the slope is of no use
            for value in ((low + x) / 2 if np.isfinite(low) else x - 1 - abs(x), x + 1 + abs(x)):
                step = 2.0 ** np.floor(np.log2(max(abs(value), 1e-9)) - 8)
                rounded = round(value / step) * step
                if low < rounded < high:
                    yield Number.at(Mark(Fraction(rounded))), False
        value = self._middle(low, high)
        if low < value < high:
            yield Number.at(Mark(Fraction(value))), False

    def _touches(self, target: Target, i: int, number: Number) -> bool:
        side = Range(number, number, low_open=False, high_open=False, pinned=True)
        return self._vanishes(target, changed(target.box, i, side))

    def _turns(self, target: Target, i: int) -> list[tuple[float, bool]]:
        """Zeros of the derivative along the middle of the others; and whether the difference is least there."""
        points = samples(target.box)
        points = points[np.argsort(points[:, i])]
        if len(points) > 1:
            centre = np.median(points, axis=0)
            points = np.where(np.arange(points.shape[1]) == i, points, centre)
        known = _floats(target.extended, target.place, points)
        g, found = np.broadcast_to(known[target.place], (len(points),)), list[tuple[float, bool]]()
        x = points[:, i]
        with np.errstate(all="ignore"):
            size = np.max(np.where(np.isfinite(g), np.abs(g), 0))
            slope = np.diff(g) / np.diff(x)
            noise = 1e-9 * size / np.abs(np.diff(x))
        for k in range(len(slope) - 1):
            a, b = slope[k], slope[k + 1]
            if (
                np.isfinite(a)
                and np.isfinite(b)
                and np.sign(a) * np.sign(b) < 0
                and abs(a) > noise[k]
                and abs(b) > noise[k + 1]
            ):
                found.append((float(x[k + 1]), bool(a < 0)))
        return found[:2]

    def _middle(self, low: float, high: float) -> float:
        if np.isinf(low) and np.isinf(high):
            return 0.0
        if np.isinf(high):
            return 1.0 if low < 0.5 else FAR * low
        if np.isinf(low):
            return -1.0 if high > -0.5 else FAR * high
        step = 2.0 ** np.floor(np.log2(max(high - low, 1e-300)) - 3)
        return float(round((low + high) / 2 / step) * step)


_ONE: Polynomial = frozenset({(frozenset(), Fraction(1))})
