"""Deciding named networks exactly, with certificates, against SMT solvers that are asked the same question.

::

    python benchmarks/run.py --only reductions      # after: pip install "relucert[reduce,smt]"
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks import markdown
from benchmarks.measure import Row
from relucert.certify.check.decision.kernel import check_decision
from relucert.certify.non_overlap import NonOverlapInstance
from relucert.reductions.families import named
from relucert.reductions.graph import chain
from relucert.reductions.solve.decision import Decision
from relucert.reductions.solve.portfolio import decide

LIMIT = 20.0  # seconds for each SMT solver
OWN_LIMIT = 120.0
PEERS = ("z3", "cvc5")


@dataclass(frozen=True)
class Case:
    """A network, and the seconds that deciding and checking it should stay below."""

    name: str
    network: Callable[[], NonOverlapInstance]
    answer: str
    decided: float | None = None
    checked: float | None = None


def by_reduction(name: str) -> Callable[[], NonOverlapInstance]:
    """The network of a named instance."""

    def make() -> NonOverlapInstance:
        problem: Any = named(name)
        for link in chain(problem, "k-non-overlap"):
            problem = link.apply(problem)
        instance: NonOverlapInstance = problem.instance
        return instance

    return make


def dense(p: int, samples: int, seed: int, *, fits: bool) -> Callable[[], NonOverlapInstance]:
    """A network of no reduction: random patches, the labels of a random filter, one of them changed unless it fits."""

    def make() -> NonOverlapInstance:
        random = Random(seed)
        rows = [[[random.randint(-5, 5) for _ in range(p)] for _ in range(2)] for _ in range(samples)]
        filter = [random.randint(-5, 5) for _ in range(p)]
        entries = []
        for t, patches in enumerate(rows):
            values = [max(0, sum(x * w for x, w in zip(row, filter, strict=True))) for row in patches]
            label = sum(values) + (0 if fits or t < samples - 1 else 1)
            sparse = [[[i, str(x)] for i, x in enumerate(row) if x] for row in patches]
            entries.append([str(label // 2) if label % 2 == 0 else f"{label}/2", *sparse])
        return NonOverlapInstance.from_json({"k": 2, "p": p, "samples": entries})

    return make


CASES = (
    Case("random3:480,912,1", by_reduction("random3:480,912,1"), "yes", decided=60),
    Case("random3:160,416,1", by_reduction("random3:160,416,1"), "no", decided=60),
    Case("vdw:4,4,34", by_reduction("vdw:4,4,34"), "yes"),
    Case("vdw:4,4,35", by_reduction("vdw:4,4,35"), "no", decided=2, checked=1),
    Case("vdw:3,3,3,26", by_reduction("vdw:3,3,3,26"), "yes"),
    Case("vdw:3,3,3,27", by_reduction("vdw:3,3,3,27"), "no", checked=2),
    Case("random3sat:300,1140,1", by_reduction("random3sat:300,1140,1"), "yes"),
    Case("random3sat:150,750,1", by_reduction("random3sat:150,750,1"), "no", decided=10),
    Case("dense, p = 10", dense(10, 20, 1, fits=True), "yes"),
    Case("dense, p = 10", dense(10, 20, 2, fits=False), "no"),
    Case("dense, p = 14", dense(14, 28, 3, fits=True), "yes"),
    Case("dense, p = 14", dense(14, 28, 4, fits=False), "no"),
)


def rows() -> Iterator[Row]:
    """Decide, check, and ask the SMT solvers alone."""
    for case in CASES:
        instance = case.network()
        row: Row = {"name": case.name, "k": instance.k, "p": instance.p, "samples": len(instance.samples)}
        row |= {"goal": case.decided, "check_goal": case.checked, "expected": case.answer}
        decision, seconds, cpu = timed(instance, "auto", OWN_LIMIT)
        row |= {"answer": decision.answer, "backend": decision.backend, "seconds": seconds, "cpu_seconds": cpu}
        if decision.certificate is not None:
            wall, start = time.perf_counter(), time.process_time()
            verdict = check_decision(decision.certificate)
            row |= {"check_seconds": time.perf_counter() - wall, "check_cpu_seconds": time.process_time() - start}
            row |= {"valid": verdict.valid, "rules": verdict.rules, "bytes": len(decision.certificate)}
        for solver in PEERS:
            found, wall, spent = timed(instance, solver, LIMIT)
            said = "yes" if found.answer == "yes" else "no" if found.oracle else None
            row |= {solver: said, f"{solver}_seconds": wall, f"{solver}_cpu_seconds": spent}
        yield row


def timed(instance: NonOverlapInstance, backend: str, limit: float) -> tuple[Decision, float, float]:
    """The decision, seconds on the clock, and seconds of CPU time."""
    before, start = _cpu(), time.perf_counter()
    found = decide(instance, backend, time=limit)
    return found, time.perf_counter() - start, _cpu() - before


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def report(found: list[Row]) -> str:
    """The table, and the goals in words."""
    body = []
    for row in found:
        steps = row.get("rules", {})
        solvers = [_peer(row, solver) for solver in PEERS]
        body.append(
            (
                f"`{row['name']}`" if ":" in row["name"] else row["name"],
                f"{row['k']}, {row['p']}, {row['samples']}",
                f"**{row['answer']}**",
                row["backend"],
                f"{markdown.seconds(row['seconds'])} ({markdown.seconds(row['cpu_seconds'])})",
                f"{markdown.seconds(row.get('check_seconds'))} ({markdown.seconds(row.get('check_cpu_seconds'))})",
                f"{steps['lrat']}" if "lrat" in steps else "–",
                f"{row['bytes'] / 1e3:.0f}" if "bytes" in row else "–",
                *solvers,
            )
        )
    head = ["instance", "k, p, samples", "answer", "by", "decide", "check", "LRAT lines", "kB", *PEERS]
    return markdown.table(head, body) + "\n\n" + _goals(found)


def _peer(row: Row, solver: str) -> str:
    said, seconds = row[solver], row[f"{solver}_seconds"]
    if said is None:
        return f"– [{LIMIT:.0f}], > {markdown.significant(LIMIT / row['seconds'])}x"
    return f"{said}, {markdown.seconds(seconds)}, {markdown.significant(seconds / row['seconds'])}x"


def _goals(found: list[Row]) -> str:
    met, missed = [], []
    for row in found:
        for goal, value, what in (("goal", "seconds", "decided"), ("check_goal", "check_seconds", "checked")):
            if row[goal] is not None:
                text = f"`{row['name']}` {what} in {markdown.seconds(row[value])} s, goal {row[goal]:.0f} s"
                (met if row["answer"] == row["expected"] and row[value] < row[goal] else missed).append(text)
    lines = [f"Goals: {'; '.join(met)}."] if met else []
    return "\n\n".join([*lines, *([f"Missed: {'; '.join(missed)}."] if missed else [])])
