"""Train a small network in PyTorch with weight decay, and certify it from memory, in float64 and in float32.

    pip install torch
    python examples/certify_torch.py

`Adam(weight_decay=L)` descends MSELoss + L/2 |all parameters|^2; the objective is read off module and optimiser. AdamW
is refused, because decoupled decay minimises no objective.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from relucert.certify import api

try:
    import torch
except ImportError:
    sys.exit("certify_torch.py needs PyTorch: pip install torch")

DATA = Path(__file__).resolve().parent / "data" / "iris.csv"
FEATURES = ["petal_length_cm", "petal_width_cm"]
WEIGHT_DECAY = 0.1
STEPS = 1000


def train(features: Any, target: Any) -> tuple[Any, Any]:
    """A network with 20 hidden units after full-batch Adam, and the optimiser; features (n, d), target (n, 1)."""
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(features.shape[1], 20), torch.nn.ReLU(), torch.nn.Linear(20, 1))
    module.to(features.dtype)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    loss = torch.nn.MSELoss()
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(module(features), target).backward()
        optimizer.step()
        schedule.step()
    return module, optimizer


def certify(precision: Any) -> bool:
    """Train and certify in torch.float64 or torch.float32; stored numbers are taken exactly in both."""
    data = api.read_data(DATA, target="target", features=FEATURES)
    module, optimizer = train(torch.tensor(data.X, dtype=precision), torch.tensor(data.y, dtype=precision)[:, None])
    result = api.certify(api.from_torch(module), data, api.training_objective(module, optimizer, "mean"))
    print(
        f"{precision}: objective {float(result.loss):.12g}, relative gap {float(result.relative_gap):.3g}, "
        f"{result.better.width} hidden units in the best network found: {result.status}"
    )
    return result.status == "proved" and api.check(result.certificate).valid


if __name__ == "__main__":
    sys.exit(0 if all([certify(torch.float64), certify(torch.float32)]) else 1)
