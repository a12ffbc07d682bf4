"""A certificate: what it asserts is read off it, and the trusted checker says whether it holds."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

_CHECKER_ONLY = ("grade", "rules", "claim ", "checker")  # lines of the checker's report that are shown elsewhere


def replay(claim: Claim, data: bytes) -> Settled:
    """The claim is what the certificate says; the author's words stand beside the checker's."""
    del claim
    return checked(data)[1]


def checked(data: bytes) -> tuple[Any, Settled]:
    """The checker's verdict, and the same as an outcome."""
    from relucert.certify.check.real.door import check_any, exit_code

    start = perf_counter()
    verdict = check_any(data)
    seconds = perf_counter() - start
    found: dict[str, Any] = {"certificate": data, "seconds": seconds, "check_seconds": seconds}
    if not verdict.valid:
        cure = "restore the certificate, or make it again: relucert claims update"
        return verdict, Settled(Status.INVALID, message=f"the checker refuses it: {verdict.reason}", cure=cure, **found)
    found |= {"words": words_of(verdict), "grade": getattr(verdict, "grade", "exact"), "rules": dict(verdict.rules)}
    if exit_code(verdict) != 0:
        return verdict, Settled(Status.VACUOUS, message="what is certified says nothing", **found)
    return verdict, _by_type(verdict, found)


def words_of(verdict: Any) -> str:
    """What the checker says that a valid certificate proves, in its own words."""
    from relucert.certify.check.real.door import as_text

    return "\n".join(line for line in as_text(verdict).splitlines()[:-1] if not line.startswith(_CHECKER_ONLY))


def _by_type(verdict: Any, found: dict[str, Any]) -> Settled:
    from relucert.certify.check.real.kernel import FormulaVerdict
    from relucert.certify.check.verdict import Verdict

    if isinstance(verdict, FormulaVerdict):
        return of_formula(verdict, found)
    if isinstance(verdict, Verdict):
        from relucert.claims.kinds.training_gap import facts

        refuted = verdict.claim is not None and verdict.claim.refuted_gap is not None
        return Settled(Status.REFUTED if refuted else Status.PROVED, facts=facts(verdict), **found)
    return Settled(Status.PROVED, **found)


def of_formula(verdict: Any, found: dict[str, Any]) -> Settled:
    """A valid verdict about a formula: its point and its words by name."""
    from relucert.certify.check.real.report import point_of

    claim = verdict.claim
    status = {"holds": Status.PROVED, "fails": Status.REFUTED, "vacuous": Status.VACUOUS}[claim.assertion]
    point = point_of(verdict)
    message = ""
    if status is Status.VACUOUS:
        message = "the conditions contradict each other: they hold for no numbers in the ranges"
    elif status is Status.PROVED and point is None and claim.variables:
        message = "no point with the conditions was exhibited: it may be true for want of points"
    return Settled(status, message=message, point=point, **found | {"words": claim.in_words()})
