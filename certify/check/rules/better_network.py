"""Rule better_network: a network that refutes "within G of the global optimum".

::

    objective(better) < (1 - G) objective(given)
    ------------------------------------------------------------------------------
    the given network is not within the relative gap G of the optimum over all widths

S1  a better network is given if and only if the claim names a gap
S2  it has the shape of the problem's networks (any width)
S3  its objective, rounded up, is below (1 - G) times the given network's, rounded down
"""

from __future__ import annotations

from relucert.certify.check.errors import CertificateError, require
from relucert.certify.check.rules.primal_value import primal_value
from relucert.certify.check.verdict import Objective
from relucert.certify.claim import ClaimError, Network, TrainingGap


def better_network(claim: TrainingGap, loss: Objective, network: Network | None, step: str) -> Objective | None:
    """Check S1 to S3 and return the better network's objective."""
    rule, gap = "better_network", claim.refuted_gap
    require((gap is None) == (network is None), step, rule, "S1", "a gap without a better network, or the reverse")
    if gap is None or network is None:
        return None
    try:
        network.require_fits(claim.problem, "better_network")
    except ClaimError as error:
        raise CertificateError(step, rule, "S2", str(error)) from None
    better, _ = primal_value(claim.problem, network)
    require(better.high < (1 - gap) * loss.low, step, rule, "S3", "the other network is not better by the claimed gap")
    return better
