"""Reachability for a ReLU network with one hidden layer (Katz et al. 2017; Salzer and Lange 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from relucert.reductions.problem import Json, Problem, ProblemError
from relucert.reductions.problems.numbers import (
    Vector,
    largest,
    relu,
    require_vector,
    vector_from_json,
    vector_to_json,
)
from relucert.reductions.text import MAX_COUNT, array, fields, rational, spell, whole


class Neuron(NamedTuple):
    """The term output * relu(sum of value * x[coordinate] over `weights` + bias)."""

    output: Fraction
    bias: Fraction
    weights: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class ReluReachability(Problem[Vector]):
    """Is there an x in R^inputs with N(x) = sum_j output_j relu(w_j.x + bias_j) <= threshold?

    A bias of the output is part of the threshold.
    """

    name = "relu-reachability"
    question = "Is there an input at which the output of the network is at most the threshold?"

    inputs: int
    neurons: tuple[Neuron, ...]
    threshold: Fraction

    def __post_init__(self) -> None:
        for j, neuron in enumerate(self.neurons):
            coordinates = [i for i, _ in neuron.weights]
            if coordinates != sorted(set(coordinates)) or (
                coordinates and not 0 <= coordinates[0] <= coordinates[-1] < self.inputs
            ):
                raise ProblemError(
                    "coordinates are not increasing",
                    f"neuron {j}",
                    f"write each from 0 to {self.inputs - 1} once, in order",
                )

    def size(self) -> Mapping[str, int]:
        """The inputs, the neurons, the weights of the hidden layer, and the largest numerator or denominator."""
        weights = [value for neuron in self.neurons for _, value in neuron.weights]
        others = [number for neuron in self.neurons for number in (neuron.output, neuron.bias)]
        return {
            "inputs": self.inputs,
            "neurons": len(self.neurons),
            "nonzeros": len(weights),
            "largest": largest([*weights, *others, self.threshold]),
        }

    def output(self, x: Vector) -> Fraction:
        """N(x)."""
        return sum(
            [
                neuron.output * relu(sum([value * x[i] for i, value in neuron.weights], neuron.bias))
                for neuron in self.neurons
            ],
            Fraction(0),
        )

    def is_witness(self, candidate: Vector) -> bool:
        require_vector(candidate, self.inputs, "witness")
        return self.output(candidate) <= self.threshold

    def to_json(self) -> Json:
        return {
            "problem": self.name,
            "inputs": self.inputs,
            "neurons": [
                {
                    "output": spell(neuron.output),
                    "bias": spell(neuron.bias),
                    "weights": [[i, spell(value)] for i, value in neuron.weights],
                }
                for neuron in self.neurons
            ],
            "threshold": spell(self.threshold),
        }

    @classmethod
    def from_json(cls, value: Json, where: str = "", k: int | None = None) -> ReluReachability:
        given = fields(value, where, ("inputs", "neurons", "threshold"))
        inputs = whole(given["inputs"], f"{where}, inputs", 0, MAX_COUNT)
        neurons = []
        for j, entry in enumerate(array(given["neurons"], f"{where}, neurons")):
            place = f"{where}, neuron {j}"
            neuron = fields(entry, place, ("output", "bias", "weights"))
            pairs = [array(pair, place, 2) for pair in array(neuron["weights"], place)]
            weights = tuple((whole(i, place, 0, inputs - 1), rational(number, place)) for i, number in pairs)
            neurons.append(Neuron(rational(neuron["output"], place), rational(neuron["bias"], place), weights))
        return cls(inputs, tuple(neurons), rational(given["threshold"], f"{where}, threshold"))

    def witness_to_json(self, witness: Vector) -> Json:
        return vector_to_json(witness)

    def witness_from_json(self, value: Json, where: str = "") -> Vector:
        return vector_from_json(value, self.inputs, where)
