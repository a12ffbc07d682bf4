"""The graph of reductions: no problem without a way to it, shortest chains, pictures."""

from __future__ import annotations

import re
from random import Random
from xml.etree import ElementTree

import pytest

from relucert.reductions.families import named
from relucert.reductions.graph import (
    BOUNDARIES,
    PROBLEMS,
    REDUCTIONS,
    as_dot,
    as_svg,
    chain,
    path,
    reduction_named,
)
from relucert.reductions.maps.native import Native
from relucert.reductions.maps.padding import Padding
from relucert.reductions.problem import ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.reduction import Chain
from tests.reductions.laws import require_laws


def test_names_are_different() -> None:
    assert len({problem.name for problem in PROBLEMS}) == len(PROBLEMS)
    assert len({link.name for link in REDUCTIONS}) == len(REDUCTIONS)


def test_every_problem_can_be_reached_from_satisfiability() -> None:
    for problem in PROBLEMS:
        links = path(CNF, problem)
        here: object = CNF
        for link in links:
            assert link.source is here
            here = link.target
        assert here is problem


@pytest.mark.parametrize(
    ("text", "target", "k", "via", "names"),
    [
        ("php:3,2", "k-non-overlap", None, (), ["direct"]),
        ("php:3,2", "k-non-overlap", 4, (), ["direct"]),
        ("php:3,2", "half-space-intersection", None, (),
         ["cnf-to-nae", "nae-to-set-splitting", "set-splitting-to-half-spaces"]),
        ("php:3,2", "k-non-overlap", 3, ("cnf-to-nae",), ["cnf-to-nae", "nae-to-set-splitting", "native", "padding"]),
        ("php:3,2", "k-non-overlap", 3, ("nae-to-width-3", "apexes"),
         ["cnf-to-nae", "nae-to-width-3", "nae-to-set-splitting", "apexes", "native"]),
        ("fano", "k-non-overlap", None, (), ["native"]),
        ("fano", "k-non-overlap", 3, (), ["native", "padding"]),
        ("queens:5,4", "k-non-overlap", 4, (), ["coloring-to-set-splitting", "native"]),
        ("php:3,2", "copositivity", None, (), ["cnf-to-clique", "clique-to-copositivity"]),
        ("php:3,2", "cnf", None, (), []),
    ],
)  # fmt: skip
def test_chains(text: str, target: str, k: int | None, via: tuple[str, ...], names: list[str]) -> None:
    instance = named(text)
    links = chain(instance, target, k, via)
    assert [link.name for link in links] == names
    for link in links:
        instance = link.apply(instance)
    assert instance.name == target
    assert k is None or instance.size()["k"] == k


@pytest.mark.parametrize(
    ("text", "target", "k", "via", "message"),
    [
        ("fano", "cnf", None, (), "no reduction from set-splitting to cnf: set-splitting goes to"),
        ("fano", "sat", None, (), "no problem 'sat'"),
        (
            "schur:3,5",
            "k-non-overlap",
            2,
            (),
            "k-non-overlap at the end has 3 colours or patches, not 2 (k): say k = 3",
        ),
        ("php:3,2", "k-non-overlap", 1, (), "the reduction needs two patches"),
        ("php:3,2", "k-non-overlap", None, ("cnf-to-nea",), "no reduction 'cnf-to-nea' (via)"),
        ("fano", "k-non-overlap", None, ("direct",), "no reduction from set-splitting to cnf"),
        ("fano", "k-non-overlap", None, ("apexes",), "apexes has the parameters k, not none (apexes): give k"),
    ],
)
def test_chains_that_are_not(text: str, target: str, k: int | None, via: tuple[str, ...], message: str) -> None:
    with pytest.raises(ProblemError) as error:
        chain(named(text), target, k, via)
    assert message in str(error.value)


def test_reductions_by_name() -> None:
    assert reduction_named("native", {}, "here") == Native()
    assert reduction_named("padding", {"k": 3}, "here") == Padding(3)
    for name, parameters in (("native", {"k": 3}), ("padding", {}), ("nativ", {})):
        with pytest.raises(ProblemError):
            reduction_named(name, parameters, "here")


@pytest.mark.parametrize(
    ("via", "variables", "clauses"),
    [
        *(
            (via, 1, clauses)
            for via in ("direct", "cnf-to-nae", "clique-to-copositivity")
            for clauses in ((), ((),), ((1,),), ((1, -1),))
        ),
        ("cnf-to-coloring", 0, ()),
        ("cnf-to-coloring", 0, ((),)),
        pytest.param("cnf-to-coloring", 1, ((1,),), marks=pytest.mark.slow),
    ],
)
def test_composed_chains_keep_the_laws(via: str, variables: int, clauses: tuple[tuple[int, ...], ...]) -> None:
    formula = CNF(variables, clauses)
    links = chain(formula, "copositivity" if via == "clique-to-copositivity" else "k-non-overlap", None, (via,))
    assert require_laws(Chain(links), formula, Random(1), exact_round_trip=False, fuzzed=2) is (clauses != ((),))


def test_the_picture_shows_everything() -> None:
    root = ElementTree.fromstring(as_svg())
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    names = {kind.name for kind in (*PROBLEMS, *REDUCTIONS)} | {boundary.title for boundary in BOUNDARIES}
    assert names <= texts
    dot = as_dot()
    assert all(
        f'"{kind.name}" -> "{target.name}"' in dot for kind, target in ((r.source, r.target) for r in REDUCTIONS)
    )


def test_boxes_of_the_picture_do_not_overlap() -> None:
    pattern = r'<rect x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"'
    boxes = [tuple(map(int, match)) for match in re.findall(pattern, as_svg())]
    assert len(boxes) == len(PROBLEMS) + len(REDUCTIONS) + len(BOUNDARIES)
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= 0 and y >= 0
        assert not any(x < x2 + w2 and x2 < x + w and y < y2 + h2 and y2 < y + h for x2, y2, w2, h2 in boxes[:i])


@pytest.mark.parametrize(
    ("text", "target", "k", "names"),
    [
        ("php:2,1", "set-splitting", 3, ["cnf-to-nae", "nae-to-set-splitting", "apexes"]),
        ("vdw:3,3,5", "set-splitting", 2, []),
        ("vdw:3,3,5", "half-space-intersection", 4, ["apexes", "set-splitting-to-half-spaces"]),
        ("php:2,1", "k-non-overlap", 3, ["direct"]),
        ("vdw:3,3,5", "k-non-overlap", 3, ["native", "padding"]),
    ],
)
def test_the_number_of_parts_is_what_was_asked_for(text: str, target: str, k: int, names: list[str]) -> None:
    instance = named(text)
    links = chain(instance, target, k)
    assert [link.name for link in links] == names
    end = Chain(links).apply(instance) if links else instance
    assert end.size()["k"] == k


@pytest.mark.parametrize(
    ("text", "target", "k"),
    [("php:2,1", "clique", 3), ("php:2,1", "graph-coloring", 4), ("vdw:3,3,3,5", "k-non-overlap", 2)],
)
def test_a_number_of_parts_that_the_end_cannot_have_is_refused(text: str, target: str, k: int) -> None:
    with pytest.raises(ProblemError, match="at the end has"):
        chain(named(text), target, k)
