"""A wrong sign anywhere in a kernel, a model or a network is seen, by the comparison that has to see it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest

from relucert.numeric import crosscheck, kernels
from relucert.numeric.models import both_layers, non_overlapping, overlapping, two_layer
from tests.numeric.checks import failing_comparisons

MODULES: tuple[ModuleType, ...] = (kernels, both_layers, non_overlapping, overlapping, two_layer)
# What is mutated, and a model whose numbers depend on it.
KERNELS = {
    "supplement": "overlapping",
    "polar": "both-layers",
    "angular_kernel": "non-overlapping",
    "relu_kernel_gradient": "two-layer",
    "relu_kernel_curvature": "two-layer",
    "relu_kernel_mixed": "two-layer",
}
MODELS: dict[type[Any], str] = {
    non_overlapping.NonOverlapping: "leaky-non-overlapping",
    overlapping.Overlapping: "overlapping",
    both_layers.BothLayers: "both-layers",
    two_layer.TwoLayer: "two-layer",
}
# Zeros are added to broadcast, and the convention for zero vectors is multiplied by their length.
WITHOUT_EFFECT = ("teacher + 0 * w", "self.filter / norm(self.filter) + 0 * v", "found + math.pi / 2")


class Flip(ast.NodeTransformer):
    """Change the sign number `place`: plus for minus between two terms, or a leading minus left out."""

    def __init__(self, place: int) -> None:
        self.place, self.seen, self.changed = place, 0, ""

    def _here(self, node: ast.expr) -> bool:
        if ast.unparse(node) in WITHOUT_EFFECT:
            return False
        self.seen += 1
        if self.seen - 1 == self.place:
            self.changed = ast.unparse(node)
            return True
        return False

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Add | ast.Sub) and self._here(node):
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        number = isinstance(node.operand, ast.Constant)  # an axis, an exponent
        return node.operand if isinstance(node.op, ast.USub) and not number and self._here(node) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)  # what is in the brackets is a place
        return node


def mutants(function: Callable[..., Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The function with one sign changed, for each of its signs."""
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    for place in range(100):
        flip = Flip(place)
        tree = ast.fix_missing_locations(flip.visit(ast.parse(source)))
        if not flip.changed:
            return
        found: dict[str, Any] = {}
        exec(compile(tree, function.__name__, "exec"), function.__globals__, found)
        yield flip.changed, found[function.__name__]
    raise AssertionError("too many signs")


@pytest.mark.parametrize("name", KERNELS)
def test_a_wrong_sign_in_a_kernel_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signs = 0
    for changed, mutant in mutants(getattr(kernels, name)):
        for module in MODULES:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, mutant)
        assert failing_comparisons(KERNELS[name]), changed
        signs += 1
        monkeypatch.undo()
    assert signs


@pytest.mark.parametrize("quantity", ["loss", "gradient", "curvature"])
@pytest.mark.parametrize("kind", MODELS, ids=MODELS.values())
def test_a_wrong_sign_in_a_model_is_seen(kind: type[Any], quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signs = 0
    for changed, mutant in mutants(getattr(kind, quantity)):
        monkeypatch.setattr(kind, quantity, mutant)
        assert any(name.startswith(quantity) for name in failing_comparisons(MODELS[kind])), changed
        signs += 1
        monkeypatch.undo()
    assert signs


@pytest.mark.parametrize("model", crosscheck.names())
def test_a_wrong_network_is_seen_by_the_samples(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs or their slopes with the wrong sign: only the samples know the network."""
    for kind in MODELS:
        output = kind.output
        monkeypatch.setattr(kind, "output", lambda self, at, inputs, output=output: -output(self, at, inputs))
    found = failing_comparisons(model)
    if model not in ("non-overlapping", "leaky-non-overlapping", "overlapping"):  # there the target is an output, too
        assert found == {"loss: samples"}
    monkeypatch.undo()
    for kind in MODELS:
        slope = kind.sample_gradient
        monkeypatch.setattr(kind, "sample_gradient", lambda self, *given, slope=slope: -slope(self, *given))
    assert failing_comparisons(model) == {"gradient: samples", "curvature: samples"}


def test_a_gradient_at_a_kink_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = non_overlapping.NonOverlapping.gradient

    def without_refusal(self: Any, at: Any) -> Any:
        return np.zeros(self.size) if not np.any(at) else gradient(self, at)

    monkeypatch.setattr(non_overlapping.NonOverlapping, "gradient", without_refusal)
    assert failing_comparisons("non-overlapping") == {"gradient: differences"}
