"""What a theorem on a landscape consists of: parts, each of which has a certificate, and the points they are about.

Everything is said in the language of claims (docs/language.md).  How the parts make up the theorem is the argument of
docs/theory/landscapes.md; the formulas of losses and gradients are derivations of symbolic/, named here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

FORMULA, ZEROS, BOUND = "formula", "zeros", "bound"


@dataclass(frozen=True)
class Part:
    """One claim.

    name : of the certificate's file.  says : in words.  kind : "formula": the conclusion holds; "zeros": the conclusion
    is ``a_1 != b_1 or ...``, and the points at which it fails are found; "bound": the conclusion is the square of a
    length, and a lower bound of the length is found.  ranges, where, let : as for `relucert prove`.
    expected : for zeros, how many there are.  signs : are the signs of the eigenvalues of their derivatives' matrix
    to be proved?  guesses : where zeros may lie.
    """

    name: str
    says: str
    conclusion: str
    ranges: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    let: tuple[str, ...] = ()
    kind: str = FORMULA
    expected: int | None = None
    signs: bool = False
    guesses: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point, or a family of them that symmetry makes out of one.

    closed : the point in closed form, in words.  at : its coordinates, constant expressions.
    zeros, near : the parts about zeros that enclose the other coordinates; of their boxes the one at these numbers.
    loss : the population loss there, as an expression in the coordinates' names; "0" where the parts show that.
    kind : global minimum, local minimum, saddle, degenerate saddle, local maximum.  by : the parts that show this.
    negative : pairs of a part about zeros and how many eigenvalues are negative at its box, as the kind needs.
    within : a box that parts of `by` are about; the point's own has to lie in it.
    """

    name: str
    closed: str
    kind: str
    by: tuple[str, ...]
    at: tuple[tuple[str, str], ...] = ()
    zeros: tuple[str, ...] = ()
    near: tuple[float, ...] = ()
    loss: str = "0"
    let: tuple[str, ...] = ()
    negative: tuple[tuple[str, int], ...] = ()
    within: tuple[tuple[Fraction, Fraction], ...] = ()


@dataclass(frozen=True)
class Chart:
    """The loss in polar coordinates, for pictures: an expression in a length and an angle, from one angle to another.

    mirrored : the other half of the plane is the mirror image in this line.
    """

    loss: str
    length: str
    angle: str
    low: float
    high: float
    let: tuple[str, ...] = ()
    mirrored: float | None = None


@dataclass(frozen=True)
class Sentence:
    """One sentence of a theorem.

    needs : the parts without which its argument has a gap, of the same theorem, or else of the first one.  points :
    critical points of the same theorem whose parts it needs, too.
    """

    text: str
    needs: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Landscape:
    """The theorem for one set of parameters.

    name : of its folder of parts.  says : the theorem, in sentences.  derivations : where its formulas come from
    (relucert derive).
    """

    name: str
    says: tuple[Sentence, ...]
    parts: tuple[Part, ...]
    points: tuple[CriticalPoint, ...] = ()
    derivations: tuple[str, ...] = ()
    setting: dict[str, str] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """What --set understands: whole numbers (``2..10``, ``3``), a rational, or rationals with commas."""

    name: str
    default: str
    help: str
    kind: str = "whole"  # "whole", "rational", "rationals"
    least: Fraction | None = None
    most: Fraction | None = None
