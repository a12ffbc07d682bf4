"""Graphs with known chromatic numbers."""

from __future__ import annotations

from itertools import combinations
from math import comb

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.graph import make_graph
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.text import require_small


def mycielski(r: int, k: int) -> GraphColoring:
    """The Mycielski graph without triangles that needs exactly r colours (r >= 2; 4 is the Groetzsch graph), with k
    colours: YES for k >= r, NO below (Mycielski 1955).  DIMACS calls it myciel(r - 1)."""
    if not 2 <= r <= 12:
        raise ProblemError(f"the Mycielski graph of {r} colours", "mycielski", "give r from 2 to 12")
    n, edges = 2, [(1, 2)]
    for _ in range(r - 2):
        copies = [(u, n + v) for u, v in edges] + [(v, n + u) for u, v in edges]
        edges = edges + copies + [(n + v, 2 * n + 1) for v in range(1, n + 1)]
        n = 2 * n + 1
    return GraphColoring(make_graph(n, edges), k)


def kneser(n: int, r: int, k: int) -> GraphColoring:
    """The Kneser graph of the r-subsets of n, disjoint ones joined, with k colours: YES exactly for k >= n - 2r + 2,
    when n >= 2r (Lovasz 1978).  kneser:5,2,k is the Petersen graph."""
    if not 1 <= r <= n <= 20:
        raise ProblemError(f"subsets of {r} of {n}", "kneser", "give 1 <= r <= n <= 20")
    require_small(comb(n, r) ** 2 // 2, "the graph")
    subsets = [set(members) for members in combinations(range(n), r)]
    edges = [(i, j) for (i, a), (j, b) in combinations(enumerate(subsets, 1), 2) if not a & b]
    return GraphColoring(make_graph(len(subsets), edges), k)


def queens(n: int, k: int) -> GraphColoring:
    """The squares of an n x n board, joined when a queen moves between them, with k colours: NO for k < n; for k = n
    and n < 12 YES exactly at n = 1, 5, 7, 11 (Vasquez 2004)."""
    if not 1 <= n <= 60:
        raise ProblemError(f"a board of {n} x {n}", "queens", "give n from 1 to 60")
    squares = [(a, b) for a in range(n) for b in range(n)]
    edges = [
        (i, j)
        for (i, (a, b)), (j, (c, d)) in combinations(enumerate(squares, 1), 2)
        if a == c or b == d or abs(a - c) == abs(b - d)
    ]
    return GraphColoring(make_graph(len(squares), edges), k)


FAMILIES = (
    ("mycielski", ("r", "k"), mycielski),
    ("kneser", ("n", "r", "k"), kneser),
    ("queens", ("n", "k"), queens),
)
