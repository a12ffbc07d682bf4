"""Ramsey theory on the integers and on graphs, as colourings and as formulas."""

from __future__ import annotations

from itertools import combinations
from math import comb, gcd, isqrt

from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.text import require_small


def van_der_waerden(*arguments: int) -> Problem[tuple[int, ...]] | CNF:
    """Colour 1..n such that colour i has no arithmetic progression of length_i: NO from the van der Waerden number on.
    W(3,3) = 9, W(3,4) = 18, W(4,4) = 35, W(3,3,3) = 27, W(3,3,4) = 51, W(5,5) = 178 (Chvatal 1970; Brown
    1974; Stevens and Shantaram 1978).  Different lengths make a formula; with two of them variable i says that i has
    the second colour."""
    *lengths, n = arguments
    if min(lengths) < 2:
        raise ProblemError(f"progressions of length {min(lengths)}", "vdw", "lengths are at least 2")
    if len(set(lengths)) == 1:
        return SetSplitting(n, tuple(_progressions(lengths[0], n)), len(lengths))
    if len(lengths) == 2:
        first = [members for members in _progressions(lengths[0], n)]
        second = [tuple(-i for i in members) for members in _progressions(lengths[1], n)]
        return CNF(n, (*first, *second))
    return _colored(n, [list(_progressions(length, n)) for length in lengths])


def schur(k: int, n: int) -> SetSplitting:
    """Colour 1..n with k colours without a + b = c (a = b allowed) in one colour: YES up to the Schur number S(k).
    S(1) = 1, S(2) = 4, S(3) = 13, S(4) = 44, S(5) = 160 (Heule 2018)."""
    require_small(n * n, "the family of sums")
    triples = {tuple(sorted({a, b, a + b})) for a in range(1, n) for b in range(a, n - a + 1)}
    return SetSplitting(n, tuple(sorted(triples)), k)


def pythagorean(n: int, *, k: int = 2) -> SetSplitting:
    """Colour 1..n without a^2 + b^2 = c^2 in one colour: for 2 colours YES up to 7824 and NO from 7825 on (Heule,
    Kullmann and Marek 2016).  Elements are the numbers that are in a triple, in their order."""
    triples = sorted(  # Euclid's formula: u^2 - v^2, 2uv, u^2 + v^2, and multiples
        (*sorted((t * (u * u - v * v), 2 * t * u * v)), t * (u * u + v * v))
        for u in range(2, isqrt(n) + 1)
        for v in range(1 + u % 2, u, 2)
        if gcd(u, v) == 1
        for t in range(1, n // (u * u + v * v) + 1)
    )
    used = sorted({number for triple in triples for number in triple})
    element = {number: i for i, number in enumerate(used, 1)}
    return SetSplitting(len(used), tuple(tuple(element[number] for number in triple) for triple in triples), k)


def ramsey(*arguments: int) -> Problem[tuple[int, ...]] | CNF:
    """Colour the edges of the complete graph K_n such that colour i has no clique of size_i: NO from the Ramsey number
    on.  R(3,3) = 6, R(3,4) = 9, R(3,5) = 14, R(4,4) = 18, R(4,5) = 25, R(3,3,3) = 17 (Greenwood and Gleason 1955; McKay
    and Radziszowski 1995).  Elements or variables are the edges in lexicographic order."""
    *sizes, n = arguments
    if min(sizes) < 2:
        raise ProblemError(f"cliques of {min(sizes)} vertices", "ramsey", "sizes are at least 2")
    require_small(sum(comb(n, size) * comb(size, 2) for size in {2, *sizes}), "the family of cliques")
    edges = {edge: i for i, edge in enumerate(combinations(range(n), 2), 1)}

    def cliques(size: int) -> list[tuple[int, ...]]:
        return [tuple(edges[edge] for edge in combinations(chosen, 2)) for chosen in combinations(range(n), size)]

    if len(set(sizes)) == 1:
        return SetSplitting(len(edges), tuple(cliques(sizes[0])), len(sizes))
    if len(sizes) == 2:
        return CNF(len(edges), (*cliques(sizes[0]), *(tuple(-e for e in members) for members in cliques(sizes[1]))))
    return _colored(len(edges), [cliques(size) for size in sizes])


def _progressions(length: int, n: int) -> list[tuple[int, ...]]:
    """The arithmetic progressions of this length in 1..n."""
    require_small(n * n * length // (2 * (length - 1)), "the family of progressions")
    steps = range(1, (n - 1) // (length - 1) + 1)
    return [tuple(range(a, a + d * length, d)) for d in steps for a in range(1, n - d * (length - 1) + 1)]


def _colored(n: int, forbidden: list[list[tuple[int, ...]]]) -> CNF:
    """Each element has a colour, variable k (i - 1) + color + 1; no set of a colour's list has that colour alone."""
    k = len(forbidden)
    some = [tuple(k * i + color + 1 for color in range(k)) for i in range(n)]
    none = [
        tuple(-(k * (i - 1) + color + 1) for i in members) for color, sets in enumerate(forbidden) for members in sets
    ]
    return CNF(k * n, (*some, *none))


FAMILIES = (
    ("vdw", ("length", "...", "n"), van_der_waerden),
    ("schur", ("k", "n"), schur),
    ("ramsey", ("size", "...", "n"), ramsey),
    ("pythagorean", ("n",), pythagorean),
)
