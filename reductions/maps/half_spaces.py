"""Set splitting with k colours to separation by k half-spaces: a half-space for each colour (Blum and Rivest 1992)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection, HalfSpaces
from relucert.reductions.problems.numbers import Vector
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small


@dataclass(frozen=True)
class SetSplittingToHalfSpaces(Reduction[SetSplitting, Coloring, HalfSpaceIntersection, HalfSpaces]):
    """Inside: the origin and the indicators of the sets; outside: the unit vectors, and the origin for an empty set.

    Proof.  Let c be a colouring, r = max(1, max |C|); the half-space of colour l is a.x > -1/2 with a_i = -1 where
    c(i) = l and a_i = r elsewhere.  It holds the origin, and rejects e_i for the i of colour l.  A set has at most
    |C| - 1 elements of colour l and another one: a.1_C >= r - (|C| - 1) > 0.  Conversely send i to the least half-space
    a.x > b that rejects e_i: a_i <= b, and b < 0 since it holds the origin.  Were all of C sent to one half-space, then
    a.1_C <= |C| b <= b: it would reject 1_C.  The origin cannot be inside and outside, as no empty set can be split.
    """

    name = "set-splitting-to-half-spaces"
    source = SetSplitting
    target = HalfSpaceIntersection
    citation = "Blum and Rivest 1992, Section 4, in the form with an AND at the output; Megiddo 1988 for k = 2"
    parsimonious = False
    size_bound = bounds(
        k="k",
        dimension="elements",
        points="2 + elements + sets",
        nonzeros="elements + members",
        largest="1",
    )

    def apply(self, instance: SetSplitting) -> HalfSpaceIntersection:
        n = instance.elements
        require_small(n * (n + len(instance.sets)), "the list of points")
        origin = _indicator(n, ())
        inside = [origin, *(_indicator(n, members) for members in instance.sets if members)]
        outside = [_indicator(n, (i,)) for i in range(1, n + 1)] + [origin] * (() in instance.sets)
        return HalfSpaceIntersection(instance.k, n, tuple(inside), tuple(outside))

    def forward(self, instance: SetSplitting, witness: Coloring) -> HalfSpaces:
        r = Fraction(max(1, max((len(members) for members in instance.sets), default=0)))
        return tuple(
            (tuple(Fraction(-1) if own == color else r for own in witness), Fraction(-1, 2))
            for color in range(instance.k)
        )

    def backward(self, instance: SetSplitting, witness: HalfSpaces) -> Coloring:
        n = instance.elements
        return tuple(next(color for color, (a, b) in enumerate(witness) if a[i - 1] <= b) for i in range(1, n + 1))


def _indicator(n: int, members: tuple[int, ...]) -> Vector:
    chosen = set(members)
    return tuple(Fraction(i in chosen) for i in range(1, n + 1))
