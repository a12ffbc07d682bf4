"""SMT solvers, asked with SMT-LIB scripts in a process of their own: models are hints, "unsat" is a word."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib.resources import files
from importlib.util import find_spec

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate
from relucert.reductions.solve.decision import Decision, Unavailable
from relucert.reductions.solve.limits import end_with_parent
from relucert.reductions.solve.proof import Proof

SOLVERS = ("z3", "cvc5")
LONG = 10.0**6  # seconds: the process that asks is the one that is ended


def installed() -> tuple[str, ...]:
    """The solvers that are there."""
    return tuple(name for name in SOLVERS if find_spec(name) is not None)


def ask(solver: str, script: str) -> tuple[str, dict[str, Fraction]]:
    """("sat" | "unsat" | "unknown", model).  Raises Unavailable."""
    if solver not in installed():
        raise Unavailable(f"{solver} is not installed", cure="pip install 'relucert[smt]'")
    child = files("relucert.certify.search").joinpath("smt_child.py")
    command = [sys.executable, "-P", str(child), solver, str(LONG), str(resource.getrlimit(resource.RLIMIT_AS)[0])]
    ran = subprocess.run(command, input=script, capture_output=True, text=True, check=False, preexec_fn=end_with_parent)
    try:
        found = json.loads(ran.stdout)
        model = {str(name): Fraction(value) for name, value in dict(found.get("model", {})).items()}
        return str(found["answer"]), model
    except (ValueError, KeyError, TypeError, ZeroDivisionError):
        raise MemoryError(f"{solver} ended without an answer") from None


def number(value: Fraction | int) -> str:
    """A rational in SMT-LIB."""
    value = Fraction(value)
    text = (
        f"{abs(value.numerator)}.0" if value.denominator == 1 else f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    )
    return f"(- {text})" if value < 0 else text


def linear(terms: Iterable[tuple[str, Fraction | int]], constant: Fraction | int = 0) -> str:
    """sum of coefficient * name + constant in SMT-LIB."""
    parts = [name if c == 1 else f"(* {number(c)} {name})" for name, c in terms if c]
    parts += [number(constant)] if constant or not parts else []
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"


def script(logic: str, names: Iterable[str], assertions: Iterable[str]) -> str:
    """Declarations, assertions, and the question."""
    lines = [f"(set-logic {logic})", *(f"(declare-const {name} Real)" for name in names)]
    return "\n".join([*lines, *(f"(assert {text})" for text in assertions), "(check-sat)"]) + "\n"


def network_script(instance: NonOverlapInstance) -> str:
    """The question for a filter: r >= 0, r >= a, and r <= 0 or r <= a, for each patch of a positive label."""
    names, assertions = {f"w{i}" for s in instance.samples for patch in s.patches for i, _ in patch}, list[str]()
    slots: list[str] = []
    for t, sample in enumerate(Proof(instance).samples):
        own = []
        for s, patch in enumerate(sample.patches):
            a = linear([(f"w{i}", c) for i, c in patch])
            if sample.label <= 0:
                assertions.append(f"(<= {a} 0.0)")
            elif patch:
                r = f"r{t}_{s}"
                own.append(r)
                assertions += [f"(>= {r} 0.0)", f"(>= {r} {a})", f"(or (<= {r} 0.0) (<= {r} {a}))"]
        if sample.label:
            assertions.append(f"(= {linear([(r, 1) for r in own])} {number(instance.k * sample.label)})")
        slots += own
    return script("QF_LRA", [*sorted(names), *slots], assertions)


def filter_of(instance: NonOverlapInstance, model: Mapping[str, Fraction]) -> list[Fraction]:
    """The filter in a model, p numbers; those that the model leaves open are 0."""
    return [model.get(f"w{i}", Fraction(0)) for i in range(instance.p)]


def by_smt(instance: NonOverlapInstance, solver: str) -> Decision:
    """Decide a network: a yes with its filter, a no on the solver's word alone."""
    answer, model = ask(solver, network_script(instance))
    if answer == "sat":
        filter = filter_of(instance, model)
        if instance.misfit(filter) is None:
            return certificate.yes(instance, filter, solver)
        return Decision("undecided", backend=solver, reason=f"the filter of {solver} does not fit exactly")
    return word(solver, answer)


def word(solver: str, answer: str) -> Decision:
    """What a solver's answer other than "sat" is worth."""
    if answer == "unsat":
        reason = f"{solver} says no, which nothing here can replay"
        return Decision("undecided", backend=solver, reason=reason, oracle=f"{solver}: unsat")
    return Decision("undecided", backend=solver, reason=f"{solver} gives up")
