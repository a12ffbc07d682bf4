"""PyTorch modules and optimisers: stand-ins with the same methods, and the real ones where torch is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from relucert.certify.read.errors import InputError
from relucert.certify.read.torch_module import from_torch, training_objective, weight_decay_of

RNG = np.random.default_rng(0)


class Tensor:
    """The methods of torch.Tensor that the reader calls."""

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)
        self.dtype = f"torch.{self.array.dtype}"

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def double(self) -> Tensor:
        return Tensor(self.array.astype(np.float64))

    def numpy(self) -> Any:
        return self.array

    def new_tensor(self, values: Any) -> Tensor:
        return Tensor(np.array(values, dtype=self.array.dtype))


class Module:
    """The methods of torch.nn.Module that the reader calls."""

    def __init__(self, *children: Module, forward: Callable[[Tensor], Tensor] | None = None) -> None:
        self._children = children
        self._forward = forward
        self.training = True

    def children(self) -> Iterator[Module]:
        return iter(self._children)

    def modules(self) -> Iterator[Module]:
        yield self
        for child in self._children:
            yield from child.modules()

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        for i, child in enumerate(self._children):
            for name, parameter in child.named_parameters():
                yield f"{i}.{name}", parameter

    def state_dict(self) -> dict[str, Tensor]:
        return dict(self.named_parameters())

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode

    def __call__(self, x: Tensor) -> Tensor:
        if self._forward is not None:
            return self._forward(x)
        for child in self._children:
            x = child(x)
        return x


class Linear(Module):
    def __init__(self, d: int, m: int, *, bias: bool = True, dtype: str = "f4") -> None:
        super().__init__()
        self.weight = Tensor(RNG.standard_normal((m, d)).astype(dtype))
        self.bias = Tensor(RNG.standard_normal(m).astype(dtype)) if bias else None

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        yield "weight", self.weight
        if self.bias is not None:
            yield "bias", self.bias

    def __call__(self, x: Tensor) -> Tensor:
        y = x.array @ self.weight.array.T
        return Tensor(y if self.bias is None else y + self.bias.array)


class ReLU(Module):
    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(np.maximum(x.array, 0))


class Tanh(Module):
    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(np.tanh(x.array))


class Flatten(Module):
    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(x.array.reshape(-1))


class Dropout(Module):
    def __call__(self, x: Tensor) -> Tensor:
        return x


class Sequential(Module):
    pass


class SGD:
    def __init__(self, *groups: dict[str, Any]) -> None:
        self.param_groups = groups


class Adam(SGD):
    pass


class AdamW(Adam):
    pass


class ASGD(SGD):
    pass


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_sequential(dtype: str) -> None:
    first, last = Linear(3, 5, dtype=dtype), Linear(5, 1, dtype=dtype)
    network = from_torch(Sequential(first, ReLU(), last, Flatten()))
    assert (network.hidden_weights == first.weight.array).all()
    assert (network.output_weights == last.weight.array[0]).all()
    assert first.bias is not None and last.bias is not None
    assert network.hidden_bias is not None and (network.hidden_bias == first.bias.array).all()
    assert network.output_bias == last.bias.array[0]
    assert bool(network.notes) == (dtype != "f8")


def test_own_module_is_probed_in_evaluation_mode() -> None:
    first, last = Linear(3, 5, bias=False), Linear(5, 1)
    relu = ReLU()
    modes: list[bool] = []

    def forward(x: Tensor) -> Tensor:
        modes.append(module.training)
        return last(relu(first(x)))

    module = Module(first, last, forward=forward)
    network = from_torch(module)
    assert network.hidden_bias is None and network.width == 5
    assert modes == [False] and module.training


def test_other_functions_are_noticed() -> None:
    first, last = Linear(3, 5), Linear(5, 1)
    leaky = Module(first, last, forward=lambda x: last(Tensor(np.maximum(h := first(x).array, np.float32(0.001) * h))))
    residual = Module(first, last, forward=lambda x: Tensor(last(ReLU()(first(x))).array + x.array[:, :1]))
    swapped = Module(last, first, forward=lambda x: last(ReLU()(first(x))))
    for module in (leaky, residual):
        with pytest.raises(InputError, match=r"torch module Module: the module does not compute a \. relu"):
            from_torch(module)
    with pytest.raises(InputError, match="give a network with a single output"):
        from_torch(swapped)


def test_a_forward_that_fails() -> None:
    def forward(x: Tensor) -> Tensor:
        raise RuntimeError("two arguments\nneeded")

    module = Module(Linear(3, 5), Linear(5, 1), forward=forward)
    with pytest.raises(InputError, match=r"cannot be run on inputs of shape .*two arguments needed") as caught:
        from_torch(module)
    assert len(str(caught.value).splitlines()) == 1 and module.training


def test_a_forward_with_other_outputs() -> None:
    module = Module(Linear(3, 5), Linear(5, 1), forward=lambda x: x)
    with pytest.raises(InputError, match="48 outputs for 16 inputs"):
        from_torch(module)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Sequential(Linear(3, 4), ReLU(), Linear(4, 4), ReLU(), Linear(4, 1)), "2 hidden layers where one is"),
        (Sequential(Linear(3, 4), Tanh(), Linear(4, 1)), "activation Tanh where ReLU is needed"),
        (Sequential(Linear(3, 4), ReLU(), Dropout(), Linear(4, 1)), "Dropout: training minimised a randomised"),
        (Sequential(Linear(3, 4), Linear(4, 1)), "the modules are Linear, Linear"),
        (Sequential(Linear(3, 4), ReLU(), Linear(4, 2)), "2 outputs where one is needed"),
        (Module(Linear(3, 1)), "1 Linear modules where two are needed"),
        (Linear(3, 1), "1 Linear modules"),
        (object(), "torch module object: not a torch.nn.Module"),
    ],
)
def test_refused_modules(module: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        from_torch(module)


def test_further_parameters_are_refused() -> None:
    class Scaled(Module):
        def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
            yield from super().named_parameters()
            yield "scale", Tensor([1.0])

    with pytest.raises(InputError, match="parameters besides the two Linear: scale"):
        from_torch(Scaled(Linear(3, 4), Linear(4, 1)))


def test_non_finite_weights() -> None:
    first = Linear(3, 4)
    first.weight.array[1, 2] = np.nan
    with pytest.raises(InputError, match=r"hidden_weights\[1, 2\]: the value is nan"):
        from_torch(Sequential(first, ReLU(), Linear(4, 1)))


@pytest.mark.parametrize("optimiser", [SGD, Adam])
def test_weight_decay(optimiser: Any) -> None:
    assert weight_decay_of(optimiser({"weight_decay": 5e-4}, {"weight_decay": 5e-4})) == Fraction(1, 2000)
    assert weight_decay_of(optimiser({"params": []})) == 0


@pytest.mark.parametrize(
    ("optimiser", "reason"),
    [
        (AdamW({"weight_decay": 0.01}), "torch optimiser AdamW: decoupled weight decay minimises no objective"),
        (Adam({"weight_decay": 0.01, "decoupled_weight_decay": True}), "Adam: decoupled weight decay minimises no"),
        (ASGD({"weight_decay": 0.01}), "ASGD: whether its weight decay is an L2 penalty is not known"),
        (SGD({"weight_decay": 0.1}, {"weight_decay": 0}), "have the weight decays 0, 1/10; use training_objective"),
        (SGD({"weight_decay": 0.1, "maximize": True}), "maximize=True"),
        (SGD({"weight_decay": -1.0}), "weight_decay: -1.0 is no weight decay"),
        (object(), "not a torch.optim.Optimizer"),
    ],
)
def test_refused_optimisers(optimiser: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        weight_decay_of(optimiser)


def test_objective_layer_by_layer() -> None:
    first, last = Linear(3, 4), Linear(4, 1)
    module = Sequential(first, ReLU(), last)
    everything = [parameter for _, parameter in module.named_parameters()]
    decayed = training_objective(module, SGD({"params": everything, "weight_decay": 0.1}), "mean")
    assert (decayed.hidden_weight_decay, decayed.output_weight_decay) == (Fraction(1, 10), Fraction(1, 10))
    assert (decayed.loss, decayed.hidden_bias, decayed.output_bias) == ("mean", "penalised", "penalised")
    free = training_objective(
        module,
        SGD(
            {"params": [first.weight], "weight_decay": 0.1},
            {"params": [last.weight], "weight_decay": 0.2},
            {"params": [first.bias, last.bias]},
        ),
        "half-sum",
    )
    assert (free.hidden_weight_decay, free.output_weight_decay) == (Fraction(1, 10), Fraction(1, 5))
    assert (free.hidden_bias, free.output_bias) == ("free", "free")
    plain = training_objective(module, SGD({"params": everything}), "mean")
    assert (plain.hidden_bias, plain.output_bias) == ("free", "free")
    no_bias = Sequential(Linear(3, 4, bias=False), ReLU(), Linear(4, 1, bias=False))
    weights = [parameter for _, parameter in no_bias.named_parameters()]
    none = training_objective(no_bias, SGD({"params": weights, "weight_decay": 1}), "mean")
    assert (none.hidden_bias, none.output_bias) == ("none", "none")


def test_refused_objectives() -> None:
    first, last = Linear(3, 4), Linear(4, 1)
    module = Sequential(first, ReLU(), last)
    with pytest.raises(InputError, match="hidden_bias: the optimiser does not train this parameter"):
        training_objective(module, SGD({"params": [first.weight, last.weight, last.bias]}), "mean")
    groups = (
        {"params": [first.weight, last.weight, last.bias], "weight_decay": 0.1},
        {"params": [first.bias], "weight_decay": 0.2},
    )
    with pytest.raises(InputError, match="hidden_bias: its weight decay 1/5 differs from 1/10"):
        training_objective(module, SGD(*groups), "mean")


def test_with_torch_itself() -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        module = nn.Sequential(nn.Linear(3, 50), nn.ReLU(), nn.Linear(50, 1), nn.Flatten(0)).to(dtype)
        network = from_torch(module)
        assert (network.hidden_weights == module[0].weight.detach().double().numpy()).all()
    assert weight_decay_of(torch.optim.Adam(module.parameters(), weight_decay=1e-3)) == Fraction(1, 1000)
    assert training_objective(module, torch.optim.SGD(module.parameters(), weight_decay=1), "mean").hidden_bias
    with pytest.raises(InputError, match="decoupled"):
        weight_decay_of(torch.optim.AdamW(module.parameters()))
    with pytest.raises(InputError, match="activation GELU"):
        from_torch(nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 1)))
