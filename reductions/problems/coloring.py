"""Colourings: what set splitting and graph colouring share."""

from __future__ import annotations

from collections.abc import Sequence

from relucert.reductions.problem import Json, ProblemError
from relucert.reductions.text import MAX_COUNT, array, whole

Coloring = tuple[int, ...]


def require_coloring(candidate: Coloring, length: int, k: int) -> None:
    """ProblemError unless the candidate is `length` colours from 0 to k - 1."""
    if len(candidate) != length or not all(isinstance(color, int) and 0 <= color < k for color in candidate):
        raise ProblemError(
            f"not a colouring of {length} elements with {k} colours",
            "witness",
            f"give {length} colours from 0 to {k - 1}",
        )


def coloring_from_json(value: Json, length: int, k: int, where: str) -> Coloring:
    """A colouring: one colour per element, in their order."""
    return tuple(whole(color, where, 0, k - 1) for color in array(value, where, length))


def number_of_colors(given: Json, k: int | None, where: str) -> int:
    """The number of colours that a file gives, or the caller, or 2."""
    if given is None:
        given = 2 if k is None else k
    elif k is not None and given != k:
        raise ProblemError(f"the file asks for {given} colours, not for {k}", where, "leave one of the two numbers out")
    return whole(given, f"{where}, k", 1, MAX_COUNT)


def is_proper(sets: Sequence[tuple[int, ...]], colors: Coloring) -> bool:
    """Whether no set lies inside one colour class; an empty set lies inside every one."""
    return all(len({colors[element - 1] for element in members}) >= 2 for members in sets)
