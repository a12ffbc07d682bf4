"""Families of sets over the elements 1..n: what set splitting and set cover share."""

from __future__ import annotations

from collections.abc import Iterable

from relucert.reductions.problem import Json, ProblemError
from relucert.reductions.text import MAX_COUNT, array, distinct, lines, quoted, whole

Sets = tuple[tuple[int, ...], ...]


def require_sets(elements: int, sets: Sets) -> None:
    """ProblemError unless every set holds distinct elements."""
    if not 0 <= elements <= MAX_COUNT:
        raise ProblemError(f"{elements} elements", "elements", f"there must be from 0 to {MAX_COUNT}")
    for number, members in enumerate(sets, 1):
        if len(set(members)) != len(members):
            raise ProblemError("an element is repeated", f"set {number}", "write it once")
        if members and not 1 <= min(members) <= max(members) <= elements:
            raise ProblemError(
                f"an element outside 1..{elements}", f"set {number}", f"elements are from 1 to {elements}"
            )


def read_sets(text: str, where: str) -> tuple[int, Sets]:
    """One set of whole numbers per line; # begins a comment; the largest number is the number of elements."""
    sets = []
    for number, words in lines(text, "#"):
        for word in words:
            if not (word.isascii() and word.isdigit() and len(word) <= 9 and 0 < int(word) <= MAX_COUNT):
                raise ProblemError(
                    f"{quoted(word)} is not an element",
                    f"{where}:{number}",
                    f"write each set on a line, as whole numbers from 1 to {MAX_COUNT}",
                )
        sets.append(distinct(map(int, words)))
    return max((max(members) for members in sets), default=0), tuple(sets)


def sets_from_json(elements: Json, sets: Json, where: str) -> tuple[int, Sets]:
    """The fields ``elements`` and ``sets`` of an object; repeated elements of a set are dropped."""
    count = whole(elements, f"{where}, elements", 0, MAX_COUNT)
    found = []
    for number, members in enumerate(array(sets, f"{where}, sets"), 1):
        place = f"{where}, set {number}"
        found.append(distinct(whole(element, place, 1, count) for element in array(members, place)))
    return count, tuple(found)


def members(sets: Iterable[tuple[int, ...]]) -> int:
    """The sum of the sizes."""
    return sum(map(len, sets))
