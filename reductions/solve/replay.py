"""What the evidence in a bundle proves: the chain is derived anew, the witness evaluated, the certificate replayed."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.certify.check.decision.kernel import DecisionVerdict, check_decision
from relucert.reductions.bundle import Bundle
from relucert.reductions.problems.k_non_overlap import KNonOverlap


@dataclass(frozen=True)
class Replayed:
    """The answer for the source that the evidence proves.

    Attributes
    ----------
    answer : "yes" or "no"; ``None`` without evidence, or if something is wrong.
    wrong : what is wrong, in words; empty if nothing is.
    through : names of the reductions whose maps lead from the evidence to the source; they are not replayed.
    verdict : the trusted checker's, if the bundle has a certificate and was looked at so far.
    """

    answer: str | None = None
    wrong: str = ""
    through: tuple[str, ...] = ()
    verdict: DecisionVerdict | None = None


def replay_bundle(bundle: Bundle) -> Replayed:
    """Look at all the evidence: one bad piece, or two that contradict each other, and nothing is proved."""
    wrong = bundle.mismatch()
    if wrong is not None:
        return Replayed(wrong=wrong)
    through = tuple(link.name for link in bundle.links)
    answers: list[str] = []
    if bundle.witness is not None:
        place = bundle.witness.place
        if not bundle.instances[place].is_witness(bundle.witness.value):
            return Replayed(wrong=f"what is given is no witness of instance {place}, {bundle.instances[place].name}")
        answers.append("yes")
        through = through[:place]
    if bundle.certificate is None:
        return Replayed(answers[0] if answers else None, through=through)
    verdict = check_decision(bundle.certificate.encode())
    target = bundle.target
    if not verdict.valid or verdict.claim is None:
        return Replayed(wrong=f"certificate: {verdict.reason}", verdict=verdict)
    if not isinstance(target, KNonOverlap) or verdict.claim.instance != target.instance:
        wrong = "the certificate is about another network than the last instance"
        return Replayed(wrong=wrong, verdict=verdict)
    answer = "yes" if verdict.claim.assertion == "reachable" else "no"
    if answers and answers != [answer]:
        return Replayed(wrong="the witness and the certificate contradict each other", verdict=verdict)
    return Replayed(answer, through=through, verdict=verdict)
