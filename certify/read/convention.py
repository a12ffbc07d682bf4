"""Which objective is certified: explicit choices or a trainer's convention, ending in one exact problem.

Conventions (docs/conventions.md has the sources):

* ``torch``: mean squared error plus ``weight_decay/2`` times the squares of all parameters, biases included (SGD, or
  Adam with its L2 ``weight_decay``; AdamW minimises no such objective);
* ``sklearn``: half the mean squared error plus ``alpha/(2n)`` times the squared weights, intercepts free
  (``MLPRegressor`` on the full batch); the decay is then scikit-learn's ``alpha``;
* ``scnn``: half the mean squared error plus ``weight_decay * sum_j |w_j||a_j|``, for networks without biases.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from numpy.typing import NDArray

from relucert.certify import claim
from relucert.certify.read.errors import InputError
from relucert.certify.read.model import Dataset, Network
from relucert.certify.read.objective import BiasTreatment, LossForm, TrainingObjective

CONVENTIONS = ("torch", "sklearn", "scnn")


def by_convention(convention: str, weight_decay: Fraction, network: Network, samples: int) -> TrainingObjective:
    """The objective that the named trainer minimises on ``samples`` samples in full batches."""
    treatment: BiasTreatment = "free" if convention == "sklearn" else "penalised"
    hidden_bias: BiasTreatment = "none" if network.hidden_bias is None else treatment
    output_bias: BiasTreatment = "none" if network.output_bias is None else treatment
    if convention == "sklearn":
        decay = weight_decay / samples
        return TrainingObjective("half-mean", decay, decay, hidden_bias, output_bias)
    if convention == "torch":
        return TrainingObjective("mean", weight_decay, weight_decay, hidden_bias, output_bias)
    if network.hidden_bias is not None or network.output_bias is not None:
        raise InputError(
            "the scnn convention covers networks without biases",
            file=network.source,
            cure="state the objective: --loss half-mean --penalty product and the bias options",
        )
    return TrainingObjective("half-mean", weight_decay, weight_decay, "none", "none", penalty="product")


def explicit(
    network: Network,
    weight_decay: Fraction,
    *,
    output_weight_decay: Fraction | None = None,
    loss: LossForm = "half-sum",
    penalty: Literal["sum-of-squares", "product"] = "sum-of-squares",
    hidden_bias: BiasTreatment | None = None,
    output_bias: BiasTreatment | None = None,
) -> TrainingObjective:
    """The objective from options; every bias of the network needs an explicit treatment."""
    if penalty == "product" and output_weight_decay is not None:
        raise InputError(
            "the product penalty has a single weight decay", field="--output-weight-decay", cure="leave the option out"
        )
    if penalty == "product" and output_bias == "penalised":
        raise InputError(
            "not covered: a penalised output bias has no place in the product penalty",
            field="--output-bias",
            cure="use --output-bias free or --penalty sum-of-squares",
        )
    treatments: list[BiasTreatment] = []
    for name, present, chosen in (
        ("hidden", network.hidden_bias is not None, hidden_bias),
        ("output", network.output_bias is not None, output_bias),
    ):
        if present and chosen is None:
            raise InputError(
                f"the network has {'hidden biases' if name == 'hidden' else 'an output bias'}, and it matters whether "
                "the penalty covers them",
                file=network.source,
                field=f"{name}_bias",
                cure=f"say --{name}-bias penalised or --{name}-bias free, or name the trainer with --convention",
            )
        if chosen is not None and not present:
            raise InputError(f"the network has no {name} bias", field=f"--{name}-bias", cure="leave the option out")
        treatments.append(chosen or "none")
    second = weight_decay if output_weight_decay is None else output_weight_decay
    return TrainingObjective(loss, weight_decay, second, treatments[0], treatments[1], penalty=penalty)


def exact_problem(dataset: Dataset, objective: TrainingObjective) -> claim.TrainingProblem:
    """Data and objective as exact rationals: a float is the dyadic rational it is."""
    return claim.TrainingProblem(
        objective.loss,
        objective.penalty,
        objective.hidden_weight_decay,
        objective.output_weight_decay,
        objective.hidden_bias,
        objective.output_bias,
        _matrix(dataset.X),
        tuple([(Fraction(value),) for value in dataset.y.tolist()]),
    )


def exact_network(network: Network) -> claim.Network:
    """The network's stored numbers as exact rationals."""
    return claim.Network(
        _matrix(network.hidden_weights),
        None if network.hidden_bias is None else _vector(network.hidden_bias),
        tuple([(Fraction(value),) for value in network.output_weights.tolist()]),
        None if network.output_bias is None else (Fraction(network.output_bias),),
    )


def _vector(values: NDArray[Any]) -> claim.Vector:
    return tuple([Fraction(value) for value in values.tolist()])


def _matrix(values: NDArray[Any]) -> claim.Matrix:
    return tuple([_vector(row) for row in values])
