"""Formulas about real functions in the language of claims: ``prove``, ``for``, ``where``, ``let``."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from relucert.claims.errors import LedgerError
from relucert.claims.kinds.certificate import checked, of_formula
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.certify.formula import RealFormula
    from relucert.certify.search.formula_proof import Refuted, Undecided

KEYS = {"conclusion": "prove", "range": "for", "condition": "where", "definition": "let"}


def stated(claim: Claim) -> RealFormula:
    """What the checker reads.

    Raises
    ------
    LedgerError
        A text is no formula, or an assumption in words is a formula: only those in ``where`` are assumed by the proof.
    """
    from relucert.certify.language.errors import LanguageError
    from relucert.certify.language.parse import parse_claim

    try:
        formula = parse_claim(claim.prove or "", claim.ranges, claim.where, claim.let)
    except LanguageError as error:
        key = KEYS[error.source.label.split()[0]]
        where = f"{claim.at(key)}, {error.where}"
        raise LedgerError(f"claim {claim.id!r}: {key}: {error.what}", where, error.cure) from None
    for text in claim.assumptions:
        try:
            parse_claim(claim.prove or "", claim.ranges, [*claim.where, text], claim.let)
        except LanguageError:
            continue
        raise LedgerError(
            f"claim {claim.id!r}: the assumption {text!r} is a formula, but assumptions are words that nobody checks",
            str(claim.at("assumptions")),
            "move it to where",
        )
    return formula


def settle(claim: Claim) -> Settled:
    """Search within the claim's time; what is found is what the checker says about the certificate.

    With grade "smt" half of the time is left for SMT solvers, whose word is reported as modulo an oracle.
    """
    from relucert.certify.search.formula_proof import Refuted, Undecided, search_formula

    formula = stated(claim)
    start, time = perf_counter(), float(claim.time)
    own = time / 2 if claim.grade == "smt" else time
    outcome = search_formula(formula, time=own, exact=claim.grade == "exact")
    if isinstance(outcome, Undecided) and claim.grade == "smt":
        asked = _asked(formula, max(1.0, time - (perf_counter() - start)))
        if isinstance(asked, Settled):
            return replace(asked, seconds=perf_counter() - start)
        outcome = asked if isinstance(asked, Refuted) else replace(outcome, reason=f"{outcome.reason}; {asked.reason}")
    seconds = perf_counter() - start
    if isinstance(outcome, Undecided):
        cure = f"relucert claims why {claim.id}"
        return Settled(Status.UNDECIDED, formula.in_words(), outcome.reason, cure, stuck=_stuck(formula, outcome),
                       seconds=seconds)  # fmt: skip
    verdict = outcome.verdict
    found: dict[str, Any] = {"grade": verdict.grade, "rules": dict(verdict.rules), "certificate": outcome.certificate}
    return of_formula(verdict, found | {"seconds": seconds})


def _asked(formula: RealFormula, seconds: float) -> Settled | Refuted | Undecided:
    """What SMT solvers say; only a point that refutes can be replayed."""
    from relucert.certify.search.formula_smt import SOLVERS, Believed, installed, search_smt

    if not installed():
        return _undecided(f"no SMT solver is installed ({' or '.join(SOLVERS)})")
    found = search_smt(formula, time=seconds)
    if not isinstance(found, Believed):
        return found
    names = [f"{answer.solver} {answer.version}".strip() for answer in found.answers if answer.answer == "unsat"]
    variables = [variable.name for variable in formula.variables]
    point = None if found.point is None else dict(zip(variables, map(str, found.point), strict=True))
    message = f"on the word of {', '.join(names)}: nothing can be replayed"
    believe = tuple(f"the word of {name}" for name in names)
    return Settled(Status.MODULO, formula.in_words(), message, grade="smt", point=point, believe=believe)


def _undecided(reason: str) -> Undecided:
    from relucert.certify.search.formula_proof import Undecided

    return Undecided(reason)


def replay(claim: Claim, data: bytes) -> Settled:
    """The certificate must be about the claim's own formula: that it holds, fails, or is about nothing."""
    formula = stated(claim)
    verdict, found = checked(data)
    if found.status is Status.INVALID:
        return replace(found, words=formula.in_words())
    asserted = getattr(verdict.claim, "assertion", None)
    if asserted is None or replace(formula, assertion=asserted) != verdict.claim:
        return replace(
            found,
            status=Status.DRIFTED,
            message=f"the certificate is about something else: {found.words}",
            words=formula.in_words(),
            cure="correct the claim, or make a certificate for it: relucert claims update",
        )
    return found


def _stuck(claim: RealFormula, outcome: Undecided) -> dict[str, Any]:
    names = [variable.name for variable in claim.variables]
    best = outcome.best
    lowest = None if best is None else {"value": best[0], "at": dict(zip(names, best[1], strict=True))}
    where = {name: list(ends) for name, ends in zip(names, outcome.where, strict=False)}
    return {"margin": outcome.margin, "where": where, "lowest_found": lowest}
