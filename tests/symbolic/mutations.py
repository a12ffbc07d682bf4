"""Derivations with a changed sign, which must not verify."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sympy import Add, Expr, Integral, S, preorder_traversal

from relucert.symbolic import library
from relucert.symbolic.derivation import Derivation, Relation, Step
from relucert.symbolic.verify import Report, verify


@cache
def verified(name: str) -> Report:
    """The report of a derivation of the library, for all tests of a session."""
    return verify(library.load(name))


def failures(derivation: Derivation) -> dict[str, str]:
    """Name and detail of the steps that do not verify: empty when the derivation holds."""
    known = derivation.name in library.names() and derivation == library.load(derivation.name)
    report = verified(derivation.name) if known else verify(derivation)
    return {step.step: step.detail for step in report.steps if not step.verified}


def survivors(derivation: Derivation) -> list[str]:
    """Steps that still verify after one sign on their right side, or their relation, was changed: none may."""
    by_name = {step.name: step for step in derivation.steps}
    found = []
    for step in derivation.steps:
        needed = [by_name[name] for name in getattr(step.check, "inserting", ())]
        changed = _changed(step)
        if verify(replace(derivation, steps=(*needed, changed))).steps[-1].verified:
            found.append(step.name)
    return found


def _changed(step: Step) -> Step:
    """Another sign of one term on the right side; for an inequality, the opposite relation."""
    opposite: dict[Relation, Relation] = {"<": ">", "<=": ">", ">": "<", ">=": "<"}
    if step.relation == "=":
        return replace(step, right=_other_sign(step))
    return replace(step, relation=opposite[step.relation])


def _other_sign(step: Step) -> Expr:
    right = step.right
    if right == 0:
        return S.One
    turned = {limit[0] for node in right.atoms(Integral) for limit in node.limits}  # another sign may change nothing
    sums = (node for node in preorder_traversal(right) if isinstance(node, Add) and not node.free_symbols & turned)
    total = next((node for node in sums if right.has(node)), None)
    if total is None:
        return -right
    first, *rest = total.args
    mutated: Expr = right.xreplace({total: Add(-first, *rest)})
    return mutated if mutated != right else -right
