"""k-Non-Overlap-Opt with few patches to the same with more: zero patches do nothing.

Construction.  Append patches of zeros until there are k, and multiply the labels by (old k)/(new k): the sum of the
rectified patches is what it was.  Proof: the same filters fit.  So two patches are already as hard as any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.non_overlap import Sample
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.k_non_overlap import Filter, KNonOverlap, make_non_overlap
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small


@dataclass(frozen=True)
class Padding(Reduction[KNonOverlap, Filter, KNonOverlap, Filter]):
    """See the module; k is the new number of patches."""

    name = "padding"
    source = KNonOverlap
    target = KNonOverlap
    citation = "derived here"
    parsimonious = True
    size_bound = bounds(
        k="k",
        p="p",
        samples="samples",
        nonzeros="nonzeros",
        largest="k * largest",
    )

    k: int

    def apply(self, instance: KNonOverlap) -> KNonOverlap:
        old = instance.instance.k
        if self.k < old:
            raise ProblemError(f"{old} patches cannot be padded to {self.k}", "k", f"ask for at least {old}")
        require_small(self.k * len(instance.instance.samples), "the list of patches")
        zeros, scale = ((),) * (self.k - old), Fraction(old, self.k)
        samples = [Sample((*sample.patches, *zeros), sample.label * scale) for sample in instance.instance.samples]
        return make_non_overlap(self.k, instance.instance.p, samples)

    def forward(self, instance: KNonOverlap, witness: Filter) -> Filter:
        return witness

    def backward(self, instance: KNonOverlap, witness: Filter) -> Filter:
        return witness
