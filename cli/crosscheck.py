"""relucert crosscheck: kernels, printed formulas, networks on samples and difference quotients say the same."""

from __future__ import annotations

import argparse
import math
import sys
from typing import TYPE_CHECKING

from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json, positive_argument, seed_argument

if TYPE_CHECKING:
    from relucert.numeric.comparisons import Row
    from relucert.numeric.crosscheck import Report

EXAMPLES = """examples:
  relucert crosscheck
  relucert crosscheck --model both-layers --model two-layer --samples 1000000 --seed 7
  relucert crosscheck --json --quiet"""

HEAD = ("model", "quantity", "points", "kinks", "printed", "samples", "differences", "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert crosscheck`."""
    parser.description = (
        "Compute the loss, gradient and curvature of every model in four ways that share no code: by the vectorised "
        "kernels, by the functions that `relucert derive` prints, from samples of the network, and by difference "
        "quotients. Nothing is proved here."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", action="append", default=[], metavar="NAME", help="one model; may be repeated")
    parser.add_argument("--seed", type=seed_argument, default=0, metavar="N", help="default 0; printed with the result")
    parser.add_argument(
        "--samples", type=positive_argument(int), default=100_000, metavar="N", help="inputs at each random point"
    )
    parser.add_argument(
        "--points", type=positive_argument(int), default=3, metavar="N", help="random points of each network"
    )
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    from relucert.numeric.crosscheck import UnknownModel, crosscheck

    shown = not args.quiet and sys.stderr.isatty()
    try:
        report = crosscheck(
            args.model,
            seed=args.seed,
            samples=args.samples,
            points=args.points,
            progress=_progress if shown else lambda finished, total, name: None,
        )
    except UnknownModel as error:
        raise UserError(str(error), where="--model") from None
    except ValueError as error:
        raise UserError(str(error), where="--samples") from None
    if args.json:
        _emit(args, report)
    else:
        _print(args, report)
    return ExitCode.PROVED if report.agrees else ExitCode.REFUTED


def _progress(finished: int, total: int, name: str) -> None:
    line = f"[{finished}/{total}] {name}" if name else ""
    print(f"\r{line:40}", end="" if name else "\r", file=sys.stderr, flush=True)


def _emit(args: argparse.Namespace, report: Report) -> None:
    from relucert.numeric.agreement import FALSE_ALARMS, ULPS

    rows: list[dict[str, object]] = []
    for row in report.rows:
        measures = {name: _number(getattr(row, name)) for name in ("ulps", "score", "difference")}
        rows.append({"model": row.model, "quantity": row.quantity, "points": row.points, "kinks": row.kinks,
                     **measures, "disagrees": row.disagreements(report.bound)})  # fmt: skip
    bounds = {"ulps": ULPS, "score": report.bound, "difference": 1.0, "false_alarms": FALSE_ALARMS}
    emit_json({"verdict": "agrees" if report.agrees else "disagrees", "grade": "numeric", "seed": args.seed,
               "samples": args.samples, "points": args.points, "bounds": bounds, "rows": rows})  # fmt: skip


def _number(value: float | None) -> float | None:
    """JSON has no infinity: null, as for what was not compared; `disagrees` tells them apart."""
    return value if value is not None and math.isfinite(value) else None


def _print(args: argparse.Namespace, report: Report) -> None:
    from relucert.numeric.agreement import FALSE_ALARMS, ULPS

    if not args.quiet:
        lines = [HEAD, *(_cells(row, report.bound) for row in report.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
        for line in lines:
            cells = (f"{cell:{'<' if place in (0, 1, 7) else '>'}{widths[place]}}" for place, cell in enumerate(line))
            print("  ".join(cells).rstrip())
        scores = sum(row.scores for row in report.rows)
        print(f"""
printed: units in the last place, at most {ULPS:g}
samples: standard errors, at most {report.bound:.2f}, beyond which correct formulas have one of {scores} scores
  with probability {FALSE_ALARMS:g}
differences: distance to the interval of the one-sided slopes in parts of their predicted error, at most 1""")
    wrong = sum(bool(row.disagreements(report.bound)) for row in report.rows)
    verdict = "all agree" if report.agrees else f"{wrong} of {len(report.rows)} rows DISAGREE"
    print(f"{verdict}; seed {args.seed}, {args.samples} samples; numeric evidence, not a proof")


def _cells(row: Row, bound: float) -> tuple[str, ...]:
    wrong = row.disagreements(bound)
    measures = (_cell(row.ulps, ".3g"), _cell(row.score, ".2f"), _cell(row.difference, ".2g"))
    verdict = "agrees" if not wrong else f"DISAGREES: {', '.join(wrong)}"
    return (row.model, row.quantity, str(row.points), str(row.kinks or "-"), *measures, verdict)


def _cell(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
