"""The one way a certificate fails."""

from __future__ import annotations


class CertificateError(Exception):
    """A side condition that does not hold: where (step), which rule, which numbered condition, and the detail."""

    def __init__(self, step: str, rule: str, condition: str, detail: str) -> None:
        super().__init__(f"{step}, rule {rule}, {condition}: {detail}")
        self.step, self.rule, self.condition, self.detail = step, rule, condition, detail


def require(holds: bool, step: str, rule: str, condition: str, detail: str) -> None:
    """Raise CertificateError unless the side condition holds (never `assert`: it vanishes under -O)."""
    if holds is not True:
        raise CertificateError(step, rule, condition, detail)
