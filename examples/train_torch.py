"""Train PyTorch networks with weight decay on every parameter and save their `state_dict`s.

    pip install torch safetensors
    python examples/train_torch.py                 # all networks of this file into examples/networks/
    python examples/train_torch.py iris_torch      # one of them

`SGD(weight_decay=L)` and `Adam(weight_decay=L)` add L * parameter to the gradient, so with `MSELoss()` they descend

    1/n sum_i (f(x_i) - y_i)^2  +  L/2 |all parameters|^2,

biases included (`AdamW` does not: its decay is not the gradient of any objective). Every step uses the full batch;
L-BFGS on the same objective, written out, finishes the training. In sum scaling the weight decay is n L / 2.

The numbers of the example data are exact in float32 too, so the float32 networks are trained on the same numbers as the
float64 ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parent
WIDTH = 50
SEEDS = range(5)


@dataclass(frozen=True)
class Run:
    """One shipped network.

    Attributes
    ----------
    data : name of the CSV file
    weight_decay : the decay L of the module docstring
    optimizer : of the first phase
    precision : of data, weights and training
    bias : hidden and output bias present (then both are penalised)
    suffix : file format of the saved state_dict
    """

    data: str
    weight_decay: float
    optimizer: Literal["sgd", "adam"]
    precision: Literal["float32", "float64"]
    bias: bool
    suffix: Literal[".pt", ".safetensors"]


# The README of examples/networks/ gives each decay as a fraction of the smallest one that makes all weights vanish.
RUNS = {
    "diabetes_pca4_torch": Run("diabetes_pca4", 0.144, "adam", "float64", True, ".pt"),
    "iris_torch": Run("iris", 0.2, "adam", "float32", True, ".pt"),
    "iris_no_bias_torch": Run("iris", 0.183, "sgd", "float32", False, ".safetensors"),
    "wine_torch": Run("wine", 0.715, "sgd", "float32", True, ".safetensors"),
    "breast_cancer_pca4_torch": Run("breast_cancer_pca4", 0.374, "adam", "float32", True, ".pt"),
}


def objective(
    model: torch.nn.Module, features: torch.Tensor, target: torch.Tensor, weight_decay: float
) -> torch.Tensor:
    """The objective of the module docstring at `features` (n, d) and `target` (n, 1)."""
    squares = sum((parameter**2).sum() for parameter in model.parameters())
    return torch.nn.functional.mse_loss(model(features), target) + 0.5 * weight_decay * squares


def train(run: Run, features: torch.Tensor, target: torch.Tensor, seed: int) -> tuple[torch.nn.Module, float]:
    """A trained network and its final objective."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(features.shape[1], WIDTH, bias=run.bias),
        torch.nn.ReLU(),
        torch.nn.Linear(WIDTH, 1, bias=run.bias),
    ).to(features.dtype)
    descend(model, run, features, target, steps=3000)
    value = objective(model, features, target, run.weight_decay).item()
    for _ in range(20):  # a restart clears the curvature memory, which kinks of the ReLU spoil
        polish(model, run, features, target)
        previous, value = value, objective(model, features, target, run.weight_decay).item()
        if value >= previous * (1 - 1e-12):
            break
    return model, value


def descend(model: torch.nn.Module, run: Run, features: torch.Tensor, target: torch.Tensor, steps: int) -> None:
    """Full-batch gradient descent with momentum, or Adam; the decay is left to the optimizer."""
    optimizer: torch.optim.Optimizer
    if run.optimizer == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=run.weight_decay)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=run.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    loss_function = torch.nn.MSELoss()
    for _ in range(steps):
        optimizer.zero_grad()
        loss_function(model(features), target).backward()
        optimizer.step()
        schedule.step()


def polish(model: torch.nn.Module, run: Run, features: torch.Tensor, target: torch.Tensor) -> None:
    """L-BFGS on the objective with the decay written out."""
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=500,
        history_size=20,
        tolerance_grad=1e-12,
        tolerance_change=1e-15,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = objective(model, features, target, run.weight_decay)
        value.backward()
        return value

    optimizer.step(closure)


def save(path: Path, model: torch.nn.Module) -> None:
    """Write the state_dict in the format of the file's suffix."""
    state = model.state_dict()
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the requested networks and print their objectives."""
    parser = argparse.ArgumentParser(description="Train the PyTorch example networks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RUNS)} (default: all)")
    parser.add_argument("--output", type=Path, default=FOLDER / "networks", help="folder (default: examples/networks)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    for name in options.names or RUNS:
        if name not in RUNS:
            parser.error(f"unknown network {name!r}: choose from {', '.join(RUNS)}")
        run = RUNS[name]
        table = np.loadtxt(FOLDER / "data" / f"{run.data}.csv", delimiter=",", skiprows=1)
        precision = torch.float32 if run.precision == "float32" else torch.float64
        features, target = torch.tensor(table[:, :-1], dtype=precision), torch.tensor(table[:, -1:], dtype=precision)
        trained = [train(run, features, target, seed) for seed in SEEDS]
        values = [value for _, value in trained]
        best = int(np.argmin(values))
        save(options.output / f"{name}{run.suffix}", trained[best][0])
        print(f"{name}: objective {values[best]:.12g} (seed {SEEDS[best]}; worst seed {max(values):.12g})", flush=True)


if __name__ == "__main__":
    main()
