"""One patch per sample (k = 1): a single linear program, so that the problem is in P (Khachiyan 1979).

w.x_t = y_t for positive labels, w.x_t <= 0 for labels 0, and no filter fits a negative label.  A refutation is one
Farkas step without literals.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.hybrid import negative_label
from relucert.reductions.solve.proof import Proof
from relucert.reductions.solve.rational import solve_exactly
from relucert.reductions.solve.system import System

NAME = "linear program"
NEAR = 1e-7


def linear(instance: NonOverlapInstance, tick: Callable[[], None] = lambda: None) -> Decision:
    """Decide a network with k = 1, where the fit is a system of linear equations and inequalities.

    Floats solve it; where the filter found cannot be made exact, an exact simplex method decides.
    """
    found = negative_label(instance)
    if found is not None:
        return found
    proof = Proof(instance)
    forms = [dict(sample.patches[0]) for sample in proof.samples]
    system = System(instance.p, forms, tick)
    free = [None] * instance.p
    lower = [*free, *(sample.label if sample.label > 0 else None for sample in proof.samples)]
    upper = [*free, *(sample.label for sample in proof.samples)]
    conflict = system.decide(lower, upper)
    if conflict is None:
        try:
            filter = _rounded(proof, system.point)
        except OverflowError:  # beyond all floats
            filter = None
        if filter is None:
            conflict = system.exact_conflict(lower, upper)
            filter = list(system.point)
        if conflict is None:
            return certificate.yes(instance, filter, NAME)
    unit = lcm(*[Fraction(m).denominator for m in conflict.values()])
    whole = {key: int(m * unit) for key, m in conflict.items()}
    rows: list[list[Any]] = []
    for (variable, is_upper), number in whole.items():
        t, m = variable - instance.p, number // gcd(*whole.values())
        rows.append(["below", t, 0, m] if proof.samples[t].label == 0 else ["fit", t, 0, -m if is_upper else m])
    step = proof.farkas([], rows)
    return certificate.refuted(proof, [step], NAME)


def _rounded(proof: Proof, point: Any) -> list[Fraction] | None:
    """A rational filter near a float one that fits."""
    equations = []
    for sample in proof.samples:
        value = sum(float(entry) * float(point[i]) for i, entry in sample.patches[0])
        size = max([sample.label, *(abs(entry) for _, entry in sample.patches[0])], default=1) or 1
        if sample.label > 0 or abs(value) <= NEAR * size:
            equations.append((dict(sample.patches[0]), sample.label))
    found = solve_exactly(equations, [float(value) for value in point])
    return found if found is not None and proof.instance.misfit(found) is None else None
