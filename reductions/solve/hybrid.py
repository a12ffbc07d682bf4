"""Deciding any network: a SAT solver for the choice of active patches, linear programs for the filter.

CDCL(T) in the manner of Nieuwenhuis, Oliveras and Tinelli 2006.  The atom on(t, s) says that the patch s of sample t is
active.  The loop keeps a list of decisions; what follows from them by unit propagation goes into the linear relaxation.
When that has no solution, its multipliers are a Farkas lemma, a new clause; when it has one that fits, the answer is
yes; otherwise the patch at which the relaxation is most wrong is decided next.  At the end the clauses alone are
unsatisfiable, and a SAT solver's proof over them is the certificate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate, sat
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.proof import Proof
from relucert.reductions.solve.relaxation import NEAR, Inexact, Known, Relaxation, Slot
from relucert.reductions.solve.transport import one_row_lemmas

NAME = "hybrid"


def hybrid(instance: NonOverlapInstance, tick: Callable[[], None] = lambda: None) -> Decision:
    """Decide any network; `tick` is called often and may raise."""
    found = negative_label(instance)
    if found is not None:
        return found
    try:
        return _Search(Proof(instance), tick).run()
    except (Inexact, ArithmeticError):  # floats misled the search
        return _Search(Proof(instance), tick, careful=True).run()


def negative_label(instance: NonOverlapInstance) -> Decision | None:
    """The answer no when some label is negative."""
    proof = Proof(instance)
    for t, sample in enumerate(proof.samples):
        if sample.label < 0:
            step = proof.farkas([], [["sum", t, -1], *[["relu", t, s, 1] for s in range(instance.k)]])
            return certificate.refuted(proof, [step], "negative label")
    return None


class _Search:
    def __init__(self, proof: Proof, tick: Callable[[], None], *, careful: bool = False) -> None:
        self.proof, self.tick, self.careful = proof, tick, careful
        self.relaxation = Relaxation(proof, tick)
        self.solver: Any = sat.backend().Solver(name="glucose4")
        self.slots = {proof.atom("on", t, s): (t, s) for t, s in self.relaxation.slots}
        self.carriers: dict[int, Slot] = {}  # atoms max; none when no lemma of one row speaks about them
        self.steps: list[int] = []
        self.fixed: set[int] = set()  # literals that the clauses imply: `propagate` leaves them out

    def run(self) -> Decision:
        """The loop; it ends because every round decides an atom or adds a clause that was not implied."""
        with self.solver:
            self._active()
            self._carrying()
            decisions: list[int] = []
            clauses = -1
            while True:
                self.tick()
                if not self.solver.solve(assumptions=decisions):
                    core = set(self.solver.get_core() or ())
                    if not core:
                        return certificate.refuted(self.proof, self.steps, NAME, self.tick)
                    self.solver.add_clause([-literal for literal in core])  # unit propagation alone may miss it
                    while decisions.pop() not in core:
                        pass
                    clauses = -1
                    continue
                if clauses != len(self.steps):
                    clauses = len(self.steps)
                    self._fix()
                found = self._advance(decisions)
                if found is not None:
                    return found

    # ---- clauses

    def _learn(self, step: int) -> None:
        self.steps.append(step)
        self.solver.add_clause(list(self.proof.clauses[step]))

    def _active(self) -> None:
        """Some patch is active in a sample with a positive label."""
        proof = self.proof
        for t, sample in enumerate(proof.samples):
            active = [s for s, patch in enumerate(sample.patches) if patch]
            if sample.label > 0 and active:
                null = [["null", t, s, 1] for s, patch in enumerate(sample.patches) if not patch]
                self._learn(proof.farkas([(-proof.atom("on", t, s), 1) for s in active], [["sum", t, 1], *null]))

    def _carrying(self) -> None:
        """Lemmas of one row about who carries the label: coordinates of a patch with label 0 are not all positive."""
        proof = self.proof
        lemmas = one_row_lemmas(proof)
        if not lemmas:
            return
        for t, sample in enumerate(proof.samples):
            if sample.label > 0:
                self._learn(proof.max_rule(t))
                for s, patch in enumerate(sample.patches):
                    carries = proof.atom("max", t, s)
                    if patch:
                        self.carriers[carries] = (t, s)
                        self._learn(proof.farkas([(carries, 1), (-proof.atom("on", t, s), 1)], [["above", t, s, 1]]))
                    else:
                        self._learn(proof.farkas([(carries, 1)], []))
        for lemma in lemmas:
            self._learn(lemma)

    def _fix(self) -> None:
        """Find the literals that follow from the clauses alone."""
        for literal in self.solver.get_model() or ():
            ours = abs(literal) in self.slots or abs(literal) in self.carriers
            if ours and literal not in self.fixed and not self.solver.propagate([-literal])[0]:
                self.fixed.add(literal)

    # ---- decisions

    def _advance(self, decisions: list[int]) -> Decision | None:
        """One linear program: a filter, a lemma, or one more decision."""
        literals = self._implied(decisions)
        if self.carriers:
            carried = {self.carriers[literal][0] for literal in literals if literal in self.carriers}
            for literal in self.solver.get_model() or ():
                if literal in self.carriers and self.carriers[literal][0] not in carried:
                    carried.add(self.carriers[literal][0])
                    decisions.append(literal)
            literals = self._implied(decisions)
        known = Known(
            {self.slots[literal] for literal in literals if literal in self.slots},
            {self.slots[-literal] for literal in literals if -literal in self.slots},
            {self.carriers[literal] for literal in literals if literal in self.carriers},
        )
        conflict = self._conflict(known)
        if conflict is not None:
            self._learn(conflict)
            return None
        literal = self._worst(literals)
        if literal is None:
            filter = self.relaxation.filter_near(self.relaxation.system.point[: self.relaxation.p])
            if filter is None and len(known.on) + len(known.off) == len(self.slots):
                exact = self.relaxation.exact_conflict(known)
                if exact is not None:
                    self._learn(self.proof.farkas(*self.relaxation.rows(known, exact)))
                    return None
                filter = list(self.relaxation.system.point[: self.relaxation.p])
            if filter is not None:
                return certificate.yes(self.proof.instance, filter, NAME)
            literal = self._any(literals)
        decisions.append(literal)
        return None

    def _implied(self, decisions: list[int]) -> set[int]:
        return {*self.fixed, *decisions, *self.solver.propagate(assumptions=decisions)[1]}

    def _conflict(self, known: Known) -> int | None:
        """The step of a lemma, or ``None``: the relaxation has a solution."""
        if self.careful:
            exact = self.relaxation.exact_conflict(known)
            return None if exact is None else self.proof.farkas(*self.relaxation.rows(known, exact))
        found = self.relaxation.conflict(known)
        return None if found is None else self.relaxation.lemma(known, found)

    def _worst(self, known: set[int]) -> int | None:
        """The undecided patch whose r is farthest from relu(a), with the sign that the relaxation suggests."""
        point = [float(value) for value in self.relaxation.system.point]
        best, found = NEAR, None
        for atom, (t, s) in self.slots.items():
            if atom in known or -atom in known:
                continue
            sample = self.proof.samples[t]
            a = sum([float(entry) * point[i] for i, entry in sample.patches[s]])
            wrong = (point[self.relaxation.place[t, s]] - max(a, 0.0)) / (self.proof.instance.k * float(sample.label))
            if wrong > best:
                best, found = wrong, atom if a > 0 else -atom
        return found

    def _any(self, known: set[int]) -> int:
        """An undecided patch, with the sign of the solver's model."""
        model = set(self.solver.get_model() or ())
        atom = next(atom for atom in self.slots if atom not in known and -atom not in known)
        return atom if atom in model else -atom
