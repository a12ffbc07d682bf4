"""PyTorch modules and optimisers in memory. PyTorch itself is never imported: the objects bring their methods."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from relucert.certify.read.errors import InputError, listed
from relucert.certify.read.exact import FloatArray, exact_float64
from relucert.certify.read.model import Network, make_network
from relucert.certify.read.objective import BiasTreatment, LossForm, TrainingObjective, decay_constant

_NEEDED = "give nn.Sequential(nn.Linear(d, m), nn.ReLU(), nn.Linear(m, 1))"
# Optimisers that add weight_decay * w to the gradient (read in torch 2.13.0, torch/optim/*.py).
_COUPLED = ("SGD", "Adam", "NAdam", "RAdam", "Adamax", "Adagrad", "RMSprop")
# Modules without numbers that change the shape of the output at most.
_SHAPE_ONLY = ("Flatten", "Identity", "Unflatten")
_PROBES = 16


def from_torch(module: Any) -> Network:
    """Network of an ``nn.Sequential(Linear, ReLU, Linear)`` or of a module with exactly two ``Linear``.

    Parameters
    ----------
    module : torch.nn.Module
        In a module other than Sequential the two Linear count in order of registration. What forward does with them
        cannot be read off, so the module is run on a few random inputs and must agree with
        a . relu(W x + b) + c up to rounding in its own precision.

    Returns
    -------
    Network
        Parameters exactly as stored (float16, bfloat16 and float32 widened).
    """
    source = f"torch module {type(module).__name__}"
    if not hasattr(module, "modules") or not hasattr(module, "state_dict"):
        raise InputError("not a torch.nn.Module", file=source, cure=_NEEDED)
    leaves = [leaf for leaf in module.modules() if not list(leaf.children())]
    linear = [leaf for leaf in leaves if type(leaf).__name__ == "Linear"]
    if type(module).__name__ == "Sequential":
        _require_sequence([type(leaf).__name__ for leaf in leaves], source)
    if len(linear) != 2:
        raise InputError(f"{len(linear)} Linear modules where two are needed", file=source, cure=_NEEDED)
    owned = {id(parameter) for layer in linear for parameter in (layer.weight, layer.bias)}
    others = [name for name, parameter in module.named_parameters() if id(parameter) not in owned]
    if others:
        raise InputError(f"parameters besides the two Linear: {listed(others)}", file=source, cure=_NEEDED)
    hidden, output = linear
    network = make_network(
        _numbers(hidden.weight, "hidden_weights", source),
        None if hidden.bias is None else _numbers(hidden.bias, "hidden_bias", source),
        _numbers(output.weight, "output_weights", source),
        None if output.bias is None else _numbers(output.bias, "output_bias", source),
        source=source,
        notes=() if "float64" in str(hidden.weight.dtype) else (f"{hidden.weight.dtype} widened exactly to float64",),
    )
    _require_same_function(module, hidden.weight, network, source)
    return network


def weight_decay_of(optimizer: Any) -> Fraction:
    """The L2 constant B of an optimiser that minimises loss + (B/2) |parameters|^2.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        SGD, Adam and others whose step adds ``weight_decay * w`` to the gradient: that is the gradient of
        (weight_decay/2) |w|^2, so their stationary points are those of the penalised loss.

    Raises
    ------
    InputError
        For decoupled decay (AdamW, ``decoupled_weight_decay=True``): the step shrinks w by lr * weight_decay apart
        from the adaptive gradient step, which is not the gradient of any fixed objective. Also for parameter groups
        with different decays; `training_objective` takes those apart.
    """
    source = _require_coupled(optimizer)
    decays = {_group_decay(group, source) for group in optimizer.param_groups}
    if len(decays) != 1:
        raise InputError(
            f"the parameter groups have the weight decays {listed(sorted(decays))}",
            file=source,
            cure="use training_objective(module, optimizer, loss), which treats each layer apart",
        )
    return decays.pop()


def training_objective(module: Any, optimizer: Any, loss: LossForm) -> TrainingObjective:
    """The objective of a module trained by an optimiser, decays looked up parameter by parameter.

    Parameters
    ----------
    module : torch.nn.Module
        As for `from_torch`.
    optimizer : torch.optim.Optimizer
        As for `weight_decay_of`. PyTorch decays biases like weights unless they are in a group of their own.
    loss : {"half-sum", "half-mean", "mean"}
        ``nn.MSELoss()`` is "mean". It cannot be read off the optimiser.
    """
    network = from_torch(module)
    source = _require_coupled(optimizer)
    decays = {
        id(parameter): _group_decay(group, source) for group in optimizer.param_groups for parameter in group["params"]
    }
    hidden, output = [leaf for leaf in module.modules() if type(leaf).__name__ == "Linear"]
    for parameter, name in (
        (hidden.weight, "hidden_weights"),
        (hidden.bias, "hidden_bias"),
        (output.weight, "output_weights"),
        (output.bias, "output_bias"),
    ):
        if parameter is not None and id(parameter) not in decays:
            raise InputError(
                "the optimiser does not train this parameter", file=source, field=name, cure="pass it all parameters"
            )
    return TrainingObjective(
        loss,
        decays[id(hidden.weight)],
        decays[id(output.weight)],
        _bias_treatment(network.hidden_bias is not None, hidden, decays, "hidden_bias", source),
        _bias_treatment(network.output_bias is not None, output, decays, "output_bias", source),
    )


def _require_sequence(names: list[str], source: str) -> None:
    inner = list(names)
    while inner and inner[0] in _SHAPE_ONLY:
        inner.pop(0)
    while inner and inner[-1] in _SHAPE_ONLY:
        inner.pop()
    if inner == ["Linear", "ReLU", "Linear"]:
        return
    if inner.count("Linear") > 2:
        what = f"{inner.count('Linear') - 1} hidden layers where one is supported"
    elif len(inner) == 3 and inner[0] == inner[2] == "Linear":
        what = f"activation {inner[1]} where ReLU is needed"
    elif "Dropout" in inner:
        what = "Dropout: training minimised a randomised objective"
    else:
        what = f"the modules are {listed(names)}"
    raise InputError(what, file=source, cure=_NEEDED)


def _numbers(tensor: Any, field: str, source: str) -> FloatArray:
    # double() is exact for every float type, and NumPy has no bfloat16.
    return exact_float64(tensor.detach().cpu().double().numpy(), field=field, file=source)


def _require_same_function(module: Any, weight: Any, network: Network, source: str) -> None:
    """Compare the module with the network on random inputs, in evaluation mode."""
    probes = np.random.default_rng(0).standard_normal((_PROBES, network.n_features))
    was_training = module.training
    module.eval()
    try:
        inputs = weight.detach().new_tensor(probes.tolist())
        exact_inputs = _numbers(inputs, "probe", source)
        outputs = np.asarray(module(inputs).detach().cpu().double().numpy()).reshape(-1)
    except Exception as error:  # the user's own forward may raise anything
        raise InputError(
            f"the module cannot be run on inputs of shape ({_PROBES}, {network.n_features}) ({error})",
            file=source,
            cure=_NEEDED,
        ) from None
    finally:
        module.train(was_training)
    if outputs.shape != (_PROBES,):
        raise InputError(
            f"{outputs.size} outputs for {_PROBES} inputs where one each is needed", file=source, cure=_NEEDED
        )
    # A bound on every intermediate sum, times the rounding of each of its terms.
    scale = Network(
        np.abs(network.hidden_weights),
        None if network.hidden_bias is None else np.abs(network.hidden_bias),
        np.abs(network.output_weights),
        None if network.output_bias is None else abs(network.output_bias),
    ).predict(np.abs(exact_inputs))
    unit = _unit_roundoff(str(weight.dtype))
    allowed = (network.width + network.n_features + 8) * unit * scale
    if not np.all(np.abs(outputs - network.predict(exact_inputs)) <= allowed):
        raise InputError(
            "the module does not compute a . relu(W x + b) + c with its two Linear in order of registration",
            file=source,
            cure=_NEEDED,
        )


def _unit_roundoff(dtype: str) -> float:
    for name, digits in (("bfloat16", 8), ("float16", 11), ("float32", 24)):
        if name in dtype:
            return 2.0**-digits
    return 2.0**-53


def _require_coupled(optimizer: Any) -> str:
    """Name of the optimiser for messages, once it is known to minimise a penalised loss."""
    name = type(optimizer).__name__
    source = f"torch optimiser {name}"
    if not hasattr(optimizer, "param_groups"):
        raise InputError("not a torch.optim.Optimizer", file=source, cure="pass SGD or Adam")
    decoupled = any(group.get("decoupled_weight_decay", False) for group in optimizer.param_groups)
    if decoupled or name in ("AdamW", "SGDW", "Lion", "Muon", "Adafactor"):
        raise InputError(
            "decoupled weight decay minimises no objective: each step shrinks the weights apart from the gradient",
            file=source,
            cure="train with torch.optim.Adam(weight_decay=...) or SGD(weight_decay=...)",
        )
    if name not in _COUPLED:
        raise InputError(
            "whether its weight decay is an L2 penalty is not known",
            file=source,
            cure=f"use one of {listed(_COUPLED)}, or state the constants yourself",
        )
    if any(group.get("maximize", False) for group in optimizer.param_groups):
        raise InputError("maximize=True", file=source, cure="train by minimising the loss")
    return source


def _group_decay(group: dict[str, Any], source: str) -> Fraction:
    return decay_constant(group.get("weight_decay", 0), field="weight_decay", file=source)


def _bias_treatment(present: bool, layer: Any, decays: dict[int, Fraction], field: str, source: str) -> BiasTreatment:
    if not present:
        return "none"
    decay = decays[id(layer.bias)]
    if decay == decays[id(layer.weight)]:
        # With no decay on either the two words say the same; "free" is the one the theory treats.
        return "penalised" if decay else "free"
    if decay == 0:
        return "free"
    raise InputError(
        f"its weight decay {decay} differs from {decays[id(layer.weight)]} of the weights of the same layer",
        file=source,
        field=field,
        cure="decay the bias like the weights or not at all",
    )
