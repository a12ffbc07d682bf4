"""Named descents: the maps against the formulas of the derivations and the networks; starts; mistakes in one line."""

from __future__ import annotations

from fractions import Fraction
from math import acos, atan2, pi, sqrt
from typing import Any

import numpy as np
import pytest

from relucert.certify.language.descent import DescentProblem, descent_problem
from relucert.certify.language.descents import DESCENTS, Coordinate, NamedDescent
from relucert.certify.language.errors import LanguageError
from relucert.certify.search.descent_images import at_points, constants
from relucert.certify.search.formula_values import Expressions
from tools.descent_vocabulary import vocabulary

STEP = Fraction(1, 10)
POINT = {
    "non-overlapping": ["r = 1", "theta = 1"],
    "both-layers": ["phi = 1", "s = 1", "t = 1", "V = 1"],
    "both-layers-on-sphere": ["phi = 1", "s = 1", "t = 1"],
    "both-layers-spurious": ["delta = 1", "s = 1", "t = 1"],
    "symmetric": ["x = 1/2", "y = 1/4"],
}


def problem(name: str, starts: list[str] | None = None, settings: dict[str, str] | None = None) -> DescentProblem:
    return descent_problem(name, POINT[name] if starts is None else starts, step=STEP, settings=settings or {})


def after(asked: DescentProblem, *point: float) -> Any:
    return at_points(Expressions(asked.claim.formula.nodes, asked.claim.map), np.array([point]))[0]


def test_the_file_is_what_the_formulas_print() -> None:
    printed: dict[str, Any] = {}
    exec(compile(vocabulary(), "descents", "exec"), printed)
    assert [(name, tuple(entry)) for name, entry in printed["DESCENTS"].items()] == [
        (name, tuple(entry)) for name, entry in DESCENTS.items()
    ]
    assert Coordinate._fields == printed["Coordinate"]._fields
    assert NamedDescent._fields == printed["NamedDescent"]._fields


def test_one_filter_as_a_vector() -> None:
    """w - step*gradient with the gradient of Brutzkus and Globerson in the plane, k = 3."""
    k, r, theta = 3, 0.7, 2.1
    w = r * np.array([np.cos(theta), np.sin(theta)])
    beta = (k * k - k) / (2 * pi)
    slope = (k + 2 * beta - k * np.sin(theta) / (pi * r) - 2 * beta / r) * w - k / pi * (pi - theta) * np.array(
        [1.0, 0.0]
    )
    moved = w - float(STEP) * slope / k**2
    got = after(problem("non-overlapping", settings={"k": "3"}), r, theta)
    assert got == pytest.approx([np.hypot(*moved), atan2(moved[1], moved[0])], rel=1e-12)


@pytest.mark.parametrize("name", ["both-layers", "both-layers-on-sphere", "both-layers-spurious"])
def test_both_layers_as_vectors(name: str) -> None:
    """The gradients of Du et al., in vectors."""
    teacher, outputs = np.array([2.0, 0.0, 0.0]), np.array([1.0, -0.5, 0.25])
    v, a = np.array([0.3, 1.1, -0.4]), np.array([0.2, 0.7, -0.1])
    if name != "both-layers":
        v = v / np.linalg.norm(v)
    eta, length = float(STEP), np.linalg.norm(teacher)
    phi = acos(v @ teacher / (np.linalg.norm(v) * length))
    g = np.sin(phi) + (pi - phi) * np.cos(phi)
    unit = v / np.linalg.norm(v)
    slope_v = -(a @ outputs) * (pi - phi) / (2 * pi * np.linalg.norm(v)) * (teacher - unit * (unit @ teacher))
    ones = np.ones((3, 3))
    slope_a = ((ones + (pi - 1) * np.eye(3)) @ a - length * (ones + (g - 1) * np.eye(3)) @ outputs) / (2 * pi)
    next_v, next_a = v - eta * slope_v, a - eta * slope_a

    def numbers(v: Any, a: Any) -> list[float]:
        angle = acos(v @ teacher / (np.linalg.norm(v) * length))
        angle = pi - angle if name == "both-layers-spurious" else angle
        return [angle, length * (a @ outputs), a.sum(), v @ v][: 4 if name == "both-layers" else 3]

    settings = {"k": "3", "S": "3/2", "N": "21/4"}
    got = after(problem(name, settings=settings), *numbers(v, a))
    assert got == pytest.approx(numbers(next_v, next_a), rel=1e-12)


@pytest.mark.parametrize("K", [2, 3, 7])
def test_symmetric_neurons_as_vectors(K: int) -> None:
    x, y, eta = 0.8, 0.15, float(STEP)
    w = np.full((K, K), y) + (x - y) * np.eye(K)

    def pull(e: Any, v: Any) -> Any:
        angle = acos(max(-1.0, min(1.0, e @ v / (np.linalg.norm(e) * np.linalg.norm(v)))))
        return ((pi - angle) * v + np.linalg.norm(v) * np.sin(angle) * e / np.linalg.norm(e)) / (2 * pi)

    slope = sum(pull(w[0], other) for other in w) - sum(pull(w[0], unit) for unit in np.eye(K))
    moved = w[0] - eta * slope
    assert after(problem("symmetric", settings={"K": str(K)}), x, y) == pytest.approx(moved[:2], rel=1e-10)


def test_rational_networks_are_starts() -> None:
    asked = problem("both-layers", ["v = (3, 4)", "w* = (2, 0)", "a = (1, 0.5)", "a* = (1, -4/5)"])
    nodes = asked.claim.formula.nodes
    ends = constants(nodes, [end for side in asked.claim.start for end in side])
    assert ends == pytest.approx(np.repeat([acos(0.6), 2 * 0.6, 1.5, 25.0], 2))
    assert (asked.settings["k"], asked.settings["N"]) == ("2", "164/25")
    single = problem("non-overlapping", ["w = (1, -2)", "w* = (0, 2)"])
    ends = constants(single.claim.formula.nodes, [side[0] for side in single.claim.start])
    assert ends == pytest.approx([sqrt(5) / 2, acos(-2 / sqrt(5))])


@pytest.mark.parametrize(("w", "angle"), [("(1, 2)", 0.0), ("(-2, -4)", pi)])
def test_parallel_vectors_have_an_exact_angle(w: str, angle: float) -> None:
    asked = problem("non-overlapping", [f"w = {w}", "w* = (3, 6)"])
    node = asked.claim.formula.nodes[asked.claim.start[1][0]]
    assert node == (("pi",) if angle else ("rational", Fraction(0)))


@pytest.mark.parametrize(
    ("name", "starts", "settings", "what"),
    [
        ("non-overlaping", [], {}, "did you mean non-overlapping"),
        ("non-overlapping", ["r in [1/2, 1]"], {}, "no start for theta"),
        ("non-overlapping", ["r in [1/2, 1]", "phi in [0, 1]"], {}, "no coordinate 'phi'"),
        ("non-overlapping", ["r in [1/2, 1]", "r = 1"], {}, "r occurs twice"),
        ("non-overlapping", ["r > 1", "theta = 1"], {}, "not between two numbers"),
        ("non-overlapping", ["r in (1, 2]", "theta = 1"], {}, "without an end"),
        ("non-overlapping", ["r in [1, 2", "theta = 1"], {}, "start 1, column"),
        ("non-overlapping", ["r = theta", "theta = 1"], {}, "no constant"),
        ("non-overlapping", ["r = 1", "theta = 1"], {"k": "5/2"}, "k must be a whole number"),
        ("non-overlapping", ["r = 1", "theta = 1"], {"k": "0"}, "k must be a whole number"),
        ("non-overlapping", ["r = 1", "theta = 1"], {"j": "2"}, "no setting 'j'"),
        ("non-overlapping", ["w = (1, 2)"], {}, "no vector w*"),
        ("non-overlapping", ["w = (1, 2)", "w* = (1, 2, 3)"], {}, "different lengths"),
        ("non-overlapping", ["w = (0, 0)", "w* = (1, 2)"], {}, "w is zero"),
        ("non-overlapping", ["w = 1, 2", "w* = (1, 2)"], {}, "round brackets"),
        ("non-overlapping", ["w = (1, x)", "w* = (1, 2)"], {}, "no rational number"),
        ("non-overlapping", ["w = (1, 1/0)", "w* = (1, 2)"], {}, "no rational number"),
        ("non-overlapping", ["w = (1, 0)", "w* = (1, 2)", "r = 1"], {}, "given by the vectors"),
        ("both-layers", ["v = (1, 0)", "w* = (1, 2)", "a = (1, 0)", "a* = (1, 0)"], {"k": "2"}, "given by the vectors"),
        ("symmetric", ["W = (1, 0)"], {}, "no coordinate 'W'"),
    ],
)
def test_mistakes(name: str, starts: list[str], settings: dict[str, str], what: str) -> None:
    with pytest.raises(LanguageError, match=what.replace("(", r"\(").replace("*", r"\*")) as caught:
        descent_problem(name, starts, step=STEP, settings=settings)
    assert "\n" not in str(caught.value)
