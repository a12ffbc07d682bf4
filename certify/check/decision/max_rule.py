"""Rule max: some slot carries at least the average.

::

    sum_s relu(a_ts) = k Y_t > 0
    -----------------------------------------       step ["max", t]
    a_t0 >= Y_t  or  ..  or  a_t(k-1) >= Y_t

S1  the record has this shape and t is a sample    S2  Y_t > 0    S3  the atoms ["max", t, s] are named for all s

Proof: one of k numbers is at least their mean Y_t > 0, and relu(a) >= Y_t > 0 only if a >= Y_t.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relucert.certify.check.decision.network import Atom, Network
from relucert.certify.check.errors import require


def max_rule(network: Network, atoms: Mapping[Atom, int], record: list[Any], step: str) -> list[int]:
    """The clause of the atoms of a sample."""
    rule = "max"
    shaped = len(record) == 2 and network.is_slot(record[1], 0)
    require(shaped, step, rule, "S1", 'must be ["max", sample]')
    t = record[1]
    require(network.samples[t].label > 0, step, rule, "S2", f"the label of sample {t} is not positive")
    clause = [atoms.get(("max", t, s), 0) for s in range(network.k)]
    require(0 not in clause, step, rule, "S3", f"not all slots of sample {t} have an atom")
    return clause
