"""Claims as goals for coq-interval's tactic `interval`.

Coq's division, square root and logarithm have values everywhere: a proof does not say that the claim's expressions are
defined.  Minima and maxima are written with absolute values.
"""

from __future__ import annotations

from relucert.certify.formula import Node, RealFormula, Variable
from relucert.certify.language.layout import ATOM, PRODUCT, SUM, Part, Pieces, PrintError, one_text
from relucert.certify.language.walk import needed_expressions

HEAD = "From Coq Require Import Reals.\nFrom Interval Require Import Tactic.\nOpen Scope R_scope.\n"
FUNCTIONS = {"exp": "exp", "log": "ln", "sin": "sin", "cos": "cos", "arctan": "atan", "abs": "Rabs"}
SIGNS = {"add": " + ", "sub": " - ", "mul": " * ", "div": " / "}


def coq_goal(claim: RealFormula) -> str:
    """A file that Coq accepts when `interval` proves the claim by bisection with first derivatives.

    Raises
    ------
    PrintError
        Something has no counterpart that the tactic knows.
    """
    if any(variable.integer for variable in claim.variables):
        raise PrintError("whole variables")
    style = Coq()
    names = [f"v_{variable.name}" for variable in claim.variables]
    hypotheses = [bound for variable, name in zip(claim.variables, names, strict=True)
                  for bound in _bounds(claim, variable, name, style)]  # fmt: skip
    if claim.hypothesis is not None:
        hypotheses.append(one_text(claim, style, Part(claim.hypothesis, 0, True)))
    goal = " -> ".join([*(f"({text})" for text in hypotheses), one_text(claim, style, Part(claim.conclusion, 0, True))])
    every = f"forall {' '.join(names)} : R, " if names else ""
    options = [f"i_bisect {name}" for name in names] + [f"i_autodiff {name}" for name in names[:1]]
    tactic = f"interval with ({', '.join(options)})" if options else "interval"
    return f"{HEAD}Goal {every}{goal}.\nProof. intros; repeat split; {tactic}. Qed.\n"


def _bounds(claim: RealFormula, variable: Variable, name: str, style: Coq) -> list[str]:
    found = []
    if variable.low is not None:
        sign = "<" if variable.low_open else "<="
        found.append(f"{one_text(claim, style, Part(variable.low, SUM))} {sign} {name}")
    if variable.high is not None:
        sign = "<" if variable.high_open else "<="
        found.append(f"{name} {sign} {one_text(claim, style, Part(variable.high, SUM))}")
    return found


class Coq:
    """A style of `layout`."""

    brackets = ("(", ")")
    longest = 100_000

    def expression(self, node: Node, claim: RealFormula) -> Pieces:
        kind, *rest = node
        if kind == "rational":
            value = rest[0]
            text = str(abs(value.numerator)) + ("" if value.denominator == 1 else f"/{value.denominator}")
            return (ATOM, [f"(-({text}))"]) if value < 0 else (ATOM if value.denominator == 1 else PRODUCT, [text])
        if kind == "variable":
            return ATOM, [f"v_{claim.variables[rest[0]].name}"]
        if kind == "pi":
            return ATOM, ["PI"]
        if kind == "neg":
            return ATOM, ["(-", Part(rest[0], ATOM), ")"]
        if kind in SIGNS:
            strength = SUM if kind in ("add", "sub") else PRODUCT
            return strength, [Part(rest[0], strength), SIGNS[kind], Part(rest[1], strength + 1)]
        if kind == "power":
            base: list[str | Part] = [Part(rest[0], ATOM), f" ^ {abs(rest[1])}"]
            return (PRODUCT, ["/ (", *base, ")"]) if rest[1] < 0 else (PRODUCT, base)
        if kind in ("min", "max"):
            a, b, sign = Part(rest[0], SUM), Part(rest[1], PRODUCT), "-" if kind == "min" else "+"
            return PRODUCT, ["(", a, " + ", b, f" {sign} Rabs (", a, " - ", b, ")) / 2"]
        if kind == "root" and rest[1] == 2:
            return PRODUCT, ["sqrt ", Part(rest[0], ATOM + 1)]
        if kind in FUNCTIONS:
            return PRODUCT, [f"{FUNCTIONS[kind]} ", Part(rest[0], ATOM + 1)]
        raise PrintError(kind)

    def formula(self, formula: Node, claim: RealFormula) -> Pieces:
        kind, *rest = formula
        if kind in ("<", "<="):
            if any(not _depends(claim, side) for side in rest):
                return 0, [Part(rest[0], SUM), f" {kind} ", Part(rest[1], SUM)]
            # the tactic wants a bound that is a number
            return 0, [f"0 {kind} ", Part(rest[1], SUM), " - ", Part(rest[0], PRODUCT)]
        if kind == "and":
            return 0, ["(", Part(rest[0], 0, True), ") /\\ (", Part(rest[1], 0, True), ")"]
        raise PrintError(kind)

    def name(self, name: str) -> str:
        return name

    def range(self, variable: Variable, low: str, high: str) -> str:
        raise PrintError("ranges are hypotheses")


def _depends(claim: RealFormula, place: int) -> bool:
    """Whether an expression depends on a variable."""
    return any(claim.nodes[part][0] == "variable" for part in needed_expressions(claim, [place]))
