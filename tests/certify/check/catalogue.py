"""Small valid certificates with numbers that can be followed by hand, one or more for every rule.

``python -m tests.certify.check.catalogue`` writes them to examples/certificates and tests/certificates.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.certify.check.build import (
    SIGN_TREE,
    certificate,
    cone_cover,
    free_bias_split,
    network,
    singular_value,
    training_problem,
)

Json = Any
PLANE = cone_cover([1, 0], [0, 1])
LINE = cone_cover([1])
ZERO_PLANE: Json = [["L", 0, [0, 0], 0, []]]  # z = 0 where no positive sample is left
ZERO_LINE: Json = [["L", 0, [0], 0, []]]


def _two_ramps(first_orthant: Json) -> Json:
    """phi(u) = relu(2 u1 - u2) + relu(2 u2 - u1), whose maximum on the circle is sqrt 5, below T = 16/7."""
    problem = training_problem([[2, -1], [-1, 2]], [4, 4], decay="16/7")
    others = [[["L", 4, [-7, 14], 0, []]], [["L", 4, [14, -7], 0, []]], [["L", 4, [-7, -7], 0, []]]]
    return certificate(
        problem,
        nu=[1, 1],
        proofs=(PLANE, PLANE),
        trees=[first_orthant, *others, *[ZERO_PLANE] * 4],
        threshold="16/7",
        lower_bound=7,
        net=network(problem, [[1, Fraction(-1, 2)], [Fraction(-1, 2), 1]], [Fraction(5, 4)] * 2),
    )


def cone_cover_with_split() -> Json:
    return _two_ramps([["S", 0, 1, 1, 1], ["L", 4, [0, 14], 0, []], ["L", 4, [14, 0], 0, []]])


def cap_with_secants() -> Json:
    return _two_ramps([["K", 4, [14, 14], 0, [], [0, 1]], ["L", 4, [6, 6], 0, []]])


def sign_tree_with_branch() -> Json:
    problem = training_problem([[2], [-2]], [4, 4], loss="half-mean", decay="8/7", hidden_bias="penalised")
    leaf: Json = ["L", 0, [0, 0], 0, []]
    return certificate(
        problem,
        nu=[1, 1],
        proofs=(SIGN_TREE, SIGN_TREE),
        trees=[[["B", 0], leaf, ["B", 1], leaf, leaf], [leaf]],
        threshold="16/7",
        lower_bound="7/2",
        net=network(problem, [[1], [-1]], [Fraction(5, 4)] * 2, [Fraction(1, 2)] * 2),
    )


def free_bias_split_exact() -> Json:
    """The network attains the bound: f(x) = 1 + |x - 1| / 2."""
    problem = training_problem(
        [[0], [1], [2]], [2, 0, 2], penalty="product", decay="1/2", hidden_bias="free", output_bias="free"
    )
    one: Json = [["L", 0, [1], 0, []]]
    minus_one: Json = [["L", 0, [-1], 0, []]]
    return certificate(
        problem,
        nu=[1, -2, 1],
        proofs=(free_bias_split((1, LINE)), free_bias_split((0, SIGN_TREE), (2, LINE))),
        trees=[one, minus_one, [["L", 0, [0], 1, [2, 1]]], ZERO_LINE, ZERO_LINE],
        scale="1/2",
        lower_bound="5/4",
        net=network(problem, [[1], [-1]], [Fraction(1, 2)] * 2, [-1, 1], 1),
    )


def singular_value_with_better_network() -> Json:
    """The zero network is stationary, and a quarter of its objective above the optimum."""
    problem = training_problem([[3], [4]], [6, 8], decay=25)
    return certificate(
        problem,
        nu=[3, 4],
        proofs=(singular_value(25), singular_value(25)),
        threshold=25,
        lower_bound="75/2",
        refuted_gap="1/5",
        better=network(problem, [[1]], [1]),
    )


# ------------------------------------------------------------------------------- further ones, for the tests only


def cone_cover_free_bias() -> Json:
    """The same statement as in free_bias_split_exact, by cones in the plane of (w, b): z has no b coordinate."""
    problem = training_problem([[0], [1], [2]], [2, 0, 2], decay="1/2", hidden_bias="free", output_bias="free")
    right: Json = ["L", 0, [1, 0], 0, []]
    left: Json = ["L", 0, [-1, 0], 0, []]
    zero: Json = ["L", 0, [0, 0], 0, []]
    split: Json = ["S", 0, 1, 1, 1]
    return certificate(
        problem,
        nu=[1, -2, 1],
        proofs=(PLANE, PLANE),
        trees=[
            [right],
            [split, left, left],
            [split, ["L", 0, [1, 0], 0, [1, 0]], right],
            [left],
            [zero],
            [split, ["L", 0, [0, 0], 0, [2, 1]], zero],
            [split, zero, zero],
            [zero],
        ],
        scale="1/2",
        lower_bound="5/4",
        net=network(problem, [[1], [-1]], [Fraction(1, 2)] * 2, [-1, 1], 1),
    )


def row_space() -> Json:
    """Rows on one line of the plane: a basis of one vector, two trees."""
    problem = training_problem([[3, 4], [-3, -4]], [2, 0], decay=5)
    return certificate(
        problem,
        nu=[1, 0],
        proofs=(cone_cover([3, 4]), cone_cover([3, 4])),
        trees=[[["L", 3, [5, 6], 0, []]], ZERO_PLANE, ZERO_PLANE, ZERO_PLANE],
        threshold="16/3",
        scale="15/16",
        lower_bound="45/32",
        net=network(problem, [[Fraction(1, 4), Fraction(1, 4)]], [Fraction(1, 4)]),
    )


def exceptions_and_caps() -> Json:
    """A coefficient c_i = nu_i / 4 beside two secants, and a sample that a cap decides."""
    problem = training_problem([[2, -1], [-1, 2], [1, -1]], [4, 4, -1], decay="16/7")
    return certificate(
        problem,
        nu=[1, 1, -1],
        proofs=(PLANE, PLANE),
        trees=[
            [["K", 4, [14, 14], 0, [], [1, 0]], ["L", 4, [4, 7], 2, [2, 1]]],
            [["L", 4, [-7, 14], 0, []]],
            [["L", 0, [1, 0], 0, []]],
            [["L", 0, [-1, 0], 0, [2, 1]]],
            [["K", 2, [5, 0], 0, [0, 0], []], ["L", 0, [1, 0], 0, [0, 0]]],
            ZERO_PLANE,
            ZERO_PLANE,
            [["L", 0, [0, -1], 0, [0, 0]]],
        ],
        threshold="16/7",
        lower_bound="15/2",
    )


def sign_caps() -> Json:
    """A cap at the root of a sign tree, then a branch; separate decays and a penalised output bias."""
    problem = training_problem(
        [[2, -1], [-1, 2]], [4, 4], loss="mean", decay=4, output_decay="64/49", output_bias="penalised"
    )
    half: Json = ["K", 0, [0, 0], 1, [0, 1, 1, 1]]
    leaf: Json = ["L", 0, [0, 0], 0, []]
    return certificate(
        problem,
        nu=[1, 1],
        proofs=(SIGN_TREE, SIGN_TREE),
        trees=[[half, ["B", 0], leaf, ["K", 0, [0, 0], 0, []], ["B", 1], leaf, leaf], [leaf]],
        threshold="16/7",
        lower_bound=5,
        net=network(problem, [[1, Fraction(-1, 2)], [Fraction(-1, 2), 1]], [Fraction(5, 4)] * 2, output_bias=1),
    )


def nothing() -> Json:
    """nu = 0 proves the bound 0 with a basis of no vectors; every loss, here with a network of no units."""
    problem = training_problem([[1, 2]], [1], decay=0, output_decay=3)
    point: Json = cone_cover()
    return certificate(problem, nu=[0], proofs=(point, point), trees=[ZERO_PLANE, ZERO_PLANE], threshold=0)


EXAMPLES: tuple[Callable[[], Json], ...] = (
    cone_cover_with_split,
    cap_with_secants,
    sign_tree_with_branch,
    free_bias_split_exact,
    singular_value_with_better_network,
)
FURTHER: tuple[Callable[[], Json], ...] = (cone_cover_free_bias, row_space, exceptions_and_caps, sign_caps, nothing)
CATALOGUE = {make.__name__: make() for make in (*EXAMPLES, *FURTHER)}
ROOT = Path(__file__).parents[3]


def pretty(certificate: Json) -> str:
    """One field, network row or record a line; the same JSON value."""
    compact = lambda value: json.dumps(value, separators=(", ", ": "))  # noqa: E731

    def fields(value: Json, indent: str) -> str:
        lines = []
        for key, entry in value.items():
            nested = isinstance(entry, dict) and key in (
                "claim",
                "problem",
                "network",
                "evidence",
                "dual",
                "better_network",
            )
            body = fields(entry, indent + "  ") if nested else compact(entry)
            if key == "trees" and entry:
                inner = [",\n".join(f"      {compact(record)}" for record in tree) for tree in entry]
                body = "[\n" + ",\n".join(f"    [\n{tree}\n    ]" for tree in inner) + "\n  ]"
            lines.append(f"{indent}  {compact(key)}: {body}")
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"

    return fields(certificate, "") + "\n"


def write() -> None:
    for folder, makers in (("examples/certificates", EXAMPLES), ("tests/certificates/valid", FURTHER)):
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        for make in makers:
            (ROOT / folder / f"{make.__name__}.json").write_text(pretty(make()), encoding="ascii")


if __name__ == "__main__":
    write()
