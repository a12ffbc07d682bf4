"""relucert certify MODEL DATA: how far is this trained network from the global optimum over all widths?"""

from __future__ import annotations

import argparse
import sys
import warnings
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.files import require_writable, write_atomically
from relucert.cli.output import (
    ExitCode,
    UserError,
    add_output_options,
    decimal_argument,
    emit_json,
    positive_argument,
    seed_argument,
)

if TYPE_CHECKING:
    from relucert.certify import claim
    from relucert.certify.search.gap import GapSearch, Outcome, Progress
    from relucert.certify.search.resume import Start

EXAMPLES = """examples:
  relucert certify net.npz data.csv --weight-decay 5 -o net.cert.json
  relucert certify net.pt data.csv --convention torch --weight-decay 0.01 --gap 1e-6
  relucert certify net.npz data.npz --convention sklearn --weight-decay 3.5 --polish better.npz
  relucert certify net.npz data.csv --weight-decay 5 --hidden-bias free --output-bias free --print-problem

exit codes: 0 proved, 1 refuted (a better network is certified) or vacuous, 2 input error, 4 undecided (at a limit)"""

VERDICT_EXIT = {
    "proved": ExitCode.PROVED,
    "refuted": ExitCode.REFUTED,
    "vacuous": ExitCode.REFUTED,
    "undecided": ExitCode.UNDECIDED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert certify`."""
    parser.description = (
        "Prove how far a trained two-layer ReLU network is from the global optimum of its training objective."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", type=Path, metavar="MODEL", help=".npz .json .pt .pth .safetensors .onnx")
    parser.add_argument("data", type=Path, metavar="DATA", help=".csv .npz .npy .json")
    parser.add_argument("-o", "--output", type=Path, metavar="CERT", help="certificate file (.json or .json.gz)")
    objective = parser.add_argument_group("the objective")
    objective.add_argument(
        "--weight-decay", type=decimal_argument, metavar="B", required=True, help="exact decimal or p/q"
    )
    objective.add_argument(
        "--output-weight-decay", type=decimal_argument, metavar="B2", help="decay of the output layer"
    )
    objective.add_argument("--convention", choices=("torch", "sklearn", "scnn"), help="what the trainer minimises")
    objective.add_argument("--loss", choices=("half-sum", "half-mean", "mean"), help="default half-sum: 1/2 sum r^2")
    objective.add_argument("--penalty", choices=("sum-of-squares", "product"), help="default sum-of-squares")
    objective.add_argument("--hidden-bias", choices=("penalised", "free"))
    objective.add_argument("--output-bias", choices=("penalised", "free"))
    objective.add_argument("--print-problem", action="store_true", help="print the exact problem and stop")
    search = parser.add_argument_group("the search")
    search.add_argument("--gap", type=decimal_argument, metavar="G", help="ask: is it within the relative gap G?")
    search.add_argument(
        "--time", type=positive_argument(float), metavar="S", help="seconds for everything; writes the best bound"
    )
    search.add_argument("--nodes", type=positive_argument(int), metavar="N", help="most branch-and-bound nodes")
    search.add_argument(
        "--memory", type=positive_argument(float), metavar="MB", default=2000.0, help="for open nodes (default 2000)"
    )
    search.add_argument(
        "--jobs",
        type=positive_argument(int),
        metavar="N",
        default=1,
        help="worker processes; the certificate is the same",
    )
    search.add_argument("--seed", type=seed_argument, default=0, help="of the local search (default 0)")
    search.add_argument(
        "--resume", type=Path, metavar="CERT", help="go on from an earlier certificate of the same problem"
    )
    search.add_argument(
        "--polish", type=Path, metavar="BETTER.npz", help="also write the improved network and its certificate"
    )
    reading = parser.add_argument_group("reading")
    reading.add_argument("--layout", metavar="HINT", help="hidden=KEY,output=KEY: which tensors are the weights")
    reading.add_argument("--target", metavar="COLUMN", help="target column by name or number (default: the last)")
    reading.add_argument("--features", metavar="COLUMNS", help="comma-separated feature columns (default: all others)")
    add_output_options(parser)


def read_exact(args: argparse.Namespace) -> tuple[claim.TrainingProblem, claim.Network, list[str]]:
    """Model, data and objective from the options as one exact problem, with notes for the reader."""
    from relucert.certify.read import convention as conventions
    from relucert.certify.read.dispatch import match, read_data, read_model

    for option, value in (("weight", args.weight_decay), ("output-weight", args.output_weight_decay)):
        if value is not None and value < 0:
            raise UserError(
                f"--{option}-decay must not be negative", cure="give the decay the network was trained with"
            )
    network = read_model(args.model, args.layout)
    features = None if args.features is None else [name.strip() for name in args.features.split(",")]
    dataset = read_data(args.data, target=args.target, features=features)
    match(network, dataset)
    chosen = ("loss", "penalty", "hidden_bias", "output_bias", "output_weight_decay")
    if args.convention is not None:
        given = [f"--{name.replace('_', '-')}" for name in chosen if getattr(args, name) is not None]
        if given:
            raise UserError(
                f"--convention {args.convention} settles {', '.join(given)}", cure="leave out one or the other"
            )
        objective = conventions.by_convention(args.convention, args.weight_decay, network, dataset.n_samples)
    else:
        objective = conventions.explicit(
            network,
            args.weight_decay,
            output_weight_decay=args.output_weight_decay,
            loss=args.loss or "half-sum",
            penalty=args.penalty or "sum-of-squares",
            hidden_bias=args.hidden_bias,
            output_bias=args.output_bias,
        )
    problem = conventions.exact_problem(dataset, objective)
    return problem, conventions.exact_network(network), [*network.notes, *dataset.notes, *objective.notes]


def run(args: argparse.Namespace) -> int:
    """Entry point; see the module's docstring."""
    from relucert.certify.claim import canonical_json

    problem, network, notes = read_exact(args)
    if args.print_problem:
        if args.json:
            print(canonical_json({"problem": problem.to_json(), "network": network.to_json()}))
        else:
            print(f"{problem.in_words()}\n  {problem.formula()}")
        return ExitCode.PROVED
    _require_usable(args, problem)
    say = _Log(quiet=args.quiet or args.json)
    say.line(problem.in_words())
    say.line(f"  {problem.formula()}")
    for note in notes:
        say.line(f"note: {note}")
    return _certify(args, problem, network, say)


def _require_usable(args: argparse.Namespace, problem: claim.TrainingProblem) -> None:
    if problem.hidden_weight_decay == 0 or problem.output_weight_decay == 0:
        raise UserError(
            "with weight decay 0 the question changes: a wide network fits any data exactly, except equal inputs with "
            "different targets, and nothing bounds the weights",
            cure="give the decay that the network was trained with, --weight-decay B with B > 0",
        )
    if args.gap is not None and not 0 <= args.gap < 1:
        raise UserError("--gap must be at least 0 and below 1", cure="for one per cent say --gap 0.01")
    outputs = [path for path in (args.output, args.polish) if path is not None]
    if args.polish is not None:
        if args.polish.suffix != ".npz":
            raise UserError(f"--polish writes an .npz file, not {args.polish.name}", cure="say --polish better.npz")
        outputs.append(_certificate_beside(args.polish))
    if len({path.absolute() for path in outputs}) < len(outputs):
        raise UserError("-o and --polish would write the same file", cure="choose different names")
    for path in outputs:
        require_writable(path)


def _certificate_beside(network: Path) -> Path:
    return network.with_suffix(".cert.json")


def _certify(args: argparse.Namespace, problem: claim.TrainingProblem, network: claim.Network, say: _Log) -> int:
    from contextlib import nullcontext

    from relucert.certify.search.difficulty import assess
    from relucert.certify.search.emit import pack
    from relucert.certify.search.floats import dual_problem
    from relucert.certify.search.gap import GapSearch
    from relucert.cli.interrupts import interrupts_stop, worker_pool

    difficulty = assess(problem, network, dual_problem(problem), args.seed)
    say.line(
        f"weight decay / beta_max = {difficulty.share:.3g} (beta {difficulty.beta:.6g}, beta_max about "
        f"{difficulty.beta_max:.6g});  kappa = {difficulty.kappa:.3g};  dimension {difficulty.dimension}"
    )
    say.line(difficulty.expectation())
    pool: Any = worker_pool(args.jobs) if args.jobs > 1 else nullcontext()
    with pool as executor, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of floats in the search; what counts is checked exactly
        search = GapSearch(
            problem,
            network,
            gap=args.gap,
            seconds=args.time,
            nodes=args.nodes,
            memory_bytes=int(args.memory * 1e6),
            executor=executor,
            report=say.progress,
            seed=args.seed,
            jobs=args.jobs,
            starts=_read_start(args.resume, problem),
        )
        with interrupts_stop(search, executor):
            outcome = search.run()
    say.end()
    if args.output is not None:
        write_atomically(args.output, pack(outcome.certificate, args.output.name))
    if args.polish is not None:
        _write_better(args.polish, search, outcome)
    _report(args, network, outcome)
    return VERDICT_EXIT[outcome.status]


def _read_start(path: Path | None, problem: claim.TrainingProblem) -> dict[int, Start] | None:
    """The trees of an earlier certificate."""
    from relucert.certify.search.resume import read_start

    if path is None:
        return None
    try:
        return read_start(path.read_bytes(), problem)
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", where=str(path), cure="check the path") from None
    except ValueError as error:
        raise UserError(str(error), where=str(path), cure="resume with the same data and options") from None


def _write_better(path: Path, search: GapSearch, outcome: Outcome) -> None:
    """The polished network as NPZ, and a certificate of the same bound for it."""
    from io import BytesIO

    import numpy as np

    better = outcome.better
    arrays: dict[str, Any] = {
        "hidden_weights": np.array([[float(v) for v in row] for row in better.hidden_weights]).reshape(
            better.width, -1
        ),
        "output_weights": np.array([float(row[0]) for row in better.output_weights]),
    }
    if better.hidden_bias is not None:
        arrays["hidden_bias"] = np.array([float(v) for v in better.hidden_bias])
    if better.output_bias is not None:
        arrays["output_bias"] = np.array(float(better.output_bias[0]))
    buffer = BytesIO()
    np.savez(buffer, **arrays)
    write_atomically(path, buffer.getvalue())
    write_atomically(_certificate_beside(path), search.certificate_for(better))


def _report(args: argparse.Namespace, network: claim.Network, outcome: Outcome) -> None:
    from relucert.certify.check.report import as_json, decimal

    verdict, gap = outcome.verdict, outcome.verdict.relative_gap
    statement = verdict.claim
    if statement is None or verdict.loss is None or gap is None:
        raise RuntimeError("a valid verdict has a claim, a loss and a gap")
    difficulty = outcome.difficulty
    if args.json:
        emit_json(
            as_json(verdict)
            | {
                "verdict": outcome.status,
                "certificate": None if args.output is None else str(args.output),
                "asked_gap": None if args.gap is None else str(args.gap),
                "polished_width": outcome.better.width,
                "nodes": outcome.nodes,
                "limit": outcome.limit or None,
                "beta_share_estimate": f"{difficulty.share:.6g}",
                "kappa_estimate": f"{difficulty.kappa:.6g}",
                "seconds": {
                    "polish": round(outcome.polish_seconds, 3),
                    "search": round(outcome.search_seconds, 3),
                    "check": round(outcome.check_seconds, 3),
                },
                "notes": outcome.notes,
            }
        )
        return
    out = [
        f"objective     {decimal(verdict.loss.high, up=True)}",
        f"lower bound   {decimal(statement.lower_bound, up=False)}   (every network of every width)",
        f"relative gap  {decimal(gap, up=True, digits=4)}",
    ]
    if verdict.balanced_loss is not None and verdict.balanced_loss != verdict.loss:
        out.insert(
            1,
            f"balanced      {decimal(verdict.balanced_loss.high, up=True)}   (each hidden unit at its best scale)",
        )
    out += _consequences(args.gap, network, outcome)
    if args.output is not None:
        out.append(f"certificate   {args.output}   (relucert check {args.output})")
    if args.polish is not None:
        out.append(f"better        {args.polish}, {_certificate_beside(args.polish)}")
    if not args.quiet:
        print("\n".join(out))
    print(outcome.status)


def _consequences(gap: Fraction | None, network: claim.Network, outcome: Outcome) -> list[str]:
    """What follows, in sentences."""
    lines = []
    width, best = network.width, outcome.better.width
    units = f"{best} hidden unit{'' if best == 1 else 's'}"
    if outcome.status == "refuted":
        lines.append(
            f"Not within {float(gap or 0):.3g} of the optimum over all widths: a network with {units} is "
            "certified to be better than that."
        )
        if best <= width:
            lines.append(
                f"It needs no more units than yours ({width}), so yours is not that close at its own width either."
            )
        else:
            lines.append(f"It is wider than yours ({width}): at width {width} yours may still be the best.")
    elif best <= width:
        lines.append(f"The best network found has {units}, no more than yours: it competes at your width {width} too.")
    else:
        lines.append(f"The best network found has {units}; part of the gap may be due to your width {width}.")
    if outcome.limit:
        lines.append(
            f"Stopped early ({outcome.limit}): the bound is proved, a better one may exist. "
            "More --time, a larger weight decay or fewer features would help."
        )
    return lines + outcome.notes


class _Log:
    """Progress like a MIP solver's on stderr; one line rewritten on a terminal, sparse lines elsewhere."""

    HEAD = f"{'phase':<18}{'nodes':>10}{'open':>9}{'lower':>16}{'upper':>16}{'gap':>10}{'time':>9}"

    def __init__(self, quiet: bool) -> None:
        self.quiet, self.started, self.last, self.phase = quiet, False, -1.0, ""
        self.terminal = sys.stderr.isatty()

    def line(self, text: str) -> None:
        if not self.quiet:
            print(text, file=sys.stderr)

    def progress(self, step: Progress) -> None:
        phase = step.phase.split(" kink")[0]
        if self.quiet or (step.seconds - self.last < (0.1 if self.terminal else 1.0) and phase == self.phase):
            return
        if not self.started:
            print(self.HEAD, file=sys.stderr)
            self.started = True
        self.last, self.phase = step.seconds, phase
        gap = (step.upper - step.lower) / step.upper if step.upper > 0 else 0.0
        text = f"{step.phase:<18}{step.nodes:>10}{step.open_nodes:>9}{step.lower:>16.8g}{step.upper:>16.8g}"
        text += f"{gap:>10.2e}{step.seconds:>8.1f}s"
        print(text, file=sys.stderr, end="\r" if self.terminal else "\n", flush=True)

    def end(self) -> None:
        if self.started and self.terminal:
            print(file=sys.stderr)
