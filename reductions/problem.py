"""What a decision problem is: instances with a size, and witnesses that are checked exactly.

Variables, elements, vertices and sets are numbered from 1, as in DIMACS files; colours, slots and coordinates from 0,
as in arrays.  Numbers are integers and :class:`fractions.Fraction`; no problem and no map computes in floats.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, Self, TypeVar

from relucert.reductions.text import Json, ProblemError, load_json

__all__ = ["Json", "Problem", "ProblemError"]

W = TypeVar("W")


class Problem(ABC, Generic[W]):
    """An instance of a decision problem "is there a witness?"; subclasses are frozen dataclasses.

    Attributes
    ----------
    name : of the problem, in kebab case.
    question : the problem in one sentence.
    """

    name: ClassVar[str]
    question: ClassVar[str]

    @classmethod
    def parse(cls, text: str, where: str, k: int | None = None) -> Self:
        """The instance that a text file describes: JSON, or the format of the field.

        `where` names the file in messages; `k` is the number of colours for formats that leave it open.  Raises
        ProblemError with file, line and cure.
        """
        if text.lstrip()[:1] in ("{", "["):
            return cls.from_json(load_json(text, where), where, k)
        return cls.parse_lines(text, where, k)

    @classmethod
    def parse_lines(cls, text: str, where: str, k: int | None = None) -> Self:
        """The instance in the format of the field; many problems have none."""
        raise ProblemError("not JSON", where, f"write the instance of {cls.name} as a JSON object")

    @abstractmethod
    def size(self) -> Mapping[str, int]:
        """Named parameters of the instance; bounds on sizes are formulas in these names."""

    @abstractmethod
    def is_witness(self, candidate: W) -> bool:
        """Whether the candidate proves YES, decided exactly; ProblemError when it does not have the right shape."""

    @abstractmethod
    def to_json(self) -> Json:
        """An object whose field ``problem`` is the name; `from_json` reads it back to an equal instance."""

    @classmethod
    @abstractmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> Self:
        """The instance of a parsed JSON text (see :func:`relucert.reductions.text.load_json`)."""

    @abstractmethod
    def witness_to_json(self, witness: W) -> Json:
        """The witness as JSON; rationals are strings ``p/q``."""

    @abstractmethod
    def witness_from_json(self, value: Json, where: str = "") -> W:
        """A candidate of the right shape; ProblemError otherwise.  It need not be a witness."""
