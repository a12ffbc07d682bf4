"""A formula as a NumPy expression that is vectorised over leading axes.

Every piece of code has trailing axes: one for each summation index that it still depends on, in the order of nesting,
then one for each coordinate index (rank).  Pieces are aligned to common axes before they are added or multiplied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy
from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Sum, Symbol, cos, exp, pi, sin

from relucert.symbolic import expressions as nodes
from relucert.symbolic.expressions import rank
from relucert.symbolic.printers.numpy_pieces import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    CannotPrint,
    Code,
    align,
    power,
    rational,
    sliced,
)

_FUNCTIONS: dict[type, str] = {
    sin: "np.sin",
    cos: "np.cos",
    sympy.tan: "np.tan",
    sympy.acos: "np.arccos",
    sympy.asin: "np.arcsin",
    sympy.atan: "np.arctan",
    sympy.atan2: "np.arctan2",
    exp: "np.exp",
    sympy.log: "np.log",
    sympy.Abs: "np.abs",
    sympy.sign: "np.sign",
    sympy.erf: "_erf",
    sympy.gamma: "_gamma",
    nodes.normal_pdf: "_normal_pdf",
    nodes.normal_cdf: "_normal_cdf",
}
_RELATIONS = {sympy.Gt: ">", sympy.Ge: ">=", sympy.Lt: "<", sympy.Le: "<=", sympy.Eq: "==", sympy.Ne: "!="}


@dataclass(frozen=True)
class Scope:
    """What the names in a formula mean where the code stands.

    Attributes
    ----------
    angles : mapping of Symbol to str
        Local variables that are angles between two vectors, and the variable that holds their supplement.
    sizes : set of Symbol
        Names that are Python ints.
    ranges : mapping of Symbol to (first, last)
        The summation indices around, outermost first, as code.
    names : mapping of Expr to str
        Formulas that a local variable holds already.
    families : mapping of Symbol to str
        Families and vectors with numbered entries, and the name of that number.
    """

    angles: Mapping[Symbol, str] = field(default_factory=dict)
    sizes: frozenset[Symbol] = frozenset()
    ranges: Mapping[Symbol, tuple[Expr, Expr]] = field(default_factory=dict)
    names: Mapping[Expr, str] = field(default_factory=dict)
    families: Mapping[Symbol, str] = field(default_factory=dict)

    def code(self, expression: Expr) -> Code:
        """The formula as code.

        Raises
        ------
        CannotPrint
            A node without a NumPy spelling.
        """
        if expression in self.names:
            return Code(self.names[expression], rank=rank(expression))
        for kinds, printer in _PRINTERS:
            if isinstance(expression, kinds):
                return printer(self, expression)
        if expression.is_Rational:
            return rational(expression)
        if expression.is_Symbol:
            return self._symbol(expression)
        if expression.func in _FUNCTIONS:
            return self._function(_FUNCTIONS[expression.func], [self.code(part) for part in expression.args])
        known = {pi: "np.pi", sympy.E: "np.e", sympy.EulerGamma: "np.euler_gamma"}
        if expression in known:
            return Code(known[expression], constant=True)
        raise CannotPrint(f"no NumPy code for {type(expression).__name__} in {expression}")

    def _symbol(self, symbol: Symbol) -> Code:
        if symbol in self.ranges:
            first, last = (self.code(end) for end in self.ranges[symbol])
            return Code(f"np.arange({first.text}, {last.text} + 1)", indices=(symbol,))
        return Code(symbol.name, rank=rank(symbol), constant=symbol in self.sizes)

    def _function(self, name: str, arguments: Sequence[Code]) -> Code:
        """A function applied entry by entry."""
        aligned, indices, places = self._aligned(arguments)
        constant = all(argument.constant for argument in arguments)
        return Code(f"{name}({', '.join(part.text for part in aligned)})", ATOM, indices, places, constant)

    def _aligned(self, parts: Sequence[Code]) -> tuple[list[Code], tuple[Symbol, ...], int]:
        """The parts with common axes."""
        union = tuple(index for index in self.ranges if any(index in part.indices for part in parts))
        places = max(part.rank for part in parts)
        return [align(part, union, places) for part in parts], union, places

    # ---- sums, products, powers

    def add(self, expression: Expr) -> Code:
        """A sum; pi minus an angle is its supplement, which has a variable of its own."""
        terms = list(expression.as_ordered_terms())
        for angle, supplement in self.angles.items():
            if pi in terms and -angle in terms:
                terms.remove(pi)
                terms.remove(-angle)
                terms.insert(0, Symbol(supplement))
        if len(terms) == 1:
            return self.code(terms[0])
        signs = [term.could_extract_minus_sign() for term in terms]
        order = sorted(range(len(terms)), key=lambda i: signs[i])  # a positive term first
        parts, indices, places = self._aligned([self.code(-terms[i] if signs[i] else terms[i]) for i in order])
        text = ""
        for part, i in zip(parts, order, strict=True):
            body = part.within(PRODUCT if signs[i] else SUM)
            text += f" {'-' if signs[i] else '+'} {body}" if text else f"-{body}" if signs[i] else body
        return Code(text, SUM, indices, places, all(part.constant for part in parts))

    def multiply(self, expression: Expr) -> Code:
        """A product: numbers and scalars first, over the denominator, then the vector or matrix."""
        coefficient, rest = expression.as_coeff_Mul()
        if coefficient.is_negative:
            body = self.code(-expression)
            return replace(body, text=f"-{body.within(PRODUCT)}", level=PRODUCT)
        above: list[Expr] = [Integer(coefficient.p)] if coefficient.p != 1 else []
        below: list[Expr] = [Integer(coefficient.q)] if coefficient.q != 1 else []
        wide: list[Expr] = []
        for factor in rest.as_ordered_factors():
            base, exponent = factor.as_base_exp()
            if rank(factor):
                wide.append(factor)
            elif exponent.is_number and exponent.is_negative and not isinstance(factor, exp):
                below.append(Pow(base, -exponent))
            elif not (factor.is_Rational and factor == 1):
                above.append(factor)
        scalar = self._quotient(above, below) if above or below else None
        if not wide:
            assert scalar is not None
            return scalar
        vector = self.code(wide[0])
        if scalar is None:
            return vector
        if not above:  # vector / number
            (scalar, vector), indices, places = self._aligned([self._product(below, checked=True), vector])
            return Code(f"{vector.within(PRODUCT)} / {scalar.within(POWER)}", PRODUCT, indices, places)
        (scalar, vector), indices, places = self._aligned([scalar, vector])
        return Code(f"{scalar.within(PRODUCT)} * {vector.within(POWER)}", PRODUCT, indices, places)

    def _quotient(self, above: Sequence[Expr], below: Sequence[Expr]) -> Code:
        top = self._product(above) if above else Code("1", constant=True)
        if not below:
            return top
        (top, bottom), indices, _ = self._aligned([top, self._product(below, checked=True)])
        constant = top.constant and bottom.constant
        return Code(f"{top.within(PRODUCT)} / {bottom.within(POWER)}", PRODUCT, indices, constant=constant)

    def _product(self, factors: Sequence[Expr], *, checked: bool = False) -> Code:
        parts = [self._checked(factor) if checked else self.code(factor) for factor in factors]
        parts, indices, _ = self._aligned(parts)
        if len(parts) == 1:
            return parts[0]
        constant = all(part.constant for part in parts)
        text = " * ".join([parts[0].within(PRODUCT), *(part.within(POWER) for part in parts[1:])])
        return Code(text, PRODUCT, indices, constant=constant)

    def _checked(self, divisor: Expr) -> Code:
        """A divisor, refused where it is zero."""
        base, exponent = divisor.as_base_exp()
        code = self.code(base)
        if not code.constant and not (base.is_Symbol and base.is_integer and base.is_positive):
            code = replace(code, text=f'_nonzero("{_complaint(base)}", {code.text})', level=ATOM)
        return code if exponent == 1 else power(code, exponent, self.code(exponent))

    def power(self, expression: Expr) -> Code:
        """A power; roots by np.sqrt."""
        base, exponent = expression.args
        if exponent.is_number and exponent.is_negative:
            return self._quotient([], [Pow(base, -exponent)])
        body = self.code(base)
        if not exponent.is_number:
            (body, above), indices, _ = self._aligned([body, self.code(exponent)])
            return Code(f"{body.within(ATOM)}**{above.within(ATOM)}", POWER, indices)
        return power(body, exponent, self.code(exponent))

    # ---- families and vectors

    def entry(self, expression: Expr) -> Code:
        """A member of a family: a whole axis for a summation index, else one place of it."""
        family, index = expression.args
        places = rank(expression)
        after = ", :" * places
        counter = next((name for name in self.ranges if index.has(name)), None)
        if counter is None:
            place = self.code(index - 1)
            if not place.constant:
                raise CannotPrint(f"{index} in {expression} is no whole number that is known")
            return Code(f"{family.name}[..., {place.text}{after}]", rank=places)
        first, last = self.ranges[counter]
        shift = index - counter
        if shift.has(*self.ranges):
            raise CannotPrint(f"an index like {index} of {expression}")
        start, stop = first + shift - 1, last + shift
        if start == 0 and str(stop) == self.families.get(family):
            return Code(family.name, indices=(counter,), rank=places)
        part = f"{self.code(start).text} : {self.code(stop).text}"
        return Code(f"{family.name}[..., {part}{after}]", ATOM, (counter,), places)

    def dot(self, expression: Expr) -> Code:
        """An inner product; with the vector of ones a sum of coordinates."""
        if nodes.ONES in expression.args:
            one, other = expression.args
            body = self.code(one if other == nodes.ONES else other)
            return Code(f"np.sum({body.text}, axis=-1)", indices=body.indices)
        (one, other), indices, _ = self._aligned([self.code(part) for part in expression.args])
        return Code(f"_dot({one.text}, {other.text})", indices=indices)

    def norm(self, expression: Expr) -> Code:
        """A Euclidean norm."""
        body = self.code(expression.args[0])
        return Code(f"_norm({body.text})", indices=body.indices)

    def angle(self, expression: Expr) -> Code:
        """An angle between two vectors, neither of them zero."""
        return self.angle_between(*expression.args)

    def angle_between(self, one: Expr, other: Expr, *, supplement: bool = False) -> Code:
        """The angle, or pi minus the angle, of two vectors."""
        (first, second), indices, _ = self._aligned([self.code(one), self.code(other)])
        opposite = f"-{second.within(POWER)}" if supplement else second.text
        names = " and ".join(sorted({_name(one), _name(other)}))
        message = f"the formula needs an angle: {names} must not be zero"
        return Code(f'_angle("{message}", {first.text}, {opposite})', indices=indices)

    def angular(self, expression: Expr) -> Code:
        """G of an angle, from the supplement of the angle."""
        (theta,) = expression.args
        if theta in self.angles:
            return Code(f"_g({self.angles[theta]})")
        if isinstance(theta, nodes.Angle):
            supplement = self.angle_between(*theta.args, supplement=True)
        else:
            supplement = self._function("_supplement", [self.code(theta)])
        return replace(supplement, text=f"_g({supplement.text})")

    def sine(self, expression: Expr) -> Code:
        """The sine; of an angle near pi from its supplement, so that it vanishes for opposite vectors."""
        (theta,) = expression.args
        if theta in self.angles:
            return Code(f"np.sin(np.minimum({theta.name}, {self.angles[theta]}))")
        return self._function("np.sin", [self.code(theta)])

    def outer(self, expression: Expr) -> Code:
        """The matrix u v^T."""
        (one, other), indices, _ = self._aligned([self.code(part) for part in expression.args])
        return Code(f"{sliced(one, ':, None')} * {sliced(other, 'None, :')}", PRODUCT, indices, 2)

    def apply(self, expression: Expr) -> Code:
        """A matrix times a vector."""
        matrix, vector = expression.args
        transposed = isinstance(matrix, nodes.Transposed)
        first, second = self.code(matrix.args[0] if transposed else matrix), self.code(vector)
        union = tuple(index for index in self.ranges if index in first.indices + second.indices)
        first, second = align(first, union, 2), align(second, union, 1)
        subscripts = "...ji,...j->...i" if transposed else "...ij,...j->...i"
        return Code(f'np.einsum("{subscripts}", {first.text}, {second.text})', indices=union, rank=1)

    def transposed(self, expression: Expr) -> Code:
        """The transpose."""
        body = self.code(expression.args[0])
        return replace(body, text=f"np.swapaxes({body.text}, -1, -2)", level=ATOM)

    def trace(self, expression: Expr) -> Code:
        """The trace."""
        body = self.code(expression.args[0])
        return Code(f"np.trace({body.text}, axis1=-2, axis2=-1)", indices=body.indices)

    def total(self, expression: Expr) -> Code:
        """A sum over an index: along its axis."""
        body, *limits = expression.args
        *inner, (counter, first, last) = [tuple(limit) for limit in limits]
        if inner:
            body = Sum(body, *inner)
        if any(end.has(*self.ranges) for end in (first, last)) and self.ranges:
            raise CannotPrint(f"limits that depend on another index, in {expression}")
        scope = replace(self, ranges={**self.ranges, counter: (first, last)})
        code = scope.code(body)
        if counter not in code.indices:
            return self.code(Mul(last - first + 1, body))
        return Code(f"np.sum({code.text}, axis={-1 - code.rank})", indices=code.indices[:-1], rank=code.rank)

    # ---- cases

    def piecewise(self, expression: Expr) -> Code:
        """Cases: the first whose condition holds."""
        *cases, (otherwise, last) = expression.args
        if last != sympy.true:
            raise CannotPrint(f"no case for all other values in {expression}")
        found = self.code(otherwise)
        for body, condition in reversed(cases):
            (test, value, found), indices, _ = self._aligned([self.relation(condition), self.code(body), found])
            found = Code(f"np.where({test.text}, {value.text}, {found.text})", indices=indices)
        return found

    def relation(self, condition: Expr) -> Code:
        """A relation between two scalars."""
        (left, right), indices, _ = self._aligned([self.code(side) for side in condition.args])
        return Code(f"{left.text} {_RELATIONS[condition.func]} {right.text}", 0, indices)

    def extreme(self, expression: Expr) -> Code:
        """Max and Min."""
        name = "np.maximum" if isinstance(expression, sympy.Max) else "np.minimum"
        first, *rest = (self.code(part) for part in expression.args)
        for part in rest:
            first = self._function(name, [first, part])
        return first

    def relu(self, expression: Expr) -> Code:
        """max(t, 0)."""
        return self._function("np.maximum", [self.code(expression.args[0]), Code("0.0", constant=True)])

    def leaky(self, expression: Expr) -> Code:
        """max(t, alpha t)."""
        argument, slope = expression.args
        return self._function("np.maximum", [self.code(argument), self.code(slope * argument)])

    def step(self, expression: Expr) -> Code:
        """The indicator of t > 0."""
        body = self.code(expression.args[0])
        return replace(body, text=f"np.where({body.text} > 0, 1.0, 0.0)", level=ATOM)


Printer = Callable[[Scope, Expr], Code]
_PRINTERS: tuple[tuple[type | tuple[type, ...], Printer], ...] = (
    (Add, Scope.add),
    (Mul, Scope.multiply),
    (Pow, Scope.power),
    (nodes.Entry, Scope.entry),
    (nodes.Dot, Scope.dot),
    (nodes.Norm, Scope.norm),
    (nodes.Angle, Scope.angle),
    (nodes.G, Scope.angular),
    (sin, Scope.sine),
    (nodes.Outer, Scope.outer),
    (nodes.Apply, Scope.apply),
    (nodes.Transposed, Scope.transposed),
    (nodes.Trace, Scope.trace),
    (Sum, Scope.total),
    (Piecewise, Scope.piecewise),
    ((sympy.Max, sympy.Min), Scope.extreme),
    (nodes.relu, Scope.relu),
    (nodes.leaky_relu, Scope.leaky),
    (nodes.step, Scope.step),
)


def _name(vector: Expr) -> str:
    return str(vector.args[0]) if isinstance(vector, nodes.Entry) else str(vector)


def _complaint(divisor: Expr) -> str:
    if isinstance(divisor, nodes.Norm):
        return f"{_name(divisor.args[0])} must not be zero"
    return f"the formula divides by {divisor}, which is zero here".replace('"', "'")
