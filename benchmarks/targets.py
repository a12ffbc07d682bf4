"""Goals for speed: a typical certificate, a small one, growth of the checker's time, and the start of the command."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import instances, markdown, measure
from benchmarks.measure import Row
from benchmarks.peers import prepared
from benchmarks.real import trained
from relucert.certify.check.kernel import check_bytes
from relucert.certify.search.cones import compiled_available
from relucert.certify.search.gap import GapSearch

SHARE = 0.1
REPEATS = 7


def _goal(what: str, value: float, unit: str | None, goal: float | None, note: str = "") -> Row:
    return {"what": what, "value": value, "unit": unit, "goal": goal, "note": note}


def _trained(*arguments: Any) -> Row:
    row = trained(*arguments)
    if "error" in row:
        raise RuntimeError(row["error"])
    return row


def typical() -> Iterator[Row]:
    """Diabetes, all 442 patients, four principal components and a penalised bias."""
    features, target = instances.load("diabetes", pca=4)
    beta = SHARE * instances.beta_max(features, target)
    title = "diabetes, 442 samples, 4 PCs and bias, β = 0.1 β_max"
    with tempfile.TemporaryDirectory() as folder:
        row = _trained(features, target, beta, Path(folder))
        certificate = Path(folder) / "certificate.json"
        one, two = measure.check(certificate), measure.check(certificate, jobs=2)
    note = f"{row['nodes']} nodes; network as trained within {markdown.gap(row['gap'])}"
    yield _goal(f"{title}: gap proved for the polished network", row["polished_gap"], "", 1e-8, note)
    note = f"polish {row['polish_seconds']:.2f}, search {row['search_seconds']:.2f}; the whole command, which also "
    note += f"replays the certificate: {row['certify_seconds']:.1f} s, {row['certify_cpu_seconds']:.1f} s of CPU"
    yield _goal(f"{title}: polish and search", row["polish_seconds"] + row["search_seconds"], "s", 5.0, note)
    size = f"{row['bytes'] / 1e6:.1f} MB, {row['bytes'] / row['nodes']:.0f} bytes per node"
    yield _goal(f"{title}: check, one process", one.seconds, "s", 8.0, f"{one.cpu_seconds:.1f} s of CPU; {size}")
    yield _goal(f"{title}: check, two processes", two.seconds, "s", 5.0, f"{two.cpu_seconds:.1f} s of CPU")


def smallest() -> Iterator[Row]:
    """Ten samples in the plane, in one process: polish a trained network, then ask about the polished one."""
    features, target = instances.load("gauss2", n=10)
    beta = SHARE * instances.beta_max(features, target)
    problem, network, _ = prepared(features, target, beta)
    found, checked, gap, certificate = [], [], 0.0, b""
    for _ in range(REPEATS):
        start = time.perf_counter()
        better = GapSearch(problem, network).run().better
        certificate = GapSearch(problem, better, gap=Fraction("1e-9")).run().certificate
        found.append(time.perf_counter() - start)
        start = time.perf_counter()
        verdict = check_bytes(certificate)
        checked.append(time.perf_counter() - start)
        if not verdict.valid or verdict.relative_gap is None:
            raise RuntimeError(verdict.reason)
        gap = float(verdict.relative_gap)
    title = "10 samples in the plane, β = 0.1 β_max"
    yield _goal(f"{title}: gap proved for the polished network", gap, "", 1e-9)
    note = (
        f"median of {REPEATS} in one process, first {found[0]:.2f} s; two searches with their replays, of the trained "
    )
    yield _goal(f"{title}: certify", statistics.median(found), "s", 0.5, note + "network and of the polished one")
    note = f"median of {REPEATS}; {len(certificate)} bytes"
    yield _goal(f"{title}: check", statistics.median(checked), "s", 0.2, note)


def growth() -> Iterator[Row]:
    """The checker's time on certificates of the same claim at three gaps."""
    features, target = instances.load("diabetes", pca=4)
    beta = SHARE * instances.beta_max(features, target)
    nodes, seconds = [], []
    for gap in ("0.1", "0.01", "0.0002"):
        with tempfile.TemporaryDirectory() as folder:
            row = _trained(features, target, beta, Path(folder), "--gap", gap)
            certificate = Path(folder) / "certificate.json"
            nodes.append(sum(row["rules"].get(rule, 0) for rule in ("split", "simplicial_leaf")))
            seconds.append(min(measure.check(certificate).cpu_seconds for _ in range(2)))
    exponent = float(np.polyfit(np.log(nodes), np.log(seconds), 1)[0])
    points = ", ".join(f"{n} nodes in {s:.2f} s" for n, s in zip(nodes, seconds, strict=True))
    note = f"{points} of CPU; start-up and reading of the data included"
    yield _goal("check, 442 samples and d = 5: exponent p of time ~ nodes^p", exponent, None, 1.0, note)


def start_up() -> Iterator[Row]:
    """`relucert --help`, and the first long search after an installation."""
    script = Path(sys.executable).with_name("relucert")
    words: tuple[Any, ...] = (script,) if script.is_file() else (sys.executable, "-m", "relucert.cli")
    times = sorted(measure.command(*words, "--help").seconds for _ in range(3 * REPEATS))
    python = min(measure.command(sys.executable, "-S", "-c", "").seconds for _ in range(REPEATS))
    note = f"median of {len(times)}; fastest {1e3 * times[0]:.0f} ms, of which Python alone {1e3 * python:.0f} ms"
    yield _goal("relucert --help", 1e3 * statistics.median(times), "ms", 150.0, note)
    if compiled_available():
        yield from _compilation()


def _compilation() -> Iterator[Row]:
    """What the first long search after an installation pays, with an empty cache of numba's."""
    features, target = instances.load("diabetes", pca=4)
    beta = SHARE * instances.beta_max(features, target)
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = cache
        first, again = (_trained(features, target, beta, Path(folder))["search_seconds"] for _ in range(2))
        del os.environ["NUMBA_CACHE_DIR"]
    note = f"search of the typical certificate with an empty cache {first:.1f} s, with the cache {again:.1f} s"
    yield _goal("first long search after an installation: compilation", first - again, "s", None, note)


def rows() -> Iterator[Row]:
    yield from typical()
    yield from smallest()
    yield from growth()


def report(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        value, goal, unit = row["value"], row["goal"], row["unit"]
        if unit is None:
            shown, wanted = f"{value:.2f}", "" if goal is None else f"{goal:g}"
        elif unit == "":
            shown, wanted = markdown.gap(value), "" if goal is None else f"{goal:.0e}"
        else:
            shown, wanted = f"{markdown.significant(value)} {unit}", "" if goal is None else f"{goal:g} {unit}"
        met = "" if goal is None else "yes" if value <= goal else "**no**"
        lines.append((row["what"], shown, wanted, met, row["note"]))
    return markdown.table(("what", "measured", "goal", "met", "remarks"), lines)
