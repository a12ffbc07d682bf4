"""Rule witness: a filter that fits every sample.

::

    (1/k) sum_s relu(w.x_t[s]) = y_t for every sample t
    ---------------------------------------------------       evidence {"filter": ["p/q", ..]}
    some filter fits every sample

S1  the filter is an array of p rationals    S2  the equation holds exactly at every sample
"""

from __future__ import annotations

from typing import Any

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.claim import ClaimError, parse_rational
from relucert.certify.non_overlap import NonOverlapInstance


def witness(instance: NonOverlapInstance, value: Any, step: str) -> None:
    """Evaluate the network at every sample."""
    rule = "witness"
    shaped = isinstance(value, list) and len(value) == instance.p
    require(shaped, step, rule, "S1", f"the filter must be an array of {instance.p} rationals")
    try:
        filter = [parse_rational(entry, "filter") for entry in value]
    except ClaimError as error:
        raise CertificateError(step, rule, "S1", str(error)) from None
    t = instance.misfit(filter)
    require(t is None, step, rule, "S2", f"the output at sample {t} is not its label")
