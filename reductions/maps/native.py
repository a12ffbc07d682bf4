"""Set splitting with k colours to k-Non-Overlap-Opt with k patches: a block of the filter for each colour.

Construction.  The filter is k blocks of n entries; w[l, i] belongs to colour l and element i and has the coordinate
``coordinate(n, l, i)``.  Let e[l, i] be its unit vector.

* element i: the sample (e[0, i], ..., e[k-1, i]) with label 1/k, so that sum_l relu(w[l, i]) = 1;
* set C that is not empty: the sample (sum_{i in C} e[l, i])_l with label 0, so that sum_{i in C} w[l, i] <= 0 for all l
  (a sum of rectified numbers is 0 only if none is positive);
* empty set: the sample of k zero patches with label 1/k, which no filter fits.

Proof.  Let c be a colouring that leaves no set in one colour, and r = max(2, max |C|).  Put w[l, i] = 1 if c(i) = l
and 1 - r otherwise.  Each element has one positive entry, and it is 1.  Of the elements of a set at most |C| - 1 have
colour l and at least one has not: the sum is at most |C| - 1 - (r - 1) <= 0.  Conversely let w fit all samples.  For
each i some w[l, i] is positive, for they sum to 1 when rectified; let c(i) be the least such l.  If all of a set had
colour l, it would not be empty, and the sum of its w[l, i] would be positive, which its sample forbids.

The argument holds for k = 1, where only the empty family can be split, and for any number of elements.  All entries are
0 or 1 and labels 0 or 1/k: k-Non-Overlap-Opt is strongly NP-complete for each k >= 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.non_overlap import Sample
from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.k_non_overlap import Filter, KNonOverlap, make_non_overlap
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small

ONE = Fraction(1)


@dataclass(frozen=True)
class Native(Reduction[SetSplitting, Coloring, KNonOverlap, Filter]):
    """See the module."""

    name = "native"
    source = SetSplitting
    target = KNonOverlap
    citation = "Brutzkus and Globerson 2017 (arXiv 1702.07966), after Blum and Rivest 1992; reconstructed"
    parsimonious = False
    refutes = True
    size_bound = bounds(
        k="k",
        p="k * elements",
        samples="elements + sets",
        nonzeros="k * (elements + members)",
        largest="k",
    )

    def apply(self, instance: SetSplitting) -> KNonOverlap:
        n, k = instance.elements, instance.k
        require_small(k * (n + sum(map(len, instance.sets))), "the network")
        label = Fraction(1, k)
        samples = [
            Sample(tuple(((coordinate(n, color, i), ONE),) for color in range(k)), label) for i in range(1, n + 1)
        ]
        for members in instance.sets:
            ordered = sorted(members)
            patches = tuple(tuple((coordinate(n, color, i), ONE) for i in ordered) for color in range(k))
            samples.append(Sample(patches, Fraction(0) if members else label))
        return make_non_overlap(k, k * n, samples)

    def forward(self, instance: SetSplitting, witness: Coloring) -> Filter:
        other = Fraction(1 - max(2, max((len(members) for members in instance.sets), default=0)))
        return tuple(ONE if own == color else other for color in range(instance.k) for own in witness)

    def backward(self, instance: SetSplitting, witness: Filter) -> Coloring:
        n = instance.elements
        return tuple(
            next(color for color in range(instance.k) if witness[coordinate(n, color, i)] > 0) for i in range(1, n + 1)
        )


def coordinate(elements: int, color: int, element: int) -> int:
    """Where w[color, element] stands in the filter; the element is counted from 1."""
    return color * elements + element - 1
