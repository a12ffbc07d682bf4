"""Set splitting and graph colouring: files, degenerate instances, witnesses."""

from __future__ import annotations

import pytest

from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.graph import make_graph
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.set_splitting import SetSplitting
from tests.reductions import brute


def test_sets_by_lines_and_as_json() -> None:
    expected = SetSplitting(4, ((1, 2, 3), (3, 4)), 2)
    assert SetSplitting.parse("# two sets\n1 2 3 2\n\n3 4 # the second\n", "h.txt") == expected
    assert SetSplitting.parse('{"elements": 4, "sets": [[1, 2, 3, 2], [3, 4]]}', "h.json") == expected
    assert SetSplitting.parse("1 2 3\n3 4", "h.txt", 3).k == 3


@pytest.mark.parametrize(
    ("text", "k", "message"),
    [
        ("1 2\n0 3\n", None, "'0' is not an element (h:2): write each set on a line"),
        ("1 2\n1 b\n", None, "'b' is not an element (h:2)"),
        ("1 99999999\n", None, "'99999999' is not an element (h:1)"),
        ('{"elements": 2, "sets": [[1, 3]]}', None, "3 is not a whole number from 1 to 2 (h, set 1)"),
        ('{"elements": 2, "sets": [], "k": 0}', None, "0 is not a whole number from 1 to"),
        ('{"elements": 2, "sets": [], "k": 2}', 3, "the file asks for 2 colours, not for 3 (h)"),
        ("1 2", 0, "0 is not a whole number from 1 to"),
        ('{"elements": 1000000000000, "sets": []}', None, "1000000000000 is not a whole number from 0 to"),
    ],
)
def test_malformed_families(text: str, k: int | None, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        SetSplitting.parse(text, "h", k)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("instance", "answer"),
    [
        (SetSplitting(0, (), 1), True),
        (SetSplitting(2, (), 1), True),
        (SetSplitting(2, ((1, 2),), 1), False),
        (SetSplitting(0, ((),), 3), False),
        (SetSplitting(3, ((2,),), 3), False),
        (SetSplitting(3, ((1, 2), (1, 3), (2, 3)), 2), False),
        (SetSplitting(3, ((1, 2), (1, 3), (2, 3)), 3), True),
    ],
)
def test_degenerate_families_are_decided_right(instance: SetSplitting, answer: bool) -> None:
    assert brute.answer(instance) is answer


def test_col_files() -> None:
    text = "c comment\np edge 4 3\nn 1 5\ne 1 2\ne 3 2\ne 4 1\n"
    assert GraphColoring.parse(text, "g.col", 3) == GraphColoring(make_graph(4, [(1, 2), (2, 3), (1, 4)]), 3)
    twice = "p col 2 2\ne 1 2\ne 2 1\n"
    assert GraphColoring.parse(twice, "g.col").graph == make_graph(2, [(1, 2)])
    assert GraphColoring.parse(twice.replace("col 2 2", "col 2 1"), "g.col").graph == make_graph(2, [(1, 2)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("e 1 2\n", "an edge before the line 'p edge' (g.col:1): begin with"),
        ("p edge 2 1\ne 1 3\n", "edge '1 3' of a graph with 2 vertices (g.col:2): correct"),
        ("p edge 2 1\ne 1\n", "'e 1' is no line of a graph (g.col:2): write"),
        ("p edge 2 1\nhello\n", "'hello' is no line of a graph (g.col:2): write"),
        ("p edge 2 3\ne 1 2\n", "1 edges where 'p edge' promises 3 (g.col): write 'p edge 2 1'"),
        ("p edge 2 1\np edge 2 1\n", "a second line 'p edge' (g.col:2)"),
        ("c nothing\n", "no line 'p edge' (g.col)"),
        ("p edge 99999999 0\n", "99999999 vertices (g.col:1)"),
    ],
)
def test_malformed_graphs(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        GraphColoring.parse(text, "g.col")
    assert message in str(error.value)


def test_a_loop_cannot_be_colored() -> None:
    assert not brute.answer(GraphColoring(make_graph(2, [(1, 1)]), 3))


def test_witnesses_of_the_wrong_shape() -> None:
    instance = SetSplitting(2, ((1, 2),), 2)
    assert instance.is_witness((0, 1)) and not instance.is_witness((1, 1))
    for wrong in ((0,), (0, 2), (0, -1)):
        with pytest.raises(ProblemError, match="not a colouring of 2 elements with 2 colours"):
            instance.is_witness(wrong)
    with pytest.raises(ProblemError, match="2 is not a whole number from 0 to 1"):
        instance.witness_from_json([0, 2], "w")
