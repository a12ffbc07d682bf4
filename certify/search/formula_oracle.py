"""Asks the checker whether one record proves one inequality on one cell, by a certificate of a small claim.

Exact normal forms, many digits and Taylor coefficients thus need no second implementation; the answer costs a
millisecond, so that it is asked only where boxes of floats do not decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from relucert.certify.check.real.kernel import FormulaVerdict, check_formula
from relucert.certify.formula import Node, RealFormula, Variable, arguments
from relucert.certify.search.formula_cells import PLAIN, Cells, Exact, Mark, Ranges
from relucert.certify.search.formula_goal import Atom, needed

Record = list[Any]
FORMAT, VERSION = "relucert-certificate", 1
MAX_ORDER = 8
_CONDITION = re.compile(r"\bS\d\b")


def certificate(claim: RealFormula, trees: list[list[Record]], point: list[str] | None, bits: int) -> bytes:
    """The bytes that the checker reads."""
    document = {"format": FORMAT, "version": VERSION, "claim": claim.to_json(),
                "evidence": {"bits": bits, "point": point}, "trees": trees}  # fmt: skip
    return json.dumps(document, separators=(",", ":")).encode("ascii")


class Oracle:
    """Questions about cells of one claim."""

    def __init__(self, claim: RealFormula, ranges: Ranges, check: Callable[[bytes], FormulaVerdict] | None = None):
        self.claim, self.ranges, self.check = claim, ranges, check or check_formula
        self.asked = 0
        self._orders: dict[Any, int] = {}
        self._different: set[Any] = set()  # atoms and faces whose normal form has no sign

    def ask(self, cells: Cells, which: int, atom: Atom, record: Record, bits: int) -> str:
        """The empty text when the record is accepted, else the number of the side condition that is not met."""
        self.asked += 1
        claim, places = self._claim(cells, which, atom)
        local = list(record)
        if record[0] in ("monotone", "taylor_touch"):
            if record[2] not in places:
                return "S1"
            local[2] = places[record[2]]
        if record[0] == "corner_touch":
            local[2] = [record[2][i] for i in sorted(places, key=lambda i: places[i])]
        local[1] = 0
        verdict = self.check(certificate(claim, [[local]], None, bits))
        if verdict.valid:
            return ""
        found = _CONDITION.search(verdict.reason)
        return found[0] if found else "?"

    def identity(self, cells: Cells, which: int, atom: Atom) -> bool:
        """Whether the normal form of the difference proves the inequality; asked once for all cells of a face."""
        key = (atom, _pins(cells, which))
        if key in self._different:
            return False
        answer = self.ask(cells, which, atom, ["exact_form", 0], 64)
        if answer == "S2":
            self._different.add(key)
        return not answer

    def order(self, cells: Cells, which: int, atom: Atom, variable: int, end: str) -> int:
        """How many Taylor coefficients at an end are known to vanish, at most MAX_ORDER."""
        code, value = (cells.low_code, cells.low) if end == "low" else (cells.high_code, cells.high)
        key = (atom, variable, int(code[which, variable]), float(value[which, variable]), _pins(cells, which))
        if key in self._orders:
            return self._orders[key]
        known = 0
        for order in range(1, MAX_ORDER + 1):
            answer = self.ask(cells, which, atom, ["taylor_touch", 0, variable, end, order], 64)
            if answer in ("S1", "S3"):
                break
            if answer == "S2":  # no such derivative on this cell; perhaps on a smaller one
                return known
            known = order
        self._orders[key] = known
        return known

    def _claim(self, cells: Cells, which: int, atom: Atom) -> tuple[RealFormula, dict[int, int]]:
        """The inequality on the cell: ends are written into the ranges, pinned variables replaced by their numbers."""
        source = self.claim.nodes
        nodes: list[Node] = []
        copied: dict[int, int] = {}
        fixed: dict[int, int] = {}
        variables: list[Variable] = []
        places: dict[int, int] = {}
        used = needed(list(source), (atom.lower, atom.upper))
        occurring = {source[place][1] for place in used if source[place][0] == "variable"}

        def constant(end: Exact) -> int:
            if end.place is not None:
                for place in needed(list(source), (end.place,)):
                    copy(place)
                return copied[end.place]
            mark = end.mark or Mark(Fraction(0))
            nodes.append(("rational", mark.value))
            if mark.times_pi:
                nodes.append(("pi",))
                nodes.append(("mul", len(nodes) - 2, len(nodes) - 1))
            return len(nodes) - 1

        def copy(place: int) -> None:
            node = source[place]
            if place in copied:
                return
            if node[0] == "variable":
                if node[1] in fixed:
                    copied[place] = fixed[node[1]]
                    return
                nodes.append(("variable", places[node[1]]))
            else:
                count = len(arguments(node))
                nodes.append((node[0], *(copied[i] for i in node[1 : 1 + count]), *node[1 + count :]))
            copied[place] = len(nodes) - 1

        for i, variable in enumerate(self.claim.variables):
            if i not in occurring:
                continue
            low, high = float(cells.low[which, i]), float(cells.high[which, i])
            codes = int(cells.low_code[which, i]), int(cells.high_code[which, i])
            if cells.pinned[which, i]:
                fixed[i] = constant(self.ranges.end_text(codes[0], low))
                continue
            ends = []
            for code, value in zip(codes, (low, high), strict=True):
                infinite = code == PLAIN and np.isinf(value)
                ends.append(None if infinite else constant(self.ranges.end_text(code, value)))
            places[i] = len(variables)
            whole = variable.integer
            variables.append(Variable(variable.name, ends[0], ends[1], bool(cells.low_open[which, i]) and not whole,
                                      bool(cells.high_open[which, i]) and not whole, whole))  # fmt: skip
        for place in used:
            copy(place)
        relation = ("<" if atom.strict else "<=", copied[atom.lower], copied[atom.upper])
        return RealFormula("holds", tuple(variables), tuple(nodes), (relation,), None, 0), places


def _pins(cells: Cells, which: int) -> tuple[tuple[int, int, float], ...]:
    """The variables that have one value in a cell, and which."""
    return tuple([(int(i), int(cells.low_code[which, i]), float(cells.low[which, i]))
                  for i in np.flatnonzero(cells.pinned[which])])  # fmt: skip


def point_text(point: list[Fraction]) -> list[str]:
    """A point of the evidence."""
    return [str(value) for value in point]
