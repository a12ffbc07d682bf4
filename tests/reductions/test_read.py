"""What a text is an instance of."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from relucert.reductions.families import named
from relucert.reductions.graph import REDUCTIONS, chain
from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.read import PROBLEMS, problem_named, read_text


def instances() -> list[Problem[Any]]:
    """One of every problem, not all of them small."""
    formula = named("php:3,2")
    found = {type(formula): formula}
    for problem in PROBLEMS:
        image = formula
        for link in chain(formula, problem.name):
            image = link.apply(image)
        found[problem] = image
    return [found[problem] for problem in PROBLEMS]


@pytest.mark.parametrize("instance", instances(), ids=lambda instance: instance.name)
def test_json_says_what_it_is(instance: Problem[Any]) -> None:
    value = instance.to_json()
    assert value["problem"] == instance.name
    assert read_text(json.dumps(value), "i.json") == instance
    assert read_text(json.dumps(value), "i.json", kind=instance.name) == instance
    if instance.name != "nae-sat":  # it has the fields of a formula
        del value["problem"]
        assert read_text(json.dumps(value), "i.json") == instance


def test_every_problem_is_reached_from_satisfiability() -> None:
    assert {link.source for link in REDUCTIONS} | {link.target for link in REDUCTIONS} == set(PROBLEMS)
    assert [type(instance) for instance in instances()] == list(PROBLEMS)


@pytest.mark.parametrize(
    ("text", "where", "kind", "name"),
    [
        ("c x\np cnf 1 1\n1 0\n", "stdin", None, "cnf"),
        ("p edge 2 1\ne 1 2\n", "stdin", None, "graph-coloring"),
        ("# sets\n1 2 3\n", "stdin", None, "set-splitting"),
        ("1,0\n0,1\n", "m.csv", None, "copositivity"),
        ("p cnf 1 1\n1 0\n", "f.cnf", "nae-sat", "nae-sat"),
        ("1 2\n", "c.txt", "set-cover", "set-cover"),
        ("p edge 2 1\ne 1 2\n", "g.col", "clique", "clique"),
        ("[[1]]", "m", None, "copositivity"),
    ],
)
def test_formats(text: str, where: str, kind: str | None, name: str) -> None:
    assert read_text(text, where, kind, 2 if kind in ("clique", "set-cover") else None).name == name


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("hello world", None, "what is it an instance of? (f): name the kind"),
        ('{"a": 1}', None, "what is it an instance of? (f): name the kind"),
        ('{"problem": "sat"}', None, "no problem 'sat' (f, problem): the problems are cnf,"),
        ("1 2", "sat", "no problem 'sat' (kind)"),
        ("{", None, "not JSON"),
    ],
)
def test_unknown_texts(text: str, kind: str | None, message: str) -> None:
    with pytest.raises(ProblemError) as error:
        read_text(text, "f", kind)
    assert message in str(error.value)


def test_garbage_never_raises_anything_else() -> None:
    random = Random(1)
    words = [
        "p",
        "cnf",
        "edge",
        "e",
        "{",
        "}",
        "[",
        "]",
        '"sets"',
        ":",
        ",",
        "1",
        "-2",
        "0",
        "\n",
        "c",
        "%",
        "1e9",
        "null",
    ]
    for _ in range(3000):
        text = " ".join(random.choices(words, k=random.randint(1, 25)))
        for kind in (None, random.choice(PROBLEMS).name):
            try:
                assert read_text(text, "f", kind).size()
            except ProblemError as error:
                assert "\n" not in str(error)


def test_problem_named() -> None:
    assert problem_named("cnf", "here") is CNF


@pytest.mark.parametrize("text", ["3", "null", '"abc"', "1 2 3"])
def test_json_files_hold_objects(text: str) -> None:
    with pytest.raises(ProblemError, match=r"\(f\.json"):
        read_text(text, "f.json")


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert read_text('{"k": 2.0, "p": 1, "samples": []}', "f.json") == read_text('{"k": 2, "p": 1, "samples": []}', "")
