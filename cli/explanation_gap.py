"""Where a certified gap comes from: an exact sum of parts that are never negative.

In sum scaling, with residuals r, dual variable ν, scale s, threshold T, decays b_1, b_2 and β = sqrt(b_1 b_2),

    objective - D(sν) = 1/2 |r - λν|^2                                        residuals
        + 1/2 (λ - s)^2 |ν|^2                                                  shrinking
        + sum_j (b_1/2 |w_j|^2 + b_2/2 a_j^2 - β |w_j||a_j|)                   unbalanced units
        + sum_j |a_j| (sM |w_j| - s sign(a_j) φ_ν(w_j))                        loose units
        + s (T - M) sum_j |w_j||a_j|                                           threshold
        + (β - sT) sum_j |w_j||a_j|                                            unused decay
        + b_2/2 (c - s 1'ν / b_2)^2                                            constant, when it is penalised

because ν.y = ν.r + sum_j a_j φ_ν(w_j) + c 1'ν (docs/theory/training_gap.md, sections 2 and 4). λν is the multiple of ν
nearest to r, and M the largest sign(a_j) φ_ν(w_j) / |w_j|, at least 0: what the network itself shows of the threshold.
|w_j| is the norm of the penalised part of a hidden unit. Only square roots are not exact; they are good to about 2^-96.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from relucert.certify.check.numbers import common_exponent, dot, scaled, sqrt_interval
from relucert.certify.check.rules.dual_value import Dual
from relucert.certify.check.rules.primal_value import residuals
from relucert.certify.claim import Network, TrainingGap, TrainingProblem

# Parts below this fraction of the objective come from the square roots, which are good to 2^-96.
ROOT_NOISE = Fraction(1, 1 << 80)


@dataclass(frozen=True)
class Part:
    """One term of the sum, in the problem's own scaling."""

    name: str
    amount: Fraction
    meaning: str


@dataclass(frozen=True)
class Unit:
    """One hidden unit seen from the proof.

    coefficient : |w_j||a_j|.  slack : 1 - |φ_ν(w_j)| / (T |w_j|), None when T |w_j| = 0; 0 means that the bound is
    tight in this direction.  agrees : φ_ν(w_j) has the sign of a_j.  active : samples with w_j.x_i + b_j > 0.
    loss : the unit's term of "loose units", in sum scaling.
    """

    index: int
    sign: int
    coefficient: Fraction
    slack: float | None
    agrees: bool
    active: int
    loss: Fraction


@dataclass(frozen=True)
class Accounts:
    """The parts of the gap, the hidden units in the network's order, and the residuals y_i - f(x_i)."""

    parts: list[Part]
    units: list[Unit]
    residuals: list[Fraction]

    @property
    def total(self) -> Fraction:
        return sum((part.amount for part in self.parts), Fraction(0))


def _root(square: Fraction) -> Fraction:
    """The middle of a tight enclosure of the square root."""
    low, high = sqrt_interval(square)
    return (low + high) / 2


def _heights(problem: TrainingProblem, network: Network, dual: Dual) -> list[tuple[Fraction, Fraction, int]]:
    """For every hidden unit |w_j|, φ_ν(w_j) summed in integers, and on how many samples it is active."""
    exponent = common_exponent(value for row in problem.X for value in row)
    rows = [[*scaled(row, exponent), 1 << exponent] for row in problem.X]
    shifts = network.hidden_bias or (Fraction(0),) * network.width
    result = []
    for weights, shift in zip(network.hidden_weights, shifts, strict=True):
        power = common_exponent([*weights, shift])
        direction = scaled([*weights, shift], power)
        activations = [dot(row, direction) for row in rows]
        total = sum([m * t for m, t in zip(dual.mantissas, activations, strict=True) if t > 0])
        penalised = (*weights, shift) if problem.hidden_bias == "penalised" else weights
        norm = _root(sum((value * value for value in penalised), Fraction(0)))
        result.append((norm, dual.unit * Fraction(total, 1 << (exponent + power)), sum([t > 0 for t in activations])))
    return result


def _units(problem: TrainingProblem, network: Network, dual: Dual) -> tuple[list[Unit], Fraction]:
    """Every hidden unit, and the height M that the best of them reaches."""
    outputs = [row[0] for row in network.output_weights]
    heights = _heights(problem, network, dual)
    reached = [
        (phi if output > 0 else -phi) / norm
        for output, (norm, phi, _) in zip(outputs, heights, strict=True)
        if norm > 0 and output != 0
    ]
    height = min(max([Fraction(0), *reached]), dual.threshold)
    units = []
    for j, (output, (norm, phi, active)) in enumerate(zip(outputs, heights, strict=True)):
        bound = dual.threshold * norm
        sign = (output > 0) - (output < 0)
        units.append(
            Unit(
                index=j,
                sign=sign,
                coefficient=norm * abs(output),
                slack=float(1 - abs(phi) / bound) if bound > 0 else None,
                agrees=sign * phi > 0,
                active=active,
                loss=dual.scale * (abs(output) * height * norm - output * phi),
            )
        )
    return units, height


def _dot(left: list[Fraction], right: list[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def _imbalance(problem: TrainingProblem, network: Network, beta: Fraction, mass: Fraction) -> Fraction:
    """The penalty that rescaling the hidden units would save, in sum scaling."""
    if problem.penalty == "product":
        return Fraction(0)
    first, second = (
        decay * problem.sum_scaling for decay in (problem.hidden_weight_decay, problem.output_weight_decay)
    )
    hidden = [value for row in network.hidden_weights for value in row]
    if problem.hidden_bias == "penalised" and network.hidden_bias is not None:
        hidden += network.hidden_bias
    output = [value for row in network.output_weights for value in row]
    squares = [sum((value * value for value in values), Fraction(0)) for values in (hidden, output)]
    return first / 2 * squares[0] + second / 2 * squares[1] - beta * mass


def _constant(problem: TrainingProblem, network: Network, dual: Dual) -> Fraction:
    """How far a penalised output bias is from the one that the dual variable asks for, in sum scaling."""
    decay = problem.output_weight_decay * problem.sum_scaling
    if problem.output_bias != "penalised" or network.output_bias is None or decay == 0:
        return Fraction(0)
    wanted = dual.scale * dual.unit * sum(dual.mantissas) / decay
    return decay / 2 * (network.output_bias[0] - wanted) ** 2


def account(claim: TrainingGap, dual: Dual) -> Accounts:
    """Split the gap of a checked certificate into its parts."""
    problem, network, scaling = claim.problem, claim.network, claim.problem.sum_scaling
    units, height = _units(problem, network, dual)
    errors = residuals(problem, network)
    values = [dual.unit * m for m in dual.mantissas]
    beta = _root(problem.hidden_weight_decay * problem.output_weight_decay) * scaling
    mass = sum((unit.coefficient for unit in units), Fraction(0))
    squares = _dot(values, values)

    value = dual.scale * _dot([y[0] for y in problem.Y], values) - dual.scale**2 * squares / 2
    decay = problem.output_weight_decay * scaling
    if problem.output_bias == "penalised" and decay > 0:
        value -= (dual.scale * sum(values)) ** 2 / (2 * decay)

    nearest = _dot(errors, values) / squares if squares else Fraction(0)
    rest = (_dot(errors, errors) - nearest**2 * squares) / 2
    amounts = [
        ("residuals", rest, "1/2 |r - λν|^2: the residuals r are no multiple λν of the dual variable"),
        ("shrinking", (nearest - dual.scale) ** 2 * squares / 2,
         "1/2 (λ - s)^2 |ν|^2: the bound needs the dual variable at the scale s instead of λ"),
        ("unbalanced units", _imbalance(problem, network, beta, mass),
         "penalty that disappears when every hidden unit is rescaled by its best factor"),
        ("loose units", sum((unit.loss for unit in units), Fraction(0)),
         "hidden units where the dual function is below its value at the best unit"),
        ("threshold", dual.scale * (dual.threshold - height) * mass,
         "the proved threshold T is above the dual function at the best unit"),
        ("unused decay", (beta - dual.scale * dual.threshold) * mass,
         "the weight decay would allow a larger scale s than was used"),
        ("constant", _constant(problem, network, dual),
         "the penalised output bias differs from the one that sν asks for"),
        ("rounding", value - claim.lower_bound * scaling,
         "the claimed lower bound is a rounded-down dual value"),
    ]  # fmt: skip
    # what is left of the square roots' rounding is no gap
    noise = abs(sum((amount for _, amount, _ in amounts), claim.lower_bound * scaling)) * ROOT_NOISE
    parts = [Part(name, amount / scaling if amount > noise else Fraction(0), text) for name, amount, text in amounts]
    return Accounts(parts, units, errors)
