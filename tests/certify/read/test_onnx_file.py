"""ONNX graphs built by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.model import Network
from relucert.certify.read.onnx_file import read_onnx_model

RNG = np.random.default_rng(0)
W = RNG.standard_normal((4, 3)).astype(np.float32)
B = RNG.standard_normal(4).astype(np.float32)
A = RNG.standard_normal((1, 4)).astype(np.float32)
C = RNG.standard_normal(1).astype(np.float32)
ARRAYS = {"W": W, "B": B, "A": A, "C": C}
GEMM = [
    ("Gemm", ["x", "W", "B"], "h", {"transB": 1}),
    ("Relu", ["h"], "r", {}),
    ("Gemm", ["r", "A", "C"], "y", {"transB": 1}),
]


def save(
    tmp_path: Path, nodes: list[Any], arrays: dict[str, Any], inputs: tuple[str, ...] = ("x",), outputs: Any = ("y",)
) -> Path:
    onnx = pytest.importorskip("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    graph = helper.make_graph(
        [
            helper.make_node(operator, sources, [target] if isinstance(target, str) else target, **options)
            for operator, sources, target, options in nodes
        ],
        "g",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in inputs],
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs],
        [
            array if isinstance(array, onnx.TensorProto) else numpy_helper.from_array(array, name)
            for name, array in arrays.items()
        ],
    )
    path = tmp_path / "m.onnx"
    onnx.save_model(helper.make_model(graph), path)
    return path


def require_same(network: Network, *, biases: bool = True) -> None:
    assert (network.hidden_weights == W).all() and (network.output_weights == A[0]).all()
    if biases:
        assert network.hidden_bias is not None and (network.hidden_bias == B).all()
        assert network.output_bias == C[0]
    else:
        assert network.hidden_bias is None and network.output_bias is None


def test_gemm(tmp_path: Path) -> None:
    network = read_onnx_model(save(tmp_path, GEMM, ARRAYS))
    require_same(network)
    assert network.notes == ("weights stored as float32, widened exactly to float64",)


def test_float64_needs_no_note(tmp_path: Path) -> None:
    arrays = {name: array.astype(np.float64) for name, array in ARRAYS.items()}
    network = read_onnx_model(save(tmp_path, GEMM, arrays))
    require_same(network)
    assert network.notes == ()


def test_gemm_without_transpose_or_bias(tmp_path: Path) -> None:
    nodes: list[Any] = [("Gemm", ["x", "W"], "h", {}), ("Relu", ["h"], "r", {}), ("Gemm", ["r", "A"], "y", {})]
    require_same(read_onnx_model(save(tmp_path, nodes, {"W": W.T, "A": A.T})), biases=False)


def test_matmul_add(tmp_path: Path) -> None:
    nodes: list[Any] = [
        ("Flatten", ["x"], "f", {}),
        ("Transpose", ["W"], "WT", {"perm": [1, 0]}),
        ("MatMul", ["f", "WT"], "h", {}),
        ("Add", ["B", "h"], "hb", {}),
        ("Relu", ["hb"], "r", {}),
        ("Identity", ["r"], "ri", {}),
        ("Identity", ["C"], "C2", {}),
        ("MatMul", ["ri", "A"], "o", {}),
        ("Add", ["o", "C2"], "ob", {}),
        ("Reshape", ["ob", "shape"], "y", {}),
    ]
    arrays = {"W": W, "B": B.reshape(1, 4), "A": A.T, "C": C, "shape": np.array([-1])}
    require_same(read_onnx_model(save(tmp_path, nodes, arrays)))


def test_constant_nodes(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    constants: list[Any] = [
        ("Constant", [], name, {"value": onnx.numpy_helper.from_array(array)}) for name, array in ARRAYS.items()
    ]
    require_same(read_onnx_model(save(tmp_path, [*constants, *GEMM], {})))


def test_alpha_and_beta_are_multiplied_exactly(tmp_path: Path) -> None:
    nodes: list[Any] = [("Gemm", ["x", "W", "B"], "h", {"transB": 1, "alpha": 0.1, "beta": -3.0}), *GEMM[1:]]
    network = read_onnx_model(save(tmp_path, nodes, ARRAYS))
    assert (network.hidden_weights == W.astype(np.float64) * float(np.float32(0.1))).all()
    assert network.hidden_bias is not None and (network.hidden_bias == -3.0 * B.astype(np.float64)).all()


def test_scalar_bias_is_broadcast(tmp_path: Path) -> None:
    network = read_onnx_model(save(tmp_path, GEMM, {**ARRAYS, "B": np.array(0.5, np.float32)}))
    assert network.hidden_bias is not None and network.hidden_bias.tolist() == [0.5] * 4


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([("Gemm", ["x", "W"], "h", {"transA": 1}), *GEMM[1:]], "transA=1"),
        ([GEMM[0], ("Sigmoid", ["h"], "r", {}), GEMM[2]], "the operator Sigmoid is not part"),
        ([GEMM[0], ("LeakyRelu", ["h"], "r", {}), GEMM[2]], "the operator LeakyRelu is not part"),
        ([("Sub", ["x", "C"], "x1", {}), ("Gemm", ["x1", "W"], "h", {}), *GEMM[1:]], "the operator Sub"),
        ([GEMM[0], ("Identity", ["h"], "r", {}), GEMM[2]], "no Relu before Gemm"),
        ([*GEMM[:2], ("Reshape", ["r", "C"], "r2", {}), ("Gemm", ["r2", "A"], "y", {})], "Reshape between the layers"),
        ([("Gemm", ["x", "W", "B"], "y", {"transB": 1})], "1 linear layers where two are needed"),
        ([("Relu", ["x"], "x1", {}), ("Gemm", ["x1", "W"], "y", {})], "Relu is not between"),
        ([*GEMM[:2], ("Gemm", ["r", "A"], "o", {}), ("Relu", ["o"], "y", {})], "Relu is not between"),
        (
            [*GEMM[:2], ("Gemm", ["r", "S"], "h2", {}), ("Gemm", ["h2", "A"], "y", {"transB": 1})],
            "a third linear layer: several hidden layers",
        ),
        ([GEMM[0], ("Relu", ["h"], "r", {}), ("Add", ["r", "h"], "s", {}), GEMM[2]], "'h' is used 2 times"),
        ([*GEMM[:2], ("Add", ["r", "r"], "y", {})], "uses its input twice"),
        ([*GEMM, ("Gemm", ["x", "W"], "z", {})], "'x' is used 2 times"),
        ([*GEMM, ("Relu", ["other"], "z", {})], "nodes beside the path"),
        ([("Gemm", ["W", "x"], "h", {}), *GEMM[1:]], "weights on the left"),
        ([("MatMul", ["W", "x"], "h", {}), *GEMM[1:]], "weights on the left"),
        ([("MatMul", ["x"], "h", {}), *GEMM[1:]], "MatMul has one input where two are needed"),
        ([("Transpose", ["B"], "BT", {"perm": [1, 0]}), *GEMM], "Transpose has axes that do not fit"),
        ([("Relu", [], "z", {}), *GEMM], "Relu has no input or no output"),
        ([("MatMul", ["x", "missing"], "h", {}), *GEMM[1:]], "'missing' of MatMul are not stored"),
        ([("MatMul", ["x", "B"], "h", {}), *GEMM[1:]], r"have shape \(4,\), no matrix"),
        ([("Gemm", ["x", "W", "A3"], "h", {"transB": 1}), *GEMM[1:]], r"a bias of shape \(3,\) for 4 units"),
        ([("Gemm", ["x", "D"], "h", {"transB": 1, "alpha": 0.1}), *GEMM[1:]], "alpha=0.1, whose product"),
        ([("Gemm", ["x", "N"], "h", {"transB": 1}), *GEMM[1:]], r"Gemm\[0, 0\]: the value is nan"),
        ([*GEMM[:2], ("Gemm", ["r", "A2"], "y", {"transB": 1})], "2 outputs where one is needed"),
    ],
)
def test_refused_graphs(tmp_path: Path, nodes: list[Any], reason: str) -> None:
    extra = {"S": np.eye(4), "A3": np.zeros(3), "D": W.astype(np.float64), "N": W * np.nan, "A2": np.zeros((2, 4))}
    with pytest.raises(InputError, match=reason):
        read_onnx_model(save(tmp_path, nodes, {**ARRAYS, **extra}))


def test_inputs_and_outputs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 inputs where one is needed: x, z"):
        read_onnx_model(save(tmp_path, GEMM, ARRAYS, inputs=("x", "z")))
    with pytest.raises(InputError, match="2 outputs where one is needed: y, h"):
        read_onnx_model(save(tmp_path, GEMM, ARRAYS, outputs=("y", "h")))
    require_same(read_onnx_model(save(tmp_path, GEMM, ARRAYS, inputs=("x", "W", "B"))))


def test_external_data(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    tensor = onnx.numpy_helper.from_array(W, "W")
    onnx.external_data_helper.set_external_data(tensor, location="weights.bin")
    with pytest.raises(InputError, match="the tensor 'W' is in another file"):
        read_onnx_model(save(tmp_path, GEMM, {**ARRAYS, "W": tensor}))


def test_damaged(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path = tmp_path / "m.onnx"
    path.write_bytes(b"not a protobuf")
    with pytest.raises(InputError, match="not a valid ONNX file"):
        read_onnx_model(path)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match=r"m\.onnx: reading ONNX needs the package onnx; pip install"):
        read_onnx_model("m.onnx")
