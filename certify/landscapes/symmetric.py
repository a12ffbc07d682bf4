"""K neurons against an orthonormal teacher: the symmetric plane, and one of its points in the whole space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, pairwise
from math import acos, atan, pi, sqrt

from relucert.certify.landscapes.theorem import ZEROS, Chart, CriticalPoint, Landscape, Parameter, Part

SUMMARY = (
    "K neurons, orthonormal teacher, w_j = x e_j + y (sum of the others): r = |w_j|, psi with x = r cos(psi), "
    "y sqrt(K - 1) = r sin(psi)"
)
PARAMETERS = (Parameter("K", "3..6", "numbers of neurons", least=Fraction(3), most=Fraction(50)),)
DERIVATIONS = ("symmetric-multi-neuron", "multi-neuron-critical-points", "multi-neuron-symmetry-breaking")
MARGIN = "1/50"
LARGEST = 6  # for which the point with x < 0 < y is studied in the whole space
OPPOSITE_XY = {
    3: (-0.31818007, 0.65945309), 4: (-0.4898600208, 0.4954785342), 5: (-0.5940757868, 0.3967285644),
    6: (-0.6633973683, 0.3307097833),
}  # fmt: skip
OPPOSITE = {K: x / sqrt(x * x + (K - 1) * y * y) for K, (x, y) in OPPOSITE_XY.items()}
REACH = 5e-7  # half width of the box in the whole space


def definitions(K: int, sign: int, turned: str) -> tuple[str, ...]:
    """2 pi/K times the loss is A r^2/2 - B r + constant.

    sign : 1 where sin(psi - d) >= 0, tan(d) = sqrt(K - 1), else -1: of the angle between two neurons.
    turned : the angle of a neuron with its own teacher, psi or what it is on the other side.
    """
    step = {"psi": "", "-psi": "-"}[turned]
    one = K - 1
    pair = f"{'' if sign > 0 else '-'}2*asin((sin(psi) - sqrt({one})*cos(psi))/sqrt({2 * one}))"
    other = f"acos(sin(psi)/sqrt({one}))"
    return (
        f"pair(psi) = {pair}",
        f"other(psi) = {other}",
        f"A(psi) = pi + {one}*G(pair(psi))",
        f"B(psi) = G({turned}) + {one}*G(other(psi))",
        f"A_slope(psi) = {one}*(pi - pair(psi))*(2*cos(2*psi)/sqrt({one}) + {K - 2}*sin(2*psi)/{one})",
        f"B_slope(psi) = sqrt({one})*(pi - other(psi))*cos(psi) - ({step}1)*(pi - ({turned}))*sin({turned})",
        "radial(r, psi) = A(psi)*r - B(psi)",
        "angular(r, psi) = A_slope(psi)*r^2/2 - B_slope(psi)*r",
        f"loss(r, psi) = {K}*(A(psi)*r^2/2 - B(psi)*r + (pi + {one})/2)/(2*pi)",
    )


def arcs(K: int) -> dict[str, tuple[str, int, str]]:
    """The circle in four arcs, between which an angle is 0 or pi: name, range of psi, `sign` and `turned`."""
    diagonal = f"atan(sqrt({K - 1}))"
    return {
        "teacher-to-diagonal": (f"psi in (-{MARGIN}, {diagonal} + {MARGIN})", -1, "psi"),
        "diagonal-to-opposite": (f"psi in ({diagonal} - {MARGIN}, pi + {MARGIN})", 1, "psi"),
        "opposite-to-diagonal": (f"psi in (-pi - {MARGIN}, {diagonal} - pi + {MARGIN})", 1, "-psi"),
        "diagonal-to-teacher": (f"psi in ({diagonal} - pi - {MARGIN}, {MARGIN})", -1, "-psi"),
    }


def landscapes(values: Mapping[str, tuple[Fraction, ...]]) -> Iterator[Landscape]:
    """One theorem for each number of neurons."""
    for K in values["K"]:
        yield _with_neurons(int(K))


def _with_neurons(K: int) -> Landscape:
    diagonal, one = atan(sqrt(K - 1)), K - 1
    sides = arcs(K)
    let = {name: definitions(K, sign, turned) for name, (_, sign, turned) in sides.items()}
    parts = [
        Part(name, "all points of the arc where both slopes vanish", "radial(r, psi) != 0 or angular(r, psi) != 0",
             ("r in (0, inf)", angles), let=let[name], kind=ZEROS, expected=1 if name == "opposite-to-diagonal" else 2,
             signs=True)
        for name, (angles, _, _) in sides.items()
    ]  # fmt: skip
    first, second, third, last = sides
    near = (0.99, acos(OPPOSITE.get(K, -1 + 2 / K)))
    if K <= LARGEST:
        parts.append(_whole_space(K))
    minimum = K >= 6
    index = {3: 1, 4: 3, 5: 6}.get(K, 0)
    loss = "loss(r, psi)"
    points = (
        CriticalPoint("teacher", "x = 1, y = 0", "global minimum", (last,), (), (first,),
                      (1.0, 0.0), "0", (), ((first, 0), (last, 0))),
        CriticalPoint("equal", f"x = y = (sqrt({one}) - arccos(1/sqrt({K})) + pi)/({K}*pi)", "saddle", (second,), (),
                      (first,), (0.6, diagonal), loss, let[first], ((first, 1), (second, 1))),
        CriticalPoint("equal-opposite", f"x = y = -(sqrt({one}) - arccos(1/sqrt({K})))/({K}*pi)", "saddle", (last,), (),
                      (third,), (0.1, diagonal - pi), loss, let[third], ((third, 1), (last, 1))),
        CriticalPoint("opposite", "x < 0 < y", ("local minimum" if minimum else "saddle") if K <= LARGEST else
                      "local minimum within the plane", (), (), (second,), near, loss, let[second],
                      ((second, 0), *([("whole-space", index)] if K <= LARGEST else []))),
    )  # fmt: skip
    says = [
        f"For K = {K}: every critical point of the population loss in the symmetric plane, but the origin, is one "
        "of the four in the table."
    ]
    if K <= LARGEST:
        kind = "a spurious local minimum" if minimum else f"a saddle of index {index}"
        says.append(f"In the whole space of {K * K} weights the point with x < 0 < y is {kind}.")
    bounds = (0.0, diagonal, pi), (-pi, diagonal - pi, 0.0)
    ends = [pair for three in bounds for pair in pairwise(three)]
    charts = tuple(Chart(loss, "r", "psi", low, high, let[name]) for name, (low, high) in zip(sides, ends, strict=True))
    return Landscape(f"K{K}", tuple(says), tuple(parts), points, DERIVATIONS, {"K": str(K)}, charts)


def _whole_space(K: int) -> Part:
    """All K^2 weights, near the point with x < 0 < y; 2 pi times the gradient is set to zero."""
    x, y = OPPOSITE_XY[K]
    places = [(j, a) for j in range(1, K + 1) for a in range(1, K + 1)]
    weight = {(j, a): f"w{j}_{a}" for j, a in places}
    let = [f"n{j} = sqrt({' + '.join(f'{weight[j, a]}^2' for a in range(1, K + 1))})" for j in range(1, K + 1)]
    for i, j in combinations(range(1, K + 1), 2):
        dot = " + ".join(f"{weight[i, a]}*{weight[j, a]}" for a in range(1, K + 1))
        let += [
            f"c{i}_{j} = ({dot})/(n{i}*n{j})",
            f"q{i}_{j} = pi - acos(c{i}_{j})",
            f"s{i}_{j} = sqrt(1 - c{i}_{j}^2)",
        ]
    for j, a in places:
        let += [
            f"d{j}_{a} = {weight[j, a]}/n{j}",
            f"p{j}_{a} = pi - acos(d{j}_{a})",
            f"v{j}_{a} = sqrt(1 - d{j}_{a}^2)",
        ]
    equations = []
    for j, a in places:
        pairs = [(min(i, j), max(i, j), i) for i in range(1, K + 1) if i != j]
        terms = [f"q{i}_{k}*{weight[o, a]} + n{o}*s{i}_{k}*d{j}_{a}" for i, k, o in pairs]
        sines = " + ".join(f"v{j}_{b}" for b in range(1, K + 1))
        equations.append(f"pi*{weight[j, a]} + {' + '.join(terms)} - p{j}_{a} - ({sines})*d{j}_{a} != 0")
    centre = [x if j == a else y for j, a in places]
    ranges = tuple(
        f"{weight[place]} in [{_decimal(value - REACH)}, {_decimal(value + REACH)}]"
        for place, value in zip(places, centre, strict=True)
    )
    return Part("whole-space", "the same point in the space of all weights", " or ".join(equations), ranges,
                let=tuple(let), kind=ZEROS, expected=1, signs=True, guesses=(tuple(centre),))  # fmt: skip


def _decimal(x: float) -> str:
    return f"{x:.8f}"
