"""Named instances: shapes by theorems, answers on both sides of thresholds, messages."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import comb
from typing import Any

import pytest

from relucert.reductions.families import FAMILIES, named
from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.problems.clauses import ClauseProblem
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.set_splitting import SetSplitting
from tests.reductions import brute


def colorable(instance: SetSplitting) -> bool:
    """By extending partial colourings: small enough for families on up to about 30 elements."""
    ends: dict[int, list[tuple[int, ...]]] = {}
    for members in instance.sets:
        ends.setdefault(max(members, default=0), []).append(members)

    def extend(colors: tuple[int, ...]) -> bool:
        if any(len({colors[i - 1] for i in members}) < 2 for members in ends.get(len(colors), ())):
            return False
        used = max(colors, default=-1) + 1  # colours are interchangeable
        choices = range(min(instance.k, used + 1))
        return len(colors) == instance.elements or any(extend((*colors, color)) for color in choices)

    return extend(())


def satisfiable(formula: ClauseProblem) -> bool:
    """By splitting with unit propagation."""

    def search(clauses: list[frozenset[int]]) -> bool:
        while (unit := next((clause for clause in clauses if len(clause) == 1), None)) is not None:
            (literal,) = unit
            clauses = [clause - {-literal} for clause in clauses if literal not in clause]
        if not clauses:
            return True
        literal = next(iter(min(clauses, key=len)), 0)
        return literal != 0 and any(search([*clauses, frozenset({sign * literal})]) for sign in (1, -1))

    return search([frozenset(clause) for clause in formula.clauses])


def answer(instance: Problem[Any]) -> bool:
    if isinstance(instance, SetSplitting):
        return colorable(instance)
    return satisfiable(instance) if isinstance(instance, CNF) else brute.find(instance) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fano", False),
        ("pg:2", False),
        ("pg:3", True),
        ("pg:4", True),
        ("sts:7", False),
        ("sts:9", False),
        ("sts:13", False),
        ("sts:3", True),
        ("vdw:3,3,8", True),
        ("vdw:3,3,9", False),
        ("vdw:3,4,17", True),
        ("vdw:3,4,18", False),
        ("vdw:3,3,3,20", True),
        ("vdw:2,3,3,13", True),
        ("vdw:2,3,3,14", False),
        ("schur:2,4", True),
        ("schur:2,5", False),
        ("schur:3,13", True),
        ("ramsey:3,3,5", True),
        ("ramsey:3,3,6", False),
        ("ramsey:3,4,8", True),
        ("ramsey:2,2,3,3", False),
        ("pythagorean:60", True),
        ("mycielski:4,3", False),
        ("mycielski:4,4", True),
        ("kneser:5,2,2", False),
        ("kneser:5,2,3", True),
        ("queens:4,4", False),
        ("queens:5,5", True),
        ("php:3,3", True),
        ("php:4,3", False),
        ("php:0,0", True),
        ("php:1,0", False),
        ("tseitin:3,3", False),
        ("random3sat:12,20,1", True),
        ("random3sat:8,80,1", False),
        ("random3:9,6,1", True),
        ("random3:8,50,1", False),
    ],
)
def test_known_answers(text: str, expected: bool) -> None:
    assert answer(named(text)) is expected


@pytest.mark.parametrize("text", ["sts:7", "sts:9", "sts:13", "sts:15", "sts:19", "sts:21", "sts:25", "sts:31"])
def test_triple_systems_hold_each_pair_once(text: str) -> None:
    instance = named(text)
    assert isinstance(instance, SetSplitting)
    pairs = Counter(pair for triple in instance.sets for pair in combinations(sorted(triple), 2))
    assert set(pairs.values()) == {1} and len(pairs) == comb(instance.elements, 2)


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9])
def test_two_points_are_on_one_line(q: int) -> None:
    instance = named(f"pg:{q}")
    assert isinstance(instance, SetSplitting)
    assert instance.elements == len(instance.sets) == q * q + q + 1
    pairs = Counter(pair for line in instance.sets for pair in combinations(sorted(line), 2))
    assert set(pairs.values()) == {1} and len(pairs) == comb(instance.elements, 2)


def test_graphs_of_known_shape() -> None:
    petersen, groetzsch, board = named("kneser:5,2,3"), named("mycielski:4,4"), named("queens:5,5")
    assert dict(petersen.size()) == {"vertices": 10, "edges": 15, "k": 3}
    assert dict(groetzsch.size()) == {"vertices": 11, "edges": 20, "k": 4}
    assert dict(board.size()) == {"vertices": 25, "edges": 160, "k": 5}
    assert isinstance(groetzsch, GraphColoring)
    edges = set(groetzsch.graph.edges)
    assert not any({(a, b), (a, c), (b, c)} <= edges for a, b, c in combinations(range(1, 12), 3))


def test_sizes_of_the_published_instances() -> None:
    assert dict(named("vdw:3,3,3,27").size()) == {"elements": 27, "sets": 169, "members": 507, "k": 3}
    assert dict(named("vdw:4,4,35").size()) == {"elements": 35, "sets": 187, "members": 748, "k": 2}
    assert dict(named("schur:3,14").size())["sets"] == 49
    assert dict(named("pythagorean:1000").size()) == {"elements": 795, "sets": 881, "members": 2643, "k": 2}
    assert dict(named("ramsey:4,4,17").size()) == {"elements": 136, "sets": 2380, "members": 14280, "k": 2}


def test_seeds_repeat_and_differ() -> None:
    for family in ("random3:20,30,{}", "random3sat:20,30,{}"):
        assert named(family.format(1)) == named(family.format(1)) != named(family.format(2))


def test_colors_where_the_arguments_leave_them_open() -> None:
    assert named("fano", 3).size()["k"] == 3 and named("fano").size()["k"] == 2
    assert named("schur:2,4", 3).size()["k"] == 2  # the argument stands


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fanno", "no family 'fanno' ('fanno'): the families are fano, pg, sts,"),
        ("schur:3", "1 arguments ('schur:3'): write schur:k,n"),
        ("schur:3,4,5", "3 arguments ('schur:3,4,5'): write schur:k,n"),
        ("vdw:27", "1 arguments ('vdw:27'): write vdw:length,...,n"),
        ("vdw:3,x", "'x' is not a whole number up to"),
        ("vdw:3,-1", "'-1' is not a whole number up to"),
        ("vdw:1,1,5", "progressions of length 1 (vdw)"),
        ("sts:8", "no Steiner triple system on 8 points (sts): give v >= 3 with v = 1 or 3 mod 6"),
        ("pg:6", "no field with 6 elements here (pg)"),
        ("schur:0,3", "0 colours (k)"),
        ("tseitin:2,2", "a grid of 2 x 2"),
        ("random3:3,2,1", "no 2 distinct triples of 3 elements"),
        ("random3sat:2,2,1", "three of 2 variables"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        named(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "vdw:3,3,900000",
        "vdw:2,900000",
        "schur:2,900000",
        "ramsey:4,4,900000",
        "php:900000,900000",
        "sts:900003",
        "kneser:20,10,2",
    ],
)
def test_what_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="ask for less, at most 20000000 are made"):
        named(text)


def test_pythagorean_triples_by_their_definition() -> None:
    squares = {c * c: c for c in range(1, 201)}
    triples = [(a, b, squares[a * a + b * b]) for a, b in combinations(range(1, 200), 2) if a * a + b * b in squares]
    used = sorted({number for triple in triples for number in triple})
    expected = {tuple(used.index(number) + 1 for number in triple) for triple in triples}
    instance = named("pythagorean:200")
    assert isinstance(instance, SetSplitting)
    assert set(instance.sets) == expected and len(instance.sets) == len(expected) == 127
    assert len(getattr(named("pythagorean:7825"), "sets")) == 9472  # noqa: B009


def test_every_family_tells_its_answers() -> None:
    assert len(FAMILIES) >= 14
    for family in FAMILIES:
        assert "YES" in family.about or "NO" in family.about
        assert family.syntax.startswith(family.name)
