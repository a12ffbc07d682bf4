"""The formulas of the theorems against the kernel of two ReLU neurons, written down here once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from math import acos, cos, pi, sin, sqrt

import numpy as np
import pytest

from relucert.certify.landscapes import both_layers, leaky, overlapping, symmetric, symmetric_blocks, symmetric_whole
from relucert.certify.landscapes.theorem import ZEROS, Landscape, Part
from relucert.certify.language.parse import parse_claim
from relucert.certify.search.formula_values import Expressions
from relucert.certify.search.zero_set import Equations
from relucert.certify.zero_set import ZeroSet

Vector = np.ndarray


def g(u: Vector, v: Vector) -> float:
    """E relu(u.x) relu(v.x) for a standard Gaussian x."""
    lengths = float(np.linalg.norm(u) * np.linalg.norm(v))
    if lengths == 0:
        return 0.0
    theta = acos(max(-1.0, min(1.0, float(u @ v) / lengths)))
    return lengths * (sin(theta) + (pi - theta) * cos(theta)) / (2 * pi)


def distance(students: Sequence[Vector], teachers: Sequence[Vector]) -> float:
    """E (sum of relu(students) - sum of relu(teachers))^2."""
    pairs = sum(g(u, v) for u in students for v in students) + sum(g(u, v) for u in teachers for v in teachers)
    return pairs - 2 * sum(g(u, v) for u in students for v in teachers)


def value(text: str, let: Sequence[str], **point: float) -> float:
    claim = parse_claim(f"{text} != 0", [f"{name} in (-inf, inf)" for name in point], (), let)
    place = claim.formulas[claim.conclusion][1]
    found = Expressions(claim.nodes, (place,)).points(np.array([list(point.values())]))[place]
    return float(np.broadcast_to(found, 1)[0])


def slopes(text: str, let: Sequence[str], first: str, second: str, x: float, y: float) -> tuple[float, float]:
    width = 1e-5

    def at(a: float, b: float) -> float:
        return value(text, let, **{first: a, second: b})

    return (at(x + width, y) - at(x - width, y)) / (2 * width), (at(x, y + width) - at(x, y - width)) / (2 * width)


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize(("rho", "psi"), [(0.7, -0.3), (1.3, 1.1), (0.4, 2.2)])
def test_overlapping(k: int, rho: float, psi: float) -> None:
    def windows(w: tuple[float, float]) -> list[Vector]:
        return [np.array([*[0.0] * place, *w, *[0.0] * (k - 1 - place)]) for place in range(k)]

    expected = distance(windows((rho * cos(psi), rho * sin(psi))), windows((1.0, -1.0))) / k**2
    let = overlapping.definitions(k)
    assert value("loss(rho, psi)", let, rho=rho, psi=psi) == pytest.approx(expected, rel=1e-12)
    along, across = slopes("loss(rho, psi)", let, "rho", "psi", rho, psi)
    assert value("radial(rho, psi)", let, rho=rho, psi=psi) == pytest.approx(along * pi * k**2, rel=1e-7)
    assert value("angular(rho, psi)", let, rho=rho, psi=psi) == pytest.approx(across * pi * k**2, rel=1e-7)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("K", [2, 3, 4, 6])
def test_symmetric(K: int, place: int) -> None:
    arc = symmetric.arcs(K)[place]
    let = symmetric.definitions(K, arc)
    low, high = value(arc.low, ()), value(arc.high, ())
    for psi in (low + 0.1, (low + high) / 2, high - 0.1):
        r = 0.8
        x, y = r * cos(psi), r * sin(psi) / sqrt(K - 1)
        students = [np.where(np.arange(K) == j, x, y) for j in range(K)]
        expected = distance(students, list(np.eye(K))) / 2
        assert value("loss(r, psi)", let, r=r, psi=psi) == pytest.approx(expected, rel=1e-11)
        assert value(f"loss_C({K}, x, y)", (), x=x, y=y) == pytest.approx(expected, rel=1e-11)
        along, across = slopes("loss(r, psi)", let, "r", "psi", r, psi)
        assert value("radial(r, psi)", let, r=r, psi=psi) == pytest.approx(along * 2 * pi / K, rel=1e-6)
        assert value("angular(r, psi)", let, r=r, psi=psi) == pytest.approx(across * 2 * pi / K, rel=1e-6)


def plane_point(K: int, r: float, psi: float) -> Vector:
    off = r * sin(psi) / sqrt(K - 1)
    return np.where(np.eye(K) == 1, r * cos(psi), off)


def orthonormal_loss(weights: Vector) -> float:
    return distance(list(weights), list(np.eye(len(weights)))) / 2


@pytest.mark.parametrize(("K", "place"), [(2, 0), (2, 2), (3, 1), (5, 3)])
def test_the_bounded_gradient_of_the_plane_is_that_of_all_weights(K: int, place: int) -> None:
    arc = symmetric.arcs(K)[place]
    r, psi = 0.8, (value(arc.low, ()) + value(arc.high, ())) / 2
    weights, width, square = plane_point(K, r, psi), 1e-5, 0.0
    for entry in np.ndindex(K, K):
        step = np.zeros((K, K))
        step[entry] = width
        square += ((orthonormal_loss(weights + step) - orthonormal_loss(weights - step)) / (2 * width)) ** 2
    (bound,) = [p for p in next(_symmetric(K)).parts if p.name == f"gradient-{arc.name}"]
    assert value(bound.conclusion, bound.let, r=r, psi=psi) == pytest.approx(square, rel=1e-6)


@pytest.mark.parametrize("K", [3, 4, 5])
def test_the_blocks_are_second_derivatives(K: int) -> None:
    r, psi = 0.9, 1.9
    names = (*symmetric.definitions(K, symmetric.arcs(K)[1]), *symmetric_blocks._names(K))
    weights, width = plane_point(K, r, psi), 1e-3
    pairs = [*symmetric_blocks._standard_pairs(K), (symmetric_blocks._cycle(K),) * 2]
    pairs += [(symmetric_blocks._square(K),) * 2] if K > 3 else []
    for first, second in pairs:
        u, v = np.array(first) * width, np.array(second) * width
        mixed = sum(a * b * orthonormal_loss(weights + a * u + b * v) for a in (1, -1) for b in (1, -1))
        found = value(symmetric_blocks._form(K, first, second), names, r=r, psi=psi)
        assert found == pytest.approx(2 * pi * float(mixed) / (4 * width**2), rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("K", [3, 4, 5])
def test_the_copies_make_up_all_weights(K: int) -> None:
    """Orbits under permutations span 2, 3 (K - 1), K (K - 3)/2 and (K - 1)(K - 2)/2 dimensions, together K^2."""
    blocks = symmetric_blocks

    def orbit(matrix: object) -> int:
        images = [np.array(matrix)[np.ix_(p, p)].ravel() for p in permutations(range(K))]
        return int(np.linalg.matrix_rank(np.array(images)))

    copies = [first for first, second in blocks._standard_pairs(K) if first == second]
    assert [orbit(copy) for copy in copies] == [K - 1] * 3
    assert orbit(blocks._cycle(K)) == (K - 1) * (K - 2) // 2
    if K > 3:
        assert orbit(blocks._square(K)) == K * (K - 3) // 2
    assert 2 + 3 * (K - 1) + (K - 1) * (K - 2) // 2 + K * (K - 3) // 2 == K * K


def _symmetric(K: int) -> Iterator[Landscape]:
    return symmetric.landscapes({"K": (Fraction(K),), "delta": (Fraction(1, 10),)})


def equations(part: Part) -> Equations:
    assert part.kind == ZEROS
    return Equations(ZeroSet(parse_claim(part.conclusion, part.ranges, part.where, part.let), (), ()))


def test_the_gradient_in_the_whole_space() -> None:
    K = 3
    point = np.random.default_rng(0).standard_normal((K, K))
    found = equations(symmetric_whole.whole_space(K)).values(point.reshape(1, -1))[0]
    width = 1e-5
    for place in range(K * K):
        moved = []
        for sign in (1, -1):
            weights = point.reshape(-1).copy()
            weights[place] += sign * width
            moved.append(distance(list(weights.reshape(K, K)), list(np.eye(K))) / 2)
        assert found[place] == pytest.approx(2 * pi * (moved[0] - moved[1]) / (2 * width), abs=1e-7)


def test_leaky() -> None:
    k, alpha = 3, 0.125
    for r, theta in ((0.5, 0.7), (1.4, 2.5)):
        w, teacher = np.array([r * cos(theta), r * sin(theta)]), np.array([1.0, 0.0])

        def kernel(u: Vector, v: Vector) -> float:
            return (1 - alpha) ** 2 * g(u, v) + alpha * float(u @ v)

        def across(u: Vector, v: Vector) -> float:  # different patches are independent
            means = [float(np.linalg.norm(x)) / sqrt(2 * pi) * (1 - alpha) for x in (u, v)]
            return means[0] * means[1]

        total = 0.0
        for u, v, weight in ((w, w, 1), (w, teacher, -2), (teacher, teacher, 1)):
            total += weight * (k * kernel(u, v) + (k * k - k) * across(u, v)) / k**2
        text = f"loss({k}, 1/8, r, theta)"
        assert value(text, (leaky.LOSS,), r=r, theta=theta) == pytest.approx(total, rel=1e-12)
        along, turning = slopes(text, (leaky.LOSS,), "r", "theta", r, theta)
        radial = value(f"radial({k}, 1/8, r, 0*theta + theta)", (leaky.RADIAL,), r=r, theta=theta)
        assert radial == pytest.approx(along, rel=1e-7)
        angular = value(f"angular({k}, 1/8, theta)", (leaky.ANGULAR,), theta=theta)
        assert angular == pytest.approx(turning / r, rel=1e-7)


def test_output_weights() -> None:
    """The slopes along 1 and a* vanish at the least loss over the output weights."""
    teacher = np.array([1.0, -0.8, 0.5])
    exact = tuple(Fraction(x) for x in ("1", "-4/5", "1/2"))
    k, S, N = 3, teacher.sum(), teacher @ teacher
    parts = {part.name: part for part in both_layers._with(exact, Fraction(1, 10)).parts}
    for name, angle in (("angle-0", 0.0), ("angle-pi", pi)):
        level = sin(angle) + (pi - angle) * cos(angle)
        ones = np.ones((k, k))
        a = np.linalg.solve(ones + (pi - 1) * np.eye(k), (ones + (level - 1) * np.eye(k)) @ teacher)
        assert equations(parts[f"{name}-t"]).values(np.array([[a.sum()]])) == pytest.approx(0.0, abs=1e-12)
        assert equations(parts[f"{name}-s"]).values(np.array([[a @ teacher]])) == pytest.approx(0.0, abs=1e-12)
        assert abs(float(equations(parts[f"{name}-s"]).values(np.array([[a @ teacher + 0.1]]))[0, 0])) > 0.1
    at = dict(phi=1.1, t=0.3)
    found = equations(parts["between"]).values(np.array([list(at.values())]))[0]
    level = sin(1.1) + (pi - 1.1) * cos(1.1)
    assert found == pytest.approx([-(level - 1) * N + S * (0.3 - S), (k + pi - 1) * 0.3 - (k + level - 1) * S])


@pytest.mark.parametrize("phi", [0.4, 2.0])
def test_the_bounded_gradient_of_both_layers(phi: float) -> None:
    """Of L(v, a) at |v| = 1; p and q are 2 pi times its part in the output weights."""
    teacher, a = np.array([1.0, -0.8]), np.array([0.3, 0.7])

    def loss(v: Vector, a: Vector) -> float:
        angle = acos(float(v[0] / np.linalg.norm(v)))
        level = sin(angle) + (pi - angle) * cos(angle)
        square = (pi - 1) * (teacher @ teacher + a @ a) - 2 * (level - 1) * float(a @ teacher)
        return float(square + (teacher.sum() - a.sum()) ** 2) / (4 * pi)

    v, width = np.array([cos(phi), sin(phi)]), 1e-6
    turns = [np.eye(2)[i] * width for i in range(2)]
    filters = [(loss(v + t, a) - loss(v - t, a)) / (2 * width) for t in turns]
    outputs = [(loss(v, a + t) - loss(v, a - t)) / (2 * width) for t in turns]
    p, q = (2 * pi * slope for slope in outputs)
    part = {p.name: p for p in both_layers._with((Fraction(1), Fraction(-4, 5)), Fraction(1, 10)).parts}["gradient"]
    found = value(part.conclusion, part.let, phi=phi, p=p, q=q)
    assert found == pytest.approx(sum(x * x for x in (*filters, *outputs)), rel=1e-6)
    assert [value(f"{x}(phi, p, q)", part.let, phi=phi, p=p, q=q) for x in "ab"] == pytest.approx(a, rel=1e-6)


def test_the_bounded_gradient_of_overlapping_patches() -> None:
    (entry,) = overlapping.landscapes({"k": (Fraction(3),), "delta": (Fraction(1, 10),)})
    part = {part.name: part for part in entry.parts}["gradient"]
    along, across = slopes("loss(rho, psi)", part.let, "rho", "psi", 0.7, 1.4)
    found = value(part.conclusion, part.let, rho=0.7, psi=1.4)
    assert found == pytest.approx(along**2 + (across / 0.7) ** 2, rel=1e-6)
