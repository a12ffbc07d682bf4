"""What push and pull share: a bundle, a witness of one end, and the witness of the other end."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.files import require_writable, write_atomically
from relucert.cli.instances import one_line_errors, shown_witness, try_bundle
from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle


def add_witness_options(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert push` and `relucert pull`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="from relucert reduce or decide")
    parser.add_argument(
        "witness",
        nargs="?",
        type=Path,
        metavar="WITNESS",
        help="JSON, or a solver's lines 's SATISFIABLE' and 'v ..'; left out: the one in the bundle",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="BUNDLE", help="the bundle with the new witness")
    add_output_options(parser)


def carry(args: argparse.Namespace, *, forward: bool) -> int:
    """Carry a witness along the path, to its end or back; both ends are checked exactly."""
    if args.output is not None:
        require_writable(args.output)
    with one_line_errors():
        bundle = try_bundle(args.bundle)
        if bundle is None:
            raise UserError(f"{args.bundle} is no bundle", cure="write one with relucert reduce -o")
        wrong = bundle.mismatch()
        if wrong is not None:
            raise UserError(wrong, where=str(args.bundle), cure="write the bundle anew with relucert reduce")
        start = bundle.source if forward else bundle.target
        value = _given(args, bundle, 0 if forward else len(bundle.links))
        if not start.is_witness(value):
            if args.json:
                emit_json({"answer": "undecided", "problem": start.name, "witness": None, "reason": "not a witness"})
            else:
                print(f"not a witness of {start.name}: it proves nothing about either end")
            return ExitCode.REFUTED
        carried = bundle.push(value) if forward else bundle.pull(value)
    end = bundle.target if forward else bundle.source
    found = carried.witness
    if found is None or not end.is_witness(found.value):
        raise AssertionError("a witness was carried to something that is none: a map of witnesses is wrong")
    as_json = end.witness_to_json(found.value)
    if args.output is not None:
        write_atomically(args.output, carried.to_text().encode())
    if args.json:
        output = None if args.output is None else str(args.output)
        emit_json({"answer": "yes", "problem": end.name, "witness": as_json, "output": output})
    else:
        print(f"yes: a witness of {end.name}, checked exactly")
        if not args.quiet:
            print(shown_witness(as_json))
    return ExitCode.PROVED


def _given(args: argparse.Namespace, bundle: Bundle, place: int) -> Any:
    """The witness of the file, or the one that the bundle holds for this place."""
    from relucert.reductions.text import load_json

    instance = bundle.instances[place]
    if args.witness is None:
        if bundle.witness is None or bundle.witness.place != place:
            raise UserError(f"no witness of {instance.name} in the bundle", where=str(args.bundle), cure="name a file")
        return bundle.witness.value
    text, where = args.witness.read_text("utf-8"), str(args.witness)
    value = _solver_lines(text) if text.lstrip()[:1] in ("c", "s", "v") else load_json(text, where)
    if isinstance(value, dict) and "witness" in value:  # what decide, push and pull print with --json
        value = value["witness"]
    return instance.witness_from_json(value, where)


def _solver_lines(text: str) -> list[int]:
    """The literals of a SAT solver's answer; the last 0 is left out."""
    words = [word for line in text.splitlines() if line.startswith("v") for word in line[1:].split()]
    try:
        return [int(word) for word in words if int(word) != 0]
    except ValueError:
        raise UserError("a line of values that are not literals", cure="write 'v 1 -2 3 0'") from None
