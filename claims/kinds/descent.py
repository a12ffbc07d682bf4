"""Iterates of gradient descent: ``descent = "NAME"``, ``for`` the starts, ``options`` step, target and settings."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from time import perf_counter
from typing import TYPE_CHECKING, Any

from relucert.claims.errors import LedgerError
from relucert.claims.kinds.certificate import checked
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.certify.language.descent import DescentProblem

STEP, RADIUS = Fraction(1, 2), Fraction(1, 100)  # as `relucert descend --certify`


def stated(claim: Claim) -> tuple[DescentProblem, int | None]:
    """What is asked, and within how many steps (``None``: any number will do).

    Raises
    ------
    LedgerError
        There is no such descent, or a start or an option is not understood.
    """
    from relucert.certify.language.descent import descent_problem
    from relucert.certify.language.errors import LanguageError

    options = dict(claim.options)
    step, radius = (_number(claim, options, name, value) for name, value in (("step", STEP), ("radius", RADIUS)))
    steps, target = options.pop("steps", None), options.pop("target", None)
    if steps is not None and (type(steps) is not int or steps < 0):
        raise _wrong(claim, "steps", "is no number of steps", "write a whole number without quotes")
    if target is not None and not isinstance(target, str):
        raise _wrong(claim, "target", "is no formula", "put it in quotes")
    for name, value in options.items():
        if type(value) is bool or not isinstance(value, int | Fraction | str):
            raise _wrong(claim, name, "is no number", f"write {name} = 2, or an expression in quotes")
    settings = {name: str(value) for name, value in options.items()}
    try:
        problem = descent_problem(
            claim.descent or "", claim.ranges, step=step, settings=settings, radius=radius, target=target
        )
    except LanguageError as error:
        key = {"name": "descent", "start": "for", "--from": "for"}.get(error.source.label.split()[0], "options")
        where = f"{claim.at(key)}, {error.where}"
        raise LedgerError(f"claim {claim.id!r}: {key}: {error.what}", where, error.cure) from None
    return problem, steps


def _number(claim: Claim, options: dict[str, Any], name: str, otherwise: Fraction) -> Fraction:
    value = options.pop(name, otherwise)
    if type(value) is bool or not isinstance(value, int | Fraction) or value <= 0:
        raise _wrong(claim, name, "is no number above 0", f"write {name} = 0.1 without quotes")
    return Fraction(value)


def _wrong(claim: Claim, name: str, what: str, cure: str) -> LedgerError:
    return LedgerError(f"claim {claim.id!r}: options.{name} {what}", str(claim.at(f"options.{name}")), cure)


def settle(claim: Claim) -> Settled:
    """Search; what is found is replayed and compared like a recorded certificate."""
    from relucert.certify.search.descent import DescentUndecided, search_descent

    problem, steps = stated(claim)
    start = perf_counter()
    outcome = search_descent(
        problem.claim, problem.centre, converges=problem.descent.converges, steps=steps, time=float(claim.time)
    )
    if isinstance(outcome, DescentUndecided):
        names = [variable.name for variable in problem.claim.formula.variables]
        where = {name: list(ends) for name, ends in zip(names, outcome.where, strict=False)}
        stuck = {"margin": None, "where": where, "lowest_found": None}
        return Settled(Status.UNDECIDED, _words(problem), outcome.reason, f"relucert claims why {claim.id}",
                       stuck=stuck, seconds=perf_counter() - start)  # fmt: skip
    return replace(replay(claim, outcome.certificate), seconds=perf_counter() - start)


def replay(claim: Claim, data: bytes) -> Settled:
    """The certificate must be about this map, these starts and this target, and need no more steps."""
    from relucert.certify.descent_claim import DescentClaim

    problem, steps = stated(claim)
    verdict, found = checked(data)
    if found.status is Status.INVALID:
        return replace(found, words=_words(problem))
    proved, wanted = verdict.claim, problem.claim
    if not isinstance(proved, DescentClaim) or any(
        getattr(proved, name) != getattr(wanted, name) for name in ("formula", "map", "start")
    ):
        message = f"the certificate is about something else: {found.words}"
        cure = "correct the claim, or make a certificate for it: relucert claims update"
        return replace(found, status=Status.DRIFTED, message=message, words=_words(problem), cure=cure)
    facts = {"steps": str(proved.steps)}
    believe = (f"the derivation {problem.descent.source}, which says that the map is this descent",)
    if proved.trap is not None and proved.trap.rate is not None:
        facts["rate"] = str(proved.trap.rate)
    found = replace(found, facts=facts, believe=believe, words=f"{_words(problem)}\n{found.words}")
    if steps is not None and proved.steps > steps:
        message = f"{proved.steps} steps are certified to be enough, not {steps}"
        return replace(found, status=Status.UNDECIDED, message=message)
    if claim.kind == "convergence" and "rate" not in facts:
        return replace(found, status=Status.UNDECIDED, message="no rate is certified: no later iterate is spoken of")
    return found


def _words(problem: DescentProblem) -> str:
    numbers = ", ".join(f"{name} = {value}" for name, value in problem.settings.items())
    return f"Gradient descent {problem.descent.update}, with {numbers}."
