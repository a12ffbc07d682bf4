"""ONNX graphs of two linear layers with a ReLU between them. Needs the extra ``relucert[onnx]``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relucert.certify.read.errors import InputError, listed, quoted, shape_text
from relucert.certify.read.exact import exact_float64
from relucert.certify.read.files import PathLike, read_bytes
from relucert.certify.read.model import Network, make_network

_SHAPE_CURE = "export a Linear, ReLU, Linear network in evaluation mode"
# Operators that only rename or reshape. Reshaping is harmless around the two layers, not between them.
_RENAMING = ("Identity",)
_RESHAPING = ("Reshape", "Flatten", "Squeeze", "Unsqueeze")


class _Linear(NamedTuple):
    """x -> weights x + bias, weights (outputs, inputs)."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64] | None


def read_onnx_model(path: PathLike) -> Network:
    """Network of a graph Gemm, Relu, Gemm, where each Gemm may be a MatMul with or without an Add.

    Notes
    -----
    Gemm computes ``alpha A' B' + beta C`` (onnx operator specification, Gemm-13). ``transB`` is followed, ``transA``
    refused; ``alpha`` and ``beta`` are multiplied into the weights when that product is exact in binary64.
    """
    try:
        import onnx
    except ImportError:
        raise InputError(
            "reading ONNX needs the package onnx", file=path, cure="pip install 'relucert[onnx]'"
        ) from None
    content = read_bytes(path)
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's DecodeError has changed its module several times
        raise InputError(f"not a valid ONNX file ({error})", file=path, cure="export the model again") from None
    return _GraphReader(model.graph, path).network()


class _GraphReader:
    """Follows the single path from the graph's input to its output."""

    def __init__(self, graph: Any, path: PathLike) -> None:
        from onnx import numpy_helper

        self._path = path
        self._to_array = numpy_helper.to_array
        self._types: set[str] = set()
        self._constants: dict[str, NDArray[Any]] = {}
        for tensor in graph.initializer:
            self._constants[tensor.name] = self._array(tensor)
        for node in graph.node:
            if not node.output or (node.op_type != "Constant" and not node.input):
                raise self._refusal(f"{_name(node)} has no input or no output")
            self._fold_constant(node)
        inputs = [value.name for value in graph.input if value.name not in self._constants]
        outputs = [value.name for value in graph.output]
        for names, word in ((inputs, "inputs"), (outputs, "outputs")):
            if len(names) != 1:
                raise self._refusal(f"{len(names)} {word} where one is needed: {listed(names)}")
        self._input = inputs[0]
        self._output = outputs[0]
        self._nodes = [node for node in graph.node if node.output[0] not in self._constants]

    def network(self) -> Network:
        layers: list[_Linear] = []
        relu_seen = False
        for node in self._path_nodes():
            operator = node.op_type
            if operator in _RENAMING:
                continue
            if operator in _RESHAPING:
                if layers and len(layers) < 2:
                    raise self._refusal(f"{_name(node)} between the layers")
            elif operator == "Relu":
                if relu_seen or len(layers) != 1:
                    raise self._refusal(f"{_name(node)} is not between the two layers")
                relu_seen = True
            elif operator in ("Gemm", "MatMul"):
                if len(layers) == 2:
                    raise self._refusal(f"{_name(node)} is a third linear layer: several hidden layers")
                if len(layers) == 1 and not relu_seen:
                    raise self._refusal(f"no Relu before {_name(node)}")
                layers.append(self._gemm(node) if operator == "Gemm" else self._matmul(node))
            elif operator == "Add" and layers and layers[-1].bias is None and relu_seen == (len(layers) == 2):
                layers[-1] = layers[-1]._replace(bias=self._constant_operand(node))
            else:
                raise self._refusal(f"the operator {_name(node)} is not part of a two-layer ReLU network")
        if len(layers) != 2:
            raise self._refusal(f"{len(layers)} linear layers where two are needed")
        hidden, output = layers
        types = listed(sorted(self._types))
        return make_network(
            hidden.weights,
            self._bias_vector(hidden),
            output.weights,
            self._bias_vector(output),
            source=str(self._path),
            notes=() if types == "float64" else (f"weights stored as {types}, widened exactly to float64",),
        )

    def _path_nodes(self) -> Iterator[Any]:
        """The nodes from input to output; a branch or a node beside the path is refused."""
        value = self._input
        remaining = list(self._nodes)
        while value != self._output:
            users = [node for node in remaining if value in node.input]
            if len(users) != 1:
                raise self._refusal(f"the value {quoted(value)} is used {len(users)} times where once is needed")
            remaining.remove(users[0])
            if list(users[0].input).count(value) != 1 or len(users[0].output) != 1:
                raise self._refusal(f"{_name(users[0])} uses its input twice or has several outputs")
            yield users[0]
            value = users[0].output[0]
        if remaining:
            raise self._refusal(f"nodes beside the path from input to output: {listed(map(_name, remaining))}")

    def _gemm(self, node: Any) -> _Linear:
        options = {attribute.name: attribute.f if attribute.type == 1 else attribute.i for attribute in node.attribute}
        if options.get("transA", 0):
            raise self._refusal(f"{_name(node)} has transA=1, which mixes the samples")
        weights = self._right_operand(node)
        self._require_matrix(node, weights)
        # B is (inputs, outputs) unless transB says otherwise.
        weights = self._scaled(node, weights, "alpha", options.get("alpha", 1.0))
        bias = None
        if len(node.input) > 2 and node.input[2]:
            beta = options.get("beta", 1.0)
            bias = self._scaled(node, self._constant(node, node.input[2]), "beta", beta)
        return _Linear(weights if options.get("transB", 0) else weights.T, bias)

    def _matmul(self, node: Any) -> _Linear:
        weights = self._right_operand(node)
        self._require_matrix(node, weights)
        return _Linear(exact_float64(weights, field=_name(node), file=self._path).T, None)

    def _scaled(self, node: Any, values: NDArray[Any], option: str, factor: float) -> NDArray[np.float64]:
        exact = exact_float64(values, field=_name(node), file=self._path)
        if factor == 1.0:
            return exact
        # The factor is a float32; a product of two 24-bit significands fits in the 53 bits of binary64.
        if values.dtype.itemsize > 4 and factor not in (0.0, -1.0):
            raise self._refusal(
                f"{_name(node)} has {option}={factor:g}, whose product with float64 weights would be rounded"
            )
        return exact * factor

    def _bias_vector(self, layer: _Linear) -> NDArray[np.float64] | None:
        """C of Gemm and the operand of Add are broadcast: (), (1,), (k,), (1, k)."""
        if layer.bias is None:
            return None
        count = layer.weights.shape[0]
        if layer.bias.size not in (1, count) or (layer.bias.ndim > 1 and layer.bias.shape[-1] != layer.bias.size):
            raise self._refusal(f"a bias of shape {shape_text(layer.bias.shape)} for {count} units")
        bias = exact_float64(layer.bias, field="bias", file=self._path)
        return np.broadcast_to(bias.reshape(-1), (count,))

    def _right_operand(self, node: Any) -> NDArray[Any]:
        if len(node.input) < 2:
            raise self._refusal(f"{_name(node)} has one input where two are needed")
        if node.input[0] in self._constants:
            raise self._refusal(f"{_name(node)} has its weights on the left")
        return self._constant(node, node.input[1])

    def _require_matrix(self, node: Any, weights: NDArray[Any]) -> None:
        if weights.ndim != 2:
            raise self._refusal(f"the weights of {_name(node)} have shape {shape_text(weights.shape)}, no matrix")

    def _constant_operand(self, node: Any) -> NDArray[Any]:
        names = [name for name in node.input if name in self._constants]
        if len(names) != 1:
            raise self._refusal(f"{_name(node)} does not add a constant")
        return self._constants[names[0]]

    def _constant(self, node: Any, name: str) -> NDArray[Any]:
        if name not in self._constants:
            raise self._refusal(f"the weights {quoted(name)} of {_name(node)} are not stored in the file")
        return self._constants[name]

    def _fold_constant(self, node: Any) -> None:
        """Constant nodes, and Transpose or Identity of a constant, become constants."""
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value":
                    self._constants[node.output[0]] = self._array(attribute.t)
                elif attribute.name.startswith("value_"):
                    values: Any = list(attribute.floats) or list(attribute.ints) or attribute.f or attribute.i
                    self._constants[node.output[0]] = np.array(values)
        elif node.op_type == "Transpose" and node.input[0] in self._constants:
            axes = [list(attribute.ints) for attribute in node.attribute if attribute.name == "perm"]
            try:
                self._constants[node.output[0]] = self._constants[node.input[0]].transpose(*axes)
            except ValueError:
                raise self._refusal(f"{_name(node)} has axes that do not fit its input") from None
        elif node.op_type == "Identity" and node.input[0] in self._constants:
            self._constants[node.output[0]] = self._constants[node.input[0]]

    def _array(self, tensor: Any) -> NDArray[Any]:
        if tensor.data_location == 1:
            raise self._refusal(
                f"the tensor {quoted(tensor.name)} is in another file",
                cure="save with the weights inside: onnx.save_model(model, path, save_as_external_data=False)",
            )
        try:
            array: NDArray[Any] = self._to_array(tensor)
        except Exception as error:  # damaged protobuf fields raise whatever their use raises
            raise self._refusal(f"the tensor {quoted(tensor.name)} is damaged ({error})") from None
        if array.dtype.kind == "f":
            self._types.add(str(array.dtype))
        elif array.dtype.name == "bfloat16":
            self._types.add("bfloat16")
            return array.astype(np.float32)
        return array

    def _refusal(self, what: str, cure: str = _SHAPE_CURE) -> InputError:
        return InputError(what, file=self._path, cure=cure)


def _name(node: Any) -> str:
    return f"{node.op_type} {quoted(node.name)}" if node.name else str(node.op_type)
