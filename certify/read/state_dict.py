"""A network from named tensors (a state dict): the two weight matrices are told apart by their shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from relucert.certify.read.errors import InputError, listed, quoted, shape_text
from relucert.certify.read.exact import FloatArray
from relucert.certify.read.layout import LAYOUT_CURE, Layout
from relucert.certify.read.model import Network, make_network


class StoredTensor(Protocol):
    """A tensor of a file whose numbers are decoded only when they are needed."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype_name(self) -> str: ...

    def decode(self) -> FloatArray: ...


def network_from_state_dict(
    tensors: Mapping[str, StoredTensor], *, source: str, layout: Layout | None = None
) -> Network:
    """Network of a state dict that holds two linear layers and nothing else.

    Parameters
    ----------
    tensors : mapping of names to tensors
        In PyTorch's convention a linear layer stores ``weight`` (outputs, inputs) and ``bias`` (outputs,) under a
        common prefix.
    source : str
    layout : Layout, optional
        Names the tensors; tensors that it does not use are then ignored, and a note says which.

    Notes
    -----
    A state dict does not record the activation between the layers. A note says that ReLU is assumed.
    """
    roles = _find_layers(tensors, source) if layout is None else _follow_layout(tensors, layout, source)
    if roles.hidden_bias is not None and roles.hidden_bias == roles.output_bias:
        raise InputError(f"{quoted(roles.hidden_bias)} would be the bias of both layers", file=source, cure=LAYOUT_CURE)
    unused = [key for key in tensors if key not in roles.keys]
    if unused and layout is None:
        raise InputError(
            f"tensors that belong to no linear layer: {_described(tensors, unused)}",
            file=source,
            cure=f"the network must be Linear, ReLU, Linear; if they play no part in it, {LAYOUT_CURE}",
        )
    notes = [
        f"hidden layer {roles.hidden!r}, output layer {roles.output!r}; "
        "the file does not record the activation, ReLU is assumed"
    ]
    types = sorted({tensors[key].dtype_name for key in roles.keys})
    if types != ["float64"]:
        notes.append(f"weights stored as {listed(types)}, widened exactly to float64")
    if unused:
        notes.append(f"ignored tensors: {listed(unused)}")
    hidden_weights = tensors[roles.hidden].decode()
    output_weights = tensors[roles.output].decode()
    return make_network(
        hidden_weights.T if roles.hidden_transposed else hidden_weights,
        None if roles.hidden_bias is None else tensors[roles.hidden_bias].decode(),
        output_weights,
        None if roles.output_bias is None else tensors[roles.output_bias].decode(),
        source=source,
        notes=tuple(notes),
    )


class _Roles:
    """The keys that were found; `hidden_transposed` for a hidden matrix stored (d, m)."""

    def __init__(
        self, hidden: str, output: str, hidden_bias: str | None, output_bias: str | None, hidden_transposed: bool
    ) -> None:
        self.hidden = hidden
        self.output = output
        self.hidden_bias = hidden_bias
        self.output_bias = output_bias
        self.hidden_transposed = hidden_transposed

    @property
    def keys(self) -> tuple[str, ...]:
        found = (self.hidden, self.output, self.hidden_bias, self.output_bias)
        return tuple(key for key in found if key is not None)


def _find_layers(tensors: Mapping[str, StoredTensor], source: str) -> _Roles:
    """Without a hint: exactly two matrices, (m, d) and (1, m), in whichever order they are stored."""
    matrices = [key for key, tensor in tensors.items() if len(tensor.shape) == 2]
    if len(matrices) != 2:
        found = f"the file has {_described(tensors, matrices or list(tensors))}"
        if len(matrices) > 2:
            raise InputError(
                f"{len(matrices)} weight matrices where two are needed: {found}",
                file=source,
                cure=f"only one hidden layer is supported; if the others are not layers, {LAYOUT_CURE}",
            )
        raise InputError(
            f"{len(matrices)} weight matrices where two are needed: {found}",
            file=source,
            cure=f"give a Linear, ReLU, Linear network, or {LAYOUT_CURE}",
        )
    fitting = [
        (hidden, output)
        for hidden, output in (matrices, matrices[::-1])
        if tensors[output].shape == (1, tensors[hidden].shape[0])
    ]
    if len(fitting) == 2:
        raise InputError(
            f"both layers have shape (1, 1): {_described(tensors, matrices)}",
            file=source,
            cure=LAYOUT_CURE,
        )
    if not fitting:
        raise InputError(
            f"no pair of shapes (m, d) and (1, m): {_described(tensors, matrices)}",
            file=source,
            cure=f"the network needs one hidden layer and one output; for other conventions {LAYOUT_CURE}",
        )
    hidden, output = fitting[0]
    return _Roles(hidden, output, _bias_next_to(hidden, tensors), _bias_next_to(output, tensors), False)


def _follow_layout(tensors: Mapping[str, StoredTensor], layout: Layout, source: str) -> _Roles:
    hidden, hidden_transposed = _lookup(tensors, layout.hidden, "hidden", source)
    # A (1, m) and an (m, 1) output mean the same, so transposing it changes nothing.
    output, _ = _lookup(tensors, layout.output, "output", source)
    if hidden == output:
        raise InputError(
            f"{quoted(hidden)} is named for both layers", file=source, field="--layout", cure="name two tensors"
        )
    biases = []
    for role, named, weights in (
        ("hidden_bias", layout.hidden_bias, hidden),
        ("output_bias", layout.output_bias, output),
    ):
        if named is None:
            biases.append(_bias_next_to(weights, tensors))
        elif named == "none":
            biases.append(None)
        else:
            biases.append(_lookup(tensors, named, role, source)[0])
    return _Roles(hidden, output, biases[0], biases[1], hidden_transposed)


def _lookup(tensors: Mapping[str, StoredTensor], key: str, role: str, source: str) -> tuple[str, bool]:
    if key in tensors:
        return key, False
    if key.endswith(".T") and key[:-2] in tensors:
        return key[:-2], True
    raise InputError(
        f"no tensor {quoted(key)}",
        file=source,
        field=f"--layout {role}",
        cure=f"the file has {_described(tensors, list(tensors))}",
    )


def _bias_next_to(weights: str, tensors: Mapping[str, StoredTensor]) -> str | None:
    """The key that PyTorch (``weight``/``bias``) or Flax (``kernel``/``bias``) gives to the layer's bias."""
    for ending in ("weight", "kernel"):
        if weights == ending or weights.endswith("." + ending):
            bias = weights[: -len(ending)] + "bias"
            return bias if bias in tensors else None
    return None


def _described(tensors: Mapping[str, StoredTensor], keys: list[str]) -> str:
    return listed(f"{key} {shape_text(tensors[key].shape)}" for key in keys)
