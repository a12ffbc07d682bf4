"""Rule farkas: literals that contradict the network by one sum of inequalities.

::

    expression_j >= 0 or = 0 under the literals l_1 .. l_q      sum_j m_j expression_j = c < 0
    ------------------------------------------------------------------------------------------
    not l_1  or  ..  or  not l_q

    step ["farkas", [[l, m], ..], [[row, .., m], ..]]

Expressions are linear in w and r = relu(w.X), with a_ts = w.X_t[s].  Rows hold for every w that fits the samples:

    ["relu", t, s, m]    r_ts >= 0
    ["above", t, s, m]   r_ts - a_ts >= 0
    ["below", t, s, m]   -a_ts >= 0                      if Y_t = 0
    ["null", t, s, m]    -r_ts >= 0                      if X_t[s] = 0
    ["sum", t, m]        sum_s r_ts - k Y_t = 0
    ["fit", t, s, m]     a_ts - k Y_t = 0                if Y_t > 0 and all other patches of the sample are zero

Literals give:

    on   a_ts - r_ts >= 0         max   a_ts - Y_t >= 0
    -on  -r_ts >= 0               -max  Y_t - r_ts >= 0

S1  the record has this shape; multipliers are whole numbers    S2  every literal is of an atom, no atom occurs twice
S3  the row is of a known kind and a slot, and its condition holds
S4  m > 0 for inequalities, m != 0 for equations
S5  the coefficients of all w_i and r_ts in the sum are 0       S6  its constant is negative
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relucert.certify.check.decision.network import Atom, Network
from relucert.certify.check.errors import require

ROWS = {"relu": 4, "above": 4, "below": 4, "null": 4, "sum": 3, "fit": 4}  # and how many entries their records have
EQUATIONS = ("sum", "fit")


class _Sum:
    """sum_j m_j expression_j; the coefficient of r_ts is kept at p + k t + s."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.coefficients: dict[int, int] = {}
        self.constant = 0

    def add_patch(self, t: int, s: int, m: int) -> None:
        """m a_ts"""
        for i, value in self.network.samples[t].patches[s]:
            self.coefficients[i] = self.coefficients.get(i, 0) + m * value

    def add_relu(self, t: int, s: int, m: int) -> None:
        """m r_ts"""
        place = self.network.p + self.network.k * t + s
        self.coefficients[place] = self.coefficients.get(place, 0) + m

    def add_literal(self, atom: Atom, holds: bool, m: int) -> None:
        """m times what a literal gives."""
        kind, t, s = atom
        if holds:
            self.add_patch(t, s, m)
        if kind == "on" or not holds:
            self.add_relu(t, s, -m)
        if kind == "max":
            self.constant += (-m if holds else m) * self.network.samples[t].label

    def add_row(self, kind: str, t: int, s: int, m: int) -> None:
        """m times a row."""
        if kind == "sum":
            for slot in range(self.network.k):
                self.add_relu(t, slot, m)
        if kind in ("relu", "above", "null"):
            self.add_relu(t, s, -m if kind == "null" else m)
        if kind in ("above", "below", "fit"):
            self.add_patch(t, s, m if kind == "fit" else -m)
        if kind in EQUATIONS:
            self.constant -= m * self.network.k * self.network.samples[t].label


def _condition(network: Network, kind: str, t: int, s: int) -> bool:
    """What has to hold of the sample for a row to be valid."""
    sample = network.samples[t]
    if kind == "below":
        return sample.label == 0
    if kind == "null":
        return not sample.patches[s]
    if kind == "fit":
        return sample.label > 0 and not any(patch for slot, patch in enumerate(sample.patches) if slot != s)
    return True


def farkas(network: Network, atoms: Sequence[Atom], record: list[Any], step: str) -> list[int]:
    """The clause that the sum proves: the negations of the literals."""
    rule = "farkas"
    shaped = len(record) == 3 and all(isinstance(part, list) for part in record[1:])
    require(shaped, step, rule, "S1", 'must be ["farkas", literals, rows]')
    _, literals, rows = record
    total, named = _Sum(network), set[int]()
    for entry in literals:
        shaped = isinstance(entry, list) and len(entry) == 2 and type(entry[0]) is int and type(entry[1]) is int
        require(shaped, step, rule, "S1", "a literal must be [literal, multiplier]")
        literal, m = entry
        known = 0 < abs(literal) <= len(atoms) and abs(literal) not in named
        require(known, step, rule, "S2", f"{literal} is not a literal of an atom, or it is the second of its atom")
        require(m > 0, step, rule, "S4", f"the multiplier of literal {literal} is not positive")
        named.add(abs(literal))
        total.add_literal(atoms[abs(literal) - 1], literal > 0, m)
    for entry in rows:
        shaped = isinstance(entry, list) and len(entry) > 0 and isinstance(entry[0], str)
        shaped = shaped and ROWS.get(entry[0]) == len(entry) and type(entry[-1]) is int
        require(shaped, step, rule, "S1", "a row must be [kind, sample, slot, multiplier], sum without a slot")
        kind, t, m = entry[0], entry[1], entry[-1]
        s = 0 if kind == "sum" else entry[2]
        valid = network.is_slot(t, s) and _condition(network, kind, t, s)
        require(valid, step, rule, "S3", f"{kind}: no such sample or slot, or the sample has no such row")
        positive = m > 0 or (m < 0 and kind in EQUATIONS)
        require(positive, step, rule, "S4", f"the multiplier of {kind} is 0, or negative for an inequality")
        total.add_row(kind, t, s, m)
    left = [place for place, value in total.coefficients.items() if value != 0]
    require(not left, step, rule, "S5", f"{len(left)} variables do not cancel")
    require(total.constant < 0, step, rule, "S6", "the constant is not negative")
    return [-entry[0] for entry in literals]
