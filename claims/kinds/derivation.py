"""A derivation of the library: computer algebra verifies every step anew; there is no certificate."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from relucert.claims.errors import LedgerError
from relucert.claims.ledger import Claim
from relucert.claims.outcome import Settled, Status

if TYPE_CHECKING:
    from relucert.symbolic.printers.page import Page
    from relucert.symbolic.printers.prose import Piece


def settle(claim: Claim) -> Settled:
    """Verify all steps."""
    from relucert.symbolic.library import UnknownDerivation, load
    from relucert.symbolic.printers.page import page
    from relucert.symbolic.verify import verify

    start = perf_counter()
    try:
        derivation = load(claim.derivation or "")
    except UnknownDerivation as error:
        raise LedgerError(f"claim {claim.id!r}: {error}", str(claim.at("derivation"))) from None
    report = verify(derivation)
    seconds = perf_counter() - start
    words = _in_words(page(derivation, report))
    kinds = {kind: report.count(kind) for kind in ("identity", "calculus", "argument")}
    failed = next((step for step in report.steps if not step.verified), None)
    if failed is not None or not report.verified:
        message = "there are no steps" if failed is None else f"step {failed.step!r} fails: {failed.detail}"
        return Settled(Status.FAILED, words, message, rules=kinds, seconds=seconds)
    believe = ["computer algebra (SymPy), which verified the steps of the derivation"]
    if kinds["argument"]:
        believe.append(f"{kinds['argument']} steps of reasoning in words, each confirmed by numbers or special cases")
    return Settled(Status.PROVED, words, grade="symbolic", rules=kinds, believe=tuple(believe), seconds=seconds)


def _in_words(text: Page) -> str:
    """Title, inputs, conditions and results, a line each; formulas stand between dollar signs."""
    from relucert.symbolic.printers.latex import latex

    lines = [f"{text.title}.", *(_line(part) for part in (*text.facts[:2], *text.conditions))]
    for description, equation in text.results:
        sides = f"{latex(equation.left)} {equation.relation} {latex(equation.right)}"
        lines.append(f"{_line(description).rstrip('.')}: ${sides}$")
    return "\n".join(lines)


def _line(parts: tuple[Piece, ...]) -> str:
    from relucert.symbolic.printers.latex import latex
    from relucert.symbolic.printers.page import Assignment
    from relucert.symbolic.printers.prose import Words

    found = []
    for part in parts:
        if isinstance(part, Words):
            found.append(part.text)
            continue
        name = f"{latex(part.name)} = " if isinstance(part, Assignment) else ""
        found.append(f"${name}{latex(part.expression, inline=True)}$")
    return "".join(found)
