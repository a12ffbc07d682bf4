"""The same claims for other tools, when they are installed: z3 and cvc5 by SMT-LIB, coq-interval by goals.

Nothing they say is believed or checked here.  Each runs in a process of its own, which is ended after its time.  Their
answers do not depend on this package beyond the text they get: they are kept in results/other_tools.jsonl, and a tool
is asked again only about another text, with another version or another limit.
"""

from __future__ import annotations

import functools
import hashlib
import json
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks.inequalities.coq_goals import coq_goal
from benchmarks.measure import RESULTS
from relucert.certify.formula import RealFormula
from relucert.certify.language.layout import PrintError
from relucert.certify.language.to_smtlib import to_smtlib
from relucert.certify.search import formula_smt

SECONDS = 4.0
PATIENCE = 12  # times that long on the clock, on a busy machine
KEPT = RESULTS / "other_tools.jsonl"
UNWRITTEN = "not expressible"
WRITERS: dict[str, Callable[[RealFormula], str]] = {"z3": to_smtlib, "cvc5": to_smtlib, "coq-interval": coq_goal}
PACKAGES = {"z3": "z3-solver", "cvc5": "cvc5"}


def installed() -> dict[str, bool]:
    """Which tools are there."""
    there = formula_smt.installed()
    return {name: name in there for name in PACKAGES} | {"coq-interval": _coq_interval()}


def _coq_interval() -> bool:
    coqc = shutil.which("coqc")
    if coqc is None:
        return False
    ran = subprocess.run([coqc, "-where"], capture_output=True, text=True, check=False)
    return ran.returncode == 0 and (Path(ran.stdout.strip()) / "user-contrib" / "Interval").is_dir()


@functools.cache
def _version(tool: str) -> str:
    if tool in PACKAGES:
        return version(PACKAGES[tool])
    return subprocess.run(["coqc", "--print-version"], capture_output=True, text=True, check=True).stdout.split()[0]


def ask(tool: str, claim: RealFormula, kept: Path = KEPT) -> tuple[str, float]:
    """proved, refuted, or why neither, and the seconds with the start of the process; kept answers are not repeated."""
    try:
        text = WRITERS[tool](claim)
    except PrintError:
        return UNWRITTEN, 0.0
    key = [tool, _version(tool), SECONDS, hashlib.sha256(text.encode()).hexdigest()]
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    for entry in map(json.loads, lines):
        if entry["key"] == key:
            return entry["answer"], entry["seconds"]
    answer, seconds = coq(text) if tool == "coq-interval" else smt(tool, text)
    with kept.open("a", encoding="utf-8") as file:
        print(json.dumps({"key": key, "answer": answer, "seconds": round(seconds, 4)}), file=file)
    return answer, seconds


def smt(tool: str, text: str) -> tuple[str, float]:
    found = formula_smt.ask(tool, text, SECONDS)
    if found.answer == "none" and found.seconds >= SECONDS:
        return "time", SECONDS
    return {"unsat": "proved", "sat": "refuted", "unknown": "unknown"}.get(found.answer, "error"), found.seconds


def coq(text: str) -> tuple[str, float]:
    """Coq's answer to a file; the tactic refutes nothing.  CPU time counts, so that other work does not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goal.v"
        path.write_text(text, encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["sh", "-c", f"ulimit -t {SECONDS:.0f}; exec coqc -q {path.name}"]
        try:
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                                 timeout=PATIENCE * SECONDS)  # fmt: skip
        except subprocess.TimeoutExpired:
            return "time", SECONDS
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if ran.returncode == 0:
        return "proved", seconds
    if seconds >= SECONDS - 0.5:
        return "time", SECONDS
    known = "Tactic failure" in ran.stderr or "Numerical evaluation failed" in ran.stderr
    return ("unknown" if known else "error"), seconds
