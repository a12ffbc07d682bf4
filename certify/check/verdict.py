"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from relucert.certify.claim import TrainingGap


@dataclass(frozen=True)
class Objective:
    """An enclosure low <= objective <= high of a network's objective in the claim's own scaling."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Verdict:
    """VALID or INVALID, the claim that was checked, and the numbers the checker computed itself.

    loss : objective of the network as given.  balanced_loss : after rescaling every hidden unit by its best factor.
    relative_gap : (loss.high - lower_bound) / loss.high, with 0/0 = 0.  rules : how often each rule was applied.
    """

    kind: str
    reason: str = ""
    claim: TrainingGap | None = None
    loss: Objective | None = None
    balanced_loss: Objective | None = None
    better_loss: Objective | None = None
    rules: dict[str, int] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return self.kind == "VALID"

    @property
    def grade(self) -> str:
        """ "exact" when every number is rational, "interval" when square roots were rounded outward."""
        return "exact" if self.loss is not None and self.loss.low == self.loss.high else "interval"

    @property
    def relative_gap(self) -> Fraction | None:
        if self.claim is None or self.loss is None:
            return None
        if self.loss.high == 0:
            return Fraction(0)
        return (self.loss.high - self.claim.lower_bound) / self.loss.high
