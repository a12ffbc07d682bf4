"""The Hessian in all K^2 weights at a point of the symmetric plane, as blocks that permutations leave alone.

Simultaneous permutations of neurons and coordinates act on the K^2 weights; the Hessian at a symmetric point commutes
with them.  By Schur's lemma it is a matrix of 2 x 2 numbers on the plane, of 3 x 3 on three copies of the vectors with
sum zero (K - 1 of each), and a number on each of the symmetric and the antisymmetric matrices with zero diagonal and
row sums zero.  One vector of each copy is enough to state them (docs/theory/landscapes.md, section 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from relucert.certify.landscapes.theorem import Part

Matrix = tuple[tuple[int, ...], ...]


def block_parts(K: int, let: Sequence[str], ranges: tuple[str, ...], antisymmetric: int) -> list[Part]:
    """The signs of the blocks outside of the plane, on a box of r and psi, for K >= 3.

    let : defines pair(psi), the angle between two neurons; psi is that of a neuron with its own teacher.
    antisymmetric : the sign of the number on antisymmetric matrices.
    """
    names = (*let, *_names(K))
    entries = [_form(K, first, second) for first, second in _standard_pairs(K)]
    letters = ("B11", "B12", "B13", "B22", "B23", "B33")
    parts = [
        Part(
            "block-of-sums-zero",
            f"the Hessian in all {K * K} weights is positive on the three copies of the vectors with sum zero",
            "B11 > 0 and B11*B22 - B12^2 > 0 and "
            "B11*(B22*B33 - B23^2) - B12*(B12*B33 - B13*B23) + B13*(B12*B23 - B13*B22) > 0",
            ranges,
            let=(*names, *(f"{name} = {entry}" for name, entry in zip(letters, entries, strict=True))),
        ),
        Part(
            "block-of-antisymmetric",
            f"and {'positive' if antisymmetric > 0 else 'negative'} on antisymmetric matrices with row sums zero, "
            f"{(K - 1) * (K - 2) // 2} dimensions",
            f"{_form(K, _cycle(K), _cycle(K))} {'>' if antisymmetric > 0 else '<'} 0",
            ranges,
            let=names,
        ),
    ]
    if K >= 4:
        parts.append(
            Part(
                "block-of-symmetric",
                "and positive on symmetric matrices with zero diagonal and row sums zero, "
                f"{K * (K - 3) // 2} dimensions",
                f"{_form(K, _square(K), _square(K))} > 0",
                ranges,
                let=names,
            )
        )
    return parts


def _names(K: int) -> tuple[str, ...]:
    return (
        "X = cos(psi)",
        f"Y = sin(psi)/sqrt({K - 1})",
        "c = cos(pair(psi))",
        "s = sin(pair(psi))",
        "sine = sin(psi)",
        "far = sqrt(1 - Y^2)",
    )


def _matrix(K: int, entries: dict[tuple[int, int], int]) -> Matrix:
    return tuple(tuple(entries.get((i, a), 0) for a in range(K)) for i in range(K))


def _cycle(K: int) -> Matrix:
    turns = ((0, 1), (1, 2), (2, 0))
    return _matrix(K, {**dict.fromkeys(turns, 1), **{(a, i): -1 for i, a in turns}})


def _square(K: int) -> Matrix:
    entries = {}
    for i, a, value in ((0, 1, 1), (2, 3, 1), (1, 2, -1), (0, 3, -1)):
        entries[i, a] = entries[a, i] = value
    return _matrix(K, entries)


def _standard_pairs(K: int) -> list[tuple[Matrix, Matrix]]:
    """Pairs of the vector e_1 - e_2 on the diagonal, along rows and along columns."""
    vector = (1, -1, *[0] * (K - 2))
    diagonal = _matrix(K, {(i, i): vector[i] for i in range(K)})
    rows = _matrix(K, {(i, a): vector[i] for i, a in permutations(range(K), 2)})
    columns = _matrix(K, {(i, a): vector[a] for i, a in permutations(range(K), 2)})
    copies = (diagonal, rows, columns)
    return [(copies[p], copies[q]) for p in range(3) for q in range(p, 3)]


def _form(K: int, first: Matrix, second: Matrix) -> str:
    """2 pi times the Hessian of the loss between two directions, an expression in r and psi.

    From the kernel h(u, v) = |u| |v| G(angle), sections 0 and C of the second derivatives:
    d^2 h/du^2 = (|v| sin/|u|) (I - uu + nn), d^2 h/du dv = u n + v m + (pi - angle) I, where n, m are the unit vectors
    of the plane across u and v, and all |w_j| = r.
    """
    ends = range(K)

    def along(row: Sequence[int], j: int) -> tuple[int, int]:  # w_j . row / r = first X + second Y
        return row[j], sum(row) - row[j]

    def dot(x: Sequence[int], y: Sequence[int]) -> int:
        return sum(a * b for a, b in zip(x, y, strict=True))

    same = sum(dot(first[i], second[i]) for i in ends)
    ii, jj, ij, cross, turned, rest = _Square(), _Square(), _Square(), _Square(), _Square(), 0
    own, own_dot, own_line = _Square(), 0, [0, 0]
    far, far_dot, far_line = _Square(), 0, [0, 0]
    for i in ends:
        z, y = first[i], second[i]
        own.add(along(z, i), along(y, i))
        own_dot += z[i] * y[i]
        for place in (0, 1):
            own_line[place] += z[i] * along(y, i)[place] + y[i] * along(z, i)[place]
        for j in ends:
            if i == j:
                continue
            ii.add(along(z, i), along(y, i))
            jj.add(along(z, j), along(y, j))
            ij.add(along(z, i), along(y, j))
            ij.add(along(z, j), along(y, i))
            other = second[j]
            rest += dot(z, other)
            cross.add(along(z, i), along(other, j))
            cross.add(along(z, j), along(other, i))
            turned.add(along(z, i), along(other, i))
            turned.add(along(z, j), along(other, j))
            far.add(along(z, i), along(y, i))
            far_dot += z[j] * y[j]
            for place in (0, 1):
                far_line[place] += z[j] * along(y, i)[place] + y[j] * along(z, i)[place]
    students = f"{K - 1}*{same}*s - s*{ii} + ({jj} - c*{ij} + c^2*{ii})/s"
    mixed = f"({cross} - c*{turned})/s + {rest}*(pi - pair(psi))"
    near = f"sine*({same} - {own}) + ({own_dot} - X*{_line(own_line)} + X^2*{own})/sine"
    away = f"far*({(K - 1) * same} - {far}) + ({far_dot} - Y*{_line(far_line)} + Y^2*{far})/far"
    return f"(pi*{same} + {students} + {mixed} - ({near} + {away})/r)"


class _Square:
    """A sum of products of two lines a X + b Y."""

    def __init__(self) -> None:
        self.xx, self.xy, self.yy = 0, 0, 0

    def add(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        self.xx += first[0] * second[0]
        self.xy += first[0] * second[1] + first[1] * second[0]
        self.yy += first[1] * second[1]

    def __str__(self) -> str:
        return f"(({self.xx})*X^2 + ({self.xy})*X*Y + ({self.yy})*Y^2)"


def _line(line: Sequence[int]) -> str:
    return f"(({line[0]})*X + ({line[1]})*Y)"
