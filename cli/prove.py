"""relucert prove CLAIM: settle an inequality between real functions, with a certificate that anyone can replay."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json, one_line, positive_argument

if TYPE_CHECKING:
    from relucert.certify.formula import RealFormula
    from relucert.certify.search.formula_proof import Outcome
    from relucert.certify.search.formula_smt import Believed

LEAVES = ("interval", "mean_value", "exact_form", "taylor_touch", "corner_touch", "combination")
EXAMPLES = """examples:
  relucert prove 'sin(t) + (pi - t)*cos(t) >= 0' --for 't in [0, pi]'
  relucert prove 'log(1 + x) <= x' --for 'x in (-1, inf)' -o log.json
  relucert prove '(2*k - 5)^2 >= 1' --for 'k in 0..9' --grade exact
  relucert prove 'x*y <= 1/4' --for 'x in [0, 1]' --for 'y in [0, 1]' --where 'x + y <= 1' --time 20
  relucert prove 'sin(x) <= 0.9999*x' --for 'x in [0, 1]'             (false: an exact counterexample)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert prove`."""
    parser.description = (
        "Prove or refute a formula about real functions; the answer is replayed by the trusted checker."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("claim", metavar="CLAIM", help="a formula, e.g. 'exp(x) >= 1 + x'")
    parser.add_argument(
        "--for", dest="ranges", action="append", default=[], metavar="RANGE",
        help="'x in (0, 10]' (round: open), 'x > 0', 'k in 2..10' (whole); repeat it for every variable",
    )  # fmt: skip
    parser.add_argument("--where", action="append", default=[], metavar="FORMULA", help="a condition; may be repeated")
    parser.add_argument(
        "--let", action="append", default=[], metavar="NAME=...", help="an abbreviation, e.g. 's = sin(t)'"
    )
    parser.add_argument("--output", "-o", type=Path, metavar="CERT", help="write the certificate")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="picture of the margin and of the proof's boxes: .svg, .png, .pdf"
    )
    parser.add_argument(
        "--grade", choices=("exact", "interval", "smt"), default="interval",
        help="the least that counts; exact: no rounded number may decide; interval (default); smt: "
        "without a certificate also the word of an SMT solver (exit code 3)",
    )  # fmt: skip
    limits = parser.add_argument_group("limits")
    limits.add_argument("--time", type=positive_argument(float), default=60.0, metavar="S", help="seconds (default 60)")
    limits.add_argument("--nodes", type=positive_argument(int), default=200_000, metavar="N", help="default 200000")
    limits.add_argument("--memory", type=positive_argument(float), default=1000.0, metavar="MB", help="default 1000")
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point; the verdict is the checker's."""
    from time import perf_counter

    from relucert.cli.files import require_writable, write_atomically

    start = perf_counter()  # reading a large claim takes some of the time, too
    claim = _claim(args)
    if args.output is not None:
        require_writable(args.output)
    if args.plot is not None:
        from relucert.cli.formula_plot import require_plottable

        require_plottable(claim, args.plot)
        require_writable(args.plot)
    from relucert.certify.search.formula_proof import search_formula

    if args.grade == "smt":
        _require_solver()
    if not args.quiet:
        print(claim.in_words(), file=sys.stderr if args.json else sys.stdout, flush=True)
    memory, left = int(args.memory * 2**20), args.time - (perf_counter() - start)
    own = left / 2 if args.grade == "smt" else left
    outcome: Outcome | Believed
    outcome = search_formula(claim, time=own, nodes=args.nodes, memory=memory, exact=args.grade == "exact")
    if args.grade == "smt":
        outcome = _asked(claim, outcome, args.time - (perf_counter() - start), memory)
    answer = _answer(claim, outcome, args.grade, perf_counter() - start)
    data = getattr(outcome, "certificate", None)
    if data is not None and args.output is not None:
        write_atomically(args.output, data)
        answer["certificate"] = str(args.output)
    if "oracles" in answer and args.output is not None:
        print(f"no certificate: a solver's word cannot be replayed, {args.output} is not written", file=sys.stderr)
    if args.plot is not None:
        from relucert.cli.formula_plot import draw

        write_atomically(args.plot, draw(claim, data, args.plot))
        answer["plot"] = str(args.plot)
    if args.json:
        emit_json(_finite(answer))
    else:
        print(_text(answer, quiet=args.quiet))
    proved = ExitCode.MODULO if answer.get("grade") == "smt" else ExitCode.PROVED
    return {"proved": proved, "undecided": ExitCode.UNDECIDED}.get(str(answer["verdict"]), ExitCode.REFUTED)


def _claim(args: argparse.Namespace) -> RealFormula:
    from relucert.certify.language.errors import LanguageError
    from relucert.certify.language.parse import parse_claim

    try:
        return parse_claim(args.claim, args.ranges, args.where, args.let)
    except LanguageError as error:
        raise UserError(one_line(error.what), where=one_line(error.where), cure=error.cure) from None


def _require_solver() -> None:
    from relucert.certify.search.formula_smt import SOLVERS, installed

    if not installed():
        cure = "pip install 'relucert[smt]', or leave --grade smt out"
        raise UserError(f"no SMT solver is installed ({' or '.join(SOLVERS)})", where="--grade smt", cure=cure)


def _asked(claim: RealFormula, outcome: Outcome, seconds: float, memory: int) -> Outcome | Believed:
    """What the solvers say where the search has not decided."""
    from dataclasses import replace

    from relucert.certify.search.formula_proof import Undecided
    from relucert.certify.search.formula_smt import search_smt

    if not isinstance(outcome, Undecided):
        return outcome
    found = search_smt(claim, time=max(seconds, 1.0), memory=memory)
    return replace(outcome, reason=f"{outcome.reason}; {found.reason}") if isinstance(found, Undecided) else found


def _answer(claim: RealFormula, outcome: Outcome | Believed, grade: str, seconds: float) -> dict[str, Any]:
    """What --json prints."""
    from relucert.certify.check.real.report import point_of
    from relucert.certify.search.formula_proof import Proved, Refuted, Undecided
    from relucert.certify.search.formula_smt import Believed

    statement = {"statement": claim.in_words(), "seconds": round(seconds, 3)}
    if isinstance(outcome, Undecided):
        names = [variable.name for variable in claim.variables]
        where = dict(zip(names, outcome.where, strict=False))
        best = outcome.best
        lowest = None if best is None else {"value": best[0], "at": dict(zip(names, best[1], strict=True))}
        stuck = {"margin": outcome.margin, "where": where, "lowest_found": lowest}
        return {"verdict": "undecided", **statement, "reason": outcome.reason, **stuck}
    if isinstance(outcome, Believed):
        names = [variable.name for variable in claim.variables]
        point = None if outcome.point is None else dict(zip(names, map(str, outcome.point), strict=True))
        oracles = [{"solver": a.solver, "version": a.version, "answer": a.answer, "seconds": round(a.seconds, 3),
                    "reason": a.reason} for a in outcome.answers]  # fmt: skip
        return {"verdict": "proved", **statement, "grade": "smt", "witness": point, "certificate": None,
                "relaxed": outcome.relaxed, "oracles": oracles}  # fmt: skip
    verdict = outcome.verdict
    name = "proved" if isinstance(outcome, Proved) else "refuted" if isinstance(outcome, Refuted) else "vacuous"
    found: dict[str, Any] = {
        "verdict": name,
        **statement,
        "grade": verdict.grade,
        "witness": point_of(verdict),
        "rules": verdict.rules,
        "leaves": sum(verdict.rules.get(rule, 0) for rule in LEAVES),
        "bytes": len(outcome.certificate),
        "certificate": None,
    }
    if name == "proved" and grade == "exact" and verdict.grade != "exact":
        reason = "it is proved with rounded numbers (grade interval), not with exact ones alone"
        return {**found, "verdict": "undecided", "reason": reason}
    return found


def _finite(value: Any) -> Any:
    """For JSON, which has no infinities: null is an infinite number, as in certificates."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _text(answer: dict[str, Any], *, quiet: bool) -> str:
    verdict = str(answer["verdict"]).upper()
    if "oracles" in answer:
        verdict += f" modulo {' and '.join(o['solver'] for o in answer['oracles'] if o['answer'] == 'unsat')}"
    if quiet:
        return verdict
    if "oracles" in answer:
        return "\n".join([verdict, *_believed(answer)])
    if "rules" not in answer:
        return "\n".join([f"{verdict}: {answer['reason']}", *stuck_lines(answer), f"{answer['seconds']:.2f} s"])
    rules = ", ".join(f"{name} {times}" for name, times in sorted(answer["rules"].items()))
    point = ", ".join(f"{name} = {value}" for name, value in (answer["witness"] or {}).items())
    lines = [verdict if "reason" not in answer else f"{verdict}: {answer['reason']}"]
    if verdict == "REFUTED":
        lines.append(f"counterexample  {point or 'no variables'}")
    elif point:
        lines.append(f"not vacuous at  {point}")
    elif verdict == "PROVED" and answer["witness"] is None:
        lines.append("no point with the hypothesis was found: the claim may be true for want of points")
    lines += [f"grade           {answer['grade']}", f"rules           {rules}"]
    lines.append(f"certificate     {answer['bytes']} bytes, {answer['certificate'] or 'not kept: say -o FILE'}")
    lines.append(f"time            {answer['seconds']:.2f} s, replay by the checker included")
    return "\n".join(lines)


def _believed(answer: dict[str, Any]) -> list[str]:
    """What solvers said, and what that is worth."""
    point = ", ".join(f"{name} = {value}" for name, value in (answer["witness"] or {}).items())
    lines = [f"not vacuous at  {point}"] if point else []
    lines.append("grade           smt: nothing can be replayed, there is no certificate")
    for oracle in answer["oracles"]:
        said = " ".join(part for part in (oracle["version"], oracle["reason"] or oracle["answer"]) if part)
        lines.append(f"{oracle['solver']:15} {said}, {oracle['seconds']:.2f} s")
    if answer["relaxed"]:
        lines.append("script          pi and functions are unknown numbers with some of their properties")
    return [*lines, f"time            {answer['seconds']:.2f} s"]


def stuck_lines(stuck: Mapping[str, Any], width: int = 16) -> list[str]:
    """Where the search ended and what floats say there, behind labels of so many characters.

    stuck : "where", "margin" and "lowest_found", as in ``--json``.
    """
    lines = []
    if stuck["where"]:
        box = ", ".join(f"{name} in [{low:.6g}, {high:.6g}]" for name, (low, high) in stuck["where"].items())
        lines.append(f"{'stuck at':{width}}{box}")
    if stuck["margin"] is not None:
        lines.append(f"{'bound there':{width}}{stuck['margin']:.6g} <= upper side - lower side")
    lowest = stuck["lowest_found"]
    if lowest is not None:
        point = ", ".join(f"{name} = {value:.9g}" for name, value in lowest["at"].items())
        lines.append(f"{'lowest found':{width}}{lowest['value']:.6g} at {point} (in floats)")
    return lines
