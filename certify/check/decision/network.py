"""The network's samples in integers, and the atoms that a refutation speaks about.

X_t[s], Y_t is the sample t in integers (:func:`relucert.certify.non_overlap.in_integers`), a_ts = w.X_t[s] and
r_ts = relu(a_ts); w fits the samples if and only if sum_s r_ts = k Y_t for all t.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relucert.certify.check.errors import require
from relucert.certify.non_overlap import IntSample, NonOverlapInstance, in_integers

Atom = tuple[str, int, int]  # kind, sample, slot


@dataclass(frozen=True)
class Network:
    """The samples in integers; k patches each; filters of length p."""

    k: int
    p: int
    samples: tuple[IntSample, ...]

    @staticmethod
    def of(instance: NonOverlapInstance) -> Network:
        return Network(instance.k, instance.p, tuple([in_integers(sample) for sample in instance.samples]))

    def is_slot(self, t: Any, s: Any) -> bool:
        """Whether there is a slot s of a sample t."""
        return type(t) is int and type(s) is int and 0 <= t < len(self.samples) and 0 <= s < self.k


def atoms(network: Network, value: Any, step: str) -> dict[Atom, int]:
    """
    ::

        ["on", t, s]    says a_ts >= 0
        ["max", t, s]   says a_ts >= Y_t
        --------------------------------
        atoms 1, 2, .. in this order

    S1  an array of such records, of known kinds    S2  s is a slot of the sample t
    S3  max: Y_t > 0                                S4  no atom is named twice

    The numbers of the atoms are their order; literals are +number and -number.
    """
    rule = "atoms"
    require(isinstance(value, list), step, rule, "S1", "must be an array")
    found: dict[Atom, int] = {}
    for number, record in enumerate(value, 1):
        where = f"{step}, atom {number}"
        shaped = isinstance(record, list) and len(record) == 3 and record[0] in ("on", "max")
        require(shaped, where, rule, "S1", 'must be ["on" or "max", sample, slot]')
        kind, t, s = record
        require(network.is_slot(t, s), where, rule, "S2", "there is no such sample or slot")
        require(kind == "on" or network.samples[t].label > 0, where, rule, "S3", "the label is not positive")
        found[kind, t, s] = number
        require(len(found) == number, where, rule, "S4", "is named twice")
    return found
