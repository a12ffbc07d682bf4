"""The section of docs/benchmarks.md on published inequalities: verdicts, times of search and check, certificates."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks import markdown
from benchmarks.inequalities import solvers
from benchmarks.inequalities.problems import Problem, problems
from benchmarks.measure import Row
from relucert.certify.check.real.kernel import check_formula
from relucert.certify.search.formula_proof import Proved, Undecided, search_formula

SECONDS = 10.0  # for a claim
SLOWEST = 10
NOT_LEAVES = ("point", "split", "cut", "goal", "sign", "monotone", "cover")
EXPECTED = {True: "proved", False: "refuted"}


def rows() -> Iterator[Row]:
    """One row for every problem, then the other tools that are there; all in this process, which has been warmed up."""
    found = solvers.installed()
    listed = problems()
    search_formula(listed[0].parse(), time=SECONDS)
    for problem in listed:
        row = measured(problem)
        for solver in solvers.WRITERS:
            if found[solver]:
                answer, seconds = solvers.ask(solver, problem.parse())
                row[solver] = {"answer": answer, "seconds": seconds}
        yield row
    yield {"name": None, "installed": found, "limit": SECONDS, "limit of others": solvers.SECONDS}


def measured(problem: Problem, seconds: float = SECONDS) -> Row:
    """Verdict, seconds to search (the replay included) and to check the bytes alone, leaves, bytes."""
    claim = problem.parse()
    row: Row = {"name": problem.name, "truth": problem.truth, "touches": problem.touches, "source": problem.source}
    row |= {"claim": problem.claim, "variables": len(claim.variables)}
    start = time.perf_counter()
    outcome = search_formula(claim, time=seconds)
    row["search"] = time.perf_counter() - start
    if isinstance(outcome, Undecided):
        where = [[_bounded(low), _bounded(high)] for low, high in outcome.where]
        margin = None if outcome.margin is None else _bounded(outcome.margin)
        return row | {"verdict": "undecided", "reason": outcome.reason, "margin": margin, "where": where}
    start = time.perf_counter()
    verdict = check_formula(outcome.certificate)
    row["check"] = time.perf_counter() - start
    if not verdict.valid:
        raise RuntimeError(f"{problem.name}: the checker refuses what it has accepted: {verdict.reason}")
    name = {"holds": "proved", "fails": "refuted"}.get(verdict.claim.assertion if verdict.claim else "", "vacuous")
    leaves = sum(times for rule, times in verdict.rules.items() if rule not in NOT_LEAVES)
    leaves = leaves if isinstance(outcome, Proved) else 0
    return row | {"verdict": name, "grade": verdict.grade, "leaves": leaves, "bytes": len(outcome.certificate)}


def _bounded(value: float) -> float | str:
    """JSON has no infinities."""
    return value if abs(value) < 1e308 else str(value)


def wrong(row: Row) -> bool:
    """Settled, and not as it is true."""
    return bool(row["verdict"] not in ("undecided", EXPECTED[row["truth"]]))


def report(rows: list[Row]) -> str:
    last = next(row for row in rows if row["name"] is None)
    rows = [row for row in rows if row["name"] is not None]
    head = ("problems", "", "proved", "refuted", "undecided", "median s", "median check s", "median leaves",
            "median bytes")  # fmt: skip
    groups: list[tuple[str, list[Row]]] = [
        ("true, do not touch", [row for row in rows if row["truth"] and row["touches"] is None]),
        ("true, touch equality", [row for row in rows if row["truth"] and row["touches"] is not None]),
        ("false", [row for row in rows if not row["truth"]]),
        ("all", rows),
    ]
    parts = [markdown.table(head, [_summary(title, group) for title, group in groups])]
    mistakes = [row["name"] for row in rows if wrong(row)]
    parts.append(
        f"Wrong verdicts: {', '.join(mistakes) if mistakes else 'none'}. Medians are of what is settled, "
        f"within {last['limit']:g} s for each."
    )
    parts.append(f"The other tools have {last['limit of others']:g} s for each.")
    parts.append(_others(rows, last["installed"]))
    lines: list[tuple[object, ...]] = [
        (row["name"], f"`{row['claim']}`", row["source"], row["reason"], _where(row))
        for row in rows if row["verdict"] == "undecided"
    ]  # fmt: skip
    parts.append(markdown.table(("undecided", "claim", "source", "reason", "stuck in"), lines))
    settled = [row for row in rows if row["verdict"] != "undecided"]
    lines = [
        (row["name"], row["verdict"], row["grade"], markdown.seconds(row["search"]), markdown.seconds(row["check"]),
         row["leaves"], row["bytes"])
        for row in sorted(settled, key=lambda row: -row["search"])[:SLOWEST]
    ]  # fmt: skip
    parts.append(markdown.table(("slowest", "verdict", "grade", "s", "check s", "leaves", "bytes"), lines))
    return "\n\n".join(parts)


def _summary(title: str, group: list[Row]) -> tuple[object, ...]:
    counts = Counter(row["verdict"] for row in group)
    settled = [row for row in group if row["verdict"] != "undecided"]
    cost: list[Any] = ["–"] * 4
    if settled:
        times = [markdown.seconds(median(row[key] for row in settled)) for key in ("search", "check")]
        cost = [*times, *(f"{median(row[key] for row in settled):.0f}" for key in ("leaves", "bytes"))]
    return (title, len(group), *(counts[verdict] for verdict in ("proved", "refuted", "undecided")), *cost)


def _others(rows: list[Row], found: dict[str, bool]) -> str:
    lines: list[tuple[object, ...]] = []
    for solver, there in found.items():
        if not there or not all(solver in row for row in rows):
            lines.append((solver, "not measured" if there else "not installed", *[""] * 6))
            continue
        answers = Counter(row[solver]["answer"] for row in rows)
        settled = [row for row in rows if row[solver]["answer"] in ("proved", "refuted")]
        mistakes = [row["name"] for row in settled if row[solver]["answer"] != EXPECTED[row["truth"]]]
        ahead = [row["name"] for row in settled if row["verdict"] == "undecided"]
        seconds = markdown.seconds(median(row[solver]["seconds"] for row in settled)) if settled else "–"
        unwritten = answers[solvers.UNWRITTEN]
        counts = (answers["proved"], answers["refuted"], len(rows) - len(settled) - unwritten, unwritten)
        lines.append((solver, *counts, seconds, ", ".join(mistakes) or "none", ", ".join(ahead) or "none"))
    head = (
        "other tool",
        "proved",
        "refuted",
        "neither",
        "not expressible",
        "median s",
        "wrong",
        "settles what we do not",
    )
    return markdown.table(head, lines)


def _where(row: Row) -> str:
    def short(value: float | str) -> str:
        return value if isinstance(value, str) else f"{value:.5g}"

    return " × ".join(f"[{short(low)}, {short(high)}]" for low, high in row["where"])
