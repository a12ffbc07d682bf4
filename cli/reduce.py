"""relucert reduce INSTANCE --to PROBLEM: the instance of another problem with the same answer."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.files import require_writable, write_atomically
from relucert.cli.instances import add_instance_options, described, load, one_line_errors, path_json
from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle

EXAMPLES = """examples:
  relucert reduce formula.cnf --to k-non-overlap -k 2 -o bundle.json
  relucert reduce --instance vdw:3,3,3,27 --to k-non-overlap -o bundle.json
  relucert reduce --instance fano --to k-non-overlap -k 3 --npz fano.npz     then: relucert descend fano.npz --patches 3
  relucert reduce graph.col -k 3 --to half-space-intersection --json
  relucert reduce --list
  relucert reduce --graph reductions.svg"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert reduce`."""
    parser.description = (
        "Reduce an instance to another problem along the shortest chain of reductions, each with maps of witnesses "
        "both ways: push carries a witness to the end of the chain, pull back to its beginning."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_instance_options(parser)
    parser.add_argument("--to", metavar="PROBLEM", help="the problem to reach, e.g. k-non-overlap")
    parser.add_argument(
        "--via", action="append", default=[], metavar="REDUCTION", help="a reduction to use; repeatable"
    )
    parser.add_argument("--list", action="store_true", help="problems, reductions and named instances")
    parser.add_argument("--graph", type=Path, metavar="FILE", help="draw all reductions: .svg or .dot")
    parser.add_argument("-o", "--output", type=Path, metavar="BUNDLE", help="the chain with all its instances, JSON")
    parser.add_argument("--npz", type=Path, metavar="FILE", help="the network's samples as arrays X and y of float64")
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    if args.list:
        return _list(args.json)
    if args.graph is not None:
        return _graph(args.graph)
    for path in (args.output, args.npz):
        if path is not None:
            require_writable(path)
    bundle = _reduced(args)
    samples, notes = (None, []) if args.npz is None else _samples(bundle, args.npz)
    if args.output is not None:
        write_atomically(args.output, bundle.to_text().encode())
    if samples is not None:
        write_atomically(args.npz, samples)
    if args.json:
        emit_json({**path_json(bundle), "output": None if args.output is None else str(args.output), "notes": notes})
    else:
        print("\n".join([*_lines(bundle), *notes]))
    return ExitCode.PROVED


def _reduced(args: argparse.Namespace) -> Bundle:
    from relucert.reductions.bundle import Bundle
    from relucert.reductions.graph import chain

    given = load(args)
    if args.to is None:
        raise UserError("no problem to reduce to", cure="say --to PROBLEM; --list shows them")
    with one_line_errors():
        links = chain(given.target, args.to, k=args.k, via=tuple(args.via))
        instances = list(given.instances)
        for link in links:
            instances.append(link.apply(instances[-1]))
        return Bundle(tuple(instances), (*given.links, *links))


def _lines(bundle: Bundle) -> list[str]:
    lines = [described(bundle.source)]
    for link, instance in zip(bundle.links, bundle.instances[1:], strict=True):
        lines.append(f"  by {link.name} ({link.citation})")
        lines.append(described(instance))
    return lines


def _samples(bundle: Bundle, path: Path) -> tuple[bytes, list[str]]:
    """An archive of the samples as dense float64 arrays, with the exact numbers where these are rounded; notes."""
    import io

    import numpy as np

    from relucert.reductions.files import MAX_ENTRIES
    from relucert.reductions.problems.k_non_overlap import KNonOverlap

    network = bundle.target
    if not isinstance(network, KNonOverlap):
        raise UserError("--npz holds the samples of a network", cure="reduce --to k-non-overlap")
    instance = network.instance
    rows, k, p = len(instance.samples), instance.k, instance.p
    if rows * k * p > MAX_ENTRIES:
        raise UserError(
            f"--npz: {rows} samples of {k} patches of length {p} are too many numbers",
            cure=f"reduce a smaller instance, at most {MAX_ENTRIES} are written",
        )
    inputs, targets = np.zeros((rows, k, p)), np.zeros(rows)
    rounded = [0, 0]
    for t, sample in enumerate(instance.samples):
        targets[t] = _float(sample.label)
        rounded[0] += int(targets[t] != sample.label)
        for s, patch in enumerate(sample.patches):
            for i, value in patch:
                inputs[t, s, i] = _float(value)
                rounded[1] += int(inputs[t, s, i] != value)
    arrays: dict[str, Any] = {"X": inputs.reshape(rows, k * p), "y": targets}
    if rounded[0]:
        arrays["exact_labels"] = np.array([str(sample.label) for sample in instance.samples])
    if rounded[1]:
        texts = np.full(inputs.shape, "0", dtype=object)
        for t, sample in enumerate(instance.samples):
            for s, patch in enumerate(sample.patches):
                for i, value in patch:
                    texts[t, s, i] = str(value)
        arrays["exact_patches"] = texts.astype(str)
    archive = io.BytesIO()
    np.savez_compressed(archive, **arrays)
    notes = [f"{rows} samples of {k} patches of length {p} in {path}: relucert descend {path} --patches {k}"]
    if any(rounded):
        notes.append(
            f"{sum(rounded)} numbers are no float64: X and y hold the nearest, the arrays exact_.. the numbers, "
            f"for relucert decide {path} -k {k}"
        )
    return archive.getvalue(), notes


def _float(value: Fraction) -> float:
    """The nearest float64; UserError when there is none."""
    try:
        return float(value)
    except OverflowError:
        raise UserError("--npz: a number is larger than all float64", cure="scale the samples") from None


def _list(as_json: bool) -> int:
    from relucert.reductions.families import FAMILIES
    from relucert.reductions.graph import PROBLEMS, REDUCTIONS

    problems: list[dict[str, Any]] = [{"name": problem.name, "question": problem.question} for problem in PROBLEMS]
    reductions = [
        {
            "name": link.name,
            "source": link.source.name,
            "target": link.target.name,
            "parsimonious": link.parsimonious,
            "size_bound": dict(link.size_bound),
            "citation": link.citation,
        }
        for link in REDUCTIONS
    ]
    families = [{"syntax": family.syntax, "about": family.about} for family in FAMILIES]
    if as_json:
        emit_json({"problems": problems, "reductions": reductions, "instances": families})
        return ExitCode.PROVED
    print("problems")
    for problem in problems:
        print(f"  {problem['name']:<26}{problem['question']}")
    print("reductions")
    for link in reductions:
        exact = "; the maps of witnesses are bijections" if link["parsimonious"] else ""
        print(f"  {link['name']:<30}{link['source']} -> {link['target']}{exact}")
    print("named instances")
    for family in families:
        print(f"  {family['syntax']:<26}{family['about']}")
    return ExitCode.PROVED


def _graph(path: Path) -> int:
    from relucert.reductions.graph import as_dot, as_svg

    require_writable(path)
    if path.suffix.lower() not in (".svg", ".dot"):
        raise UserError(f"--graph {path}: unknown kind of picture", cure="end the name in .svg or .dot")
    write_atomically(path, (as_svg() if path.suffix.lower() == ".svg" else as_dot()).encode())
    return ExitCode.PROVED
