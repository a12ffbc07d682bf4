"""Certify the theorems of examples/descents, and write docs/descents.md.

    python tools/descents.py [NAME ...] [-o FOLDER] [--page]

Without names: all.  One certificate for every theorem goes to FOLDER (out/descents).  The exit code is 1 when one is
not proved.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any

from relucert.certify.claim import spell_rational
from relucert.certify.language.descent import DescentProblem, descent_problem
from relucert.certify.search.descent import DescentProved, DescentUndecided, search_descent

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "descents"
PAGE = ROOT / "docs" / "descents.md"
KEYS = {"name", "descent", "from", "set", "step", "radius", "target", "steps", "time", "quick"}
HEADER = """# Descents

What gradient descent does from *all* starts of a box, or from one start, as theorems: each line was found by
`relucert descend --certify` from a file in [examples/descents](../examples/descents/README.md) and replayed by the
[trusted checker](trusted_base.md); this page is written by `python tools/descents.py --page`. *Steps*: an iterate lies
in the target after at most so many. *Sampled*: the most steps of sampled starts, in floats; the theorem may grant some
more, unless the file asks for a number. *Rate*: from then on all iterates stay in the ball, and the distance, in a
weighted largest norm, falls by this factor or less in every step; *stays*: they stay in it. Step sizes are factors of
the gradient. Coordinates and conventions: `relucert descend --certify --list`; why they are enough:
[soundness](theory/descent.md).
"""


@dataclass(frozen=True)
class Theorem:
    """An entry of a file, and what is asked."""

    file: Path
    entry: dict[str, Any]
    problem: DescentProblem


def theorems(folder: Path = FOLDER) -> Iterator[Theorem]:
    """All entries of all files, in order of the files' names."""
    for file in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["theorem"]:
            if entry.keys() - KEYS:
                raise ValueError(f"{file.name}: unknown keys {', '.join(sorted(entry.keys() - KEYS))}")
            problem = descent_problem(
                entry["descent"],
                entry["from"],
                step=Fraction(entry.get("step", "1/2")),
                settings=entry.get("set", {}),
                radius=Fraction(entry.get("radius", "1/100")),
                target=entry.get("target"),
            )
            yield Theorem(file, entry, problem)


def settle(theorem: Theorem) -> DescentProved | DescentUndecided:
    """The outcome of the search."""
    problem, entry = theorem.problem, theorem.entry
    return search_descent(
        problem.claim,
        problem.centre,
        converges=problem.descent.converges,
        steps=entry.get("steps"),
        time=float(entry.get("time", 60)),
    )


def row(theorem: Theorem, outcome: DescentProved | DescentUndecided, seconds: float) -> str:
    """One line of the table."""
    entry, problem = theorem.entry, theorem.problem
    settings = ", ".join(f"{key} = {value}" for key, value in problem.settings.items())
    target = entry.get("target") or f"{problem.descent.distance} <= {entry.get('radius', '1/100')}"
    starts = "; ".join(entry["from"])
    asked = "| " + " | ".join([f"`{entry['name']}`", *map(_cell, (settings, starts, target))])
    if isinstance(outcome, DescentUndecided):
        return f"{asked} | undecided: {outcome.reason} | | | | | {seconds:.0f} s |"
    trap = outcome.claim.trap
    later = "" if trap is None else "stays" if trap.rate is None else spell_rational(trap.rate)
    numbers = f"{outcome.claim.steps} | {outcome.sampled} | {later} | {outcome.cells} | {len(outcome.certificate)}"
    return f"{asked} | {numbers} | {seconds:.0f} s |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "out" / "descents")
    parser.add_argument("--page", action="store_true", help="write docs/descents.md")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    lines, last, failed = [HEADER], None, 0
    for theorem in theorems():
        if options.names and theorem.entry["name"] not in options.names:
            continue
        if theorem.file != last:
            head = tomllib.loads(theorem.file.read_text(encoding="utf-8"))
            lines += [f"## {head['title']}\n", f"{head['source']}. {head['remark']}\n",
                      "| theorem | with | from | target | steps | sampled | rate | cells | bytes | search and replay |",
                      "|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
            last = theorem.file
        start = perf_counter()
        outcome = settle(theorem)
        lines.append(row(theorem, outcome, perf_counter() - start))
        print(lines[-1], flush=True)
        if isinstance(outcome, DescentProved):
            (options.output / f"{theorem.entry['name']}.json").write_bytes(outcome.certificate)
        else:
            failed += 1
    if options.page:
        text = "\n".join(lines).replace("|\n## ", "|\n\n## ")
        PAGE.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
