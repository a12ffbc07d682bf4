"""relucert descend: run the papers' algorithms thousands of times next to what the theory says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.descend_certify import EXAMPLES as CERTIFY_EXAMPLES
from relucert.cli.descend_certify import certify, list_descents
from relucert.cli.files import require_writable, write_atomically
from relucert.cli.output import (
    ExitCode,
    UserError,
    add_output_options,
    decimal_argument,
    emit_json,
    one_line,
    positive_argument,
    seed_argument,
    show_settings,
)

if TYPE_CHECKING:
    from relucert.numeric.experiment import Runner, Table

EXAMPLES = (
    """examples:
  relucert descend --list
  relucert descend non-overlapping-starts --set k=4 --starts 10000 --plot steps.svg --csv steps.csv
  relucert descend both-layers-split --seed 3 --jobs 2 --checkpoint runs/
  relucert descend samples.npz --patches 4 --starts 500 --csv losses.csv        gradient descent on given samples

theorems about all starts of a box:"""
    + CERTIFY_EXAMPLES
)

STEPS, TIME = 1000, 60.0
BAR = 30  # characters of the progress bar
SAME = 1e-9  # losses that differ by less than this part of the mean square of the targets are counted as one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert descend`."""
    parser.description = (
        "Run gradient descent as the papers describe it, many runs at once, and compare with the theory. What runs "
        "find is numeric evidence; with --certify all starts of a box are followed at once: the result is a theorem."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", nargs="?", metavar="NAME|DATA", help="an experiment, a file of samples, or a descent")
    parser.add_argument("--list", action="store_true", help="the experiments and their settings")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="settings of the experiment")
    parser.add_argument("--starts", type=positive_argument(int), metavar="N", help="runs; short for --set starts=N")
    parser.add_argument("--seed", type=seed_argument, default=0, metavar="N", help="default 0; printed with the result")
    data = parser.add_argument_group("samples in place of an experiment")
    data.add_argument("--patches", type=positive_argument(int), metavar="K", help="patches that share the filter")
    data.add_argument("--target", metavar="COLUMN", help="as in certify; with --certify a formula, see below")
    data.add_argument("--features", metavar="COLUMNS", help="as in certify")
    data.add_argument("--steps", type=positive_argument(int), metavar="N", help=f"most steps of a run; default {STEPS}")
    data.add_argument("--step", type=_above_zero, metavar="S", help="step size; default 1/curvature bound")
    proof = parser.add_argument_group("theorems in place of runs")
    proof.add_argument("--certify", action="store_true", help="prove that every start reaches the target")
    proof.add_argument("--from", dest="starts_in", action="append", default=[], metavar="RANGE",
                       help="'r in [1/2, 2]', 'theta = 1' or a vector 'w = (1, 2)'; repeat it")  # fmt: skip
    proof.add_argument("--radius", type=_above_zero, metavar="R",
                       help="target: the ball round the limit; default 1/100; --target 'phi <= 1/100' for another, "
                            "--steps N for no more steps than N, --step for the step size (default 1/2)")  # fmt: skip
    proof.add_argument("--time", type=positive_argument(float), metavar="S", help="seconds; default 60")
    proof.add_argument("--output", "-o", type=Path, metavar="CERT", help="write the certificate")
    run = parser.add_argument_group("how it runs (never what comes out)")
    run.add_argument("--jobs", type=positive_argument(int), default=1, metavar="N", help="processes")
    run.add_argument("--memory", type=positive_argument(float), default=256, metavar="MB", help="default 256")
    run.add_argument("--checkpoint", type=Path, metavar="DIR", help="keep finished parts in DIR and go on from there")
    files = parser.add_argument_group("files")
    files.add_argument("--csv", type=Path, metavar="FILE", help="the numbers behind the plot")
    files.add_argument("--plot", type=Path, metavar="FILE", help=".svg, .png or .pdf; needs matplotlib")
    add_output_options(parser)


def _above_zero(text: str) -> Fraction:
    """An argparse ``type``: an exact number above zero."""
    try:
        value = decimal_argument(text)
    except argparse.ArgumentTypeError:
        value = Fraction(0)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{one_line(text)[:40]!r} is not a number above 0")
    return value


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    if args.certify:
        return _certified(args)
    for option in ("starts_in", "radius", "time", "output"):
        if getattr(args, option):
            name = {"starts_in": "from"}.get(option, option)
            raise UserError(f"--{name} belongs to --certify", cure="add --certify, or leave it out")
    if args.list:
        return _list(args.json)
    if args.what is None:
        raise UserError("no experiment named", cure="relucert descend --list shows them")
    for path in (args.csv, args.plot):
        if path is not None:
            require_writable(path)
    if args.plot is not None:
        _require_plots(args.plot)
    return _samples(args) if _is_file(args) else _experiment(args)


def _certified(args: argparse.Namespace) -> int:
    if args.list:
        return list_descents(as_json=args.json)
    for option in ("starts", "patches", "features", "checkpoint", "csv", "plot"):
        if getattr(args, option) is not None:
            raise UserError(f"--{option} belongs to runs", cure="leave it out with --certify")
    args.time = args.time or TIME
    return certify(args, _settings(args))


def _is_file(args: argparse.Namespace) -> bool:
    from relucert.numeric.experiment import names

    named = args.what in names()
    if named and args.patches is not None:
        raise UserError("--patches belongs to a file of samples", cure="use --set for an experiment's settings")
    return not named and (args.patches is not None or Path(args.what).suffix != "" or Path(args.what).exists())


def _list(as_json: bool) -> int:
    from dataclasses import fields

    from relucert.numeric.experiment import load, names

    found: list[dict[str, Any]] = []
    for name in names():
        experiment = load(name)
        settings = [
            {"name": entry.name, "default": entry.default, "help": entry.metadata.get("help", "")}
            for entry in fields(experiment.Settings)
        ]
        found.append({"name": name, "summary": experiment.SUMMARY, "settings": settings})
    return show_settings("experiments", found, as_json=as_json)


def _experiment(args: argparse.Namespace) -> int:
    from relucert.numeric.experiment import UnknownExperiment, load, settings_of
    from relucert.numeric.parallel import BudgetTooSmall

    try:
        experiment = load(args.what)
        settings = settings_of(experiment, _settings(args))
    except UnknownExperiment as error:
        raise UserError(str(error)) from None
    except ValueError as error:
        raise UserError(
            str(error), where=f"settings of {args.what}", cure="relucert descend --list shows them"
        ) from None
    with _runner(args, f"{args.what} {settings}") as runner:
        try:
            table = experiment.run(settings, runner)
        except BudgetTooSmall as error:
            raise UserError(str(error), where="--memory") from None
    if args.plot is not None:
        figure = _figure()
        experiment.draw(table, settings, figure)
        _save(figure, args.plot)
    _write_csv(args, table)
    if args.json:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        emit_json({"experiment": args.what, "grade": "numeric", "seed": args.seed, "settings": vars(settings),
                   "findings": list(table.findings), "rows": [_finite(row) for row in rows]})  # fmt: skip
    else:
        print("\n".join(table.findings))
        print(f"seed {args.seed}; {settings}; numeric evidence, not a proof")
    return ExitCode.PROVED


def _settings(args: argparse.Namespace) -> dict[str, str]:
    given = {} if args.starts is None else {"starts": str(args.starts)}
    for item in args.set:
        name, sign, value = item.partition("=")
        if not sign or not name or name in given:
            raise UserError(f"--set {item}", cure="write each setting once, as NAME=VALUE")
        given[name] = value
    return given


def _samples(args: argparse.Namespace) -> int:
    import numpy as np

    from relucert.certify.read.dispatch import read_data
    from relucert.numeric.data import empirical_descent
    from relucert.numeric.descent import Status
    from relucert.numeric.parallel import BudgetTooSmall

    if args.patches is None:
        raise UserError("the number of patches is not given", where=args.what, cure="say --patches K; 1 for none")
    if args.set or args.plot is not None:
        raise UserError("--set and --plot are for experiments", cure="leave them out for a file of samples")
    features = None if args.features is None else [name.strip() for name in args.features.split(",")]
    data = read_data(args.what, target=args.target, features=features)
    inputs, targets = np.asarray(data.X, dtype=float), np.asarray(data.y, dtype=float)
    starts, steps = args.starts or 1000, args.steps or STEPS
    step = None if args.step is None else float(args.step)
    try:
        with _runner(args, f"{args.patches} {steps} {step} {_content(inputs, targets)}") as runner:
            fit = empirical_descent(inputs, targets, args.patches, runner, starts=starts, steps=steps, step=step)
    except BudgetTooSmall as error:
        raise UserError(str(error), where="--memory") from None
    except ValueError as error:
        raise UserError(str(error), where=args.what, cure=_cure(inputs.shape[1], args.patches)) from None
    from relucert.numeric.experiment import Table

    rows = [(i, float(fit.loss[i]), int(fit.steps[i]), Status(int(fit.status[i])).name.lower()) for i in range(starts)]
    _write_csv(args, Table(("run", "loss", "steps", "status"), rows))
    if not np.isfinite(fit.loss).any():
        first = int(fit.steps.min())
        raise UserError(f"every run diverged, the first at step {first}", cure="choose a smaller --step")
    best, diverged = fit.best, int((fit.status == Status.DIVERGED).sum())
    same = int((fit.loss <= fit.loss[best] + SAME * np.mean(targets**2)).sum())
    if args.json:
        emit_json({"data": args.what, "grade": "numeric", "seed": args.seed, "runs": starts, "diverged": diverged,
                   "best_loss": float(fit.loss[best]), "best_run": best, "runs_at_best": same,
                   "filter": fit.parameters[best].tolist()})  # fmt: skip
        return ExitCode.PROVED
    print(f"best mean squared error {fit.loss[best]:.9g} in run {best}; {same} of {starts} runs end there")
    quartiles = np.quantile(fit.loss[np.isfinite(fit.loss)], [0.25, 0.5, 0.75])
    lost = fit.steps[fit.status == Status.DIVERGED]
    when = f", the first at step {lost.min()}" if diverged else ""
    print(f"quartiles of the loss {' '.join(f'{q:.6g}' for q in quartiles)}; {diverged} runs diverged{when}")
    print(f"filter {' '.join(f'{v:.9g}' for v in fit.parameters[best])}")
    print(f"seed {args.seed}; numeric evidence, not a proof")
    return ExitCode.PROVED


def _content(*arrays: Any) -> str:
    """A digest of numbers and shapes: a changed file is another experiment."""
    import hashlib

    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _cure(columns: int, patches: int) -> str | None:
    if columns % patches == 0:
        return None
    fitting = [str(k) for k in range(1, columns + 1) if columns % k == 0]
    return f"choose --patches {' or '.join(fitting)}, or other --features"


@contextmanager
def _runner(args: argparse.Namespace, what: str) -> Iterator[Runner]:
    """Progress, processes, memory and checkpoints as the options say."""
    from relucert.cli.interrupts import worker_pool
    from relucert.numeric.checkpoint import Checkpoint
    from relucert.numeric.experiment import Runner

    kept = None if args.checkpoint is None else Checkpoint(args.checkpoint, f"{_version()} {what} seed {args.seed}")
    pool = worker_pool(args.jobs) if args.jobs > 1 else None
    shown = not args.quiet and sys.stderr.isatty()
    try:
        yield Runner(
            seed=args.seed,
            executor=pool,
            workers=args.jobs,
            memory=int(args.memory * 2**20),
            progress=_progress if shown else lambda finished, total: None,
            checkpoint=kept,
        )
    except KeyboardInterrupt:
        if kept is not None and not args.quiet:
            print(f"\nfinished parts are in {args.checkpoint}: the same command goes on from there", file=sys.stderr)
        raise
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _version() -> str:
    """Results of another version are not gone on from."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("relucert")
    except PackageNotFoundError:
        return "sources"


def _progress(finished: int, total: int) -> None:
    filled = BAR * finished // total
    end = "\n" if finished == total else ""
    print(f"\r[{'#' * filled}{'-' * (BAR - filled)}] {finished}/{total} runs", end=end, file=sys.stderr, flush=True)


def _require_plots(path: Path) -> None:
    if path.suffix.lower() not in (".svg", ".png", ".pdf"):
        raise UserError(f"--plot {path}: unknown kind of picture", cure="end the name in .svg, .png or .pdf")
    import matplotlib  # noqa: F401 - say now that it is missing, not after the runs


def _figure() -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(7.0, 4.5), layout="constrained")


def _save(figure: Any, path: Path) -> None:
    import io

    import matplotlib as mpl

    picture = io.BytesIO()
    kind = path.suffix.lower().lstrip(".")
    with mpl.rc_context({"svg.hashsalt": "relucert"}):  # the same bytes for the same picture
        figure.savefig(picture, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
    write_atomically(path, picture.getvalue())


def _write_csv(args: argparse.Namespace, table: Table) -> None:
    if args.csv is not None:
        write_atomically(args.csv, table.to_csv().encode())


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinity: such cells become null."""
    return {name: None if isinstance(v, float) and v - v != 0 else v for name, v in row.items()}
