"""One question to one SMT solver, in a process of its own: ``python smt_child.py z3|cvc5 SECONDS BYTES < script.smt2``.

Prints one line of JSON: {"version", "answer": "unsat" | "sat" | "unknown", "model": {constant: "p/q"}}; an algebraic
number is given with 30 decimals.  This file uses nothing of the package, so that the process holds
the solver and the script alone; it may be ended from outside at any time.
"""

from __future__ import annotations

import json
import resource
import sys
from fractions import Fraction
from typing import Any

DIGITS = 30

Answer = dict[str, Any]


def ask_z3(script: str, seconds: float) -> Answer:
    """Z3; nlsat decides what has real variables alone."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", max(1, int(1000 * seconds)))
    solver.from_string(script)
    answer = str(solver.check())
    found: Answer = {"version": z3.get_version_string(), "answer": answer}
    if answer == "sat":
        model = solver.model()
        values = {str(name): _of_z3(model[name]) for name in model.decls() if name.arity() == 0}
        found["model"] = {name: value for name, value in values.items() if value}
    return found


def _of_z3(value: Any) -> str:
    import z3

    if z3.is_algebraic_value(value):
        value = value.approx(DIGITS)
    return str(value) if z3.is_int_value(value) else str(value.as_fraction()) if z3.is_rational_value(value) else ""


def ask_cvc5(script: str, seconds: float) -> Answer:
    """cvc5; its algebraic numbers are not read."""
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(max(1, int(1000 * seconds))))
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "claim")
    symbols = parser.getSymbolManager()
    said = []
    while not (command := parser.nextCommand()).isNull():
        said.append(str(command.invoke(solver, symbols)).strip())
    answer = next((text for text in reversed(said) if text in ("sat", "unsat")), "unknown")
    found: Answer = {"version": cvc5.__version__, "answer": answer}
    if answer == "sat":
        values = {str(term): _of_cvc5(solver.getValue(term)) for term in symbols.getDeclaredTerms()}
        found["model"] = {name: value for name, value in values.items() if value}
    return found


def _of_cvc5(value: Any) -> str:
    if value.isIntegerValue():
        return str(value.getIntegerValue())
    return str(Fraction(value.getRealValue())) if value.isRealValue() else ""


def main(arguments: list[str]) -> int:
    """Entry point; beyond the memory the solver ends this process, or raises what main does not catch."""
    name, seconds, memory = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = {"z3": ask_z3, "cvc5": ask_cvc5}[name](sys.stdin.read(), float(seconds))
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
