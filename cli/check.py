"""relucert check CERT: replay a certificate; believe nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from relucert.cli.output import ExitCode, UserError, add_output_options, decimal_argument, emit_json, positive_argument

if TYPE_CHECKING:
    from relucert.certify.check.binding import Wanted

EXAMPLES = """examples:
  relucert check net.cert.json
  relucert check net.cert.json.gz --jobs 2 --json
  relucert check net.cert.json --model net.npz --data data.csv
  relucert check net.cert.json --problem problem.json      (from relucert certify .. --print-problem --json)"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert check`."""
    parser.description = "Replay a certificate in exact arithmetic and say what it proves."
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "certificate", type=Path, metavar="CERT", help=".json or .json.gz, or a folder of relucert landscape"
    )
    parser.add_argument("--model", type=Path, help="the network that the certificate must be about")
    parser.add_argument("--data", type=Path, help="the data that the certificate must be about")
    parser.add_argument("--problem", type=Path, help="canonical problem file that the certificate must be about")
    parser.add_argument(
        "--weight-decay",
        type=decimal_argument,
        metavar="B",
        help="the hidden decay it must be about, in its own scaling",
    )
    parser.add_argument("--layout", metavar="HINT", help="as in certify")
    parser.add_argument("--target", metavar="COLUMN", help="as in certify")
    parser.add_argument("--features", metavar="COLUMNS", help="as in certify")
    parser.add_argument(
        "--jobs", type=positive_argument(int), default=1, metavar="N", help="replay a training gap in N processes"
    )
    parser.add_argument(
        "--trusted-base", action="store_true", help="print lines and hash of the trusted files and stop"
    )
    add_output_options(parser)
    for action in parser._actions:
        if action.dest == "certificate":
            action.nargs = "?"


def run(args: argparse.Namespace) -> int:
    """Entry point; the verdict is the checker's, bindings to the caller's files are compared number by number."""
    from relucert.certify.check.binding import difference
    from relucert.certify.check.decision.kernel import DecisionVerdict
    from relucert.certify.check.real.door import as_json, as_text, check_any, exit_code
    from relucert.certify.check.report import trusted_base
    from relucert.certify.check.verdict import Verdict
    from relucert.certify.claim import ClaimError
    from relucert.cli.check_bundle import check_bundle, load_bundle, load_instance

    if args.trusted_base:
        base = trusted_base()
        if args.json:
            emit_json({"checker": base})
        else:
            print(f"trusted base: {base['lines']} lines, sha256 {base['sha256']}")
        return ExitCode.PROVED
    if args.certificate is None:
        raise UserError("no certificate given", cure="relucert check CERT")
    if args.certificate.is_dir():
        from relucert.cli.check_folder import check_folder

        if any(value is not None for value in (args.model, args.data, args.problem, args.weight_decay)):
            raise UserError(f"{args.certificate} holds certificates about real functions", cure="give CERT alone")
        return check_folder(args.certificate, as_json=args.json, quiet=args.quiet)
    bundle = load_bundle(args.certificate)
    if bundle is not None:
        for option in ("model", "data", "weight_decay"):
            if getattr(args, option) is not None:
                name = option.replace("_", "-")
                raise UserError(f"--{name}: a bundle is about a decision", cure="leave it out, or say --problem")
        wanted_instance = None if args.problem is None else load_instance(args.problem)
        return check_bundle(bundle, wanted_instance, as_json=args.json, quiet=args.quiet)
    try:
        data = args.certificate.read_bytes()
        wanted = None if args.problem is None else _wanted(args.problem)
    except OSError as error:
        raise UserError(f"cannot read {error.filename}: {error.strerror}", cure="check the path") from None
    except ClaimError as error:
        raise UserError(
            str(error),
            where=str(args.problem),
            cure="write it with certify --print-problem --json, or give an instance of k-non-overlap",
        ) from None
    verdict = check_any(data, jobs=args.jobs)
    if not isinstance(verdict, Verdict):
        about = "a decision" if isinstance(verdict, DecisionVerdict) else "real functions"
        if args.jobs > 1 and not args.quiet:
            print(f"--jobs: a certificate about {about} is replayed in one process", file=sys.stderr)
        for option in ("model", "data", "problem", "weight_decay"):
            if getattr(args, option) is not None and not (option == "problem" and about == "a decision"):
                name = option.replace("_", "-")
                raise UserError(f"--{name}: the certificate is about {about}", cure="leave it out")
    if verdict.valid and verdict.claim is not None:
        other = None if wanted is None else difference(verdict.claim, wanted)
        other = other or _differs_from_files(args, verdict)
        if other is not None:
            verdict = Verdict("INVALID", f"the certificate is about something else: {other} differs from yours")
    if args.json:
        emit_json(as_json(verdict))
    else:
        text = as_text(verdict)
        print(text.splitlines()[-1] if args.quiet else text)
    return exit_code(verdict)


def _wanted(path: Path) -> Wanted:
    """The caller's problem: a canonical file, or a network in any format of instances or at the end of a bundle."""
    from relucert.certify.check.binding import read_problem
    from relucert.certify.claim import ClaimError
    from relucert.cli.check_bundle import load_bundle
    from relucert.reductions.files import read_problem as read_instance
    from relucert.reductions.problem import ProblemError
    from relucert.reductions.problems.k_non_overlap import KNonOverlap

    data = path.read_bytes()
    try:
        return read_problem(data)
    except ClaimError as error:
        try:
            bundle = load_bundle(path)
            given = read_instance(path) if bundle is None else bundle.target
        except (ProblemError, UserError):
            raise error from None
        if not isinstance(given, KNonOverlap):
            raise
        return given.instance


def _differs_from_files(args: argparse.Namespace, verdict: object) -> str | None:
    """Re-read the caller's files through the readers and compare exactly."""
    from relucert.certify.check.kernel import Verdict

    if not isinstance(verdict, Verdict) or verdict.claim is None:
        return None
    claim = verdict.claim
    if args.model is not None:
        from relucert.certify.read.convention import exact_network
        from relucert.certify.read.dispatch import read_model

        if exact_network(read_model(args.model, args.layout)) != claim.network:
            return "the network"
    if args.data is not None:
        from fractions import Fraction

        from relucert.certify.read.dispatch import read_data

        features = None if args.features is None else [name.strip() for name in args.features.split(",")]
        dataset = read_data(args.data, target=args.target, features=features)
        rows = tuple(tuple(Fraction(v) for v in row) for row in dataset.X.tolist())
        targets = tuple((Fraction(v),) for v in dataset.y.tolist())
        if (rows, targets) != (claim.problem.X, claim.problem.Y):
            return "the data"
    if args.weight_decay is not None and args.weight_decay != claim.problem.hidden_weight_decay:
        return "the weight decay"
    return None
