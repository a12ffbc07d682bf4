"""Claims in text, certificates round them, and what the checker says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from relucert.certify.check.real.kernel import FormulaVerdict, check_formula
from relucert.certify.check.stream import FORMAT, VERSION
from relucert.certify.formula import RealFormula
from relucert.certify.language.parse import parse_claim


def claim(conclusion: str, *ranges: str, where: Sequence[str] = (), assertion: str = "holds") -> RealFormula:
    return replace(parse_claim(conclusion, ranges, where), assertion=assertion)


def certificate(
    formula: RealFormula, trees: Sequence[Any], point: Sequence[str] | None = None, bits: int = 64
) -> dict[str, Any]:
    evidence = {"bits": bits, "point": None if point is None else list(point)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": formula.to_json(),
        "evidence": evidence,
        "trees": list(trees),
    }


def checked(
    formula: RealFormula, trees: Sequence[Any], point: Sequence[str] | None = None, bits: int = 64
) -> FormulaVerdict:
    return check_formula(json.dumps(certificate(formula, trees, point, bits)).encode())


def tag(verdict: FormulaVerdict) -> str:
    """``VALID``, or the rule and the side condition that failed."""
    if verdict.valid:
        return "VALID"
    _, _, rest = verdict.reason.partition("rule ")
    rule, _, condition = rest.partition(", ")
    return f"{rule} {condition.partition(':')[0]}"
