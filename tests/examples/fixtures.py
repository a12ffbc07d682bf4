"""Small training problems on which a careless certificate would come out false.

Every function returns a network that looks finished (stationary, zero, thin, or nearly optimal) together with a better
network. All numbers are dyadic, so floats hold them exactly and `objective` is exact: any gap that is certified below
`objective(fixture, fixture.network) - objective(fixture, fixture.better)` is wrong.

The objective is half the sum of squared residuals plus `weight_decay / 2` times the sum of squared weights; biases are
either absent or free.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """`f(x) = sum_j output_weights[j] relu(hidden_weights[j] . x + hidden_bias[j]) + output_bias`.

    Attributes
    ----------
    hidden_weights : (m, d) float64
    output_weights : (m,) float64
    hidden_bias : (m,) float64, or None
    output_bias : or None
    """

    hidden_weights: FloatArray
    output_weights: FloatArray
    hidden_bias: FloatArray | None = None
    output_bias: float | None = None


@dataclass(frozen=True)
class Fixture:
    """A training problem, a network that is not to be mistaken for an optimum, and a better network.

    Attributes
    ----------
    features : (n, d) float64
    target : (n,) float64
    weight_decay : in sum scaling
    bias : "none", or "free" for free hidden and output biases
    network : the suspect
    better : a network, of any width, that is at least as good
    optimum : the exact infimum over all widths where it is known
    """

    features: FloatArray
    target: FloatArray
    weight_decay: Fraction
    bias: Literal["none", "free"]
    network: Network
    better: Network
    optimum: Fraction | None = None


def objective(fixture: Fixture, network: Network) -> Fraction:
    """Exact objective of `network` on the problem of `fixture`."""
    hidden = [[Fraction(weight) for weight in row] for row in network.hidden_weights.tolist()]
    output = [Fraction(weight) for weight in network.output_weights.tolist()]
    bias = [Fraction(0)] * len(output)
    if network.hidden_bias is not None:
        bias = [Fraction(value) for value in network.hidden_bias.tolist()]
    total = Fraction(0)
    for row, label in zip(fixture.features.tolist(), fixture.target.tolist(), strict=True):
        residual = Fraction(network.output_bias or 0) - Fraction(label)
        for weights, offset, outer in zip(hidden, bias, output, strict=True):
            preactivation = sum((w * Fraction(x) for w, x in zip(weights, row, strict=True)), offset)
            residual += outer * max(preactivation, Fraction(0))
        total += residual**2
    squares = sum((w**2 for weights in hidden for w in weights), Fraction(0)) + sum(w**2 for w in output)
    return (total + fixture.weight_decay * squares) / 2


def clarke_stationary_tie() -> Fixture:
    """Clarke stationary, but the tie of the first sample (`x_1 . w = 0`) is a convex kink: moving w along x_1 descends.

    The subgradient of the ReLU that makes the gradient vanish is 1/2 at the tie. Restricting the convex program to the
    activation patterns of this network and reading its optimum off the network would report 1.8125 as optimal.
    """
    return Fixture(
        features=np.array([[0.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),
        target=np.array([1.0, 1.25, 1.75]),
        weight_decay=Fraction(1),
        bias="none",
        network=Network(np.array([[1.0, 0.0]]), np.array([1.0])),
        better=Network(np.array([[3 / 16, 9 / 16], [7 / 8, -5 / 16]]), np.array([19 / 32, 15 / 16])),
    )


def _two_sided(network: Network) -> Fixture:
    """Samples -1 and 1 on a line: the optimum has one neuron on either side, each an independent soft threshold."""
    return Fixture(
        features=np.array([[1.0], [-1.0]]),
        target=np.array([1.0, 3.0]),
        weight_decay=Fraction(3, 4),
        bias="none",
        network=network,
        better=_two_sided_optimum(),
        optimum=Fraction(39, 16),
    )


def _two_sided_optimum() -> Network:
    return Network(np.array([[0.5], [-1.5]]), np.array([0.5, 1.5]))


def wrong_side_local_minimum() -> Fixture:
    """A strict local minimum of width 1: its neuron serves the smaller of the two targets."""
    return _two_sided(Network(np.array([[0.5]]), np.array([0.5])))


def dead_neurons() -> Fixture:
    """The same local minimum with two neurons at zero: wide enough for the optimum, and the gradient still vanishes."""
    return _two_sided(Network(np.array([[0.5], [0.0], [0.0]]), np.array([0.5, 0.0, 0.0])))


def zero_network() -> Fixture:
    """Every parameter zero: stationary for all data."""
    return _two_sided(Network(np.zeros((4, 1)), np.zeros(4)))


def width_one() -> Fixture:
    """The best network of width 1; two neurons are better by 1/32."""
    return _two_sided(Network(np.array([[-1.5]]), np.array([1.5])))


def perturbed_optimum(bits: int = 20) -> Fixture:
    """The optimum with every weight multiplied by 1 + 2^-bits: a gap of the order of 4^-bits, and not zero."""
    best = _two_sided_optimum()
    factor = 1.0 + 2.0**-bits
    return _two_sided(Network(best.hidden_weights * factor, best.output_weights * factor))


def unbalanced_optimum() -> Fixture:
    """The function of the optimum with badly scaled layers: `sum_j |w_j| |a_j|` is optimal, the squares are not."""
    best = _two_sided_optimum()
    return _two_sided(Network(best.hidden_weights * 4.0, best.output_weights / 4.0))


def exact_optimum() -> Fixture:
    """The optimum itself: the true gap is 0."""
    return _two_sided(_two_sided_optimum())


def idle_neuron() -> Fixture:
    """The optimum plus a neuron that no sample activates: it changes no output, but it is paid for."""
    return Fixture(
        features=np.array([[1.0], [2.0]]),
        target=np.array([1.0, 3.0]),
        weight_decay=Fraction(2),
        bias="none",
        network=Network(np.array([[1.0], [-1.0]]), np.array([1.0, 1.0])),
        better=Network(np.array([[1.0]]), np.array([1.0])),
        optimum=Fraction(5, 2),
    )


def zero_network_free_bias() -> Fixture:
    """The best constant, on a constant feature and a feature far from the origin, with free biases.

    The constant is optimal from weight decay 1 on: `|phi(w, b)| <= |w|`, with equality at w = (0, 1), b = -11. Rows
    (x, 1) have rank 2 in R^3, but the search may not be reduced to their row space: there b has to be shared with the
    penalised weight of the constant feature, the bound comes out as 0.18, and decay 1/2 seems to be past it.
    """
    return Fixture(
        features=np.array([[1.0, 10.0], [1.0, 11.0], [1.0, 12.0]]),
        target=np.array([1.0, -2.0, 1.0]),
        weight_decay=Fraction(1, 2),
        bias="free",
        network=Network(np.array([[0.0, 0.0]]), np.array([0.0]), np.array([0.0]), 0.0),
        better=Network(np.array([[0.0, 0.75]]), np.array([0.75]), np.array([-8.25]), -0.1875),
    )


FIXTURES: tuple[Callable[[], Fixture], ...] = (
    clarke_stationary_tie,
    wrong_side_local_minimum,
    dead_neurons,
    zero_network,
    width_one,
    perturbed_optimum,
    unbalanced_optimum,
    exact_optimum,
    idle_neuron,
    zero_network_free_bias,
)
