"""Claims as SMT-LIB 2 scripts for solvers of nonlinear real arithmetic.

A script asserts a counterexample.  Division and even roots are total in SMT-LIB, so every formula says that the
expressions it compares are defined: a relation of undefined numbers is neither true nor false, as in claims.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from relucert.certify.formula import CONNECTIVES, Node, RealFormula, arguments
from relucert.certify.language.layout import PrintError
from relucert.certify.language.walk import ends, inner_formulas, needed_expressions, needed_formulas, sides, stated

_LONGEST = 100  # characters of an expression that is written where it is used
_MEANINGS = {
    "holds": ("the claim holds", "the claim does not hold"),
    "fails": ("the claim is wrong, there is no counterexample", "the claim holds: this is a counterexample"),
    "vacuous": ("the claim holds", "the claim does not hold: this is a point"),
}
_FACTS = {  # f is the value of the function at x
    "exp": (
        "(and (> {f} 0.0) (>= {f} (+ 1.0 {x})))",
        "(=> (>= {x} 0.0) (>= {f} (+ 1.0 {x} (/ (* {x} {x}) 2.0))))",
        "(=> (< {x} 1.0) (<= (* {f} (- 1.0 {x})) 1.0))",
    ),
    "log": ("(=> (> {x} 0.0) (and (<= {f} (- {x} 1.0)) (>= {f} (- 1.0 (/ 1.0 {x})))))",),
    "arctan": (
        "(< (- {half}) {f} {half})",
        "(=> (>= {x} 0.0) (and (<= 0.0 {f} {x}) (>= {f} (- {x} (/ (* {x} {x} {x}) 3.0)))))",
        "(=> (<= {x} 0.0) (and (>= 0.0 {f} {x}) (<= {f} (- {x} (/ (* {x} {x} {x}) 3.0)))))",
    ),
    "arccos": (
        "(<= 0.0 {f} {pi})",
        "(=> (<= 0.0 {x} 1.0) (<= {f} (- {half} {x})))",
        "(=> (<= (- 1.0) {x} 0.0) (>= {f} (- {half} {x})))",
    ),
    "sin": (
        "(<= (- 1.0) {f} 1.0)",
        "(=> (>= {x} 0.0) (and (<= {f} {x}) (>= {f} (- {x} (/ (* {x} {x} {x}) 6.0)))))",
        "(=> (<= {x} 0.0) (and (>= {f} {x}) (<= {f} (- {x} (/ (* {x} {x} {x}) 6.0)))))",
        "(=> (<= 0.0 {x} (/ 157.0 50.0)) (>= {f} 0.0))",
    ),
    "cos": (
        "(<= (- 1.0) {f} 1.0)",
        "(>= {f} (- 1.0 (/ (* {x} {x}) 2.0)))",
        "(<= {f} (+ 1.0 (- (/ (* {x} {x}) 2.0)) (/ (* {x} {x} {x} {x}) 24.0)))",
    ),
}
PI_BOUNDS = (Fraction(314159265358979323846, 10**20), Fraction(314159265358979323847, 10**20))


def to_smtlib(claim: RealFormula, *, relax: bool = False) -> str:
    """A script whose answer tells whether the claim holds; its first lines say what the answers mean.

    Parameters
    ----------
    claim : RealFormula
    relax : bool
        Let pi and the transcendental functions be unknown numbers with a few of their properties.  Then ``unsat`` still
        shows that there is no counterexample, and ``sat`` shows nothing.

    Raises
    ------
    PrintError
        pi or a transcendental function occurs, and `relax` is not set.
    """
    return _Script(claim, relax).text()


class _Script:
    """Expressions become terms that are always defined, with a condition for where they mean something."""

    def __init__(self, claim: RealFormula, relax: bool) -> None:
        self.claim, self.relax = claim, relax
        self.lines: list[str] = []
        self.terms: dict[int, str] = {}
        self.conditions: dict[int, str] = {}  # of expressions that are not defined everywhere
        self.truths: dict[tuple[int, bool], str] = {}
        self.angles: dict[Node, int] = {}  # sines and cosines that have been written
        self.pi = ""

    def text(self) -> str:
        """The whole script."""
        claim = self.claim
        formulas = needed_formulas(claim, stated(claim))
        self.uses = Counter(part for node in claim.nodes for part in arguments(node))
        self.uses.update(side for place in formulas if not inner_formulas(claim, place)
                         for side in claim.formulas[place][1:])  # fmt: skip
        for variable in claim.variables:
            self.lines.append(f"(declare-const v.{variable.name} {'Int' if variable.integer else 'Real'})")
        for place in needed_expressions(claim, {*ends(claim), *sides(claim, formulas)}):
            self._expression(place)
        self._ranges()
        self._formulas(formulas)
        if claim.hypothesis is not None:
            self._assert(self.truths[claim.hypothesis, True])
        if claim.assertion != "vacuous":
            self._assert(f"(not {self.truths[claim.conclusion, True]})")
        unsat, sat = _MEANINGS[claim.assertion]
        whole = any(variable.integer for variable in claim.variables)
        head = [f"; unsat: {unsat}", f"; sat: {'nothing is known' if self.pi or self.relaxed else sat}",
                f"(set-logic {'QF_NIRA' if whole else 'QF_NRA'})"]  # fmt: skip
        return "\n".join([*head, *self.lines, "(check-sat)", ""])

    @property
    def relaxed(self) -> bool:
        return any(line.startswith("(declare-const t.") for line in self.lines)

    # ---- expressions

    def _expression(self, place: int) -> None:
        node = self.claim.nodes[place]
        parts = arguments(node)
        terms = [self.terms[part] for part in parts]
        conditions = list(dict.fromkeys(self.conditions[part] for part in parts if part in self.conditions))
        own = self._own_condition(node, terms)
        if own is not None:
            conditions.append(own)
        if len(conditions) > 1 or own is not None:
            self.lines.append(f"(define-fun d.{place} () Bool {_all(conditions)})")
            conditions = [f"d.{place}"]
        if conditions:
            self.conditions[place] = conditions[0]
        term = self._term(node, place, terms)
        if " " in term and (self.uses[place] > 1 or len(term) > _LONGEST):
            self.lines.append(f"(define-fun e.{place} () Real {term})")
            term = f"e.{place}"
        self.terms[place] = term

    def _own_condition(self, node: Node, terms: list[str]) -> str | None:
        kind = node[0]
        if kind == "div" or (kind == "power" and node[2] < 0):
            divisor = self.claim.nodes[node[2] if kind == "div" else node[1]]
            known = divisor[0] == "rational" and divisor[1] != 0
            return None if known else f"(not (= {terms[-1]} 0.0))"
        if kind == "root" and node[2] % 2 == 0:
            return f"(>= {terms[0]} 0.0)"
        if kind == "log":
            return f"(> {terms[0]} 0.0)"
        return f"(<= (- 1.0) {terms[0]} 1.0)" if kind == "arccos" else None

    def _term(self, node: Node, place: int, terms: list[str]) -> str:
        kind, *rest = node
        if kind == "rational":
            return number(rest[0])
        if kind == "variable":
            variable = self.claim.variables[rest[0]]
            return f"(to_real v.{variable.name})" if variable.integer else f"v.{variable.name}"
        if kind == "pi":
            return self._pi()
        if kind in ("neg", "add", "sub", "mul", "div"):
            sign = {"neg": "-", "add": "+", "sub": "-", "mul": "*", "div": "/"}[kind]
            return f"({sign} {' '.join(terms)})"
        if kind == "power":
            term = self._power(terms[0], abs(rest[1]), f"p.{place}")
            return f"(/ 1.0 {term})" if rest[1] < 0 else term
        if kind == "root":
            return self._root(terms[0], rest[1], place)
        if kind in ("min", "max"):
            return f"(ite ({'<=' if kind == 'min' else '>='} {' '.join(terms)}) {' '.join(terms)})"
        if kind == "abs":
            return f"(ite (>= {terms[0]} 0.0) {terms[0]} (- {terms[0]}))"
        return self._atom(kind, terms[0], place)

    def _power(self, base: str, exponent: int, name: str) -> str:
        """Products; of large powers by squaring, with names for the squares."""
        if exponent == 0:
            return "1.0"
        if " " in base and exponent > 1:
            self.lines.append(f"(define-fun {name} () Real {base})")
            base = name
        factors, square, count = [], base, 0
        while exponent:
            if exponent & 1:
                factors.append(square)
            exponent >>= 1
            if exponent:
                count += 1
                self.lines.append(f"(define-fun {name}.{count} () Real (* {square} {square}))")
                square = f"{name}.{count}"
        return factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})"

    def _root(self, term: str, degree: int, place: int) -> str:
        root = f"r.{place}"
        self.lines.append(f"(declare-const {root} Real)")
        equation = f"(= {self._power(root, degree, f'p.{place}')} {term})"
        if degree % 2:
            self._assert(equation)
        else:  # where there is no root, its number means nothing and must not exclude the point
            self._assert(f"(=> (>= {term} 0.0) (and (>= {root} 0.0) {equation}))")
        return root

    def _pi(self) -> str:
        if not self.pi:
            self._require_relaxed("pi")
            self.pi = "pi"
            self.lines.append("(declare-const pi Real)")
            self._assert(f"(< {number(PI_BOUNDS[0])} pi {number(PI_BOUNDS[1])})")
        return self.pi

    def _atom(self, kind: str, term: str, place: int) -> str:
        """An unknown number in place of a transcendental one, with inequalities that it satisfies."""
        self._require_relaxed(kind)
        atom = f"t.{place}"
        half = f"(/ {self._pi()} 2.0)" if kind in ("arctan", "arccos") else ""
        self.lines.append(f"(declare-const {atom} Real)")
        if " " in term:  # it occurs several times
            self.lines.append(f"(define-fun a.{place} () Real {term})")
            term = f"a.{place}"
        for fact in _FACTS[kind]:
            self._assert(fact.format(f=atom, x=term, half=half, pi=self.pi))
        if kind in ("sin", "cos"):
            self._circle(kind, place)
        return atom

    def _circle(self, kind: str, place: int) -> None:
        """sin² + cos² = 1, if the other one of the same angle has been written."""
        angle = self.claim.nodes[place][1]
        self.angles[kind, angle] = place
        twin = self.angles.get(("cos" if kind == "sin" else "sin", angle))
        if twin is not None:
            a, b = f"t.{place}", f"t.{twin}"
            self._assert(f"(= (+ (* {a} {a}) (* {b} {b})) 1.0)")

    def _require_relaxed(self, what: str) -> None:
        if not self.relax:
            raise PrintError(f"SMT-LIB's real arithmetic has no {what}: relax the claim, or use another format")

    # ---- formulas

    def _ranges(self) -> None:
        for variable in self.claim.variables:
            name = f"(to_real v.{variable.name})" if variable.integer else f"v.{variable.name}"
            for place, is_open, sign in (
                (variable.low, variable.low_open, ">"),
                (variable.high, variable.high_open, "<"),
            ):
                if place is not None:
                    self._assert(f"({sign}{'' if is_open else '='} {name} {self.terms[place]})")
                    if place in self.conditions:
                        self._assert(self.conditions[place])

    def _formulas(self, formulas: list[int]) -> None:
        """Where a formula is true, and where it is false; of undefined numbers it is neither."""
        wanted = {(place, True) for place in stated(self.claim)}
        for place in reversed(formulas):
            flipped = self.claim.formulas[place][0] == "not"
            for truth in (True, False):
                if (place, truth) in wanted:
                    wanted |= {(inner, truth != flipped) for inner in inner_formulas(self.claim, place)}
        for place, truth in sorted(wanted):
            self.truths[place, truth] = self._truth(place, truth)

    def _truth(self, place: int, truth: bool) -> str:
        kind, *rest = self.claim.formulas[place]
        if kind == "not":
            return self.truths[rest[0], not truth]
        if kind in CONNECTIVES:
            word = kind if truth else {"and": "or", "or": "and"}[kind]
            text = f"({word} {self.truths[rest[0], truth]} {self.truths[rest[1], truth]})"
        else:
            terms = " ".join(self.terms[side] for side in rest)
            relation = f"(not (= {terms}))" if kind == "!=" else f"({kind} {terms})"
            conditions = list(dict.fromkeys(self.conditions[side] for side in rest if side in self.conditions))
            text = _all([*conditions, relation if truth else f"(not {relation})"])
        name = f"{'f' if truth else 'g'}.{place}"
        self.lines.append(f"(define-fun {name} () Bool {text})")
        return name

    def _assert(self, formula: str) -> None:
        self.lines.append(f"(assert {formula})")


def number(value: Fraction) -> str:
    """A rational number as a term."""
    size = abs(value)
    text = f"{size.numerator}.0" if size.denominator == 1 else f"(/ {size.numerator}.0 {size.denominator}.0)"
    return f"(- {text})" if value < 0 else text


def _all(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"(and {' '.join(conditions)})"
