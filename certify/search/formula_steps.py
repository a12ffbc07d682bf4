"""Steps of calculus: derivatives and quotients without their denominators and contents, spelled as expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.check.real.algebra import Algebra, Monomial, Polynomial, atom, constant
from relucert.certify.check.real.evaluate import Program
from relucert.certify.check.real.forms import Form
from relucert.certify.formula import Node
from relucert.certify.search.formula_boxes import (
    Number,
    Record,
    inside,
    spelled,
)
from relucert.certify.search.formula_goal import needed
from relucert.certify.search.formula_leaves import Leaves, Target
from relucert.certify.search.formula_spell import (
    Speller,
    content,
    depends,
    divided,
    quotient,
    variables_of,
    without_root,
)

MOST_TERMS = 60
_ONE: Polynomial = frozenset({(frozenset(), Fraction(1))})


@dataclass(frozen=True)
class Step:
    """A form times multipliers is the expression of the place; nodes : the further ones that this needs."""

    nodes: list[Node]
    multipliers: list[int]
    place: int
    factors: list[int]  # of the expression, if it is a product


class Steps(Leaves):
    """Finds them for one goal at a time.

    marks : numbers at which an inequality seems to touch zero, with their variables.
    """

    def __init__(self, marks: Sequence[tuple[int, Number]] = ()) -> None:
        super().__init__()
        self.marks = marks

    def undefined(self, target: Target) -> int | None:
        """The first part whose sign decides about a denominator, a logarithm or a root."""
        nodes, boxes = target.nodes, self.boxes(target.box)
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

    def step(self, target: Target, form: Form) -> Step | None:
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
            own = self.sign(speller.nodes, place, target.box, target.positive)
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
        for root in [
            part for part in dict.fromkeys(a for m, _ in top for a, _ in m) if part[0] == "root" and variables_of(part)
        ]:
            while (without := without_root(top, root)) is not None and take(speller.atom(root), -1):
                top = without
        for factor in self.ends(target, top):
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

    def ends(self, target: Target, p: Polynomial) -> list[Polynomial]:
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

    def opposite(self, nodes: Sequence[Node], step: Step) -> Step:
        """The step whose result is the negative one."""
        new = [*nodes, *step.nodes, ("neg", step.place)]
        return Step(new[len(nodes) :], step.multipliers, len(new) - 1, [])

    def rewritings(self, target: Target, form: Form) -> list[Step]:
        """Without denominators and content; then divided by the factor of one of the functions."""
        found: list[Step] = []
        plain = self.step(target, form)
        if plain is not None:
            found.append(plain)
        found += self.quotients(target, form)
        return found

    def quotients(self, target: Target, form: Form) -> list[Step]:
        """The top divided by the coefficient of one of its functions, where that has a sign."""
        found: list[Step] = []
        if not form.top:
            return found
        groups: dict[Monomial, dict[Monomial, Fraction]] = {}
        for monomial, coefficient in form.top:
            outer = frozenset((a, e) for a, e in monomial if a[0] not in ("variable", "exp") and variables_of(a))
            groups.setdefault(outer, {})[monomial - outer] = coefficient
        for inner in groups.values():
            for divisor in self.divisors(inner):
                if not depends(divisor) or len(form.top) < 2:
                    continue
                speller = Speller([*target.nodes])
                place = speller.expression(divisor)
                sign = self.sign(speller.nodes, place, target.box, target.positive)
                if sign == 0:
                    continue
                rest = self.quotient(form.top, divisor)
                multipliers = [speller.power(place if sign > 0 else speller.node("neg", place), -1)]
                for factor, times in form.bottom.items():
                    place = speller.expression(factor)
                    own = self.sign(speller.nodes, place, target.box, target.positive)
                    multipliers.append(speller.power(place if own > 0 else speller.node("neg", place), times))
                    sign *= own**times
                if sign == 0:
                    continue
                h = speller.expression(rest if sign > 0 else Algebra().negative(rest))
                found.append(Step(speller.nodes[len(target.nodes) :], multipliers, h, []))
        return found

    def divisors(self, inner: dict[Monomial, Fraction]) -> list[Polynomial]:
        """The coefficient of a function; its exponentials alone."""
        whole: Polynomial = frozenset(inner.items())
        exponentials = [frozenset({(frozenset(e for e in m if e[0][0] == "exp"), Fraction(1))}) for m in inner]
        return list(dict.fromkeys([whole, *exponentials]))

    def quotient(self, top: Polynomial, divisor: Polynomial) -> Polynomial:
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

    def derivative(self, target: Target, i: int) -> Step | None:
        """What has the sign of the derivative."""
        inner = inside(target.box, i)
        try:
            program, values = self.forms(target.on(inner))
            taken = program.taylor(values, i, 1)
        except (ArithmeticError, RecursionError):
            return None
        if len(taken) < 2 or not taken[1].top:
            return None
        return self.step(target.on(inner), taken[1])

    def record(self, rule: str, target: Target, more: list[object], step: Step) -> Record:
        """The record of a certificate: rule, number of the goal, what the rule has besides, and the step."""
        return [rule, target.number, *more, spelled(step.nodes), step.multipliers, step.place]
