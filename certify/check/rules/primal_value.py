"""Rule primal_value: the objective of a network, exactly or between outward-rounded square roots."""

from __future__ import annotations

from fractions import Fraction

from relucert.certify.check.numbers import common_exponent, dot, scaled, sqrt_interval
from relucert.certify.check.verdict import Objective
from relucert.certify.claim import Network, TrainingProblem, Vector


def residuals(problem: TrainingProblem, network: Network) -> list[Fraction]:
    """y_i - f(x_i) for every sample (one output)."""
    exponent_x = common_exponent(value for row in problem.X for value in row)
    bias = network.hidden_bias or (Fraction(0),) * network.width
    weights = [(*row, shift) for row, shift in zip(network.hidden_weights, bias, strict=True)]
    exponent_w = common_exponent(value for row in weights for value in row)
    exponent_a = common_exponent(value for row in network.output_weights for value in row)
    units = [
        (scaled(row, exponent_w), scaled(output, exponent_a)[0])
        for row, output in zip(weights, network.output_weights, strict=True)
    ]
    constant = network.output_bias[0] if network.output_bias else Fraction(0)
    scale = 1 << (exponent_x + exponent_w + exponent_a)
    result = []
    for x, y in zip(problem.X, problem.Y, strict=True):
        row = [*scaled(x, exponent_x), 1 << exponent_x]
        total = 0
        for weight, output in units:
            activation = dot(weight, row)
            if activation > 0:
                total += output * activation
        result.append(y[0] - Fraction(total, scale) - constant)
    return result


def _squared_norm(values: Vector) -> Fraction:
    exponent = common_exponent(values)
    integers = scaled(values, exponent)
    return Fraction(dot(integers, integers), 1 << (2 * exponent))


def _penalised_hidden(problem: TrainingProblem, network: Network) -> list[Vector]:
    """Per hidden unit the coordinates that are penalised."""
    if problem.hidden_bias != "penalised" or network.hidden_bias is None:
        return list(network.hidden_weights)
    return [(*row, shift) for row, shift in zip(network.hidden_weights, network.hidden_bias, strict=True)]


def _product_penalty(problem: TrainingProblem, network: Network) -> Objective:
    """sqrt(B1 B2) sum_j |w_j||a_j|: the least penalty over all rescalings w_j -> t w_j, a_j -> a_j / t."""
    low = high = Fraction(0)
    factor = problem.hidden_weight_decay * problem.output_weight_decay
    for hidden, output in zip(_penalised_hidden(problem, network), network.output_weights, strict=True):
        below, above = sqrt_interval(factor * _squared_norm(hidden) * output[0] * output[0])
        low, high = low + below, high + above
    return Objective(low, high)


def primal_value(problem: TrainingProblem, network: Network) -> tuple[Objective, Objective]:
    """The objective as given, and after balancing every hidden unit.

    ::

        objective = LOSS(y - f(X)) + PENALTY(network)          (claim.TrainingProblem states both)

    The squares are rational; |w_j||a_j| is enclosed by integer square roots.
    """
    squares = _squared_norm(tuple(residuals(problem, network)))
    loss = squares / (2 * problem.sum_scaling)
    constant = Fraction(0)
    if problem.output_bias == "penalised" and network.output_bias is not None:
        constant = problem.output_weight_decay / 2 * _squared_norm(network.output_bias)
    product = _product_penalty(problem, network)
    balanced = Objective(loss + constant + product.low, loss + constant + product.high)
    if problem.penalty == "product":
        return balanced, balanced
    hidden = sum((_squared_norm(row) for row in _penalised_hidden(problem, network)), Fraction(0))
    output = sum((_squared_norm(row) for row in network.output_weights), Fraction(0))
    value = loss + constant + problem.hidden_weight_decay / 2 * hidden + problem.output_weight_decay / 2 * output
    return Objective(value, value), balanced
