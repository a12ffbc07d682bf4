"""Formulas with known answers: pigeons, parities, random clauses."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.text import require_small


def pigeonhole(pigeons: int, holes: int) -> CNF:
    """Each pigeon sits in a hole, no two in the same: YES exactly for pigeons <= holes; resolution needs exponentially
    many steps for NO (Haken 1985).  Variable (p - 1) holes + h: pigeon p sits in hole h."""
    require_small(pigeons * pigeons * holes, "the formula")
    sits = [[p * holes + h + 1 for h in range(holes)] for p in range(pigeons)]
    conflicts = [(-sits[p][h], -sits[q][h]) for h in range(holes) for p, q in combinations(range(pigeons), 2)]
    return CNF(pigeons * holes, (*map(tuple, sits), *conflicts))


def tseitin(rows: int, columns: int) -> CNF:
    """Parities of the edges of a grid of rows x columns, rows and columns both closed to cycles (at least 3): the edges
    at each vertex have an even sum, at the first an odd one.  NO, since every edge is counted twice (Tseitin 1968)."""
    if min(rows, columns) < 3 or rows * columns > 10_000:
        raise ProblemError(
            f"a grid of {rows} x {columns}", "tseitin", "give at least 3 rows and columns, at most 10000 vertices"
        )
    right = {(a, b): 2 * (a * columns + b) + 1 for a in range(rows) for b in range(columns)}
    clauses = []
    for (a, b), edge in right.items():
        edges = (edge, edge + 1, right[a, (b - 1) % columns], right[(a - 1) % rows, b] + 1)
        odd = (a, b) == (0, 0)
        clauses += [
            tuple(e if sign else -e for e, sign in zip(edges, signs, strict=True))
            for signs in product((False, True), repeat=4)
            if (signs.count(False) % 2 == 0) == odd
        ]
    return CNF(2 * rows * columns, tuple(clauses))


def random_3sat(v: int, m: int, seed: int) -> CNF:
    """m random clauses of three of v variables: mostly YES below 4.267 clauses per variable and NO above (Mertens,
    Mezard and Zecchina 2006); the same formula for the same seed."""
    if v < 3:
        raise ProblemError(f"three of {v} variables", "random3sat", "give at least 3 variables")
    random = Random(seed)
    return CNF(
        v,
        tuple(tuple(random.choice((x, -x)) for x in random.sample(range(1, v + 1), 3)) for _ in range(m)),
    )


FAMILIES = (
    ("php", ("pigeons", "holes"), pigeonhole),
    ("tseitin", ("rows", "columns"), tseitin),
    ("random3sat", ("v", "m", "seed"), random_3sat),
)
