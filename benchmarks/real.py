"""Real networks on real data: every network of examples/networks, and a range of weight decays on every data set."""

from __future__ import annotations

import re
import shlex
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import instances, markdown, measure
from benchmarks.measure import ROOT, Row

NETWORKS = ROOT / "examples" / "networks"
SHARES = (0.5, 0.3, 0.1, 0.03)
# Seconds for networks whose tight proof is out of reach (a free hidden bias in 10 and 13 dimensions).
LIMITS = {"diabetes_sklearn": 60, "wine_sklearn": 60}


@dataclass(frozen=True)
class DataSet:
    """A data set of the range of weight decays: arguments of `instances.load`."""

    name: str
    pca: int | None = None
    bias: bool = True

    @property
    def title(self) -> str:
        words = [self.name.replace("_", " ")]
        words += [f"{self.pca} PCs"] if self.pca else []
        return ", ".join(words if self.bias else [*words, "no bias"])


RANGE = (
    DataSet("diabetes"), DataSet("diabetes", bias=False), DataSet("diabetes", 2), DataSet("diabetes", 4),
    DataSet("diabetes", 6), DataSet("iris"), DataSet("wine"), DataSet("breast_cancer"),
)  # fmt: skip


def shipped() -> Iterator[Row]:
    """Certify and check every network with the command of the manifest."""
    text = (NETWORKS / "README.md").read_text(encoding="utf-8")
    for line in re.findall(r"^relucert certify (.*)$", text, flags=re.MULTILINE):
        model, data, *options = shlex.split(line)
        options = options[: options.index("-o")]
        limit = LIMITS.get(Path(model).stem)
        options += ["--time", str(limit)] if limit else []
        with tempfile.TemporaryDirectory() as folder:
            row = measure.certify(ROOT / model, ROOT / data, Path(folder), *options)
            if "error" in row:
                raise RuntimeError(f"{model}: {row['error']}")
            row |= {
                "network": Path(model).stem,
                "time_limit": limit,
                "weight_decay": options[options.index("--weight-decay") + 1],
            }
            certificate = Path(folder) / "certificate.json"
            one, two = measure.check(certificate), measure.check(certificate, jobs=2)
            row |= {"check_1_seconds": one.seconds, "check_1_cpu_seconds": one.cpu_seconds}
            row |= {"check_2_seconds": two.seconds, "check_peak_mb": one.peak_mb}
        row["train_seconds"] = _training_seconds(Path(model).stem, ROOT / data)
        yield row


def _training_seconds(network: str, data: Path) -> float | None:
    """Seconds of one training run of the network (of the five of which the best is shipped); None without torch."""
    if network.rpartition("_")[2] != "torch":
        from examples import train_sklearn

        features, target = train_sklearn.load_csv(data)
        fraction = train_sklearn.RUNS[network].decay_fraction
        alpha = float(f"{fraction * train_sklearn.beta_max(features, target):.3g}")
        start = time.perf_counter()
        train_sklearn.train(features, target, alpha, seed=0)
        return time.perf_counter() - start
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]

        from examples import train_torch
    except ModuleNotFoundError:
        return None
    torch.set_num_threads(1)
    run = train_torch.RUNS[network]
    table = np.loadtxt(data, delimiter=",", skiprows=1)
    precision = torch.float32 if run.precision == "float32" else torch.float64
    tensors = (torch.tensor(table[:, :-1], dtype=precision), torch.tensor(table[:, -1:], dtype=precision))
    start = time.perf_counter()
    train_torch.train(run, *tensors, seed=0)
    return time.perf_counter() - start


def over_decays(limit: float) -> Iterator[Row]:
    """Certify networks trained with L-BFGS over a range of weight decays, `limit` seconds each."""
    for data in RANGE:
        features, target = instances.load(data.name, pca=data.pca, bias=data.bias)
        largest = instances.beta_max(features, target)
        for share in SHARES:
            row = {"data": data.title, "nominal_share": share, "time_limit": limit}
            with tempfile.TemporaryDirectory() as folder:
                yield row | trained(features, target, share * largest, Path(folder), "--time", limit)


def trained(
    features: instances.FloatArray, target: instances.FloatArray, beta: float, folder: Path, *options: object
) -> Row:
    """Train with L-BFGS (50 hidden units) and certify, without bias parameters, in sum scaling."""
    beta = float(f"{beta:.6g}")
    start = time.perf_counter()
    network = instances.train(features, target, beta)
    seconds = time.perf_counter() - start
    np.savez(folder / "data.npz", X=features, y=target)
    np.savez(folder / "network.npz", hidden_weights=network.hidden_weights, output_weights=network.output_weights)
    row = measure.certify(folder / "network.npz", folder / "data.npz", folder, "--weight-decay", beta, *options)
    return row | {"beta": beta, "train_seconds": seconds}


def report_shipped(rows: list[Row]) -> str:
    head = ("network", "n", "d", "decay", "β/β_max", "κ", "train s", "gap", "polish s", "polished gap", "search s",
            "nodes", "MB", "bytes/node", "check s", "(CPU)", "2 jobs", "peak MB certify, check", "limit")  # fmt: skip
    lines = [
        (
            row["network"].replace("_", " "), row["samples"], row["features"], row["weight_decay"],
            markdown.significant(row["share"]), markdown.significant(row["kappa"]),
            markdown.seconds(row["train_seconds"]), markdown.gap(row["gap"]), markdown.seconds(row["polish_seconds"]),
            markdown.gap(row["polished_gap"]), markdown.seconds(row["search_seconds"]), row["nodes"],
            markdown.megabytes(row["bytes"]), round(row["bytes"] / max(1, row["nodes"])),
            markdown.seconds(row["check_1_seconds"]), markdown.seconds(row["check_1_cpu_seconds"]),
            markdown.seconds(row["check_2_seconds"]), f"{row['certify_peak_mb']:.0f}, {row['check_peak_mb']:.0f}",
            f"{row['time_limit']} s" if row["limit"] else "",
        )
        for row in rows
    ]  # fmt: skip
    return markdown.table(head, lines)


def report_decays(rows: list[Row]) -> str:
    head = ("data", "n", "d", "β/β_max", "κ", "gap", "polished gap", "polish s", "search s", "nodes", "MB", "check s",
            "limit")  # fmt: skip
    lines = [
        (row["data"], "–", "–", row["nominal_share"], *["–"] * 8, row["error"])
        if "error" in row
        else (
            row["data"], row["samples"], row["features"], row["nominal_share"], markdown.significant(row["kappa"]),
            markdown.gap(row["gap"]), markdown.gap(row["polished_gap"]), markdown.seconds(row["polish_seconds"]),
            markdown.seconds(row["search_seconds"]), row["nodes"], markdown.megabytes(row["bytes"]),
            markdown.seconds(row["check_seconds"]), f"{row['time_limit']:g} s" if row["limit"] else "",
        )
        for row in rows
    ]  # fmt: skip
    return markdown.table(head, lines)
