"""Certificates of every kind: the claim says which checker replays it."""

from __future__ import annotations

from typing import Any

from relucert.certify.check import report as training_gaps
from relucert.certify.check.decision import report as decisions
from relucert.certify.check.decision.kernel import DecisionVerdict, check_decision
from relucert.certify.check.errors import CertificateError
from relucert.certify.check.kernel import Verdict, check_bytes
from relucert.certify.check.real import report as formulas
from relucert.certify.check.real import theorem as theorems
from relucert.certify.check.real.descent import check_descent
from relucert.certify.check.real.kernel import FormulaVerdict, check_formula
from relucert.certify.check.real.theorem import TheoremVerdict
from relucert.certify.check.real.zeros import check_zero_set
from relucert.certify.check.stream import Stream, decode_text
from relucert.certify.non_overlap import KIND

AnyVerdict = Verdict | FormulaVerdict | TheoremVerdict | DecisionVerdict

VALID, INVALID, VACUOUS = 0, 1, 1


def check_any(data: bytes, *, jobs: int = 1) -> AnyVerdict:
    """Check a certificate (JSON text, possibly gzipped)."""
    name = kind(data)
    if name == "real-formula":
        return check_formula(data)
    if name == "zero-set":
        return check_zero_set(data)
    if name == "descent":
        return check_descent(data)
    return check_decision(data) if name == KIND else check_bytes(data, jobs=jobs)


def as_text(verdict: AnyVerdict) -> str:
    """A few lines for people."""
    if isinstance(verdict, DecisionVerdict):
        return decisions.as_text(verdict)
    if isinstance(verdict, TheoremVerdict):
        return theorems.as_text(verdict)
    return formulas.as_text(verdict) if isinstance(verdict, FormulaVerdict) else training_gaps.as_text(verdict)


def as_json(verdict: AnyVerdict) -> dict[str, Any]:
    """The same for programs."""
    if isinstance(verdict, DecisionVerdict):
        return decisions.as_json(verdict)
    if isinstance(verdict, TheoremVerdict):
        return theorems.as_json(verdict)
    return formulas.as_json(verdict) if isinstance(verdict, FormulaVerdict) else training_gaps.as_json(verdict)


def exit_code(verdict: AnyVerdict) -> int:
    """A bound that says nothing is not a success, and a claim about nothing is none; a yes and a no are both one."""
    if not verdict.valid:
        return INVALID
    if isinstance(verdict, DecisionVerdict | TheoremVerdict):
        return VALID
    if isinstance(verdict, FormulaVerdict):
        return VACUOUS if verdict.claim is None or verdict.claim.assertion == "vacuous" else VALID
    gap = verdict.relative_gap
    return VACUOUS if gap is not None and gap >= 1 else VALID


def kind(data: bytes) -> str:
    """The kind of the claim; empty when the text does not begin like a certificate."""
    try:
        stream = Stream(decode_text(data))
        stream.expect("{")
        for name in ("format", "version"):
            stream.key(name)
            stream.expect(",")
        for token in ('"claim"', ":", "{"):
            stream.expect(token)
        return str(stream.key("kind"))
    except CertificateError:
        return ""
