"""Is a formula that was read back the one that was printed?"""

from __future__ import annotations

from functools import cache

from sympy import Basic, Expr, Interval, Symbol, Tuple
from sympy.core.relational import Relational

from relucert.symbolic.derivation import Derivation
from relucert.symbolic.expressions import Entry
from relucert.symbolic.library import load, names
from relucert.symbolic.printers.latex import latex
from relucert.symbolic.printers.lines import display
from relucert.symbolic.printers.notation import Notation
from relucert.symbolic.printers.parse_latex import parse_latex
from relucert.symbolic.printers.prose import Formula, functions, namespace, pieces, symbols, texts
from relucert.symbolic.zero import is_zero


def formulas(derivation: Derivation) -> list[Basic]:
    """Everything that is printed of a derivation: results, steps, abbreviations, formulas in prose."""
    found: list[Basic] = [side for part in (*derivation.results, *derivation.steps) for side in (part.left, part.right)]
    for frame in {id(frame): frame for frame in map(derivation.frame_of, derivation.steps)}.values():
        for entries in (frame.definitions, frame.sizes):
            found += [entry for pair in entries.items() for entry in pair if isinstance(entry, Basic)]
        for vector, coordinates in frame.vectors.items():
            found += [vector, coordinates[0] if len(coordinates) == 1 else Tuple(*coordinates)]
    known = namespace(derivation)
    for step in derivation.steps:
        for extra in (getattr(step.check, "primitive", None), getattr(step.check, "witness", None)):
            found += [] if extra is None else [extra]
    for text in texts(derivation):
        found += [part.expression for part in pieces(text, known, of=derivation.name) if isinstance(part, Formula)]
    return list(dict.fromkeys(found))


@cache
def library() -> tuple[Derivation, ...]:
    """All derivations."""
    return tuple(load(name) for name in names())


class Reading:
    """Prints and parses the formulas of one derivation in one notation."""

    def __init__(self, derivation: Derivation, notation: Notation) -> None:
        self.notation = notation
        self.symbols = symbols(derivation)
        self.functions = functions(derivation)

    def back(self, expression: Basic, *, broken: bool = False) -> Basic:
        """The expression that is read from the printed one; `broken` over short lines."""
        text = latex(expression, self.notation)
        return self.parse(display(text, limit=20) if broken else text, expression)

    def parse(self, text: str, original: Basic) -> Basic:
        """Read with the symbols of the derivation; a number has the original's assumptions."""
        own = original.atoms(Symbol)
        named = {entry.name for entry in own}
        known = own | {symbol for symbol in self.symbols if symbol.name not in named}
        return parse_latex(text, known, self.notation, self.functions)


def same(one: Basic, other: Basic) -> bool:
    """Equal as they stand, after multiplying out on all levels, or with a difference that is proved to be zero."""
    if one == other:
        return True
    if isinstance(one, Relational) and isinstance(other, Relational):
        return one.rel_op == other.rel_op and same(one.lhs, other.lhs) and same(one.rhs, other.rhs)
    if isinstance(one, (Tuple, Interval)) and isinstance(other, (Tuple, Interval)):
        pairs = [entry.args if isinstance(entry, Tuple) else (entry.start, entry.end) for entry in (one, other)]
        return len(pairs[0]) == len(pairs[1]) and all(map(same, *pairs))
    if not (isinstance(one, Expr) and isinstance(other, Expr)):
        return False
    left, right = _plain(one), _plain(other)
    return left == right or is_zero(left - right)


def _plain(expression: Basic) -> Basic:
    """Multiplied out on all levels; a member with a number as the symbol that stands for it in coordinates."""
    if isinstance(expression, Symbol):
        coordinate = expression.name.rpartition("_")
        return Symbol(expression.name) if coordinate[2].isdigit() else expression
    if isinstance(expression, Entry) and expression.args[1].is_Integer:
        return Symbol(f"{expression.args[0]}_{expression.args[1]}")
    if not expression.args:
        return expression
    rebuilt = expression.func(*(_plain(part) for part in expression.args))
    return rebuilt.expand() if isinstance(rebuilt, Expr) else rebuilt
