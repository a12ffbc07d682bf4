"""Does the certificate speak about the caller's problem and network?  Compared number by number, exactly."""

from __future__ import annotations

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.stream import Stream, decode_text
from relucert.certify.claim import ClaimError, Network, TrainingGap, TrainingProblem


def read_problem(data: bytes) -> tuple[TrainingProblem, Network]:
    """A canonical problem file: ``{"problem": .., "network": ..}`` as in the claim of a certificate."""
    try:
        stream = Stream(decode_text(data))
        value = stream.value()
        if stream.peek() != "":
            raise ClaimError("text after the problem")
    except CertificateError as error:
        raise ClaimError(error.detail) from None
    if not isinstance(value, dict) or list(value) != ["problem", "network"]:
        raise ClaimError("must be an object with the fields problem, network in this order")
    problem, network = TrainingProblem.from_json(value["problem"]), Network.from_json(value["network"])
    network.require_fits(problem, "network")
    return problem, network


def difference(claim: TrainingGap, problem: TrainingProblem, network: Network) -> str | None:
    """The first field in which the claim differs from the caller's problem or network, or None."""
    for name, ours, theirs in (("problem", claim.problem, problem), ("network", claim.network, network)):
        for attribute in type(ours).__annotations__:
            if getattr(ours, attribute) != getattr(theirs, attribute):
                return f"{name}.{attribute}"
    return None
