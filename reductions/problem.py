"""What a decision problem is: instances with a size, and witnesses that are checked exactly.

Variables, elements, vertices and sets are numbered from 1, as in DIMACS files; colours, slots and coordinates from 0,
as in arrays.  Numbers are integers and :class:`fractions.Fraction`; no problem and no map computes in floats.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar

Json = Any
W = TypeVar("W")


class ProblemError(ValueError):
    """A file, an instance or a witness that is not what it should be, as one line ``what (where): cure``.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"literal 7 of a formula in 5 variables"``.
    where : str
        The file and line, or the field, e.g. ``"php.cnf:12"``; may be empty.
    cure : str
        What to do about it, as an imperative clause without a full stop; may be empty.
    """

    def __init__(self, what: str, where: str = "", cure: str = "") -> None:
        place, remedy = (f" ({where})" if where else ""), (f": {cure}" if cure else "")
        super().__init__(" ".join(f"{what}{place}{remedy}".split()))
        self.what, self.where, self.cure = what, where, cure


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
    @abstractmethod
    def parse(cls, text: str, where: str, k: int | None = None) -> Self:
        """The instance that a text file describes.

        `where` names the file in messages; `k` is the number of colours or patches for formats that leave it open.
        Raises ProblemError with file, line and cure.
        """

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
