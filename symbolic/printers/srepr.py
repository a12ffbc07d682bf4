"""A derivation's results and steps as SymPy's `srepr`, which SymPy reads back with the nodes' names."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Basic, Derivative, Integral, Limit, Sum

from relucert.symbolic import expressions
from relucert.symbolic.derivation import Derivation
from relucert.symbolic.verify import Report

_NODES = [name for name in vars(expressions) if not name.startswith("_")]


def srepr(derivation: Derivation, report: Report, *, steps: bool = True) -> str:
    """Lines ``name: left = srepr``, with comments for what is not verified."""
    failed = {step.step for step in report.steps if not step.verified}
    missing = {step.name for step in derivation.steps} - {step.step for step in report.steps}
    lines = [f"# {derivation.name}: {derivation.title}", f"# read back with {read.__module__}.read"]
    for result in derivation.results:
        lines += [
            f"# result {result.name}",
            f"left = {sympy.srepr(result.left)}",
            f"right = {sympy.srepr(result.right)}",
        ]
    if steps:
        for number, step in enumerate(derivation.steps, start=1):
            mark = " UNVERIFIED" if step.name in failed | missing else ""
            lines.append(f"# step {number}: {step.name} [{step.check.kind}]{mark}")
            lines += [f"left = {sympy.srepr(step.left)}", f"relation = {step.relation!r}"]
            lines.append(f"right = {sympy.srepr(step.right)}")
    return "\n".join(lines) + "\n"


def names() -> dict[str, Any]:
    """What the names in a line mean: SymPy's and the nodes'."""
    own = {name: getattr(expressions, name) for name in _NODES}
    return {**vars(sympy), **own, "Sum": Sum, "Integral": Integral, "Limit": Limit, "Derivative": Derivative}


def read(line: str) -> Basic:
    """The expression of a line ``left = ...`` or ``right = ...`` that this module wrote.

    It is evaluated as Python, like `sympy.sympify`: only for text that one trusts.
    """
    found: Basic = eval(line.partition(" = ")[2], names())
    return found
