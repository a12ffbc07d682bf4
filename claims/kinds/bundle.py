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
from relucert.claims.kinds.certificate import words_of
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
    from relucert.reductions.solve.replay import replay_bundle

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Settled(Status.INVALID, message="the bundle is no text")
    bundle = read_bundle(text, name)
    words = _words(bundle, wanted)
    found = replay_bundle(bundle)
    if found.wrong:
        return Settled(Status.INVALID, words, found.wrong, "make it again: relucert reduce, relucert decide")
    if found.answer is None:
        cure = "settle it: relucert decide --help"
        return Settled(Status.UNDECIDED, words, "the bundle holds neither witness nor certificate", cure)
    rules = {}
    if found.verdict is not None:
        words, rules = f"{words}\n{words_of(found.verdict)}", dict(found.verdict.rules)
    status, message = Status.PROVED, ""
    if found.answer != wanted:
        status, message = Status.REFUTED, f"the answer is {found.answer}"
    believe = tuple(f"the maps of the reduction {name}" for name in found.through)
    return Settled(status, words, message, grade="exact", rules=rules, believe=believe)


def _words(bundle: Bundle, wanted: str) -> str:
    chain = "".join(f", by {link.name} {instance.name}" for link, instance in
                    zip(bundle.links, bundle.instances[1:], strict=True))  # fmt: skip
    return f"The answer is {wanted} for this instance of {bundle.source.name}{chain}."
