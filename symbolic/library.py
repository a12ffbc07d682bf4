"""The derivations by name; a derivation's module is imported when it is asked for."""

from __future__ import annotations

import importlib
from difflib import get_close_matches

from relucert.symbolic.derivation import Derivation

# In the order of reading: later ones build on earlier ones.  "kernels.relu_kernel" has the function derivation().
MODULES = (
    "kernels.relu_kernel",
    "kernels.angle_function",
    "kernels.step_kernel",
    "kernels.relu_kernel_gradient",
    "kernels.relu_kernel_hessian",
    "kernels.relu_mean",
    "kernels.biased_relu_mean",
    "kernels.leaky_relu_kernel",
    "kernels.covariance_kernel",
    "kernels.arc_cosine_kernel_0",
    "kernels.arc_cosine_kernel_1",
    "kernels.arc_cosine_kernel_2",
    "models.non_overlapping_loss",
    "models.non_overlapping_gradient",
    "models.both_layers_loss",
    "models.both_layers_gradient",
    "models.both_layers_reduced",
    "models.both_layers_descent",
    "models.both_layers_hessian",
    "models.non_overlapping_reduced",
    "models.non_overlapping_hessian",
    "models.non_overlapping_descent",
    "landscapes.non_overlapping_radial_angular",
    "models.non_overlapping_reduced_descent",
    "landscapes.non_overlapping_smoothness",
    "landscapes.both_layers_profile",
    "landscapes.both_layers_global_minimum",
    "landscapes.both_layers_spurious_minimum",
    "landscapes.both_layers_saddle",
    "landscapes.both_layers_invariant_regions",
    "landscapes.both_layers_dissipativity",
    "landscapes.non_overlapping_critical_points",
    "models.leaky_non_overlapping",
    "models.leaky_non_overlapping_reduced",
    "landscapes.leaky_critical_point",
    "models.covariance_non_overlapping",
    "models.overlapping_loss",
    "models.two_layer_loss",
    "models.two_layer_gradient",
    "models.two_layer_hessian",
    "models.leaky_two_layer",
    "models.covariance_two_layer",
    "models.multi_neuron_loss",
    "models.multi_neuron_gradient",
    "models.single_neuron",
    "models.symmetric_multi_neuron",
    "models.symmetric_descent",
    "landscapes.single_neuron_landscape",
    "landscapes.non_overlapping_one_point_convexity",
    "landscapes.multi_neuron_critical_points",
    "landscapes.multi_neuron_symmetry_breaking",
    "landscapes.multi_neuron_teacher_hessian",
    "models.overlapping_gradient",
    "landscapes.overlapping_bad_minimum",
)


class UnknownDerivation(ValueError):
    """No derivation has this name; the message names the nearest ones."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, names(), n=3, cutoff=0.4)
        cure = f"did you mean {' or '.join(near)}?" if near else "relucert derive --list shows all"
        super().__init__(f"unknown derivation {name!r}: {cure}")


def names() -> tuple[str, ...]:
    """All names, in the order of reading: the modules' own, with hyphens."""
    return tuple(module.rpartition(".")[2].replace("_", "-") for module in MODULES)


def load(name: str) -> Derivation:
    """Build a derivation.

    Raises
    ------
    UnknownDerivation
        With the nearest names.
    """
    try:
        module = MODULES[names().index(name)]
    except ValueError:
        raise UnknownDerivation(name) from None
    derivation: Derivation = importlib.import_module(f"relucert.symbolic.{module}").derivation()
    return derivation
