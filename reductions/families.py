"""Named instances with known answers: ``named("vdw:3,3,3,27")``.

Most are theorems about colourings: sets that every colouring with k colours must leave in one colour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from relucert.reductions import families_designs, families_formulas, families_graphs, families_ramsey
from relucert.reductions.problem import Problem, ProblemError
from relucert.reductions.text import quoted

MAX_ARGUMENT = 1_000_000


@dataclass(frozen=True)
class Family:
    """A generator of instances: its name, the names of its whole-number arguments ("..." after one that repeats)."""

    name: str
    arguments: tuple[str, ...]
    make: Callable[..., Problem[Any]]

    @property
    def syntax(self) -> str:
        """E.g. ``vdw:length,...,n``."""
        return self.name + (":" + ",".join(self.arguments) if self.arguments else "")

    @property
    def about(self) -> str:
        """What the instances are, which answers are known, and the source."""
        return " ".join((getdoc(self.make) or "").split())


FAMILIES = tuple(
    Family(*entry)
    for entries in (
        families_designs.FAMILIES,
        families_ramsey.FAMILIES,
        families_graphs.FAMILIES,
        families_formulas.FAMILIES,
    )
    for entry in entries
)


def named(text: str, k: int | None = None) -> Problem[Any]:
    """The instance that ``name:argument,argument,...`` describes; ProblemError with the syntax otherwise.

    `k` is the number of colours for families whose arguments leave it open; these have 2 otherwise.
    """
    name, _, rest = text.partition(":")
    family = next((family for family in FAMILIES if family.name == name), None)
    if family is None:
        known = ", ".join(family.name for family in FAMILIES)
        raise ProblemError(f"no family {quoted(name)}", quoted(text), f"the families are {known}")
    words = rest.split(",") if rest else []
    repeats = "..." in family.arguments
    least = len(family.arguments) - repeats
    if len(words) < least or (len(words) > least and not repeats):
        raise ProblemError(f"{len(words)} arguments", quoted(text), f"write {family.syntax}")
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 9 and int(word) <= MAX_ARGUMENT):
            raise ProblemError(
                f"{quoted(word)} is not a whole number up to {MAX_ARGUMENT}", quoted(text), f"write {family.syntax}"
            )
    colors = {"k": k} if k is not None and "k" in (getattr(family.make, "__kwdefaults__", None) or {}) else {}
    return family.make(*map(int, words), **colors)
