"""Verification of all derivations: by one process, by one per core, and the slowest."""

from __future__ import annotations

import os
from collections.abc import Iterator

from benchmarks import markdown, measure
from benchmarks.measure import Row

GOAL = 60.0  # seconds of wall clock, for all
SLOWEST = 10


def rows() -> Iterator[Row]:
    """First the whole of `relucert derive --check`, with one process and with one per core; then the slowest."""
    one = measure.relucert("derive", "--check", "--json", "--quiet", "--jobs", 1)
    every = measure.relucert("derive", "--check", "--json", "--quiet")
    answer = one.json()
    for ran in (answer, every.json()):
        if ran["verdict"] != "verified":
            raise RuntimeError(f"not verified: {[row['name'] for row in ran['derivations'] if not row['verified']]}")
    counts = {key: answer[key] for key in ("steps", "identity", "calculus", "argument")}
    for jobs, ran in ((1, one), (os.cpu_count(), every)):
        cost = {"seconds": ran.seconds, "cpu_seconds": ran.cpu_seconds, "peak_mb": ran.peak_mb}
        yield {"name": None, "derivations": len(answer["derivations"]), "jobs": jobs, **counts, **cost}
    for row in sorted(answer["derivations"], key=lambda row: -row["cpu_seconds"])[:SLOWEST]:
        yield {key: row[key] for key in ("name", "cpu_seconds", *counts)}


def report(rows: list[Row]) -> str:
    one, every = (row for row in rows if row["name"] is None)
    parts = [f"{one['derivations']} derivations, {_counted(one)}."]
    lines: list[tuple[object, ...]] = []
    for row, goal in ((one, None), (every, GOAL)):
        wanted = ("", "") if goal is None else (f"{goal:g}", "yes" if row["seconds"] <= goal else "**no**")
        cost = (markdown.seconds(row["seconds"]), markdown.seconds(row["cpu_seconds"]))
        times = f"{one['seconds'] / row['seconds']:.2f}"
        lines.append((row["jobs"], *cost, times, *wanted, f"{row['peak_mb']:.0f}"))
    parts.append(markdown.table(("processes", "s", "CPU s", "times as fast", "goal s", "met", "peak MB"), lines))
    slowest = [row for row in rows if row["name"] is not None]
    lines = [
        (row["name"], *(row[kind] for kind in ("steps", "identity", "calculus", "argument")),
         markdown.seconds(row["cpu_seconds"]), f"{100 * row['cpu_seconds'] / one['cpu_seconds']:.1f} %")
        for row in slowest
    ]  # fmt: skip
    parts.append(markdown.table(("slowest", "steps", "identity", "calculus", "argument", "CPU s", "of all"), lines))
    return "\n\n".join(parts)


def _counted(row: Row) -> str:
    return f"{row['steps']} steps: " + ", ".join(f"{row[kind]} {kind}" for kind in ("identity", "calculus", "argument"))
