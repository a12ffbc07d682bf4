"""What a certificate asserts: training problems, networks and the claim about them, with exact numbers.

This file and :mod:`relucert.certify.check` are the trusted base: standard library only, no float arithmetic.
Every number is a :class:`fractions.Fraction`.  Numbers of data and networks are dyadic (they come from floats) and are
spelled as normalised C99 hex floats; all others are rationals ``p/q`` in lowest terms.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]
Json = Any

LOSSES = ("half-sum", "half-mean", "mean")
PENALTIES = ("sum-of-squares", "product")
BIASES = ("none", "penalised", "free")
MAX_DIGITS = 4000  # below the 4300 digits at which Python's int() refuses a string
MAX_EXPONENT = 1100  # beyond binary64 on both sides

_RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?")
_HEX_FLOAT = re.compile(r"(-?)0x1(?:\.([0-9a-f]{0,12}[1-9a-f]))?p([+-])(0|[1-9][0-9]{0,3})")


class ClaimError(ValueError):
    """A claim that is not well formed; the message names the field."""


def parse_rational(text: Json, field: str) -> Fraction:
    """``"p/q"`` or ``"p"`` in lowest terms, ASCII, q >= 2 when it is written."""
    match = _RATIONAL.fullmatch(text) if isinstance(text, str) and len(text) <= 2 * MAX_DIGITS else None
    if match is None or len(match[1]) > MAX_DIGITS or len(match[2] or "") > MAX_DIGITS:
        raise ClaimError(f"{field}: {_short(text)} is not a rational 'p/q'")
    value = Fraction(int(match[1]), int(match[2] or "1"))
    if spell_rational(value) != text:
        raise ClaimError(f"{field}: {_short(text)} is not in lowest terms")
    return value


def spell_rational(value: Fraction) -> str:
    """The one spelling of a rational."""
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def parse_hex_float(text: Json, field: str) -> Fraction:
    """A normalised C99 hex float (``0x0p+0`` or ``[-]0x1[.hhh]p±e`` with no trailing zero digit)."""
    if text == "0x0p+0":
        return Fraction(0)
    match = _HEX_FLOAT.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[3] == "-" and match[4] == "0") or int(match[4]) > MAX_EXPONENT:
        raise ClaimError(f"{field}: {_short(text)} is not a normalised hex float")
    digits = match[2] or ""
    mantissa = int("1" + digits, 16)
    exponent = int(match[3] + match[4]) - 4 * len(digits)
    value = Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)
    return -value if match[1] else value


def spell_hex_float(value: Fraction) -> str:
    """The one hex-float spelling of a dyadic rational with at most 53 significant bits."""
    if value == 0:
        return "0x0p+0"
    mantissa, denominator = abs(value.numerator), value.denominator
    if denominator & (denominator - 1):
        raise ClaimError(f"{value} is not a dyadic rational")
    exponent = mantissa.bit_length() - denominator.bit_length()  # value = 1.xxx * 2^exponent
    fraction_bits = mantissa.bit_length() - 1
    digits_needed = -(-fraction_bits // 4)
    fraction = (mantissa - (1 << fraction_bits)) << (4 * digits_needed - fraction_bits)
    digits = f"{fraction:0{digits_needed}x}".rstrip("0") if digits_needed else ""
    if len(digits) > 13:
        raise ClaimError(f"{value} has more than 53 significant bits")
    sign = "-" if value < 0 else ""
    return f"{sign}0x1{'.' + digits if digits else ''}p{exponent:+d}"


@dataclass(frozen=True)
class TrainingProblem:
    """Minimise LOSS + PENALTY over all two-layer ReLU networks f(x) = sum_j a_j relu(w_j.x + b_j) + c of any width.

    Attributes
    ----------
    loss : "half-sum" 1/2 sum (f - y)^2, "half-mean" 1/(2n) sum (f - y)^2, "mean" 1/n sum (f - y)^2.
    penalty : "sum-of-squares" (hidden_weight_decay/2)(|W|^2 [+ |b|^2]) + (output_weight_decay/2)(|a|^2 [+ c^2]), or
        "product" hidden_weight_decay * sum_j |(w_j[, b_j])| |a_j|.
    hidden_bias, output_bias : "none" (no such parameter), "penalised" (in the brackets above) or "free".
    X : (n, d) inputs.  Y : (n, c) targets; c = 1 so far.
    """

    loss: str
    penalty: str
    hidden_weight_decay: Fraction
    output_weight_decay: Fraction
    hidden_bias: str
    output_bias: str
    X: Matrix
    Y: Matrix

    def __post_init__(self) -> None:
        _choice(self.loss, LOSSES, "problem.loss")
        _choice(self.penalty, PENALTIES, "problem.penalty")
        _choice(self.hidden_bias, BIASES, "problem.hidden_bias")
        _choice(self.output_bias, BIASES, "problem.output_bias")
        _rectangle(self.X, len(self.X), self.features, "problem.X")
        _rectangle(self.Y, len(self.X), self.outputs, "problem.Y")
        if min(self.hidden_weight_decay, self.output_weight_decay) < 0:
            raise ClaimError("problem.hidden_weight_decay, problem.output_weight_decay: must not be negative")
        if self.penalty == "product":
            if self.output_weight_decay != self.hidden_weight_decay:
                raise ClaimError("problem.output_weight_decay: the product penalty has a single weight decay")
            if self.output_bias == "penalised":
                raise ClaimError("problem.output_bias: the product penalty leaves an output bias free")

    @property
    def samples(self) -> int:
        return len(self.X)

    @property
    def features(self) -> int:
        return len(self.X[0]) if self.X else 0

    @property
    def outputs(self) -> int:
        return len(self.Y[0]) if self.Y else 0

    @property
    def sum_scaling(self) -> Fraction:
        """The factor that turns the objective into 1/2 sum r^2 + ... ("sum scaling")."""
        n = Fraction(self.samples)
        return {"half-sum": Fraction(1), "half-mean": n, "mean": n / 2}[self.loss]

    def to_json(self) -> Json:
        return {
            "loss": self.loss,
            "penalty": self.penalty,
            "hidden_weight_decay": spell_rational(self.hidden_weight_decay),
            "output_weight_decay": spell_rational(self.output_weight_decay),
            "hidden_bias": self.hidden_bias,
            "output_bias": self.output_bias,
            "X": _spell_matrix(self.X),
            "Y": _spell_matrix(self.Y),
        }

    @staticmethod
    def from_json(value: Json) -> TrainingProblem:
        fields = _fields(value, "problem", list(TrainingProblem.__annotations__))
        return TrainingProblem(
            fields["loss"],
            fields["penalty"],
            parse_rational(fields["hidden_weight_decay"], "problem.hidden_weight_decay"),
            parse_rational(fields["output_weight_decay"], "problem.output_weight_decay"),
            fields["hidden_bias"],
            fields["output_bias"],
            _parse_matrix(fields["X"], "problem.X"),
            _parse_matrix(fields["Y"], "problem.Y"),
        )

    def formula(self) -> str:
        """The objective as one line of plain-text mathematics, with the exact decays."""
        n = self.samples
        loss = {"half-sum": "1/2", "half-mean": f"1/(2*{n})", "mean": f"1/{n}"}[self.loss]
        hidden = "|w_j|^2 + b_j^2" if self.hidden_bias == "penalised" else "|w_j|^2"
        output = "a_j^2"
        first, second = spell_rational(self.hidden_weight_decay), spell_rational(self.output_weight_decay)
        if self.penalty == "product":
            norm = "|(w_j, b_j)|" if self.hidden_bias == "penalised" else "|w_j|"
            penalty = f"{first} * sum_j {norm}*|a_j|"
        elif first == second:
            penalty = f"({first})/2 * sum_j ({hidden} + {output})"
        else:
            penalty = f"({first})/2 * sum_j ({hidden}) + ({second})/2 * sum_j {output}"
        if self.output_bias == "penalised":
            penalty += f" + ({second})/2 * c^2"
        bias = "" if self.hidden_bias == "none" else " + b_j"
        constant = "" if self.output_bias == "none" else " + c"
        return f"minimise {loss} * sum_i (f(x_i) - y_i)^2 + {penalty},  f(x) = sum_j a_j*relu(w_j.x{bias}){constant}"

    def in_words(self) -> str:
        """The same statement in words."""
        scale = {
            "half-sum": "half the sum of squared errors",
            "half-mean": "half the mean squared error",
            "mean": "the mean squared error",
        }[self.loss]
        bias = {
            "none": "there is no {} bias",
            "penalised": "the {} bias is penalised like the weights of its layer",
            "free": "the {} bias is not penalised",
        }
        first, second = spell_rational(self.hidden_weight_decay), spell_rational(self.output_weight_decay)
        penalty = (
            f"{first} times the sum over hidden units of |hidden weights| * |output weight|"
            if self.penalty == "product"
            else f"half of {first} times the squared hidden weights plus half of {second} times the squared output ones"
        )
        return (
            f"Over all two-layer ReLU networks of any width with {self.features} inputs and {self.outputs} output, "
            f"minimise {scale} over {self.samples} samples plus {penalty}; {bias[self.hidden_bias].format('hidden')}; "
            f"{bias[self.output_bias].format('output')}."
        )


@dataclass(frozen=True)
class Network:
    """f(x) = sum_j a_j relu(w_j.x + b_j) + c.

    hidden_weights : (m, d).  hidden_bias : (m,) or None.  output_weights : (m, c).  output_bias : (c,) or None.
    """

    hidden_weights: Matrix
    hidden_bias: Vector | None
    output_weights: Matrix
    output_bias: Vector | None

    @property
    def width(self) -> int:
        return len(self.hidden_weights)

    def require_fits(self, problem: TrainingProblem, field: str) -> None:
        """Raise ClaimError unless every shape and the presence of each bias agree with the problem."""
        _rectangle(self.hidden_weights, self.width, problem.features, f"{field}.hidden_weights")
        _rectangle(self.output_weights, self.width, problem.outputs, f"{field}.output_weights")
        for name, bias, kind, length in (
            ("hidden_bias", self.hidden_bias, problem.hidden_bias, self.width),
            ("output_bias", self.output_bias, problem.output_bias, problem.outputs),
        ):
            if (bias is None) != (kind == "none"):
                raise ClaimError(
                    f"{field}.{name}: the problem says '{kind}', the network has {'none' if bias is None else 'one'}"
                )
            if bias is not None and len(bias) != length:
                raise ClaimError(f"{field}.{name}: has {len(bias)} entries, not {length}")

    def to_json(self) -> Json:
        return {
            "hidden_weights": _spell_matrix(self.hidden_weights),
            "hidden_bias": None if self.hidden_bias is None else [spell_hex_float(v) for v in self.hidden_bias],
            "output_weights": _spell_matrix(self.output_weights),
            "output_bias": None if self.output_bias is None else [spell_hex_float(v) for v in self.output_bias],
        }

    @staticmethod
    def from_json(value: Json, field: str = "network") -> Network:
        fields = _fields(value, field, list(Network.__annotations__))
        hidden_bias, output_bias = fields["hidden_bias"], fields["output_bias"]
        return Network(
            _parse_matrix(fields["hidden_weights"], f"{field}.hidden_weights"),
            None if hidden_bias is None else _parse_vector(hidden_bias, f"{field}.hidden_bias"),
            _parse_matrix(fields["output_weights"], f"{field}.output_weights"),
            None if output_bias is None else _parse_vector(output_bias, f"{field}.output_bias"),
        )


@dataclass(frozen=True)
class TrainingGap:
    """The claim: every network of every width has objective >= lower_bound; and, when refuted_gap = G is given, some
    network has an objective below (1 - G) times the objective of the given network."""

    problem: TrainingProblem
    network: Network
    lower_bound: Fraction
    refuted_gap: Fraction | None

    def __post_init__(self) -> None:
        self.network.require_fits(self.problem, "network")
        if self.refuted_gap is not None and not 0 <= self.refuted_gap < 1:
            raise ClaimError("refuted_gap: must be at least 0 and below 1")

    def to_json(self) -> Json:
        return {
            "kind": "training-gap",
            "problem": self.problem.to_json(),
            "network": self.network.to_json(),
            "lower_bound": spell_rational(self.lower_bound),
            "refuted_gap": None if self.refuted_gap is None else spell_rational(self.refuted_gap),
        }

    @staticmethod
    def from_json(value: Json) -> TrainingGap:
        fields = _fields(value, "claim", ["kind", *TrainingGap.__annotations__])
        _choice(fields["kind"], ("training-gap",), "claim.kind")
        refuted = fields["refuted_gap"]
        return TrainingGap(
            TrainingProblem.from_json(fields["problem"]),
            Network.from_json(fields["network"]),
            parse_rational(fields["lower_bound"], "claim.lower_bound"),
            None if refuted is None else parse_rational(refuted, "claim.refuted_gap"),
        )

    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(self.to_json()).encode("ascii")).hexdigest()


def canonical_json(value: Json) -> str:
    """One text per value: no white space, keys in the order the formats define."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _short(value: Json) -> str:
    text = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"  # repr of a deep list can fail
    return text if len(text) <= 60 else text[:57] + "..."


def _choice(value: Json, allowed: Sequence[str], field: str) -> None:
    if value not in allowed or not isinstance(value, str):
        raise ClaimError(f"{field}: {_short(value)} is not one of {', '.join(allowed)}")


def _fields(value: Json, field: str, names: Sequence[str]) -> Mapping[str, Json]:
    if not isinstance(value, dict) or list(value) != list(names):
        raise ClaimError(f"{field}: must be an object with the fields {', '.join(names)} in this order")
    return value


def _rectangle(matrix: Matrix, rows: int, columns: int, field: str) -> None:
    if len(matrix) != rows or any(len(row) != columns for row in matrix):
        raise ClaimError(f"{field}: must have {rows} rows of {columns} numbers")
    if field.startswith("problem.") and (rows == 0 or columns == 0):
        raise ClaimError(f"{field}: is empty")


def _parse_vector(value: Json, field: str) -> Vector:
    if not isinstance(value, list):
        raise ClaimError(f"{field}: must be an array")
    return tuple([parse_hex_float(entry, field) for entry in value])


def _parse_matrix(value: Json, field: str) -> Matrix:
    if not isinstance(value, list):
        raise ClaimError(f"{field}: must be an array of arrays")
    return tuple([_parse_vector(row, field) for row in value])


def _spell_matrix(matrix: Matrix) -> Json:
    return [[spell_hex_float(value) for value in row] for row in matrix]
