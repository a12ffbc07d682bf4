"""Networks that are propositional formulas: those of the native and of the direct reduction, recognised by their data.

Every clause of the formula is a step of a certificate about the network, with multipliers that are written down; so
the refutation that a SAT solver finds is one of the network, and no linear program is solved.  A model becomes a
filter, which is evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve import certificate
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.proof import Proof

Choice = dict[int, tuple[int, int, int]]  # coordinate -> (sample, slot, entry) of a patch with this entry alone


def native(proof: Proof, tick: Callable[[], None] = lambda: None) -> Decision | None:
    """Decide a network of the form of the native reduction: in every sample one slot is chosen to carry the label.

    Samples with a positive label have patches with one positive entry, or none; samples with label 0 have patches
    without negative entries, over these coordinates.  ``None``: the network has another form.
    """
    choices: Choice = {}
    steps: list[int] = []
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            if any(len(patch) > 1 or (patch and patch[0][1] < 0) for patch in sample.patches):
                return None
            for s, patch in enumerate(sample.patches):
                for i, entry in patch:
                    if i in choices:
                        return None
                    choices[i] = (t, s, entry)
    rows = _zero_rows(proof)
    if rows is None or any(entry < 0 or i not in choices for _, _, patch in rows for i, entry in patch):
        return None
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            steps.append(proof.max_rule(t))
            steps += [
                proof.farkas([(proof.atom("max", t, s), 1)], []) for s, patch in enumerate(sample.patches) if not patch
            ]
    for t, s, patch in rows:
        if patch:
            steps.append(_native_lemma(proof, choices, t, s, patch))
    model, refutation = proof.solve(steps, tick)
    if refutation is not None:
        return proof.refuted(steps, refutation, "transport: native")
    filter = _chosen(proof, choices, model)
    return None if proof.instance.misfit(filter) is not None else certificate.yes(proof.instance, filter, "sat: native")


def _zero_rows(proof: Proof) -> list[tuple[int, int, tuple[tuple[int, int], ...]]] | None:
    """The patches of samples with label 0; ``None`` when a label is negative."""
    if any(sample.label < 0 for sample in proof.samples):
        return None
    return [
        (t, s, patch)
        for t, sample in enumerate(proof.samples)
        if sample.label == 0
        for s, patch in enumerate(sample.patches)
    ]


def _native_lemma(proof: Proof, choices: Choice, t: int, s: int, patch: tuple[tuple[int, int], ...]) -> int:
    """Not all coordinates of a patch of label 0 carry a label: sum of entries * w_i <= 0, but every w_i > 0."""
    unit = lcm(*[choices[i][2] for i, _ in patch])
    literals = [
        (proof.atom("max", choices[i][0], choices[i][1]), entry * (unit // choices[i][2])) for i, entry in patch
    ]
    return proof.farkas(literals, [["below", t, s, unit]])


def _chosen(proof: Proof, choices: Choice, model: set[int]) -> list[Fraction]:
    """One chosen slot of each sample carries the label, the others are so negative that no sum is positive."""
    k, filter = proof.instance.k, [Fraction(0)] * proof.instance.p
    first: dict[int, int] = {}
    for i, (t, s, entry) in choices.items():
        if proof.atom("max", t, s) in model and t not in first:
            first[t] = i
            filter[i] = Fraction(k * proof.samples[t].label, entry)
    for sample in proof.samples:
        if sample.label == 0:
            for patch in sample.patches:
                total = sum(entry * filter[i] for i, entry in patch if filter[i] > 0)
                for i, entry in patch:
                    if first.get(choices[i][0]) != i:
                        filter[i] = min(filter[i], -Fraction(total) / entry)
    return filter


def direct(proof: Proof, tick: Callable[[], None] = lambda: None) -> Decision | None:
    """Decide a network of the form of the direct reduction: coordinates are fixed, or known but for their sign.

    In a sample with a positive label one patch is not zero, which fixes a multiple of a coordinate, or two are, each
    other's negatives.  A patch with label 0 excludes no signs of its coordinates, or exactly one choice of them.
    ``None``: the network has another form.
    """
    fixed: dict[int, tuple[int, int, int]] = {}  # coordinate -> sample, slot, entry
    signed: dict[int, tuple[int, int, int, int]] = {}  # coordinate -> sample, slot, other slot, entry > 0 of the first
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            active = [s for s, patch in enumerate(sample.patches) if patch]
            if not active or len(active) > 2 or any(len(sample.patches[s]) != 1 for s in active):
                return None
            (i, entry) = sample.patches[active[0]][0]
            if i in fixed or i in signed:
                return None
            if len(active) == 1:
                fixed[i] = (t, active[0], entry)
            elif sample.patches[active[1]] == ((i, -entry),):
                first, second = active if entry > 0 else active[::-1]
                signed[i] = (t, first, second, abs(entry))
            else:
                return None
    rows = _zero_rows(proof)
    if rows is None or any(i not in fixed and i not in signed for _, _, patch in rows for i, _ in patch):
        return None
    return _Signs(proof, fixed, signed).decide(rows, tick)


class _Signs:
    """The coordinate i is +-size: on(first slot) says that it is +size; on(second) says that it is -size."""

    def __init__(
        self, proof: Proof, fixed: dict[int, tuple[int, int, int]], signed: dict[int, tuple[int, int, int, int]]
    ) -> None:
        self.proof, self.fixed, self.signed = proof, fixed, signed
        self.sides: dict[int, tuple[int, int]] = {}  # the steps (not both), (one of both)

    def size(self, i: int) -> Fraction:
        """|w_i|, and w_i itself when it is fixed."""
        place = self.fixed.get(i) or self.signed[i]
        return Fraction(self.proof.instance.k * self.proof.samples[place[0]].label, place[-1])

    def decide(
        self, rows: list[tuple[int, int, tuple[tuple[int, int], ...]]], tick: Callable[[], None]
    ) -> Decision | None:
        """Clauses for all rows; ``None`` when a row is no clause."""
        proof, steps = self.proof, list[int]()
        for t, s, patch in rows:
            constant = sum((entry * self.size(i) for i, entry in patch if i in self.fixed), Fraction(0))
            amounts = sorted(abs(entry) * self.size(i) for i, entry in patch if i in self.signed)
            worst = constant + sum(amounts)
            if worst <= 0:
                continue
            if amounts and worst > 2 * amounts[0]:
                return None
            steps.append(self._clause(t, s, patch))
        model, refutation = proof.solve(steps, tick)
        if refutation is not None:
            return proof.refuted(steps, refutation, "transport: direct")
        filter = [Fraction(0)] * proof.instance.p
        for i in self.fixed:
            filter[i] = self.size(i)
        for i, (t, first, _, _) in self.signed.items():
            filter[i] = self.size(i) if proof.atom("on", t, first) in model else -self.size(i)
        fits = proof.instance.misfit(filter) is None
        return certificate.yes(proof.instance, filter, "sat: direct") if fits else None

    def _both_sides(self, i: int) -> tuple[int, int]:
        """Exactly one of the two patches is active; the steps are made once."""
        if i not in self.sides:
            t, first, second, _ = self.signed[i]
            on, off = self.proof.atom("on", t, first), self.proof.atom("on", t, second)
            null = [["null", t, s, 1] for s, patch in enumerate(self.proof.samples[t].patches) if not patch]
            total = [["sum", t, 1], *null]
            not_both = self.proof.farkas([(on, 1), (off, 1)], total)
            self.sides[i] = (not_both, self.proof.farkas([(-on, 1), (-off, 1)], total))
        return self.sides[i]

    def _clause(self, t: int, s: int, patch: tuple[tuple[int, int], ...]) -> int:
        """Not all signs are those of the patch's entries, with which its value is positive."""
        unit = lcm(*[(self.fixed.get(i) or self.signed[i])[-1] for i, _ in patch])
        literals: list[tuple[int, int]] = []
        table: list[list[object]] = [["below", t, s, unit]]
        clause, sides = list[int](), list[int]()
        for i, entry in patch:
            if i in self.fixed:
                sample, slot, own = self.fixed[i]
                table.append(["fit", sample, slot, entry * unit // own])
                continue
            sample, first, second, own = self.signed[i]
            m = abs(entry) * unit // own
            mine, other = (first, second) if entry > 0 else (second, first)
            literals += [(self.proof.atom("on", sample, mine), m), (-self.proof.atom("on", sample, other), m)]
            table.append(["sum", sample, m])
            empty = [slot for slot, row in enumerate(self.proof.samples[sample].patches) if not row]
            table += [["null", sample, slot, m] for slot in empty]
            steps = self._both_sides(i)
            on = self.proof.atom("on", sample, first)
            clause.append(-on if entry > 0 else on)
            sides.append(steps[0] if entry > 0 else steps[1])
        lemma = self.proof.farkas(literals, table)
        return self.proof.lrat(clause, [*sides, lemma])


def by_structure(instance: NonOverlapInstance, tick: Callable[[], None] = lambda: None) -> Decision | None:
    """Decide a network that is a formula; ``None`` when it is none."""
    for decide in (native, direct):
        found = decide(Proof(instance), tick)
        if found is not None:
            return found
    return None
