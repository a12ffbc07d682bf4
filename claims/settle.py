"""One claim: replay its certificate, or settle it anew; whatever goes wrong is an outcome that names the claim."""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass, replace
from types import ModuleType

from relucert.claims.errors import LedgerError, shortened
from relucert.claims.files import MAX_CERTIFICATE, inside, read_bytes
from relucert.claims.ledger import GRADES, Claim
from relucert.claims.outcome import Settled, Status

MODULES = {
    "prove": "formula",
    "derivation": "derivation",
    "model": "training_gap",
    "descent": "descent",
    "landscape": "landscape",
    "bundle": "bundle",
    "python": "python_code",
    "certificate": "certificate",
}


@dataclass(frozen=True)
class How:
    """What the caller allows.

    frozen : replay recorded certificates; search for none.
    allow_code : run the Python functions that claims name.
    """

    frozen: bool = False
    allow_code: bool = False


def settle(claim: Claim, how: How) -> Settled:
    """How the claim stands; never raises for what a ledger, a file or a certificate says."""
    try:
        return _graded(claim, _settled(claim, how))
    except LedgerError as error:
        what = error.what if error.where is None else f"{error.what} ({error.where})"
        return Settled(Status.REFUSED, message=what, cure=error.cure or "")
    except MemoryError:
        return Settled(Status.CRASHED, message="out of memory", cure="split the claim")
    except RecursionError:
        return Settled(Status.REFUSED, message=f"claim {claim.id!r} is nested too deep", cure="split it")
    except Exception as error:  # a fault of this program is no reason to lose the other claims
        message = f"claim {claim.id!r}: internal error: {type(error).__name__}: {shortened(str(error), 200)}"
        return Settled(Status.ERROR, message=message, cure="report it")


def _settled(claim: Claim, how: How) -> Settled:
    if claim.content is None:
        return Settled(Status.UNDECIDED, message="nothing formal is stated")
    if claim.content == "python" and not how.allow_code:
        raise LedgerError(
            f"claim {claim.id!r} runs the code {claim.python}", str(claim.at("python")), "allow it with --allow-code"
        )
    adapter = _adapter(claim.content)
    if claim.certificate is not None:
        return _replayed(claim, adapter)
    if how.frozen and hasattr(adapter, "replay") and claim.kind != "numeric":
        cure = f"make one: relucert claims update {claim.id}"
        return Settled(Status.MISSING, message="no certificate is recorded, and --frozen makes none", cure=cure)
    found: Settled = adapter.settle(claim)
    return found


def _adapter(content: str) -> ModuleType:
    return importlib.import_module(f"relucert.claims.kinds.{MODULES[content]}")


def _replayed(claim: Claim, adapter: ModuleType) -> Settled:
    """The recorded bytes, if they are those that were recorded."""
    place = claim.at("certificate")
    path = inside(claim.folder, claim.certificate or "", place)
    try:
        data = read_bytes(path, MAX_CERTIFICATE, place)
    except FileNotFoundError:
        cure = f"restore it, or make it again: relucert claims update {claim.id}"
        return Settled(Status.MISSING, message=f"the certificate {claim.certificate} is gone", cure=cure)
    digest = hashlib.sha256(data).hexdigest()
    if claim.sha256 is None:
        message, cure = f"no sha256 of {claim.certificate} is recorded", f"relucert claims update {claim.id}"
        return Settled(Status.DRIFTED, message=message, cure=cure, certificate=data)
    if digest != claim.sha256:
        return Settled(
            Status.DRIFTED,
            message=f"the file {claim.certificate} is not the one that was recorded: its sha256 is {digest[:16]}..., "
            f"the ledger says {claim.sha256[:16]}...",
            cure=f"restore it, or record it anew: relucert claims update {claim.id}",
            certificate=data,
        )
    found: Settled = adapter.replay(claim, data)
    return found


def _graded(claim: Claim, found: Settled) -> Settled:
    """A proof of a weaker grade than asked for is none."""
    if found.status not in (Status.PROVED, Status.REFUTED) or found.grade not in GRADES:
        return found
    if GRADES.index(found.grade) <= GRADES.index(claim.grade):
        return found
    message = f"{found.status.value} with grade {found.grade}, but {claim.grade} is asked for"
    return replace(found, status=Status.UNDECIDED, message=message, cure="lower grade, or find another proof")
