"""The conditions of a derivation that are relations: what values can be checked against."""

from __future__ import annotations

from dataclasses import dataclass

from sympy.core.relational import Relational

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.printers.prose import Formula, namespace, pieces


@dataclass(frozen=True)
class Condition:
    """A condition whose first formula is a relation.

    Attributes
    ----------
    relation : Relational
        As it is written, not evaluated.
    text : str
        The whole sentence.
    source : str
        The relation's spelling.
    """

    relation: Relational
    text: str
    source: str


def relations(derivation: Derivation) -> tuple[Condition, ...]:
    """The conditions whose first formula is a relation, in their order."""
    names = namespace(derivation)
    found = []
    for text in derivation.conditions:
        formulas = [piece for piece in pieces(text, names, of=derivation.name) if isinstance(piece, Formula)]
        if formulas and isinstance(formulas[0].expression, Relational):
            found.append(Condition(formulas[0].expression, text, formulas[0].source))
    return tuple(found)
