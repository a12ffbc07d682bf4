"""Which problem a text is an instance of, by its name, its fields or its first line."""

from __future__ import annotations

from typing import Any

from relucert.reductions.problem import Problem
from relucert.reductions.problems.clique import Clique
from relucert.reductions.problems.cnf import CNF
from relucert.reductions.problems.copositivity import Copositivity
from relucert.reductions.problems.graph_coloring import GraphColoring
from relucert.reductions.problems.half_spaces import HalfSpaceIntersection
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.nae_sat import NaeSat
from relucert.reductions.problems.relu_reachability import ReluReachability
from relucert.reductions.problems.set_cover import SetCover
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.problems.single_relu import SingleReluTraining
from relucert.reductions.text import Json, ProblemError, load_json, quoted
from relucert.reductions.text import kind as described

PROBLEMS: tuple[type[Problem[Any]], ...] = (
    CNF,
    NaeSat,
    SetSplitting,
    GraphColoring,
    Clique,
    SetCover,
    KNonOverlap,
    HalfSpaceIntersection,
    Copositivity,
    SingleReluTraining,
    ReluReachability,
)
_EXTENSIONS: dict[str, type[Problem[Any]]] = {"cnf": CNF, "dimacs": CNF, "col": GraphColoring, "csv": Copositivity}
_FIELDS: tuple[tuple[str, type[Problem[Any]]], ...] = (  # the first field that an object has says what it is
    ("clauses", CNF),
    ("most", SetCover),
    ("least", Clique),
    ("sets", SetSplitting),
    ("edges", GraphColoring),
    ("samples", KNonOverlap),
    ("patches", KNonOverlap),
    ("inside", HalfSpaceIntersection),
    ("matrix", Copositivity),
    ("points", SingleReluTraining),
    ("neurons", ReluReachability),
)


def problem_named(name: str, where: str) -> type[Problem[Any]]:
    """The problem of this name; ProblemError with all names otherwise."""
    found = next((problem for problem in PROBLEMS if problem.name == name), None)
    if found is None:
        known = ", ".join(problem.name for problem in PROBLEMS)
        raise ProblemError(f"no problem {quoted(name)}", where, f"the problems are {known}")
    return found


def read_text(text: str, where: str, kind: str | None = None, k: int | None = None) -> Problem[Any]:
    """The instance in a text; the name `where` may end in .cnf, .col or .csv, and `kind` overrides all guesses."""
    if text.lstrip()[:1] in ("{", "[") or where.lower().endswith(".json"):
        value = load_json(text, where)
        return (_problem_of(value, where) if kind is None else problem_named(kind, "kind")).from_json(value, where, k)
    problem = _EXTENSIONS.get(where.rpartition(".")[2].lower()) or _by_header(text)
    if kind is not None:
        problem = problem_named(kind, "kind")
    elif problem is None:
        raise ProblemError(
            "what is it an instance of?",
            where,
            "name the kind of problem, or end the name in .cnf, .col, .csv or .json",
        )
    return problem.parse_lines(text, where, k)


def _problem_of(value: Json, where: str) -> type[Problem[Any]]:
    if isinstance(value, list):
        return Copositivity
    if not isinstance(value, dict):
        raise ProblemError(f"{described(value)} is no instance", where, "give an object with the fields of a problem")
    if isinstance(value.get("problem"), str):
        return problem_named(value["problem"], f"{where}, problem")
    found = next((problem for field, problem in _FIELDS if field in value), None)
    if found is None:
        raise ProblemError("what is it an instance of?", where, "name the kind, or give the field 'problem'")
    return found


def _by_header(text: str) -> type[Problem[Any]] | None:
    """The problem of a DIMACS header, or of lines of whole numbers."""
    for line in text.splitlines():
        words = line.split()
        if words[:2] == ["p", "cnf"]:
            return CNF
        if words[:1] == ["p"] and words[1:2] in (["edge"], ["edges"], ["col"]):
            return GraphColoring
        if words and words[0] not in ("c", "#") and not words[0].startswith("#"):
            return SetSplitting if all(word.isdigit() for word in words) else None
    return None
