"""Dimension, samples and weight decay against the work, next to what a prototype of the search needed.

`prototype.csv` holds the prototype's rows with at most 50 000 nodes: a C++ program that bounds cones in floats, writes
no certificate and polishes by local search only, so that some networks were not within the smallest gaps. `gap` is the
smallest of 1e-1, 1e-2, 1e-4, 1e-6, 1e-8 that it proved for the polished network, `seconds` the time of that proof.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import instances, markdown
from benchmarks.measure import ROOT, Row
from benchmarks.real import trained

PROTOTYPE = ROOT / "benchmarks" / "prototype.csv"
COLUMNS = {"diabetes": 10, "iris": 4, "wine": 13, "breast_cancer": 30}


def load(data: str, samples: int, dimension: int) -> tuple[instances.FloatArray, instances.FloatArray]:
    """The instance of a row of the table, whose dimension counts the column of ones."""
    if data.startswith("gauss"):
        return instances.load(data, n=samples)
    return instances.load(data, pca=None if COLUMNS[data] == dimension - 1 else dimension - 1)


def rows(limit: float) -> Iterator[Row]:
    """Certify the networks of the table, `limit` seconds each."""
    with PROTOTYPE.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    for line in table:
        features, target = load(line["data"], int(line["samples"]), int(line["dimension"]))
        beta = float(line["share"]) * instances.beta_max(features, target)
        with tempfile.TemporaryDirectory() as folder:
            row = trained(features, target, beta, Path(folder), "--time", limit)
        yield row | {"data": line["data"], "nominal_share": line["share"], "time_limit": limit, "prototype": line}


def report(rows: list[Row]) -> str:
    head = ("data", "n", "d", "β/β_max", "κ", "gap", "polished gap", "polish s", "search s", "nodes", "rule", "MB",
            "check s", "prototype: gap", "search s", "nodes")  # fmt: skip
    lines: list[tuple[object, ...]] = []
    for row in rows:
        known = row["prototype"]
        prototype = (known["gap"], known["seconds"], known["nodes"])
        title = (row["data"].replace("_", " "), known["samples"], known["dimension"], row["nominal_share"])
        if "error" in row:
            lines.append((*title, *["–"] * 8, row["error"], *prototype))
            continue
        rule = "signs" if row["rules"].get("sign_tree") else "cones"
        lines.append((
            *title, markdown.significant(row["kappa"]), markdown.gap(row["gap"]), markdown.gap(row["polished_gap"]),
            markdown.seconds(row["polish_seconds"]), markdown.seconds(row["search_seconds"]), row["nodes"],
            rule + (" (limit)" if row["limit"] else ""), markdown.megabytes(row["bytes"]),
            markdown.seconds(row["check_seconds"]), *prototype,
        ))  # fmt: skip
    return markdown.table(head, lines)
