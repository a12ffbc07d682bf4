"""``python = "module:function"``: code of the ledger's author, run only when the caller allows it.

What it may return: the bytes of a certificate, which the trusted checker replays; a formula (`claims.formula`), which
is settled like one in the ledger; or True or False, which is a sample and proves nothing.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from time import perf_counter
from typing import Any

from relucert.claims.decorator import Formula, import_beside
from relucert.claims.errors import LedgerError, shortened
from relucert.claims.kinds import certificate, formula
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status


def settle(claim: Claim) -> Settled:
    """Call the function, and judge what it returns."""
    start = perf_counter()
    try:
        returned = _function(claim)()
    except LedgerError:
        raise
    except Exception as error:  # whatever the author's code raises
        message = f"{claim.python} raised {type(error).__name__}: {shortened(str(error), 200)}"
        return Settled(Status.FAILED, message=message, seconds=perf_counter() - start)
    seconds = perf_counter() - start
    if isinstance(returned, bytes | bytearray):
        return replace(certificate.checked(bytes(returned))[1], seconds=seconds)
    if isinstance(returned, Formula):
        return formula.settle(_saying(claim, returned))
    return _sampled(claim, returned, seconds)


def replay(claim: Claim, data: bytes) -> Settled:
    """The certificate must be about what the function returns now."""
    returned = _function(claim)()
    if isinstance(returned, Formula):
        return formula.replay(_saying(claim, returned), data)
    found = certificate.replay(claim, data)
    if isinstance(returned, bytes | bytearray) and bytes(returned) == data:
        return found
    message = f"{claim.python} returns something else than the certificate"
    return replace(found, status=Status.DRIFTED, message=message, cure="relucert claims update")


def _saying(claim: Claim, said: Formula) -> Claim:
    return replace(claim, python=None, prove=said.prove, ranges=said.ranges, where=said.where, let=said.let)


def _sampled(claim: Claim, returned: Any, seconds: float) -> Settled:
    if type(returned).__name__ in ("bool", "bool_"):  # NumPy's too, without importing it
        status = Status.NUMERIC if returned else Status.FAILED
        words = f"{claim.python} returned {bool(returned)}"
        message = "" if returned else "the sampled check came out wrong"
        return Settled(status, words, message, grade="numeric", seconds=seconds)
    raise LedgerError(
        f"claim {claim.id!r}: {claim.python} returned a {type(returned).__name__}",
        str(claim.at("python")),
        "return a certificate's bytes, a formula, or True or False",
    )


def _function(claim: Claim) -> Any:
    module, _, name = (claim.python or "").partition(":")
    import_beside(claim.folder, module.partition(".")[0])
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise LedgerError(
            f"claim {claim.id!r}: {error}", str(claim.at("python")), "name a function of a module beside the ledger"
        ) from None
    if not callable(found):
        raise LedgerError(f"claim {claim.id!r}: {name} is no function", str(claim.at("python")), "name a function")
    return found
