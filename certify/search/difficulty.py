"""What decides how hard a proof is: beta / beta_max and kappa, with an estimate of the work."""

from __future__ import annotations

from dataclasses import dataclass
from math import ldexp, log10

import numpy as np

from relucert.certify import claim
from relucert.certify.search.dual import DualProblem, residual
from relucert.certify.search.floats import start_units
from relucert.certify.search.polish import beta_max

# Below this share of beta_max only few dimensions are within reach.
SMALL_SHARE = 0.03


@dataclass(frozen=True)
class Difficulty:
    """Numbers for people, in floats.

    beta : weight decay in sum scaling.
    beta_max : local estimate of the least beta at which the zero network is optimal.
    kappa : sum_i |r_i||x_i| / beta at the given network.
    dimension : of the directions.
    statements : to be proved, one for each sign, or for every kink of a free hidden bias.
    """

    beta: float
    beta_max: float
    kappa: float
    dimension: int
    samples: int
    statements: int = 2

    @property
    def share(self) -> float:
        return self.beta / self.beta_max if self.beta_max > 0 else float("inf")

    @property
    def expected_nodes(self) -> float:
        """Order of magnitude of the nodes, from 2^d (1 + kappa/4)^((d-1)/2) per statement on measured instances."""
        return float(ldexp(self.statements, self.dimension) * (1 + self.kappa / 4) ** ((self.dimension - 1) / 2))

    def expectation(self) -> str:
        """What to expect, in a sentence."""
        if self.share >= 1:
            return "The weight decay is above beta_max (estimated): the zero network is optimal and the proof is short."
        nodes = self.expected_nodes
        if nodes < 1e4:
            work = "a proof to many digits in seconds"
        elif nodes < 1e6:
            work = "a proof in seconds to minutes, with a certificate of up to some 100 MB"
        else:
            work = "a loose bound: a tight proof is probably out of reach"
        text = f"Expect about 1e{round(log10(nodes))} nodes: {work}."
        if self.share < SMALL_SHARE:
            text += (
                f" The weight decay is {self.share:.2g} of beta_max; below {SMALL_SHARE} only low-dimensional data are "
                f"within reach. {0.1 / self.share:.2g} times the present decay would be certified more easily."
            )
        return text


def assess(problem: claim.TrainingProblem, network: claim.Network, dual: DualProblem, seed: int = 0) -> Difficulty:
    """Local search only: the numbers guide, they prove nothing."""
    constant = float(network.output_bias[0]) if network.output_bias else 0.0
    errors = residual(dual, start_units(dual, network), constant)
    rows = dual.rows - dual.rows.mean(axis=0) if dual.free_hidden_bias else dual.rows
    kappa = float(np.abs(errors) @ np.linalg.norm(rows, axis=1)) / dual.beta
    statements = problem.samples if dual.free_hidden_bias else 2
    return Difficulty(dual.beta, beta_max(dual, seed), kappa, dual.rows.shape[1], problem.samples, statements)
