"""The same claims for other tools, when they are installed: z3 and cvc5 by SMT-LIB, coq-interval.

Nothing they say is believed or checked here.  A solver runs in a process of its own, which is ended after its time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from relucert.certify.formula import RealFormula
from relucert.certify.language.layout import PrintError
from relucert.certify.language.to_smtlib import to_smtlib

SECONDS = 5.0
Z3 = """\
import sys, z3
solver = z3.Solver()
solver.from_string(sys.stdin.read())
print(solver.check())"""
CVC5 = """\
import sys, cvc5
solver = cvc5.Solver()
parser = cvc5.InputParser(solver)
parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read(), "claim")
symbols = parser.getSymbolManager()
while not (command := parser.nextCommand()).isNull():
    print(command.invoke(solver, symbols), end="")"""
PROGRAMS = {"z3": Z3, "cvc5": CVC5}
UNWRITTEN = "not algebraic"


def installed() -> dict[str, bool]:
    """Which tools are there."""
    return {name: find_spec(name) is not None for name in PROGRAMS} | {"coq-interval": _coq_interval()}


def _coq_interval() -> bool:
    coqc = shutil.which("coqc")
    if coqc is None:
        return False
    ran = subprocess.run([coqc, "-where"], capture_output=True, text=True, check=False)
    return ran.returncode == 0 and (Path(ran.stdout.strip()) / "user-contrib" / "Interval").is_dir()


def ask(solver: str, claim: RealFormula) -> tuple[str, float]:
    """proved, refuted, or why neither, and the seconds, the start of the process included."""
    try:
        text = to_smtlib(claim)
    except PrintError:
        return UNWRITTEN, 0.0
    start = time.perf_counter()
    try:
        ran = subprocess.run([sys.executable, "-c", PROGRAMS[solver]], input=text, capture_output=True, text=True,
                             check=False, timeout=SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired:
        return "time", SECONDS
    seconds = time.perf_counter() - start
    answer = ran.stdout.strip()
    return {"unsat": "proved", "sat": "refuted", "unknown": "unknown"}.get(answer, "error"), seconds
