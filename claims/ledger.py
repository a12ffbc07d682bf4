"""The ledger of a paper's claims: what is asserted, how it is settled, and where it stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

KINDS = (
    "identity",
    "inequality",
    "critical-points",
    "descent",
    "training-gap",
    "convergence",
    "reduction",
    "numeric",
)
EXPECTED = ("proved", "refuted", "open")
GRADES = ("exact", "interval", "symbolic", "smt")  # the strictest first; "smt", a solver's word, is no proof
# What settles a claim: the key of the ledger, and the kinds that it may be the content of.
CONTENTS: dict[str, tuple[str, ...]] = {
    "prove": ("identity", "inequality", "critical-points", "descent", "convergence", "reduction"),
    "derivation": ("identity", "critical-points", "descent", "convergence"),
    "model": ("training-gap",),
    "descent": ("descent", "convergence"),
    "landscape": ("critical-points",),
    "bundle": ("reduction",),
    "python": KINDS,
    "certificate": tuple(kind for kind in KINDS if kind != "numeric"),
}
WITHOUT_CERTIFICATE = ("derivation", "bundle")  # verified anew each time
DEFAULT_TIME = Fraction(60)


@dataclass(frozen=True)
class Place:
    """A line of a file, from 1 on; 0 is the file as a whole."""

    file: Path
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else str(self.file)


@dataclass(frozen=True)
class Claim:
    """One entry of a ledger.

    Attributes
    ----------
    id : unique in its ledger; letters, digits and ``-_.``, so that it may stand in the name of a file.
    kind : one of KINDS.
    statement : the author's words. Nobody checks that they say what the formal content says.
    folder : where the ledger is: no file of the claim lies outside of it.
    place, lines : the line of the entry, and of each of its keys.
    label : of the theorem in the paper.
    prove, ranges, where, let : a formula in the language of claims; ``ranges`` is the key ``for``.
    derivation : a name of the library of derivations.
    model, data : files of a training gap.
    descent, ranges : a named map of gradient descent, and its starts.
    landscape : a model whose critical points are all certified.
    bundle : the file of a chain of reductions.
    options : of a training gap, a descent, a landscape or a bundle.
    python : ``module:function``, which returns a certificate's bytes, a formula, or a sampled yes or no.
    certificate, sha256 : the recorded certificate.
    assumptions : in words: a reader has to believe that they hold. Conditions that are checked stand in ``where``.
    expect : "proved", "refuted" or "open".
    grade : the weakest grade that will do; with "smt" solvers are asked where the search does not decide.
    time : seconds for the search.
    depends : ids of claims whose truth this one uses.
    source, note : where it was published, and anything else, in words.
    """

    id: str
    kind: str
    statement: str
    folder: Path
    place: Place
    lines: Mapping[str, int] = field(default_factory=dict)
    label: str | None = None
    prove: str | None = None
    ranges: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    let: tuple[str, ...] = ()
    derivation: str | None = None
    model: str | None = None
    data: str | None = None
    descent: str | None = None
    landscape: str | None = None
    bundle: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    python: str | None = None
    certificate: str | None = None
    sha256: str | None = None
    assumptions: tuple[str, ...] = ()
    expect: str = "proved"
    grade: str = "symbolic"
    time: Fraction = DEFAULT_TIME
    depends: tuple[str, ...] = ()
    source: str = ""
    note: str = ""

    @property
    def content(self) -> str | None:
        """The key that settles the claim: one of CONTENTS, or None when nothing formal is stated."""
        return next((key for key in CONTENTS if getattr(self, key) is not None), None)

    def at(self, key: str) -> Place:
        """Where a key stands."""
        return Place(self.place.file, self.lines.get(key, self.place.line))


@dataclass(frozen=True)
class Paper:
    """The LaTeX source that a ledger is about: its main file, and environments of theorems besides the usual ones."""

    tex: str
    theorems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """A file of claims.

    Attributes
    ----------
    path : the file.
    claims : in the order of the file.
    title : of the paper or library.
    paper : its LaTeX source, if there is one.
    checker : sha256 (or its beginning) of the trusted files that last replayed the certificates for the record.
    lines : of the keys before the claims, ``"checker"``, ``"paper.tex"``.
    """

    path: Path
    claims: tuple[Claim, ...]
    title: str = ""
    paper: Paper | None = None
    checker: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The files of the claims lie in it."""
        return self.path.parent

    def at(self, key: str) -> Place:
        """Where a key before the claims stands."""
        return Place(self.path, self.lines.get(key, 1))
