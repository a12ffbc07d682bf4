"""Problems with rational data: exact reading, exact witnesses, shapes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.graph import make_graph
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.relu_reachability import ReluReachability
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.single_relu import SingleReluTraining

ONE, HALF = Fraction(1), Fraction(1, 2)


def test_decimals_are_exact() -> None:
    dense = KNonOverlap.parse('{"patches": [[[0.1, 1], [0, "1/3"]]], "labels": [1e-1]}', "n.json")
    sample = dense.instance.samples[0]
    assert sample.patches == (((0, Fraction(1, 10)), (1, ONE)), ((1, Fraction(1, 3)),))
    assert sample.label == Fraction(1, 10)
    assert Copositivity.parse("1, -0.1\n-1e-1 1/3\n", "m.csv").matrix[0][1] == Fraction(-1, 10)


def test_sparse_networks() -> None:
    text = '{"k": 2, "p": 3, "samples": [["1/2", [[0, 1]], [[1, "-1/3"], [2, 0]]]]}'
    network = KNonOverlap.parse(text, "n.json")
    assert network.instance.samples[0].patches == (((0, ONE),), ((1, Fraction(-1, 3)),))
    assert network.is_witness((ONE, ONE, ONE)) and not network.is_witness((ONE, -ONE, ONE))
    with pytest.raises(ProblemError, match="2 entries where 3 rationals are needed"):
        network.is_witness((ONE, ONE))


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (KNonOverlap, '{"patches": [[[1, 2], [3]]], "labels": [1]}', "1 numbers where the first patch has 2"),
        (KNonOverlap, '{"patches": [[[1]], [[1], [2]]], "labels": [1, 1]}', "2 patches where sample 0 has 1"),
        (KNonOverlap, '{"patches": [[[1]]], "labels": [1, 2]}', "1 samples and 2 labels (f)"),
        (KNonOverlap, '{"patches": [], "labels": []}', "no samples (f)"),
        (KNonOverlap, '{"patches": [[[true]]], "labels": [1]}', "true is not a number (f, patches[0][0][0])"),
        (KNonOverlap, '{"patches": [[["x"]]], "labels": [1]}', "'x' is not a number (f, patches[0][0][0])"),
        (KNonOverlap, '{"patches": [[["1/0"]]], "labels": [1]}', "'1/0' is not a number"),
        (KNonOverlap, '{"k": 0, "p": 1, "samples": []}', "0 is not a whole number from 1 on (f, k)"),
        (KNonOverlap, '{"k": 1, "p": 1, "samples": [[1, [[1, 1]]]]}', "coordinates must increase from 0 to 0"),
        (KNonOverlap, '{"k": 2, "p": 1, "samples": [[1, [[0, 1]]]]}', "has 1 patches instead of 2"),
        (Copositivity, "[[1, 2], [3, 4]]", "the matrix is not symmetric (matrix[1][0] and [0][1])"),
        (Copositivity, "[[1, 2]]", "1 rows of 2 numbers (f): give a square matrix"),
        (Copositivity, "1,2\n2\n", "1 numbers where the first row has 2 (f:2)"),
        (Copositivity, "1,x\n2,1\n", "'x' is not a number (f:1)"),
        (Copositivity, "1 2\n", "1 rows of 2 numbers (f)"),
        (Clique, "p edge 2 1\ne 1 2\n", "how large a clique? (f)"),
        (SetCover, "1 2\n", "how many sets are allowed? (f)"),
        (HalfSpaceIntersection, '{"dimension": 2, "inside": [[1]], "outside": []}', "1 entries where 2 are needed"),
        (ReluReachability, "hello", "not JSON (f): write the instance of relu-reachability as a JSON object"),
        (
            ReluReachability,
            '{"inputs": 1, "threshold": 0, "neurons": [{"output": 1, "bias": 0, "weights": [[1, 1]]}]}',
            "1 is not a whole number from 0 to 0 (f, neuron 0)",
        ),
        (SingleReluTraining, '{"dimension": 1, "points": [[1]], "labels": [], "bound": 1}', "1 points and 0 labels"),
    ],
)  # fmt: skip
def test_malformed_instances(kind: type[Problem[Any]], text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        kind.parse(text, "f")
    assert message in str(error.value)


def test_half_spaces() -> None:
    instance = HalfSpaceIntersection(1, 1, ((ONE,),), ((-ONE,), (Fraction(0),)))
    assert instance.is_witness((((ONE,), HALF),))
    assert instance.is_witness((((ONE,), Fraction(0)),))  # open: the point on the border is outside
    assert not instance.is_witness((((ONE,), ONE),))
    with pytest.raises(ProblemError, match="2 half-spaces"):
        instance.is_witness((((ONE,), HALF),) * 2)
    text = instance.witness_to_json((((ONE,), HALF),))
    assert instance.witness_from_json(text) == (((ONE,), HALF),)


def test_copositivity_asks_for_a_negative_value() -> None:
    instance = Copositivity(((ONE, -2 * ONE), (-2 * ONE, ONE)))
    assert instance.is_witness((ONE, ONE)) and not instance.is_witness((ONE, Fraction(0)))
    assert not Copositivity(((ONE, -ONE), (-ONE, ONE))).is_witness((ONE, ONE))
    assert not Copositivity(((-ONE,),)).is_witness((-ONE,))  # negative entries are no witness


def test_cliques_and_covers() -> None:
    clique = Clique(make_graph(3, [(1, 2), (2, 3), (1, 1)]), 2)
    assert clique.is_witness((2, 1)) and not clique.is_witness((1, 3)) and not clique.is_witness((1,))
    assert Clique(make_graph(0, []), 0).is_witness(())
    with pytest.raises(ProblemError, match="not a set of vertices"):
        clique.is_witness((1, 1))
    cover = SetCover(2, ((1,), (2,), ()), 2)
    assert cover.is_witness((1, 2)) and not cover.is_witness((1, 3)) and not cover.is_witness((1, 2, 3))
    assert SetCover(0, (), 0).is_witness(())
    with pytest.raises(ProblemError, match="not a family of sets"):
        cover.is_witness((4,))


def test_reachability_and_training() -> None:
    network = ReluReachability.parse(
        '{"inputs": 1, "threshold": 0, "neurons": [{"output": 1, "bias": "-1/2", "weights": [[0, 1]]}]}', "f"
    )
    assert network.is_witness((HALF,)) and not network.is_witness((HALF + Fraction(1, 10**30),))
    training = SingleReluTraining(1, ((ONE,), (-ONE,)), (ONE, ONE), ONE)
    assert training.loss((ONE,)) == 1 and training.is_witness((ONE,)) and not training.is_witness((2 * ONE,))
