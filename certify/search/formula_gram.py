"""target = sum of g_i z_i' M_i z_i with positive semidefinite rational M_i: set up, solved in floats, made exact.

Where the target touches zero no M_i can be definite.  Rational vectors that all M_i annihilate are read off the
touching points and off the solutions in floats, and taken out of the bases, until there is a solution inside of what
remains (facial reduction); near that one there are rational solutions (Peyrl and Parrilo).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

import numpy as np

from relucert.certify.check.real.semidefinite import is_semidefinite
from relucert.certify.search.formula_affine import Affine, complement, rational_basis
from relucert.certify.search.formula_arrays import Floats
from relucert.certify.search.formula_facts import Generator
from relucert.certify.search.formula_monomials import times, value
from relucert.certify.search.formula_sdp import Inside, deepest, unpacked
from relucert.certify.search.formula_terms import Monomial, Polynomial, Symbol

Reduce = Callable[[Polynomial], Polynomial]
Vector = list[Fraction]
TRACE: Monomial = frozenset({(("trace", 0), 1)})  # stands for the equation of the traces
MOST_UNKNOWNS = 4000
ROUNDS = 5  # of facial reduction
DIGITS = (2, 4, 7, 11, 16, 22, 30, 40)  # binary digits behind the point
NOISE, FLAT = 1e-7, 1e-3  # of the largest eigenvalue: below the first part there are errors, above the second no zeros


@dataclass
class Block:
    """One summand: the generator times the sum of M_ij f_i f_j, where the rows of `forms` give f in the basis."""

    generator: Generator
    basis: list[Monomial]
    forms: list[Vector] | None = None  # None: the basis itself
    scaled: bool = False  # the trace of the matrix (all those with this mark together) is 1

    @property
    def size(self) -> int:
        return len(self.basis) if self.forms is None else len(self.forms)

    def restrict(self, annihilated: Sequence[Vector]) -> None:
        """Leaves out what the vectors, in coordinates of the forms, say is zero."""
        kept = complement(annihilated, self.size)
        if self.forms is None:
            self.forms = kept
            return
        forms = self.forms
        self.forms = [[sum((w * f[j] for w, f in zip(row, forms, strict=True) if w), Fraction(0))
                       for j in range(len(self.basis))] for row in kept]  # fmt: skip

    def gram(self, matrix: Sequence[Sequence[Fraction]]) -> list[Vector]:
        """The matrix over the basis."""
        if self.forms is None:
            return [list(row) for row in matrix]
        forms, size = self.forms, len(self.basis)
        half = [[sum((m * f[j] for m, f in zip(row, forms, strict=True) if m and f[j]), Fraction(0))
                 for j in range(size)] for row in matrix]  # fmt: skip
        return [[sum((f[i] * h[j] for f, h in zip(forms, half, strict=True) if f[i] and h[j]), Fraction(0))
                 for j in range(size)] for i in range(size)]  # fmt: skip


@dataclass(frozen=True)
class Free:
    """A summand p·q for a polynomial q without a sign: p and -p are both known to be not negative."""

    positive: Generator
    negative: Generator
    basis: list[Monomial]


@dataclass
class Found:
    """Exact matrices over the bases of the blocks, and the coefficients of the free summands."""

    blocks: list[tuple[Block, list[Vector]]]
    free: list[tuple[Free, Vector]] = field(default_factory=list)


class Program:
    """The unknown matrices, and the equations between coefficients."""

    def __init__(self, target: Polynomial, blocks: list[Block], free: list[Free], reduced: Reduce | None) -> None:
        self.target, self.blocks, self.free, self.reduced = dict(target), blocks, free, reduced
        if any(block.scaled for block in blocks):
            self.target[TRACE] = Fraction(1)
        self.products: list[dict[tuple[int, int], Polynomial]] = [self._products(block) for block in blocks]
        self.multiples = [[self._times(f.positive.polynomial, mu) for mu in f.basis] for f in free]
        self._prune()

    def shape(self) -> frozenset[object]:
        """Equal for equal programs."""
        return frozenset(
            (block.generator.factors, block.scaled, tuple(block.basis)) for block in self.blocks if block.basis
        )

    def _times(self, p: Polynomial, monomial: Monomial) -> Polynomial:
        product = {times(own, monomial): c for own, c in p.items()}
        return product if self.reduced is None else self.reduced(product)

    def _products(self, block: Block) -> dict[tuple[int, int], Polynomial]:
        known: dict[Monomial, Polynomial] = {}
        found = {}
        for i, j in itertools.combinations_with_replacement(range(len(block.basis)), 2):
            monomial = times(block.basis[i], block.basis[j])
            if monomial not in known:
                known[monomial] = self._times(block.generator.polynomial, monomial)
            found[i, j] = {**known[monomial], TRACE: Fraction(1)} if block.scaled and i == j else known[monomial]
        return found

    def _prune(self) -> None:
        """Leaves out monomials whose squares nothing cancels: among them those outside of half the Newton polytope."""
        while True:
            owners: dict[Monomial, list[tuple[int, int, Fraction]]] = {m: [] for m in self.target}
            blocked = {m for multiples in self.multiples for p in multiples for m in p}
            for number, products in enumerate(self.products):
                for (i, j), p in products.items():
                    for monomial, c in p.items():
                        if i == j:
                            owners.setdefault(monomial, []).append((number, i, c))
                        else:
                            blocked.add(monomial)
            gone: set[tuple[int, int]] = set()
            for monomial, entries in owners.items():
                if monomial in blocked or monomial in self.target or not entries:
                    continue
                if all(c > 0 for _, _, c in entries) or all(c < 0 for _, _, c in entries):
                    gone.update((number, i) for number, i, _ in entries)
            if not gone:
                return
            for number, block in enumerate(self.blocks):
                kept = [i for i in range(len(block.basis)) if (number, i) not in gone]
                if len(kept) < len(block.basis):
                    places = {i: k for k, i in enumerate(kept)}
                    block.basis = [block.basis[i] for i in kept]
                    self.products[number] = {(places[i], places[j]): p for (i, j), p in self.products[number].items()
                                             if i in places and j in places}  # fmt: skip

    @property
    def unknowns(self) -> int:
        sizes = [block.size for block in self.blocks]
        return sum(n * (n + 1) // 2 for n in sizes) + sum(len(f.basis) for f in self.free)

    # ---- equations

    def _columns(self) -> list[Polynomial]:
        """What each unknown is multiplied with: those of the upper triangles, column by column, and the free ones."""
        found: list[Polynomial] = []
        for block, products in zip(self.blocks, self.products, strict=True):
            if block.forms is None:
                for b in range(len(block.basis)):
                    found += [_scaled(products[a, b], 1 if a == b else 2) for a in range(b + 1)]
                continue
            forms = [[(j, c) for j, c in enumerate(row) if c] for row in block.forms]
            for b in range(len(forms)):
                for a in range(b + 1):
                    total: Polynomial = {}
                    for (i, c), (j, d) in itertools.product(forms[a], forms[b]):
                        weight = c * d * (1 if a == b else 2)
                        for monomial, entry in products[min(i, j), max(i, j)].items():
                            total[monomial] = total.get(monomial, Fraction(0)) + weight * entry
                    found.append({monomial: c for monomial, c in total.items() if c})
        return found + [p for multiples in self.multiples for p in multiples]

    def solve(self, deadline: float) -> Found | None:
        """Exact matrices, or ``None``."""
        for _ in range(ROUNDS):
            if monotonic() >= deadline or not 0 < self.unknowns <= MOST_UNKNOWNS:
                return None
            columns = self._columns()
            rows = {m: r for r, m in enumerate(dict.fromkeys(itertools.chain(self.target, *columns)))}
            entries = [{rows[m]: c for m, c in p.items()} for p in columns]
            affine = Affine(entries, {rows[m]: c for m, c in self.target.items()})
            if not affine.consistent:
                return None
            inside = self._inside(entries, [self.target.get(m, Fraction(0)) for m in rows], affine.kept, deadline)
            if inside is None or inside.margin < -1e-5:
                return None
            if inside.margin > 1e-7:
                found = self._rounded(affine, inside)
                if found is not None:
                    return found
            if not self._reduce(inside.unknowns):
                return None
        return None

    def _inside(
        self, columns: list[dict[int, Fraction]], right: Sequence[Fraction], kept: Sequence[int], deadline: float
    ) -> Inside | None:
        places = {r: k for k, r in enumerate(kept)}
        scale = float(max((abs(c) for c in right), default=Fraction(1))) or 1.0
        entries = [{places[r]: float(value) for r, value in column.items() if r in places} for column in columns]
        sizes = [block.size for block in self.blocks if block.size]
        found = deepest(entries, np.array([float(right[r]) / scale for r in kept]), sizes, deadline - monotonic())
        return None if found is None else Inside(scale * found.unknowns, found.margin)

    def _matrices(self, unknowns: Floats) -> list[Floats]:
        found, place = [], 0
        for block in self.blocks:
            count = block.size * (block.size + 1) // 2
            found.append(unpacked(unknowns[place : place + count], block.size))
            place += count
        return found

    # ---- exact

    def _rounded(self, affine: Affine, inside: Inside) -> Found | None:
        """The simplest rational solution nearby that is positive semidefinite."""
        for digits in DIGITS:
            guess = [Fraction(round(float(x) * 2**digits), 2**digits) for x in inside.unknowns]
            solution = affine.near(guess)
            smallest = [np.linalg.eigvalsh(m)[0] for m in self._matrices(np.array([float(x) for x in solution]))
                        if len(m)]  # fmt: skip
            if min(smallest, default=1.0) <= 0:
                continue
            found = self._found(solution)
            if found is not None:
                return found
        return None

    def _found(self, solution: Vector) -> Found | None:
        found = Found([])
        place = 0
        for block in self.blocks:
            size = block.size
            matrix = [[Fraction(0)] * size for _ in range(size)]
            for b in range(size):
                for a in range(b + 1):
                    matrix[a][b] = matrix[b][a] = solution[place]
                    place += 1
            if not is_semidefinite([row[k:] for k, row in enumerate(matrix)]):
                return None
            if size:
                found.blocks.append((block, block.gram(matrix)))
        for own in self.free:
            found.free.append((own, solution[place : place + len(own.basis)]))
            place += len(own.basis)
        return found

    # ---- facial reduction

    def touch(self, points: Sequence[dict[Symbol, Fraction]]) -> None:
        """Where the target is zero and a generator is above zero, all squares of its block are zero."""
        for block in self.blocks:
            vectors = [[value({monomial: Fraction(1)}, point) for monomial in block.basis] for point in points
                       if value(block.generator.polynomial, point) > 0]  # fmt: skip
            if any(map(any, vectors)):
                block.restrict(vectors)

    def _reduce(self, unknowns: Floats) -> bool:
        """Takes out the vectors that the matrices annihilate, if there are any and they are rational."""
        changed = False
        for block, matrix in zip(self.blocks, self._matrices(unknowns), strict=True):
            if not block.size:
                continue
            values, vectors = np.linalg.eigh(matrix)
            count = _flat(values, max(float(np.abs(unknowns).max()), 1e-9))
            while count:
                simple = rational_basis(vectors[:, :count].T)
                if simple is not None:
                    block.restrict(simple)
                    changed = True
                    break
                count -= 1
        return changed


def _scaled(p: Polynomial, factor: int) -> Polynomial:
    return p if factor == 1 else {monomial: factor * c for monomial, c in p.items()}


def _flat(values: Floats, largest: float) -> int:
    """How many of the ascending eigenvalues are zero, perhaps: those below the widest gap among the small ones."""
    small = int(np.searchsorted(values, FLAT * largest))
    if small == 0:
        return 0
    padded = np.maximum(np.append(values, largest), NOISE * largest)
    ratios = padded[1 : small + 1] / padded[:small]
    return int(np.argmax(ratios)) + 1 if ratios.max() > 20 else small
