"""The cone search against a compiled prototype on the same claims: nodes per second, one thread each, in turn.

The prototype is not part of this repository: a C++ file `simplicial_cap_bb.cpp` that reads a binary file (int64 n, d;
float64 T, seconds; int64 splitting rule, most nodes, write-certificate flag; X, nu, basis as float64) and prints JSON
with "status" (1 when proved), "nodes" and "sec". `--prototypes DIR` says where it is; it is compiled at run time.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import numpy as np

from benchmarks import instances, markdown
from benchmarks.measure import Row
from relucert.certify.search.basis import integer_basis
from relucert.certify.search.cones import Limits, SphereTask, compiled_available, search_cones
from relucert.certify.search.dual import DualProblem
from relucert.certify.search.polish import polish
from relucert.certify.search.rounding import round_dual

SOURCE = "simplicial_cap_bb.cpp"
SPLITTING_RULE = 2
SECONDS = 30.0

# data, samples, principal components, beta / beta_max, relative gap that the threshold leaves
CLAIMS = (
    ("diabetes", None, 4, 0.1, 1e-6),
    ("diabetes", None, 6, 0.3, 1e-4),
    ("breast_cancer", None, 8, 0.1, 1e-4),
    ("gauss6", 1000, None, 0.1, 1e-4),
    ("gauss8", 100, None, 0.1, 1e-1),
)


def tasks() -> Iterator[tuple[Row, list[SphereTask]]]:
    """The claims for both signs: the dual variable of a polished network, and the T that its relative gap needs."""
    for data, samples, pca, share, gap in CLAIMS:
        features, target = instances.load(data, n=samples, pca=pca)
        problem = DualProblem(features, target, share * instances.beta_max(features, target))
        polished = polish(problem, time_limit=60.0)
        nu = round_dual(polished.nu, False).values
        linear, squares, goal = float(nu @ target), float(nu @ nu), (1 - gap) * polished.primal
        scale = 2 * goal / (linear + sqrt(max(0.0, linear**2 - 2 * squares * goal)))
        basis = integer_basis(features, nu)
        row = {"data": data, "samples": len(target), "dimension": features.shape[1], "share": share, "gap": gap}
        yield row, [SphereTask(features, sign * nu, problem.beta / scale, basis) for sign in (1.0, -1.0)]


def ours(task: SphereTask, compiled: bool) -> tuple[str, int, float]:
    """Status, nodes and seconds of our search."""
    start = time.perf_counter()
    result = search_cones(task, limits=Limits(deadline=time.monotonic() + SECONDS), compiled=compiled)
    return result.status, result.nodes, time.perf_counter() - start


def compile_search() -> bool:
    """Compile the search, or load what an earlier run compiled; False without numba."""
    if not compiled_available():
        return False
    rows, nu = np.eye(2), np.array([1.0, -1.0])
    search_cones(SphereTask(rows, nu, 2.0, integer_basis(rows, nu)), limits=Limits(nodes=1), compiled=True)
    return True


def theirs(task: SphereTask, program: Path) -> tuple[str, int, float]:
    """Status, nodes and seconds of the prototype."""
    n, d = task.rows.shape
    file = program.with_suffix(".bin")
    head = struct.pack("<qqddqqq", n, d, task.threshold, SECONDS, SPLITTING_RULE, 10**9, 0)
    arrays = (task.rows, task.nu, np.array(task.basis, dtype=np.float64))
    file.write_bytes(head + b"".join(np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays))
    ran = subprocess.run([str(program), str(file)], capture_output=True, text=True, check=True)
    answer = json.loads(ran.stdout)
    return {0: "stopped", 1: "proved", 2: "violated"}[answer["status"]], answer["nodes"], answer["sec"]


def rows(prototypes: Path) -> Iterator[Row]:
    """Race on every claim; a row has (status, nodes, seconds) of both signs together."""
    compiler = shutil.which("g++")
    if compiler is None or not (prototypes / SOURCE).is_file():
        raise SystemExit(f"race: needs g++ and {SOURCE} in the folder of --prototypes")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "prototype"
        words = [compiler, "-O3", "-march=native", "-o", str(program), str(prototypes / SOURCE)]
        subprocess.run(words, check=True, capture_output=True)
        machine_code = compile_search()
        for row, both in tasks():
            row["prototype"] = _sum([theirs(task, program) for task in both])
            row["numpy"] = _sum([ours(task, False) for task in both])
            row["numba"] = _sum([ours(task, True) for task in both]) if machine_code else None
            yield row


def _sum(parts: list[tuple[str, int, float]]) -> tuple[str, int, float]:
    statuses = {status for status, _, _ in parts}
    worst = next((status for status in ("violated", "stopped") if status in statuses), "proved")
    return worst, sum(nodes for _, nodes, _ in parts), sum(seconds for _, _, seconds in parts)


def report(rows: list[Row]) -> str:
    head = ("data", "n", "d", "β/β_max", "gap", "search", "result", "nodes", "s", "nodes/s", "of the prototype's rate",
            "of its time")  # fmt: skip
    lines: list[tuple[object, ...]] = []
    for row in rows:
        _, base_nodes, base_seconds = row["prototype"]
        for name in ("prototype", "numba", "numpy"):
            if row[name] is None:
                continue
            status, nodes, seconds = row[name]
            rate = nodes / seconds
            lines.append((
                row["data"].replace("_", " "), row["samples"], row["dimension"], row["share"], f"{row['gap']:.0e}",
                "prototype (C++)" if name == "prototype" else f"ours ({name})", status, nodes,
                markdown.seconds(seconds), f"{rate:.0f}", f"{rate * base_seconds / base_nodes:.2f}",
                f"{seconds / base_seconds:.1f}" if row["prototype"][0] == status == "proved" else "–",
            ))  # fmt: skip
    return markdown.table(head, lines)
