"""The reductions as a graph: which there are, and the shortest chain from one problem to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from relucert.reductions import drawing
from relucert.reductions.maps.apexes import Apexes
from relucert.reductions.maps.clique import CliqueToCopositivity, CnfToClique
from relucert.reductions.maps.cnf_to_coloring import CnfToColoring
from relucert.reductions.maps.cnf_to_reachability import CnfToReachability
from relucert.reductions.maps.coloring_to_set_splitting import ColoringToSetSplitting
from relucert.reductions.maps.direct import Direct
from relucert.reductions.maps.half_spaces import SetSplittingToHalfSpaces
from relucert.reductions.maps.nae import CnfToNae, NaeToWidth3
from relucert.reductions.maps.nae_to_set_splitting import NaeToSetSplitting
from relucert.reductions.maps.native import Native
from relucert.reductions.maps.padding import Padding
from relucert.reductions.maps.set_cover import CnfToSetCover, SetCoverToSingleRelu
from relucert.reductions.problem import Problem
from relucert.reductions.problems.k_non_overlap import KNonOverlap
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.read import PROBLEMS, problem_named
from relucert.reductions.reduction import Reduction
from relucert.reductions.text import ProblemError, quoted

__all__ = ["BOUNDARIES", "PROBLEMS", "REDUCTIONS", "Boundary", "as_dot", "as_svg", "chain", "path", "reduction_named"]

AnyReduction = Reduction[Any, Any, Any, Any]

REDUCTIONS: tuple[type[AnyReduction], ...] = (
    CnfToNae,
    NaeToWidth3,
    NaeToSetSplitting,
    CnfToColoring,
    ColoringToSetSplitting,
    Apexes,
    Native,
    Direct,
    Padding,
    SetSplittingToHalfSpaces,
    CnfToReachability,
    CnfToClique,
    CliqueToCopositivity,
    CnfToSetCover,
    SetCoverToSingleRelu,
)


@dataclass(frozen=True)
class Boundary:
    """A neighbour of a problem where the complexity changes, so that no reduction goes there.

    Attributes
    ----------
    title, remark : what it is, and what is known about it.
    near : the problem it belongs to.
    harder : whether it contains that problem; otherwise it is a special case.
    citation : the source.
    """

    title: str
    remark: str
    near: type[Problem[Any]]
    harder: bool
    citation: str


BOUNDARIES = (
    Boundary(
        "k-non-overlap with k = 1",
        "in P: one linear program, NO by one Farkas vector",
        KNonOverlap,
        False,
        "Farkas 1902",
    ),
    Boundary(
        "training with free output weights",
        "ER-complete: some instances have irrational solutions only, so no rational witness can be asked for",
        KNonOverlap,
        True,
        "Abrahamsen, Kleist and Miltzow 2021; Bertschinger et al. 2023",
    ),
)


def as_dot() -> str:
    """The graph for Graphviz."""
    return drawing.dot(PROBLEMS, REDUCTIONS, BOUNDARIES)


def as_svg() -> str:
    """The graph as a picture."""
    return drawing.svg(PROBLEMS, REDUCTIONS, BOUNDARIES)


def path(source: type[Problem[Any]], target: type[Problem[Any]]) -> list[type[AnyReduction]]:
    """The fewest reductions from one problem to another, none when they are the same; ProblemError if no way leads."""
    reached: dict[type[Problem[Any]], list[type[AnyReduction]]] = {source: []}
    queue = deque([source])
    while queue:
        problem = queue.popleft()
        for link in REDUCTIONS:
            if link.source is problem and link.target not in reached:
                reached[link.target] = [*reached[problem], link]
                queue.append(link.target)
    if target not in reached:
        known = ", ".join(problem.name for problem in reached if problem is not source) or "no other problem"
        raise ProblemError(f"no reduction from {source.name} to {target.name}", "", f"{source.name} goes to {known}")
    return reached[target]


def chain(
    instance: Problem[Any], target: str, k: int | None = None, via: Sequence[str] = ()
) -> tuple[AnyReduction, ...]:
    """The reductions from an instance to the problem of this name, the fewest that use those of `via` in their order.

    `k` is the number of colours, half spaces or patches at the end.  Reductions that have a choice take it; a network
    with fewer patches is padded, and fewer colours of a set splitting on the way to anything else become `k` by
    apexes.  Without `k` nothing is added.  ProblemError when the end has another number, or none.
    """
    goal = problem_named(target, "target")
    kinds: list[type[AnyReduction]] = []
    here: type[Problem[Any]] = type(instance)
    for name in via:
        kind = _kind(name, "via")
        kinds += [*path(here, kind.source), kind]
        here = kind.target
    kinds += path(here, goal)
    links: list[AnyReduction] = []
    here = type(instance)
    steps: list[type[AnyReduction] | None] = [*kinds, None]
    for step in steps:
        recolours = here is SetSplitting and goal is not KNonOverlap and step is not Apexes
        if recolours and k is not None and _parts(instance, links) < k:
            links.append(Apexes(k))
        if step is not None:
            links.append(_make(step, {"k": k} if k is not None and "k" in _parameters(step) else {}, step.name))
            here = step.target
    if k is not None:
        if goal is KNonOverlap and _parts(instance, links) < k:
            links.append(Padding(k))
        found = _parts(instance, links)
        if found != k:
            what = f"{found} colours or patches, not {k}" if found else "neither colours nor patches"
            raise ProblemError(
                f"{goal.name} at the end has {what}", "k", f"say k = {found}" if found else "leave it out"
            )
    return tuple(links)


def reduction_named(name: str, parameters: Mapping[str, int], where: str) -> AnyReduction:
    """The reduction of this name with these parameters; ProblemError otherwise."""
    return _make(_kind(name, where), parameters, where)


def _kind(name: str, where: str) -> type[AnyReduction]:
    found = next((kind for kind in REDUCTIONS if kind.name == name), None)
    if found is None:
        known = ", ".join(kind.name for kind in REDUCTIONS)
        raise ProblemError(f"no reduction {quoted(name)}", where, f"the reductions are {known}")
    return found


def _parameters(kind: type[AnyReduction]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


def _make(kind: type[AnyReduction], parameters: Mapping[str, int], where: str) -> AnyReduction:
    try:
        return kind(**parameters)
    except TypeError:
        needed = ", ".join(_parameters(kind)) or "none"
        given = ", ".join(parameters) or "none"
        raise ProblemError(f"{kind.name} has the parameters {needed}, not {given}", where, f"give {needed}") from None


def _parts(instance: Problem[Any], links: Sequence[AnyReduction]) -> int:
    """The colours, half spaces or patches at the end, from the sizes alone; 0 when it has none."""
    sizes = dict(instance.size())
    for link in links:
        sizes = link.bound_at(sizes)
    return sizes.get("k", 0)
