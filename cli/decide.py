"""relucert decide INSTANCE: yes with an exact witness, no with a certificate, or undecided."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from relucert.cli.files import require_writable, write_atomically
from relucert.cli.instances import add_instance_options, described, load, one_line_errors, path_json, shown_witness
from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json, positive_argument

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle
    from relucert.reductions.solve.decision import Decision

EXAMPLES = """examples:
  relucert decide --instance vdw:4,4,35 -o no.json && relucert check no.json
  relucert decide bundle.json --time 60 -o decided.json
  relucert decide formula.cnf --json
  relucert decide samples.npz -k 4 --backend hybrid"""
NETWORK = "k-non-overlap"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert decide`."""
    parser.description = (
        "Decide an instance. A yes comes with a witness that was checked exactly, a no with a certificate about a "
        "network that the trusted checker replayed: the instance itself, or what reductions make of it."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_instance_options(parser)
    parser.add_argument("--backend", default="auto", metavar="NAME", help="default auto; an unknown name lists them")
    parser.add_argument("--time", type=positive_argument(float), default=60.0, metavar="S", help="seconds, default 60")
    parser.add_argument("--memory", type=positive_argument(float), default=2048.0, metavar="MB", help="default 2048")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the certificate; for an instance of another problem a bundle that holds it",
    )
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point; nothing is answered that was not checked."""
    from relucert.reductions.bundle import compose

    if args.output is not None:
        require_writable(args.output)
    given = load(args)
    start = perf_counter()
    with one_line_errors():
        bundle = given
        if given.target.name != NETWORK:
            links = _to_network(given, args.k)
            extended = compose(given.target, links)
            bundle = type(given)((*given.instances, *extended.instances[1:]), (*given.links, *links))
        decision = _decide(args, bundle)
        decided, witness = _with_evidence(bundle, decision)
    if args.output is not None and decision.answer != "undecided":
        write_atomically(args.output, _file(decided, decision))
    seconds = perf_counter() - start
    if args.json:
        emit_json(_answer(args, decided, decision, witness, seconds))
    elif args.quiet:
        print(decision.answer)
    else:
        print("\n".join(_lines(args, decided, decision, witness, seconds)))
    return ExitCode.UNDECIDED if decision.answer == "undecided" else ExitCode.PROVED


def _to_network(given: Bundle, k: int | None) -> tuple[Any, ...]:
    """The reductions to a network, if there are any: a no then has a certificate."""
    from relucert.reductions.graph import chain, path
    from relucert.reductions.problems.k_non_overlap import KNonOverlap
    from relucert.reductions.text import ProblemError

    try:
        path(type(given.target), KNonOverlap)
    except ProblemError:
        return ()
    return tuple(chain(given.target, NETWORK, k))


def _decide(args: argparse.Namespace, bundle: Bundle) -> Decision:
    from relucert.reductions.solve.portfolio import BACKENDS, decide

    if args.backend not in BACKENDS:
        raise UserError(f"unknown backend {args.backend!r}", where="--backend", cure=f"choose {', '.join(BACKENDS)}")
    if not args.quiet and not args.json:
        print(described(bundle.source), file=sys.stderr, flush=True)
    return decide(bundle.target, backend=args.backend, time=args.time, memory=int(args.memory * 2**20))


def _with_evidence(bundle: Bundle, decision: Decision) -> tuple[Bundle, Any]:
    """The bundle with what was found, and the witness of the source; both are checked here once more."""
    from dataclasses import replace

    from relucert.reductions.bundle import Witness

    if decision.answer == "yes":
        pulled = bundle.pull(decision.witness)
        witness = pulled.witness
        if witness is None or not bundle.source.is_witness(witness.value):
            raise AssertionError("a witness of the target is none of the source: a map of witnesses is wrong")
        certificate = None if decision.certificate is None else decision.certificate.decode()
        kept = replace(bundle, witness=Witness(len(bundle.links), decision.witness), certificate=certificate)
        return kept, bundle.source.witness_to_json(witness.value)
    if decision.answer == "no" and decision.certificate is not None:
        return replace(bundle, certificate=decision.certificate.decode()), None
    return bundle, None


def _file(bundle: Bundle, decision: Decision) -> bytes:
    """A certificate about the network alone when that is what was asked, else the bundle."""
    if not bundle.links and decision.certificate is not None:
        return decision.certificate
    return bundle.to_text().encode()


def _answer(
    args: argparse.Namespace, bundle: Bundle, decision: Decision, witness: Any, seconds: float
) -> dict[str, Any]:
    decided = decision.answer != "undecided"
    return {
        "answer": decision.answer,
        "problem": bundle.source.name,
        "size": dict(bundle.source.size()),
        "witness": witness,
        "certificate": str(args.output) if decided and args.output is not None else None,
        "certificate_bytes": None if decision.certificate is None else len(decision.certificate),
        "backend": decision.backend,
        "reason": decision.reason,
        "oracle": decision.oracle,
        "seconds": round(seconds, 3),
        **path_json(bundle),
    }


def _lines(args: argparse.Namespace, bundle: Bundle, decision: Decision, witness: Any, seconds: float) -> list[str]:
    lines = [f"answer          {decision.answer}"]
    if decision.reason:
        lines.append(f"reason          {decision.reason}")
    if decision.oracle:
        lines.append(f"said, unchecked {decision.oracle}")
    for link, instance in zip(bundle.links, bundle.instances[1:], strict=True):
        lines.append(f"{f'by {link.name}':<15} {described(instance)}")
    if witness is not None:
        lines.append(f"witness         {shown_witness(witness)}")
    if decision.certificate is not None:
        where = f" in {args.output}" if args.output is not None else "; -o FILE keeps it"
        lines.append(f"certificate     {len(decision.certificate)} bytes, replayed by the trusted checker{where}")
    backend = f" by {decision.backend}" if decision.backend else ""
    lines.append(f"time            {seconds:.2f} s{backend}")
    return lines
