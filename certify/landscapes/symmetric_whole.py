"""The gradient in all K^2 weights near the point with x < 0 < y, for few neurons: nothing of the symmetry is used."""

from __future__ import annotations

from itertools import combinations

from relucert.certify.landscapes.theorem import ZEROS, Part

LARGEST = 6  # neurons
POINTS = {
    3: (-0.31818007, 0.65945309), 4: (-0.4898600208, 0.4954785342), 5: (-0.5940757868, 0.3967285644),
    6: (-0.6633973683, 0.3307097833),
}  # fmt: skip
REACH = 5e-7  # half width of the box


def whole_space(K: int) -> Part:
    """All K^2 weights, near the point with x < 0 < y; 2 pi times the gradient is set to zero."""
    x, y = POINTS[K]
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
