"""A chain of reductions: ``bundle = "FILE"`` with ``options = { answer = "yes" }`` or "no".

The chain is derived anew from its first instance; its witness is evaluated exactly, or the certificate about the
network at its end is replayed by the trusted checker.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from relucert.claims.errors import LedgerError
from relucert.claims.files import MAX_CERTIFICATE, inside, read_bytes
from relucert.claims.kinds.certificate import checked
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle

ANSWERS = ("yes", "no")


def settle(claim: Claim) -> Settled:
    """Does the evidence in the file prove the answer that is claimed?"""
    from relucert.reductions.text import ProblemError

    place = claim.at("bundle")
    path = inside(claim.folder, claim.bundle or "", place)
    wanted = claim.options.get("answer")
    if wanted not in ANSWERS or len(claim.options) > 1:
        cure = 'write options = { answer = "yes" } or "no"'
        raise LedgerError(f"claim {claim.id!r}: options say no answer", str(claim.at("options")), cure)
    try:
        data = read_bytes(path, MAX_CERTIFICATE, place)
    except FileNotFoundError:
        raise LedgerError(
            f"there is no bundle {claim.bundle}", str(place), "write one: relucert reduce -o FILE"
        ) from None
    start = perf_counter()
    try:
        found = _judged(data, str(wanted), str(path))
    except ProblemError as error:
        raise LedgerError(f"claim {claim.id!r}: {error}", str(place), "write it again: relucert reduce") from None
    seconds = perf_counter() - start
    # the file holds the evidence itself: there is no other certificate to record
    facts = {"bundle": f"{claim.bundle}, {len(data)} bytes"}
    return replace(found, certificate=None, facts=facts, seconds=seconds, check_seconds=seconds)


def _judged(data: bytes, wanted: str, name: str) -> Settled:
    from relucert.reductions.bundle import read_bundle

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Settled(Status.INVALID, message="the bundle is no text")
    bundle = read_bundle(text, name)
    words = _words(bundle, wanted)
    wrong = bundle.mismatch()
    if wrong is not None:
        return Settled(Status.INVALID, words, f"the chain is not what the reductions make: {wrong}")
    believe = tuple(f"the maps of the reduction {link.name}" for link in bundle.links)
    found: list[tuple[str, Settled]] = []
    if bundle.witness is not None:
        instance = bundle.instances[bundle.witness.place]
        if not instance.is_witness(bundle.witness.value):
            return Settled(Status.INVALID, words, f"what is given is no witness of {instance.name}")
        used = believe[: bundle.witness.place]  # pulled back through the maps before its place
        found.append(("yes", Settled(Status.PROVED, words, grade="exact", believe=used)))
    if bundle.certificate is not None:
        found.append(_certified(bundle, words, believe))
    bad = next((settled for _, settled in found if settled.status is Status.INVALID), None)
    if bad is not None:
        return bad
    if not found:
        cure = "settle it: relucert decide --help"
        return Settled(Status.UNDECIDED, words, "the bundle holds neither witness nor certificate", cure)
    if len({answer for answer, _ in found}) > 1:
        return Settled(Status.INVALID, words, "the witness and the certificate contradict each other")
    answer, settled = found[0]
    if answer != wanted:
        return replace(settled, status=Status.REFUTED, message=f"the answer is {answer}")
    return settled


def _certified(bundle: Bundle, words: str, believe: tuple[str, ...]) -> tuple[str, Settled]:
    target = bundle.target
    data = (bundle.certificate or "").encode()
    verdict, found = checked(data)
    if found.status is Status.INVALID:
        return "", replace(found, words=words)
    instance = getattr(verdict.claim, "instance", None)
    if instance is None or instance != getattr(target, "instance", None):
        return "", Settled(Status.INVALID, words, "the certificate is about another network than the last instance")
    answer = "yes" if verdict.claim.assertion == "reachable" else "no"
    return answer, replace(found, words=f"{words}\n{found.words}", believe=believe)


def _words(bundle: Bundle, wanted: str) -> str:
    chain = "".join(f", by {link.name} {instance.name}" for link, instance in
                    zip(bundle.links, bundle.instances[1:], strict=True))  # fmt: skip
    return f"The answer is {wanted} for this instance of {bundle.source.name}{chain}."
