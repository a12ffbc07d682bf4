"""relucert descend NAME --certify: from every start of a box the target within so many steps, as a theorem."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from relucert.cli.output import ExitCode, UserError, emit_json, one_line

if TYPE_CHECKING:
    from relucert.certify.language.descent import DescentProblem
    from relucert.certify.search.descent import DescentProved, DescentUndecided

EXAMPLES = """
  relucert descend --certify --list
  relucert descend non-overlapping --certify --set k=2 --step 1/2 --from 'r in [1/2, 3/2]' --from 'theta in [0, 2]'
  relucert descend both-layers --certify --from 'v = (3, 4)' --from 'w* = (1, 0)' --from 'a = (1, 0)' \\
      --from 'a* = (1, -4/5)' --step 1/10 --target 'phi <= 1/100' -o cert.json"""
RADIUS, STEP = Fraction(1, 100), Fraction(1, 2)


def list_descents(*, as_json: bool) -> int:
    """The maps, what their coordinates are, and where they come from."""
    from relucert.certify.language.descent_vectors import VECTORS
    from relucert.certify.language.descents import DESCENTS

    if as_json:
        found = [
            {
                "name": name,
                "update": descent.update,
                "settings": [list(setting) for setting in descent.settings],
                "coordinates": [[entry.range, entry.meaning] for entry in descent.coordinates],
                "distance": descent.distance,
                "derivation": descent.source,
            }
            for name, descent in DESCENTS.items()
        ]
        emit_json({"descents": found})
        return ExitCode.PROVED
    for name, descent in DESCENTS.items():
        print(f"{name}\n    {descent.update}")
        for coordinate in descent.coordinates:
            print(f"      {coordinate.range:18} {coordinate.meaning}")
        for key, meaning, default in descent.settings:
            print(f"      {f'{key}={default}':18} {meaning}")
        if name in VECTORS:
            print(f"      vectors            {', '.join(VECTORS[name])} in place of coordinates and settings")
        print(f"      distance           {descent.distance}; relucert derive {descent.source}")
    return ExitCode.PROVED


def certify(args: argparse.Namespace, settings: dict[str, str]) -> int:
    """Find and replay a certificate; the verdict is the checker's."""
    from time import perf_counter

    from relucert.cli.files import require_writable, write_atomically

    problem = _problem(args, settings)
    if args.output is not None:
        require_writable(args.output)
    from relucert.certify.search.descent import DescentProved, search_descent

    if not args.quiet:
        print(_setting(problem), file=sys.stderr if args.json else sys.stdout, flush=True)
    start = perf_counter()
    outcome = search_descent(
        problem.claim,
        problem.centre,
        converges=problem.descent.converges,
        steps=args.steps,
        time=args.time,
        progress=_progress if sys.stderr.isatty() and not args.quiet else lambda done, total: None,
    )
    answer = _answer(problem, outcome, perf_counter() - start)
    if isinstance(outcome, DescentProved) and args.output is not None:
        write_atomically(args.output, outcome.certificate)
        answer["certificate"] = str(args.output)
    if args.json:
        emit_json(answer)
    else:
        print(answer["verdict"].upper() if args.quiet else _text(answer))
    return ExitCode.PROVED if isinstance(outcome, DescentProved) else ExitCode.UNDECIDED


def _problem(args: argparse.Namespace, settings: dict[str, str]) -> DescentProblem:
    from relucert.certify.language.descent import descent_problem
    from relucert.certify.language.errors import LanguageError

    if args.what is None:
        raise UserError("no descent named", cure="relucert descend --certify --list shows them")
    if args.radius is not None and args.target is not None:
        raise UserError("--radius and --target are two targets", cure="give one of them")
    step, radius = args.step or STEP, args.radius or RADIUS
    try:
        return descent_problem(
            args.what, args.starts_in, step=step, settings=settings, radius=radius, target=args.target
        )
    except LanguageError as error:
        raise UserError(one_line(error.what), where=one_line(error.where), cure=error.cure) from None


def _setting(problem: DescentProblem) -> str:
    """The network, its convention and the numbers; that the map is this descent is said by the derivation."""
    numbers = ", ".join(f"{key} = {value}" for key, value in problem.settings.items())
    meanings = ", ".join(f"{c.range.partition(' ')[0]} = {c.meaning}" for c in problem.descent.coordinates)
    return (
        f"Gradient descent {problem.descent.update}.\n"
        f"With {numbers}, in the coordinates {meanings} (relucert derive {problem.descent.source})."
    )


def _progress(done: int, total: int) -> None:
    print(f"\r{done} of {total} pieces of the starts lead to the target", end="", file=sys.stderr, flush=True)
    if done == total:
        print(file=sys.stderr)


def _answer(problem: DescentProblem, outcome: DescentProved | DescentUndecided, seconds: float) -> dict[str, Any]:
    """What --json prints."""
    from relucert.certify.claim import spell_rational
    from relucert.certify.search.descent import DescentUndecided

    said: dict[str, Any] = {"descent": problem.name, "settings": problem.settings, "update": problem.descent.update,
                            "derivation": problem.descent.source, "seconds": round(seconds, 3)}  # fmt: skip
    names = [variable.name for variable in problem.claim.formula.variables]
    if isinstance(outcome, DescentUndecided):
        where = dict(zip(names, outcome.where, strict=False))
        return {"verdict": "undecided", **said, "reason": outcome.reason, "where": where}
    trap = outcome.claim.trap
    widths = None if trap is None else dict(zip(names, map(spell_rational, trap.widths), strict=True))
    rate = None if trap is None or trap.rate is None else spell_rational(trap.rate)
    return {
        "verdict": "proved", **said, "statement": outcome.claim.in_words(), "steps": outcome.claim.steps,
        "sampled_steps": outcome.sampled, "rate": rate, "trap": widths, "grade": outcome.verdict.grade,
        "rules": outcome.verdict.rules, "cells": outcome.cells, "bytes": len(outcome.certificate), "certificate": None,
    }  # fmt: skip


def _text(answer: dict[str, Any]) -> str:
    if answer["verdict"] != "proved":
        box = ", ".join(f"{name} in [{a:.9g}, {b:.9g}]" for name, (a, b) in answer["where"].items())
        return "\n".join([f"UNDECIDED: {answer['reason']}", *([f"at              {box}"] if box else [])])
    lines = [answer["statement"], "PROVED"]
    steps = f"at most {answer['steps']}; {answer['sampled_steps']} is the most of sampled starts"
    if answer["trap"] is None:
        lines.append(f"steps           {steps}")
    else:
        sides = ", ".join(f"{width} in {name}" for name, width in answer["trap"].items())
        lines += [f"steps           {steps}", f"trap            half widths {sides}; no later iterate leaves it"]
    if answer["rate"] is not None:
        lines.append(f"rate            {answer['rate']} per step from then on: linear convergence to the optimum")
    rules = ", ".join(f"{name} {times}" for name, times in sorted(answer["rules"].items()))
    lines += [f"grade           {answer['grade']}", f"rules           {rules}"]
    lines.append(f"certificate     {answer['bytes']} bytes, {answer['certificate'] or 'not kept: say -o FILE'}")
    lines.append(f"time            {answer['seconds']:.2f} s, replay by the checker included")
    return "\n".join(lines)
