"""Asks SMT solvers about claims for which no certificate was found: their word is reported as theirs, never as a proof.

The claim's counterexample is written as an SMT-LIB script of polynomial arithmetic; pi and transcendental functions
become unknown numbers with some of their properties (`to_smtlib`).  ``unsat`` then says that the claim holds, which
cannot be replayed; the points of ``sat`` are replayed by the checker, and without that they say nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from relucert.certify.check.real.kernel import check_formula
from relucert.certify.formula import FUNCTIONS, RealFormula
from relucert.certify.language.to_smtlib import to_smtlib
from relucert.certify.search.formula_cells import Ranges
from relucert.certify.search.formula_cover import BITS
from relucert.certify.search.formula_oracle import certificate, point_text
from relucert.certify.search.formula_points import Samples
from relucert.certify.search.formula_proof import Refuted, Undecided, inhabited

SOLVERS = ("z3", "cvc5")  # in the order in which they are asked
CHILD = Path(__file__).with_name("smt_child.py")
GRACE = 2.0  # seconds for a solver to start, and to end by itself after its time
ROUNDED = (1, 2, 3, 6, 10, 100, 1000, 10**6)  # denominators of points near an algebraic one
LARGEST_ANSWER = 10**7  # characters


@dataclass(frozen=True)
class Answer:
    """What one solver said: "unsat", "sat", "unknown" or, as `reason` says, nothing ("none")."""

    solver: str
    answer: str
    seconds: float
    version: str = ""
    reason: str = ""
    model: dict[str, Fraction] | None = None


@dataclass(frozen=True)
class Believed:
    """The claim holds if the solvers are right; nothing can be replayed.

    relaxed : functions were unknown numbers with some properties.
    point : of the ranges with the hypothesis, so that the claim is not vacuous; ``None`` when none was found.
    """

    answers: tuple[Answer, ...]
    relaxed: bool
    point: tuple[Fraction, ...] | None


def installed() -> tuple[str, ...]:
    """The solvers that are there."""
    return tuple(name for name in SOLVERS if find_spec(name) is not None)


def search_smt(
    claim: RealFormula, *, time: float = 30.0, memory: int = 1 << 30, solvers: Sequence[str] | None = None
) -> Believed | Refuted | Undecided:
    """Ask every solver, each for a part of the time.

    Parameters
    ----------
    claim : RealFormula
        Its assertion is ignored: the outcome says whether it holds or fails.
    time : float
        Seconds, the start of the solvers' processes included.
    memory : int
        Bytes of address space of a solver's process.
    solvers : sequence of str, optional
        The installed ones.
    """
    claim = replace(claim, assertion="holds")
    deadline = monotonic() + time
    relaxed = any(node[0] == "pi" or (node[0] in FUNCTIONS and node[0] != "abs") for node in claim.nodes)
    script = to_smtlib(claim, relax=True)
    names = installed() if solvers is None else tuple(solvers)
    answers: list[Answer] = []
    for number, name in enumerate(names):
        share = (deadline - monotonic()) / (len(names) - number)
        if share <= 0:
            break
        answer = ask(name, script, share, memory)
        answers.append(answer)
        refuted = None if answer.model is None else _replayed(claim, answer.model)
        if refuted is not None:
            return refuted
    said = {answer.answer for answer in answers}
    if "unsat" in said and "sat" not in said:
        samples = Samples(claim, Ranges(claim), deadline)
        point = inhabited(claim, samples, max(deadline, monotonic() + 1))
        return Believed(tuple(answers), relaxed, None if point is None else tuple(point))
    return Undecided(_why(answers, relaxed=relaxed))


def ask(solver: str, script: str, seconds: float, memory: int = 1 << 30) -> Answer:
    """One solver's answer to a script, in a process that is ended after its time and kept below its memory."""
    start = monotonic()
    own = max(0.1, seconds - GRACE if seconds > 2 * GRACE else seconds / 2)
    command = [sys.executable, "-P", str(CHILD), solver, f"{own:.3f}", str(memory)]
    try:
        ran = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return Answer(solver, "none", monotonic() - start, reason="was ended after its time")
    spent = monotonic() - start
    try:
        found = json.loads(ran.stdout[:LARGEST_ANSWER])
        answer, version = str(found["answer"]), str(found["version"])
        model = {str(name): Fraction(value) for name, value in dict(found.get("model", {})).items()}
    except (ValueError, KeyError, TypeError, ZeroDivisionError):
        return Answer(solver, "none", spent, reason=_failure(ran))
    if answer not in ("sat", "unsat"):
        return Answer(solver, "unknown", spent, version, "has no answer within its time")
    return Answer(solver, answer, spent, version, "", model if answer == "sat" else None)


def _failure(ran: subprocess.CompletedProcess[str]) -> str:
    """Why there is no answer, in a few words."""
    last = (ran.stderr.strip().splitlines() or [""])[-1]
    if "memory" in last.lower() or "MemoryError" in last or "bad_alloc" in ran.stderr or ran.returncode < 0:
        return "needs more memory, or broke down"
    return f"failed: {last[:100]}"


def _replayed(claim: RealFormula, model: dict[str, Fraction]) -> Refuted | None:
    """The solver's point, or one near it, if the checker agrees that the claim fails there."""
    failing = replace(claim, assertion="fails")
    for point in _points(claim, model):
        for bits in BITS:
            data = certificate(failing, [], point_text(list(point)), bits)
            verdict = check_formula(data)
            if verdict.valid:
                return Refuted(data, verdict, point)
    return None


def _points(claim: RealFormula, model: dict[str, Fraction]) -> Iterator[tuple[Fraction, ...]]:
    """The point of a model, then points with fewer digits near it; a variable that the model leaves free is 0."""
    point = tuple([model.get(f"v.{variable.name}", Fraction(0)) for variable in claim.variables])
    near = [tuple([value.limit_denominator(most) for value in point]) for most in ROUNDED]
    yield from dict.fromkeys([point, *near])


def _why(answers: Sequence[Answer], *, relaxed: bool) -> str:
    words = []
    for answer in answers:
        if answer.answer == "sat":
            why = "pi and functions were unknown numbers" if relaxed else "the checker does not confirm its point"
            words.append(f"{answer.solver} finds no contradiction ({why})")
        elif answer.answer == "unsat":
            words.append(f"{answer.solver} finds a contradiction, another solver does not")
        else:
            words.append(f"{answer.solver} {answer.reason}")
    return "; ".join(words) or "no time was left for a solver"
