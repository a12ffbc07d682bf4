"""The objective that a training program minimised, as exact constants and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from relucert.certify.read.errors import InputError

LossForm = Literal["half-sum", "half-mean", "mean"]
BiasTreatment = Literal["none", "penalised", "free"]

_LOSS_WORDS: dict[LossForm, str] = {
    "half-sum": "1/2 sum r^2",
    "half-mean": "1/(2n) sum r^2",
    "mean": "1/n sum r^2",
}


@dataclass(frozen=True)
class TrainingObjective:
    """Loss plus (B1/2)(|W|^2 [+ |b|^2]) + (B2/2)(|a|^2 [+ c^2]), brackets only for penalised biases.

    With ``penalty="product"`` it is loss plus B1 sum_j |(w_j[, b_j])||a_j| (B2 = B1).

    Attributes
    ----------
    loss : {"half-sum", "half-mean", "mean"}
        1/2 sum r^2, 1/(2n) sum r^2 or 1/n sum r^2 with residuals r.
    hidden_weight_decay, output_weight_decay : Fraction
        B1 and B2.
    hidden_bias, output_bias : {"none", "penalised", "free"}
    notes : tuple of str
        Reservations that a report should repeat; those that put the objective in doubt begin with ``warning:``.
    """

    loss: LossForm
    hidden_weight_decay: Fraction
    output_weight_decay: Fraction
    hidden_bias: BiasTreatment
    output_bias: BiasTreatment
    notes: tuple[str, ...] = ()
    penalty: Literal["sum-of-squares", "product"] = "sum-of-squares"

    def in_words(self) -> str:
        """The formula on one line, constants exact."""
        penalised = self.hidden_bias == "penalised"
        first, second = self.hidden_weight_decay, self.output_weight_decay
        if self.penalty == "product":
            penalty = f"({first}) sum_j {'|(w_j, b_j)|' if penalised else '|w_j|'} |a_j|"
        else:
            hidden = "(|W|^2 + |b|^2)" if penalised else "|W|^2"
            output = "(|a|^2 + c^2)" if self.output_bias == "penalised" else "|a|^2"
            penalty = f"1/2 ({first}) {hidden} + 1/2 ({second}) {output}"
        biases = f"hidden bias {self.hidden_bias}, output bias {self.output_bias}"
        return f"{_LOSS_WORDS[self.loss]} + {penalty}; {biases}"


def decay_constant(value: Any, *, field: str, file: str | None = None) -> Fraction:
    """The rational that a person typed: the shortest decimal of the float, so that 0.0001 is 1/10000.

    The training program used the binary64 next to it; the two differ by a relative 2^-53 at most.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise InputError(f"{value!r} is no weight decay", file=file, field=field, cure="it must be finite and >= 0")
    return Fraction(repr(number))
