"""Set splitting with few colours to set splitting with k: elements that use up the new colours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.coloring import Coloring
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.reduction import Reduction
from relucert.reductions.size_bound import bounds
from relucert.reductions.text import require_small


@dataclass(frozen=True)
class Apexes(Reduction[SetSplitting, Coloring, SetSplitting, Coloring]):
    """An apex element for each additional colour, in a pair with every other element and every other apex.

    Proof.  Give the apexes the new colours.  Conversely the pairs make the apexes' colours different from each other
    and from those of all other elements, which are therefore coloured with the number of colours that there was; rename
    these.  The sets of the source are among those of the target.
    """

    name = "apexes"
    source = SetSplitting
    target = SetSplitting
    citation = "folklore: joining a hypergraph with a complete graph adds its order to the chromatic number"
    parsimonious = False  # colours can be permuted
    size_bound = bounds(
        elements="elements + k",
        sets="sets + k * elements + k * k",
        members="members + 2 * k * elements + 2 * k * k",
        k="k",
    )

    k: int

    def apply(self, instance: SetSplitting) -> SetSplitting:
        n, old = instance.elements, instance.k
        if self.k < old:
            raise ProblemError(f"{old} colours cannot become {self.k}", "k", f"ask for at least {old}")
        require_small((self.k - old) * (n + self.k), "the family of pairs")
        apexes = range(n + 1, n + 1 + self.k - old)
        joins = [(element, apex) for apex in apexes for element in range(1, n + 1)]
        return SetSplitting(n + len(apexes), (*instance.sets, *joins, *combinations(apexes, 2)), self.k)

    def forward(self, instance: SetSplitting, witness: Coloring) -> Coloring:
        return (*witness, *range(instance.k, self.k))

    def backward(self, instance: SetSplitting, witness: Coloring) -> Coloring:
        colors, taken = witness[: instance.elements], set(witness[instance.elements :])
        free = [color for color in range(self.k) if color not in taken]
        renamed = {color: new for new, color in enumerate(free)}
        return tuple(renamed[color] for color in colors)
