r"""How the symbols' code names are written in LaTeX: `w_star` as ``w^{*}``, `u_hat` as ``\hat{u}``, `u_1` as ``u_{1}``.

A notation renames letters and chooses a style for vectors, inner products and the ReLU, as a paper does; formulas stay
what they are.  Each is injective: no two symbols of a derivation are written alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from sympy import Symbol

from relucert.symbolic.expressions import IDENTITY, Matrix, MatrixFamily, ScalarFamily, Vector, VectorFamily

GREEK = """
    alpha beta gamma delta zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Psi Omega ell
"""
LETTERS = {name: f"\\{name}" for name in GREEK.split()} | {
    "eps": r"\varepsilon",
    "epsilon": r"\varepsilon",
    "lam": r"\lambda",
    "ones": r"\mathbf{1}",
}
ACCENTS = {"hat", "bar", "tilde"}
RAISED = {"star": "*", "prime": r"\prime"}
LOWERED = {"plus": "+", "minus": "-"}
# What formulas write with these letters: no symbol may have them.
RESERVED = {r"\pi", "G", r"\varphi", r"\Phi", r"\Gamma", "I", r"\infty"}


class UnknownNotation(ValueError):
    """No notation has this name; the message names the nearest ones."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, NOTATIONS, n=3, cutoff=0.3)
        super().__init__(
            f"unknown notation {name!r}: "
            + (f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(NOTATIONS)}")
        )


class NotationClash(ValueError):
    """Two symbols would be written alike."""


@dataclass(frozen=True)
class Spelling:
    r"""A written symbol: ``core^{raised}_{lowered, lowered}``, e.g. ``\hat{w}^{*}_{1,2}``."""

    core: str
    raised: str = ""
    lowered: tuple[str, ...] = ()

    def __str__(self) -> str:
        above = f"^{{{self.raised}}}" if self.raised else ""
        below = f"_{{{','.join(self.lowered)}}}" if self.lowered else ""
        return f"{self.core}{above}{below}"

    def member(self, index: str) -> Spelling:
        """Of a family's member."""
        return Spelling(self.core, self.raised, (*self.lowered, index))


@dataclass(frozen=True)
class Notation:
    """A way of writing.

    Attributes
    ----------
    name, source : str
    letters : mapping of str to str
        Code name of a letter to the letter that is written; a permutation, where it is not a new letter.
    bold : bool
        Vectors are set in bold type.
    relu : str
        The function's name.
    dot : "brackets", "transpose" or "point"
        How inner products of plain vectors are written; of anything longer with brackets.
    """

    name: str
    source: str
    letters: Mapping[str, str] = field(default_factory=dict)
    bold: bool = False
    relu: str = r"\operatorname{relu}"
    dot: Literal["brackets", "transpose", "point"] = "brackets"

    def spelling(self, symbol: Symbol) -> Spelling:
        """How the symbol is written."""
        return self._spelling(symbol.name, bold=self.bold and isinstance(symbol, (Vector, VectorFamily)))

    def members(self, family: Symbol) -> Spelling:
        """How the family's members, or the vector's coordinates, are written, but for their numbers."""
        return self._spelling(family.name, bold=self.bold and isinstance(family, VectorFamily))

    def _spelling(self, name: str, *, bold: bool) -> Spelling:
        letter, *suffixes = [part for part in name.split("_") if part]
        found = re.fullmatch(r"([A-Za-z]+?)(\d+)", letter)
        if found and letter not in self.letters:
            letter, suffixes = found[1], [found[2], *suffixes]
        core = self._letter(letter)
        if bold and not core.startswith(r"\mathbf"):
            core = f"\\mathbf{{{core}}}" if len(core) == 1 else f"\\boldsymbol{{{core}}}"
        raised, lowered = "", []
        for part in suffixes:
            if part in ACCENTS:
                core = f"\\{part}{{{core}}}"
            elif part in RAISED:
                raised += RAISED[part]
            else:
                lowered.append(LOWERED.get(part) or (part if part.isdigit() else self._letter(part)))
        return Spelling(core, raised, tuple(lowered))

    def _letter(self, name: str) -> str:
        if name in self.letters:
            return self.letters[name]
        if name in LETTERS:
            return LETTERS[name]
        return name if len(name) == 1 else f"\\mathrm{{{name}}}"

    def table(self, symbols: Iterable[Symbol]) -> dict[Spelling, Symbol]:
        """What each written symbol means.

        Raises
        ------
        NotationClash
            Two symbols are written alike, or one like a function of the field.
        """
        found: dict[Spelling, Symbol] = {}
        for symbol in sorted(set(symbols), key=_order):
            spelling = self.spelling(symbol)
            reserved = RESERVED | {self.relu}
            if symbol != IDENTITY and spelling.core in reserved and not spelling.raised and not spelling.lowered:
                raise NotationClash(f"notation {self.name}: {symbol} is written {spelling}, which means something else")
            if spelling in found and _same_letter(symbol, found[spelling]):
                continue
            if spelling in found:
                both = f"{_described(found[spelling])} and {_described(symbol)}"
                raise NotationClash(f"notation {self.name}: {both} are both written {spelling}")
            found[spelling] = symbol
        for spelling, symbol in found.items():
            family = found.get(Spelling(spelling.core, spelling.raised, spelling.lowered[:-1]))
            if spelling.lowered and isinstance(family, (VectorFamily, MatrixFamily)):
                raise NotationClash(
                    f"notation {self.name}: {symbol} and a member of {family} are both written {spelling}"
                )
        return found


def _same_letter(one: Symbol, other: Symbol) -> bool:
    """A number and the same number where a step assumes more of it."""
    return one.name == other.name and type(one) is type(other) is Symbol


def _order(symbol: Symbol) -> tuple[str, str, str]:
    return symbol.name, type(symbol).__name__, str(sorted(symbol.assumptions0.items(), key=str))


def _described(symbol: Symbol) -> str:
    kinds = {
        Vector: "vector",
        Matrix: "matrix",
        VectorFamily: "vector family",
        MatrixFamily: "matrix family",
        ScalarFamily: "scalar family",
    }
    kind = kinds.get(type(symbol), "scalar")
    assumed = [name for name in ("positive", "nonnegative", "integer", "real") if symbol.assumptions0.get(name)]
    return f"{symbol} ({' '.join([*assumed[:2], kind])})"


NOTATIONS: dict[str, Notation] = {
    notation.name: notation
    for notation in (
        Notation("relucert", "this project"),
        Notation("brutzkus-globerson", "Brutzkus and Globerson 2017", bold=True, relu=r"\sigma", dot="point"),
        Notation("du", "Du, Lee, Tian, Poczos and Singh 2018", bold=True, relu=r"\sigma", dot="transpose"),
        Notation("tian", "Tian 2017", bold=True, relu=r"\sigma", dot="transpose"),
        Notation(
            "cho-saul",
            "Cho and Saul 2009: two inputs x and y, Gaussian weights w",
            letters={"u": "x", "v": "y", "x": "w", "w": "u", "y": "v"},
            bold=True,
            dot="point",
        ),
    )
}
DEFAULT = NOTATIONS["relucert"]


def notation(name: str) -> Notation:
    """The notation of that name.

    Raises
    ------
    UnknownNotation
        With the nearest names.
    """
    try:
        return NOTATIONS[name]
    except KeyError:
        raise UnknownNotation(name) from None
