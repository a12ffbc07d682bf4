"""Claims as lines of text: what is common to plain text and LaTeX.

A printer says of what pieces an expression consists; the pieces are put together without recursion, in time and memory
proportional to the result.  Parts that occur several times and would make the result long are defined first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from relucert.certify.formula import CONNECTIVES, Node, RealFormula, Variable, arguments

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how strongly expressions bind
DISJUNCTION, CONJUNCTION, NEGATION, RELATION, TRUTH = 1, 2, 3, 4, 5  # and formulas
_INLINE = 2000  # characters of a claim up to which nothing is defined
_SHORTEST = 12  # characters of a part that is worth a name


class PrintError(ValueError):
    """A claim that cannot be written in this form; the message says why."""


class Part(NamedTuple):
    """A piece that is an expression or a formula, in brackets if it binds less than ``strength``."""

    place: int
    strength: int = 0
    is_formula: bool = False


Pieces = tuple[int, list["str | Part"]]  # how strongly, and of what


class Style(Protocol):
    """A way of writing; ``longest`` bounds the characters of one formula."""

    brackets: tuple[str, str]
    longest: int

    def expression(self, node: Node, claim: RealFormula) -> Pieces: ...
    def formula(self, formula: Node, claim: RealFormula) -> Pieces: ...
    def name(self, name: str) -> str: ...
    def range(self, variable: Variable, low: str, high: str) -> str: ...


@dataclass(frozen=True)
class Printed:
    """A claim in lines, as :func:`parse_claim` takes them."""

    conclusion: str
    ranges: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    assertion: str = "holds"


def printed(claim: RealFormula, style: Style) -> Printed:
    """The claim in a style.

    Raises
    ------
    PrintError
        A formula would take more characters than the style allows.
    """
    writer = _Writer(claim, style)
    definitions = [
        f"{style.name(name)} = {writer.text(part, unnamed=True)}" for part, name in sorted(writer.names.items())
    ]
    return Printed(
        writer.text(Part(claim.conclusion, 0, True)),
        tuple(style.range(v, writer.end(v.low), writer.end(v.high)) for v in claim.variables),
        tuple(writer.text(Part(place, 0, True)) for place in _conditions(claim)),
        tuple(definitions),
        claim.assertion,
    )


def one_text(claim: RealFormula, style: Style, part: Part) -> str:
    """One expression or formula, with nothing defined."""
    return _Writer(claim, style, define=False).text(part)


def _conditions(claim: RealFormula) -> list[int]:
    """The formulas whose conjunction the hypothesis is, from the left."""
    place, found = claim.hypothesis, []
    if place is None:
        return []
    while claim.formulas[place][0] == "and":
        found.append(claim.formulas[place][2])
        place = claim.formulas[place][1]
    return [place, *reversed(found)]


_Key = tuple[bool, int]  # whether a formula, and its place: expressions come first


class _Writer:
    """Puts pieces together."""

    def __init__(self, claim: RealFormula, style: Style, *, define: bool = True) -> None:
        self.claim, self.style = claim, style
        self.names: dict[_Key, str] = _names(claim) if define else {}

    def end(self, place: int | None) -> str:
        """An end of a range; nothing when it is infinite."""
        return "" if place is None else self.text(Part(place))

    def text(self, part: Part | _Key, *, unnamed: bool = False) -> str:
        """One part; ``unnamed``: what its name stands for."""
        if not isinstance(part, Part):
            part = Part(part[1], 0, part[0])
        stack: list[str | Part] = self._pieces(part, named=not unnamed)
        found: list[str] = []
        length = 0
        while stack:
            piece = stack.pop()
            if isinstance(piece, Part):
                stack += self._pieces(piece, named=True)
                continue
            found.append(piece)
            length += len(piece)
            if length > self.style.longest:
                raise PrintError(f"the claim takes more than {self.style.longest} characters")
        return "".join(found)

    def _pieces(self, part: Part, *, named: bool) -> list[str | Part]:
        """In reverse."""
        name = self.names.get((part.is_formula, part.place))
        if named and name is not None:
            return [self.style.name(name)]
        if part.is_formula:
            strength, pieces = self.style.formula(self.claim.formulas[part.place], self.claim)
        else:
            strength, pieces = self.style.expression(self.claim.nodes[part.place], self.claim)
        if strength < part.strength:
            left, right = self.style.brackets
            pieces = [left, *pieces, right]
        return pieces[::-1]


def _names(claim: RealFormula) -> dict[_Key, str]:
    """Names for what occurs several times, if the claim is long without them."""
    keys: list[_Key] = [(False, place) for place in range(len(claim.nodes))]
    keys += [(True, place) for place in range(len(claim.formulas))]
    uses = dict.fromkeys(keys, 0)
    for key in keys:
        for inner in _inner(claim, key):
            uses[inner] += 1
    roots: list[_Key] = [(False, end) for v in claim.variables for end in (v.low, v.high) if end is not None]
    roots += [(True, place) for place in (claim.hypothesis, claim.conclusion) if place is not None]
    for key in roots:
        uses[key] += 1
    lengths = _lengths(claim, keys, lambda key, length: length)
    if sum(lengths[key] for key in roots) <= _INLINE:
        return {}
    worth: list[_Key] = []

    def shortened(key: _Key, length: int) -> int:
        if uses[key] < 2 or length < _SHORTEST:
            return length
        worth.append(key)
        return 4

    _lengths(claim, keys, shortened)
    taken = {variable.name for variable in claim.variables}
    free = (name for number in range(1, len(keys) + len(taken) + 1) if (name := f"u{number}") not in taken)
    return dict(zip(worth, free, strict=False))


def _lengths(claim: RealFormula, keys: Iterable[_Key], shown: Callable[[_Key, int], int]) -> dict[_Key, int]:
    """About how many characters each part takes, up to a bound; ``shown`` may change the length where it is used."""
    lengths: dict[_Key, int] = {}
    for key in keys:
        node = claim.formulas[key[1]] if key[0] else claim.nodes[key[1]]
        own = len(str(node[1])) if node[0] == "rational" else len(node[0]) if len(node) == 2 else 3
        length = own + sum(lengths[inner] for inner in _inner(claim, key))
        lengths[key] = shown(key, min(length, _INLINE + 1))
    return lengths


def _inner(claim: RealFormula, key: _Key) -> list[_Key]:
    is_formula, place = key
    if not is_formula:
        return [(False, part) for part in arguments(claim.nodes[place])]
    kind, *parts = claim.formulas[place]
    return [(kind in CONNECTIVES, part) for part in parts]


def relation(formula: Node, claim: RealFormula) -> tuple[int, str, int]:
    """A relation's sides and sign; of an inequality a number on the left goes to the right."""
    kind, a, b = formula
    turned = {"<": ">", "<=": ">="}.get(kind)
    if turned is not None and claim.nodes[a][0] == "rational" and claim.nodes[b][0] != "rational":
        return b, turned, a
    return a, kind, b


def chain(formula: Node, claim: RealFormula) -> tuple[Node, Node] | None:
    """The two relations of ``a < b <= c``, if a conjunction is one."""
    kind, *parts = formula
    first, second = (claim.formulas[part] for part in parts)
    fits = all(relation_[0] in ("<", "<=") for relation_ in (first, second))
    return (first, second) if kind == "and" and fits and first[2] == second[1] else None
