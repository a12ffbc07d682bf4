"""Networks that are propositional formulas: those of the native and of the direct reduction, recognised by their data.

Every clause of the formula is a step of a certificate about the network, with multipliers that are written down; so
the refutation that a SAT solver finds is one of the network, and no linear program is solved.  A model becomes a
filter, which is evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.solve.elaborate import elaborate
from relucert.reductions.solve.proof import Proof

Entries = tuple[tuple[int, int], ...]
ZeroRow = tuple[int, int, Entries]  # sample, slot, patch
Choice = dict[int, tuple[int, int, int]]  # coordinate -> (sample, slot, entry) of a patch with this entry alone


@dataclass(frozen=True)
class Formula:
    """A network as a propositional formula.

    steps : the steps of the proof whose clauses are the formula.  filter : from the true literals of a model.
    """

    name: str
    proof: Proof
    steps: list[int]
    filter: Callable[[set[int]], list[Fraction]]

    def clauses(self) -> list[tuple[int, ...]]:
        """In the order of the steps."""
        return [self.proof.clauses[step] for step in self.steps]

    def refuted(self, learnt: Sequence[Sequence[int]]) -> bytes:
        """The certificate of no that clauses learnt from the formula make, each by unit propagation from earlier ones.

        Literals are those of `clauses`.  Raises ElaborationError when they do not end in the empty clause.
        """
        return self.proof.certificate(self.steps, elaborate(self.clauses(), learnt))


def formula(instance: NonOverlapInstance) -> Formula | None:
    """The formula that a network is; ``None`` when it is none of the known form."""
    return native(Proof(instance)) or direct(Proof(instance))


def native(proof: Proof) -> Formula | None:
    """The formula of a network of the form of the native reduction: some slot of each sample carries the label.

    Samples with a positive label have patches with one positive entry, or none; samples with label 0 have patches
    without negative entries, over these coordinates.
    """
    choices: Choice = {}
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
    steps: list[int] = []
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            steps.append(proof.max_rule(t))
            empty = [s for s, patch in enumerate(sample.patches) if not patch]
            steps += [proof.farkas([(proof.atom("max", t, s), 1)], []) for s in empty]
    steps += one_row_lemmas(proof)
    return Formula("native", proof, steps, lambda model: _chosen(proof, choices, model))


def _zero_rows(proof: Proof) -> list[ZeroRow] | None:
    """The patches of samples with label 0; ``None`` when a label is negative."""
    if any(sample.label < 0 for sample in proof.samples):
        return None
    return [
        (t, s, patch)
        for t, sample in enumerate(proof.samples)
        if sample.label == 0
        for s, patch in enumerate(sample.patches)
    ]


def one_row_lemmas(proof: Proof) -> list[int]:
    """For patches with label 0 whose coordinates stand alone in patches with positive labels: not all carry theirs.

    The entries have the signs of those patches, so that the sum of entries * w_i <= 0 has a positive term for each.
    """
    alone: dict[tuple[int, bool], tuple[int, int, int]] = {}  # coordinate, sign -> sample, slot, entry
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            for s, patch in enumerate(sample.patches):
                if len(patch) == 1:
                    alone.setdefault((patch[0][0], patch[0][1] > 0), (t, s, patch[0][1]))
    steps = []
    for t, sample in enumerate(proof.samples):
        for s, patch in enumerate(sample.patches):
            places = [alone.get((i, entry > 0)) for i, entry in patch]
            found = [place for place in places if place is not None]
            if sample.label == 0 and patch and len(found) == len(places):
                unit = lcm(*[entry for _, _, entry in found])
                literals = [
                    (proof.atom("max", *place[:2]), entry * unit // place[2])
                    for place, (_, entry) in zip(found, patch, strict=True)
                ]
                steps.append(proof.farkas(literals, [["below", t, s, unit]]))
    return steps


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


def direct(proof: Proof) -> Formula | None:
    """The formula of a network of the form of the direct reduction: coordinates are known but for some signs.

    In a sample with a positive label one patch is not zero and fixes a coordinate, or two are, each other's negatives,
    or none is, which no filter fits.  A patch with label 0 excludes no signs of its coordinates, or one choice of them.
    """
    signs, steps = _Signs(proof), list[int]()
    for t, sample in enumerate(proof.samples):
        if sample.label > 0:
            active = [s for s, patch in enumerate(sample.patches) if patch]
            if not active:
                steps.append(
                    proof.farkas([], [["sum", t, 1], *(["null", t, s, 1] for s in range(len(sample.patches)))])
                )
            elif not signs.know(t, active, [sample.patches[s] for s in active]):
                return None
    rows = _zero_rows(proof)
    if rows is None or any(not signs.allow(patch) for _, _, patch in rows):
        return None
    steps += [signs.clause(t, s, patch) for t, s, patch in rows if signs.worst(patch) > 0]
    return Formula("direct", proof, steps, signs.filter)


class _Signs:
    """Coordinates known but for their signs: on(first slot) says that i is +size, on(second) that it is -size.

    fixed : coordinate -> sample, slot, entry.  signed : coordinate -> sample, first slot, second slot, entry > 0.
    """

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.fixed: dict[int, tuple[int, int, int]] = {}
        self.signed: dict[int, tuple[int, int, int, int]] = {}
        self.sides: dict[int, tuple[int, int]] = {}  # the steps "not both", "one of both"

    def know(self, t: int, active: Sequence[int], patches: Sequence[Entries]) -> bool:
        """Take in a sample with a positive label, by its patches that are not zero; whether it has the form."""
        ((i, entry), *more) = patches[0]
        if more or i in self.fixed or i in self.signed:
            return False
        if len(active) == 1:
            self.fixed[i] = (t, active[0], entry)
        elif len(active) == 2 and patches[1] == ((i, -entry),):
            first, second = active if entry > 0 else active[::-1]
            self.signed[i] = (t, first, second, abs(entry))
        else:
            return False
        return True

    def size(self, i: int) -> Fraction:
        """|w_i|, and w_i itself when it is fixed."""
        place = self.fixed.get(i) or self.signed[i]
        return Fraction(self.proof.instance.k * self.proof.samples[place[0]].label, place[-1])

    def worst(self, patch: Entries) -> Fraction:
        """The largest value of a patch, over all signs."""
        return sum([(entry if i in self.fixed else abs(entry)) * self.size(i) for i, entry in patch], Fraction(0))

    def allow(self, patch: Entries) -> bool:
        """Whether at most one choice of signs makes a patch positive."""
        if not all(i in self.fixed or i in self.signed for i, _ in patch):
            return False
        amounts = [abs(entry) * self.size(i) for i, entry in patch if i in self.signed]
        return self.worst(patch) <= 2 * min(amounts, default=self.worst(patch))

    def filter(self, model: set[int]) -> list[Fraction]:
        """The filter with the signs of a model."""
        found = [Fraction(0)] * self.proof.instance.p
        for i in self.fixed:
            found[i] = self.size(i)
        for i, (t, first, _, _) in self.signed.items():
            found[i] = self.size(i) if self.proof.atom("on", t, first) in model else -self.size(i)
        return found

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

    def clause(self, t: int, s: int, patch: Entries) -> int:
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
