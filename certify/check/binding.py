"""Does the certificate speak about the caller's problem and network?  Compared number by number, exactly."""

from __future__ import annotations

from relucert.certify.check.errors import CertificateError
from relucert.certify.check.stream import Stream, decode_text
from relucert.certify.claim import ClaimError, Network, TrainingGap, TrainingProblem
from relucert.certify.non_overlap import NonOverlapInstance, NonOverlapTraining

Wanted = tuple[TrainingProblem, Network] | NonOverlapInstance


def read_problem(data: bytes) -> Wanted:
    """A canonical problem file: ``{"problem": .., "network": ..}`` or ``{"k": .., "p": .., "samples": ..}``."""
    try:
        stream = Stream(decode_text(data))
        value = stream.value()
        if stream.peek() != "":
            raise ClaimError("text after the problem")
    except CertificateError as error:
        raise ClaimError(error.detail) from None
    if isinstance(value, dict) and "samples" in value:
        return NonOverlapInstance.from_json(value)
    if not isinstance(value, dict) or list(value) != ["problem", "network"]:
        raise ClaimError("must be an object with the fields problem, network in this order")
    problem, network = TrainingProblem.from_json(value["problem"]), Network.from_json(value["network"])
    network.require_fits(problem, "network")
    return problem, network


def difference(claim: object, wanted: Wanted) -> str | None:
    """The first field in which the claim differs from the caller's problem or network, or None."""
    pairs: list[tuple[str, object, object]] = []
    if isinstance(claim, TrainingGap) and isinstance(wanted, tuple):
        pairs = [("problem", claim.problem, wanted[0]), ("network", claim.network, wanted[1])]
    elif isinstance(claim, NonOverlapTraining) and isinstance(wanted, NonOverlapInstance):
        pairs = [("instance", claim.instance, wanted)]
    for name, ours, theirs in pairs:
        for attribute in type(ours).__annotations__:
            if getattr(ours, attribute) != getattr(theirs, attribute):
                return f"{name}.{attribute}"
    return None if pairs else "the kind"
