"""Every small instance of the problems that reductions start from, degenerate ones included."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import chain, combinations, combinations_with_replacement
from random import Random

from relucert.certify.non_overlap import Sample
from relucert.reductions.problems.clauses import ClauseProblem
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.graph import Graph, make_graph
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.k_non_overlap import KNonOverlap, make_non_overlap
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.set_splitting import SetSplitting


def subsets(items: list[int]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


def formulas(kind: type[ClauseProblem], variables: int, clauses: int) -> list[ClauseProblem]:
    """All formulas with at most so many clauses: empty ones, tautologies and repeated clauses among them."""
    literals = [literal for x in range(1, variables + 1) for literal in (x, -x)]
    return [
        kind(variables, family)
        for count in range(clauses + 1)
        for family in combinations_with_replacement(subsets(literals), count)
    ]


@cache
def small_cnfs() -> list[CNF]:
    """All with up to 2 variables and 2 clauses, and random ones with up to 4 variables and 8 clauses."""
    found = [f for variables in range(3) for f in formulas(CNF, variables, 2) if isinstance(f, CNF)]
    return found + [CNF(f.variables, f.clauses) for f in random_formulas(Random(1), 40)]


@cache
def small_nae() -> list[NaeSat]:
    found = [f for variables in range(3) for f in formulas(NaeSat, variables, 2) if isinstance(f, NaeSat)]
    return found + [NaeSat(f.variables, f.clauses) for f in random_formulas(Random(2), 60)]


def random_formulas(random: Random, count: int) -> Iterator[CNF]:
    for _ in range(count):
        variables = random.randint(2, 4)
        literals = [literal for x in range(1, variables + 1) for literal in (x, -x)]
        sizes = [random.choice((1, 2, 2, 3, 3, 4, 5)) for _ in range(random.randint(1, 8))]
        yield CNF(variables, tuple(tuple(random.sample(literals, min(size, len(literals)))) for size in sizes))


@cache
def small_splittings(elements: int = 3) -> list[SetSplitting]:
    """All families of subsets of up to so many elements, for 1, 2 and 3 colours."""
    families = [
        (n, tuple(family))
        for n in range(elements + 1)
        for size in range(2**n + 1)
        for family in combinations(subsets(list(range(1, n + 1))), size)
    ]
    return [SetSplitting(n, family, k) for n, family in families for k in (1, 2, 3)]


@cache
def larger_splittings(count: int = 40) -> list[SetSplitting]:
    """Random families over 4 or 5 elements."""
    random, found = Random(3), []
    for _ in range(count):
        n = random.choice((4, 5))
        sets = [
            tuple(random.sample(range(1, n + 1), random.choice((2, 2, 3, 3, 4)))) for _ in range(random.randint(3, 9))
        ]
        found.append(SetSplitting(n, tuple(sets), random.choice((2, 2, 3))))
    return found


@cache
def graphs(vertices: int) -> list[Graph]:
    """All graphs with up to so many vertices; with up to two of them also those with loops."""
    found = []
    for n in range(vertices + 1):
        pairs = [(u, v) for u in range(1, n + 1) for v in range(u if n <= 2 else u + 1, n + 1)]
        found += [make_graph(n, edges) for size in range(len(pairs) + 1) for edges in combinations(pairs, size)]
    return found


@cache
def small_colorings() -> list[GraphColoring]:
    return [GraphColoring(graph, k) for graph in graphs(4) for k in (1, 2, 3)]


@cache
def small_cliques() -> list[Clique]:
    return [Clique(graph, least) for graph in graphs(4) for least in range(graph.vertices + 2)]


@cache
def small_covers(elements: int = 2, sets: int = 2) -> list[SetCover]:
    return [
        SetCover(n, family, most)
        for n in range(elements + 1)
        for count in range(sets + 1)
        for family in combinations_with_replacement(subsets(list(range(1, n + 1))), count)
        for most in range(count + 1)
    ]


@cache
def small_networks() -> list[KNonOverlap]:
    """Random networks that come from no reduction: entries and labels are fractions, some samples fit a filter."""
    random, found = Random(4), []
    numbers = [Fraction(n, d) for n in range(-3, 4) for d in (1, 2, 3)]
    for _ in range(60):
        k, p = random.choice((1, 2, 2, 3)), random.randint(1, 3)
        w = [random.choice(numbers) for _ in range(p)]
        samples = []
        for _ in range(random.randint(1, p + 2)):
            rows = [[random.choice(numbers) for _ in range(p)] for _ in range(k)]
            label = (
                sum((max(Fraction(0), sum(a * b for a, b in zip(w, row, strict=True))) for row in rows), Fraction(0))
                / k
            )
            if random.random() < 0.15:
                label = random.choice(numbers)
            patches = tuple(tuple((i, v) for i, v in enumerate(row) if v) for row in rows)
            samples.append(Sample(patches, label))
        found.append(make_non_overlap(k, p, samples))
    return found
