"""Networks that are propositional formulas, decided by a SAT solver."""

from __future__ import annotations

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate, sat
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.transport import Formula, formula

UNKNOWN_FORM = Decision("undecided", reason="the network is neither native nor direct")


def by_structure(instance: NonOverlapInstance) -> Decision:
    """The decision of a network that is a formula; UNKNOWN_FORM for any other."""
    found = formula(instance)
    return UNKNOWN_FORM if found is None else by_formula(found)


def by_formula(formula: Formula) -> Decision:
    """A model becomes a filter, a refutation a certificate about the network."""
    model, refutation = sat.solve(formula.clauses())
    if refutation is None:
        return certificate.yes(formula.proof.instance, formula.filter(model), f"sat: {formula.name}")
    return certificate.no(formula.proof.certificate(formula.steps, refutation), f"transport: {formula.name}")
