"""Claims as SymPy expressions and formulas; SymPy is loaded when a function here is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from relucert.certify.formula import CONNECTIVES, RealFormula, arguments
from relucert.certify.language.layout import relation
from relucert.certify.language.walk import needed_formulas


def to_sympy(claim: RealFormula) -> Any:
    """The whole claim as a SymPy Boolean: ranges and hypothesis imply the conclusion; of a vacuous one: their opposite.

    SymPy simplifies as it builds (``log(x) - log(x)`` is zero to it), so the result may be defined at more points than
    the claim.  Symbols are real, those of whole numbers integer; :func:`symbols` gives them.
    """
    import sympy

    reader = _Reader(claim)
    assumed = list(_ranges(reader))
    if claim.hypothesis is not None:
        assumed.append(reader.formula(claim.hypothesis))
    if claim.assertion == "vacuous":
        return sympy.Not(sympy.And(*assumed))
    return sympy.Implies(sympy.And(*assumed), reader.formula(claim.conclusion))


def symbols(claim: RealFormula) -> tuple[Any, ...]:
    """The symbols of the variables, in their order."""
    import sympy

    return tuple(
        sympy.Symbol(v.name, integer=True) if v.integer else sympy.Symbol(v.name, real=True) for v in claim.variables
    )


def expression_sympy(claim: RealFormula, place: int) -> Any:
    """One expression of a claim."""
    return _Reader(claim).expression(place)


def formula_sympy(claim: RealFormula, place: int) -> Any:
    """One formula of a claim, a SymPy Boolean."""
    return _Reader(claim).formula(place)


def _ranges(reader: _Reader) -> Any:
    for variable, symbol in zip(reader.claim.variables, reader.symbols, strict=True):
        if variable.low is not None:
            low = reader.expression(variable.low)
            yield symbol > low if variable.low_open else symbol >= low
        if variable.high is not None:
            high = reader.expression(variable.high)
            yield symbol < high if variable.high_open else symbol <= high


class _Reader:
    """Expressions by their places; what has been built is kept.

    A sum or product of n terms is built in one step: adding them one by one would take n² operations.
    """

    def __init__(self, claim: RealFormula) -> None:
        import sympy

        self.claim, self.sympy, self.symbols = claim, sympy, symbols(claim)
        self.known: dict[int, Any] = {}
        self.uses = Counter(part for node in claim.nodes for part in arguments(node))

    def expression(self, place: int) -> Any:
        stack = [place]
        while stack:
            here = stack[-1]
            operands = self._operands(here)
            missing = [part for part, _ in operands if part not in self.known]
            if missing and here not in self.known:
                stack += missing
                continue
            stack.pop()
            if here not in self.known:
                self.known[here] = self._built(here, operands)
        return self.known[place]

    def _operands(self, place: int) -> list[tuple[int, bool]]:
        """The parts, and of a sum (product) whether they are subtracted (divided by)."""
        kind = self.claim.nodes[place][0]
        family = ("add", "sub", "neg") if kind in ("add", "sub", "neg") else ("mul", "div")
        if kind not in family:
            return [(part, False) for part in arguments(self.claim.nodes[place])]
        found, stack = [], [(place, False)]
        while stack:
            part, inverse = stack.pop()
            node = self.claim.nodes[part]
            if node[0] not in family or (part != place and self.uses[part] > 1):
                found.append((part, inverse))
            elif node[0] == "neg":
                stack.append((node[1], not inverse))
            else:
                stack.append((node[2], inverse != (node[0] in ("sub", "div"))))
                stack.append((node[1], inverse))
        return found

    def _built(self, place: int, operands: list[tuple[int, bool]]) -> Any:
        sympy = self.sympy
        kind, *rest = self.claim.nodes[place]
        if kind in ("add", "sub", "neg"):
            return sympy.Add(*(-self.known[part] if inverse else self.known[part] for part, inverse in operands))
        if kind in ("mul", "div"):
            return sympy.Mul(*(1 / self.known[part] if inverse else self.known[part] for part, inverse in operands))
        if kind == "rational":
            return sympy.Rational(rest[0].numerator, rest[0].denominator)
        if kind == "pi":
            return sympy.pi
        if kind == "variable":
            return self.symbols[rest[0]]
        values = [self.known[part] for part, _ in operands]
        if kind == "power":
            return values[0] ** rest[1]
        if kind == "root":
            return self._root(values[0], rest[1])
        functions: dict[str, Callable[..., Any]] = {
            "exp": sympy.exp, "log": sympy.log, "sin": sympy.sin, "cos": sympy.cos, "arctan": sympy.atan,
            "arccos": sympy.acos, "abs": sympy.Abs, "min": sympy.Min, "max": sympy.Max,
        }  # fmt: skip
        return functions[kind](*values)

    def _root(self, value: Any, degree: int) -> Any:
        """The real root, whereas SymPy's own of a negative number is complex."""
        exponent = self.sympy.Rational(1, degree)
        if degree % 2 == 0 or value.is_nonnegative:
            return value**exponent
        return self.sympy.sign(value) * self.sympy.Abs(value) ** exponent

    def formula(self, place: int) -> Any:
        sympy = self.sympy
        known: dict[int, Any] = {}
        relations = {"<": sympy.Lt, "<=": sympy.Le, "=": sympy.Eq, "!=": sympy.Ne, ">": sympy.Gt, ">=": sympy.Ge}
        connectives = {"and": sympy.And, "or": sympy.Or, "not": sympy.Not}
        for part in needed_formulas(self.claim, {place}):
            kind, *rest = self.claim.formulas[part]
            if kind in CONNECTIVES:
                known[part] = connectives[kind](*(known[inner] for inner in rest))
            else:
                a, sign, b = relation(self.claim.formulas[part], self.claim)
                known[part] = relations[sign](self.expression(a), self.expression(b))
        return known[place]
