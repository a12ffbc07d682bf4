"""A derivation of the library: computer algebra verifies every step anew; there is no certificate."""

from __future__ import annotations

from time import perf_counter

from relucert.claims.errors import LedgerError
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status


def settle(claim: Claim) -> Settled:
    """Verify all steps."""
    from relucert.symbolic.library import UnknownDerivation, load
    from relucert.symbolic.printers.latex import latex
    from relucert.symbolic.verify import verify

    start = perf_counter()
    try:
        derivation = load(claim.derivation or "")
    except UnknownDerivation as error:
        raise LedgerError(f"claim {claim.id!r}: {error}", str(claim.at("derivation"))) from None
    report = verify(derivation)
    seconds = perf_counter() - start
    results = [f"{result.description}: ${latex(result.left)} = {latex(result.right)}$" for result in derivation.results]
    words = "\n".join([f"{derivation.title} ({derivation.law}).", *derivation.conditions, *results])
    kinds = {kind: report.count(kind) for kind in ("identity", "calculus", "argument")}
    failed = next((step for step in report.steps if not step.verified), None)
    if failed is not None or not report.verified:
        message = "there are no steps" if failed is None else f"step {failed.step!r} fails: {failed.detail}"
        return Settled(Status.FAILED, words, message, rules=kinds, seconds=seconds)
    believe = ["computer algebra (SymPy), which verified the steps of the derivation"]
    if kinds["argument"]:
        believe.append(f"{kinds['argument']} steps of reasoning in words, each confirmed by numbers or special cases")
    return Settled(Status.PROVED, words, grade="symbolic", rules=kinds, believe=tuple(believe), seconds=seconds)
