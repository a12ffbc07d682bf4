"""Write the PyTorch fixtures of this folder. Needs torch (2.13.0 was used); the tests do not.

Run as ``python tests/certify/read/data/make_torch_files.py``; ``expected.json`` gets the weights as hexadecimal floats.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, object]] = {}


def network(d: int = 3, m: int = 4, *, bias: bool = True, dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(len(EXPECTED))
    return nn.Sequential(nn.Linear(d, m, bias=bias), nn.ReLU(), nn.Linear(m, 1, bias=bias)).to(dtype)


def hexadecimal(tensor: torch.Tensor | None) -> object:
    def spell(value: object) -> object:
        return [spell(entry) for entry in value] if isinstance(value, list) else float(value).hex()  # type: ignore[arg-type]

    return None if tensor is None else spell(tensor.detach().double().tolist())


def record(name: str, module: nn.Sequential) -> None:
    hidden, output = module[0], module[2]
    EXPECTED[name] = {
        "hidden_weights": hexadecimal(hidden.weight),
        "hidden_bias": hexadecimal(hidden.bias),
        "output_weights": hexadecimal(output.weight.reshape(-1)),
        "output_bias": None if output.bias is None else hexadecimal(output.bias.reshape(())),
    }


def save_readable() -> None:
    for name, dtype in (
        ("float32.pt", torch.float32),
        ("float64.pt", torch.float64),
        ("float16.pt", torch.float16),
        ("bfloat16.pt", torch.bfloat16),
    ):
        module = network(dtype=dtype)
        torch.save(module.state_dict(), HERE / name)
        record(name, module)
    module = network(bias=False)
    torch.save(module.state_dict(), HERE / "no_bias.pth")
    record("no_bias.pth", module)

    module = network()
    optimizer = torch.optim.Adam(module.parameters(), weight_decay=1e-3)
    module(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "state_dict": module.state_dict(), "optimizer": optimizer.state_dict()}, HERE / "nested.pt")
    record("nested.pt", module)
    torch.save({"model_state_dict": module.state_dict(), "dtype": torch.float32}, HERE / "nested_model.pt")
    record("nested_model.pt", module)
    torch.save(dict(module.named_parameters()), HERE / "parameters.pt")
    record("parameters.pt", module)

    # Views of one storage: an offset, a transposed matrix, and a bias that repeats one number with stride 0.
    module = network()
    buffer = torch.randn(40)
    views = {
        "0.weight": buffer[5:17].reshape(3, 4).t(),
        "0.bias": buffer[20:21].expand(4),
        "2.weight": buffer[22:30:2].reshape(1, 4),
        "2.bias": buffer[39:40],
    }
    torch.save(OrderedDict(views), HERE / "views.pt")
    module.load_state_dict(views)
    record("views.pt", module)

    module = network(d=1, m=1)
    torch.save(module.state_dict(), HERE / "ambiguous.pt")
    record("ambiguous.pt", module)


def save_refused() -> None:
    torch.save(
        nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1)).state_dict(),
        HERE / "three_layers.pt",
    )
    torch.save(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).state_dict(), HERE / "two_outputs.pt")
    torch.save(nn.Linear(3, 1).state_dict(), HERE / "one_layer.pt")
    torch.save(
        nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1)).state_dict(),
        HERE / "batch_norm.pt",
    )
    module = network()
    torch.save(module, HERE / "whole_module.pt")
    torch.save(module.state_dict(), HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(module[0].weight.detach(), HERE / "single_tensor.pt")
    torch.save(network(dtype=torch.complex64).state_dict(), HERE / "complex.pt")
    weights = module.state_dict()
    weights["0.weight"] = weights["0.weight"].clone()
    weights["0.weight"][1, 2] = float("nan")
    torch.save(weights, HERE / "nan.pt")
    torch.save({"0.weight": torch.zeros(4, 3), "epoch": 3}, HERE / "not_a_state_dict.pt")
    torch.jit.script(nn.Linear(3, 1)).save(HERE / "script.pt")


class Malicious:
    """Pickled as a call of os.system."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo owned > owned.txt",)


def save_malicious() -> None:
    torch.save({"0.weight": torch.zeros(4, 3), "2.weight": Malicious()}, HERE / "malicious.pt")


def normalise(path: Path) -> None:
    """Rewrite with a fixed member folder, so that generating again changes as little as possible."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            _, _, rest = name.partition("/")
            if rest in ("version", "data.pkl", "byteorder", "constants.pkl") or rest.startswith("data/"):
                archive.writestr(zipfile.ZipInfo(f"archive/{rest}"), content)


if __name__ == "__main__":
    save_readable()
    save_refused()
    save_malicious()
    for file in sorted(HERE.glob("*.pt*")):
        normalise(file)
    (HERE / "expected.json").write_text(json.dumps(EXPECTED, indent=1) + "\n")
