"""relucert derive NAME: regenerate a theorem's formulas step by step, check each step, print it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from relucert.cli.output import (
    ExitCode,
    UserError,
    add_output_options,
    decimal_argument,
    emit_json,
    one_line,
    positive_argument,
)

if TYPE_CHECKING:
    from relucert.symbolic.derivation import Derivation
    from relucert.symbolic.printers.notation import Notation
    from relucert.symbolic.verify import Report

EXTENSIONS = {"latex": "tex", "md": "md", "html": "html", "numpy": "py", "srepr": "txt"}
KINDS = ("identity", "calculus", "argument")
EXAMPLES = """examples:
  relucert derive --list
  relucert derive relu-kernel --to latex --notation cho-saul -o kernel.tex
  relucert derive non-overlapping-loss --to md --no-steps --set k=4
  relucert derive both-layers-loss --to numpy -o loss.py
  relucert derive --all -o derivations --to html
  relucert derive --check"""


class Verified(NamedTuple):
    """What verifying one derivation gave."""

    report: Report
    seconds: float
    cpu_seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert derive`."""
    parser.description = "Derive the formulas of shallow ReLU networks with Gaussian inputs, and check every step."
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to derive")
    modes = parser.add_argument_group("instead of printing one derivation")
    modes.add_argument("--list", action="store_true", help="names, titles and numbers of steps")
    modes.add_argument("--all", action="store_true", help="write all derivations and an index into the folder -o")
    modes.add_argument("--check", action="store_true", help="verify the named derivations, or all, and count steps")
    printing = parser.add_argument_group("printing")
    printing.add_argument("--to", choices=EXTENSIONS, default="md", help="format (default: md)")
    printing.add_argument("--output", "-o", type=Path, metavar="FILE", help="file, or folder with --all")
    printing.add_argument("--fragment", action="store_true", help="a part for a larger document: latex, md, html")
    printing.add_argument("--steps", action=argparse.BooleanOptionalAction, default=True, help="with the proof")
    printing.add_argument("--notation", metavar="N", help="a paper's letters: latex, md, html")
    printing.add_argument(
        "--set", action="append", default=[], metavar="SYMBOL=VALUE", help="a number for a symbol; may be repeated"
    )
    parser.add_argument(
        "--jobs", type=positive_argument(int), metavar="N", help="verify in N processes (default: one per core)"
    )
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point: one of four things to do."""
    modes = [mode for mode in ("list", "all", "check") if getattr(args, mode)]
    if len(modes) > 1:
        raise UserError(f"--{modes[0]} and --{modes[1]} exclude each other", cure="give one of them")
    if modes:
        _refuse_unused(args, modes[0])
        return {"list": _list, "all": _write_all, "check": _check}[modes[0]](args)
    if len(args.names) != 1:
        what = "no derivation named" if not args.names else "several derivations named"
        raise UserError(what, cure="give one NAME (relucert derive --list shows them), or --all, or --check")
    return _print_one(args)


def _refuse_unused(args: argparse.Namespace, mode: str) -> None:
    """Options that would have no effect are a mistake."""
    if args.names and mode != "check":
        raise UserError(f"--{mode} takes no NAME", cure=f"leave out {args.names[0]!r}")
    if args.set:
        raise UserError(f"--set does not go with --{mode}", cure="name one derivation to print")
    if mode == "all":
        if args.output is None:
            raise UserError("--all writes files", cure="say -o FOLDER")
        return
    given = {
        "--output": args.output is not None,
        "--fragment": args.fragment,
        "--no-steps": not args.steps,
        "--notation": args.notation is not None,
    }
    for option, used in given.items():
        if used:
            raise UserError(f"{option} does not go with --{mode}", cure="leave it out")


def _loaded(names: Sequence[str]) -> list[Derivation]:
    from relucert.symbolic import library

    try:
        return [library.load(name) for name in names]
    except library.UnknownDerivation as error:
        raise UserError(one_line(str(error))) from None


# ---- verifying


def _verified(name: str) -> Verified:
    """In whatever process: a derivation cannot be pickled, its name and its report can."""
    from time import perf_counter, process_time

    from relucert.symbolic.library import load
    from relucert.symbolic.verify import verify

    start, cpu_start = perf_counter(), process_time()
    report = verify(load(name))
    return Verified(report, perf_counter() - start, process_time() - cpu_start)


def _all_verified(names: Sequence[str], jobs: int | None, quiet: bool) -> Iterator[tuple[str, Verified]]:
    """In the order of the names, with progress on stderr."""
    for number, (name, verified) in enumerate(_in_processes(names, jobs or _cores()), start=1):
        if not quiet:
            state = "verified" if verified.report.verified else "NOT VERIFIED"
            line = f"[{number}/{len(names)}] {name}: {len(verified.report.steps)} steps {state}"
            print(f"{line} ({verified.seconds:.1f} s)", file=sys.stderr, flush=True)
        yield name, verified


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_processes(names: Sequence[str], jobs: int) -> Iterator[tuple[str, Verified]]:
    if min(jobs, len(names)) < 2:
        yield from ((name, _verified(name)) for name in names)
        return
    from relucert.cli.interrupts import end_workers, worker_pool

    pool = worker_pool(min(jobs, len(names)))
    try:
        yield from zip(names, pool.map(_verified, names), strict=True)
    except BaseException:
        end_workers(pool)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _failures(report: Report) -> list[dict[str, str]]:
    return [
        {"step": step.step, "kind": step.kind, "detail": one_line(step.detail)}
        for step in report.steps
        if not step.verified
    ]


def _complain(report: Report) -> None:
    for failure in _failures(report):
        line = f"{report.derivation}: step {failure['step']!r} ({failure['kind']}) fails: {failure['detail']}"
        print(f"relucert: {line}", file=sys.stderr)


def _check(args: argparse.Namespace) -> int:
    from relucert.symbolic import library

    names = list(dict.fromkeys(args.names)) or list(library.names())
    _loaded(names)
    if not names:
        if args.json:
            emit_json({"verdict": "nothing to check", "derivations": []})
        else:
            print("nothing to check: there are no derivations")
        return ExitCode.NOTHING_TO_CHECK
    rows = []
    width = max(len(name) for name in names)
    for name, verified in _all_verified(names, args.jobs, args.quiet or not args.json):
        report = verified.report
        rows.append(_row(verified))
        if not args.json and not args.quiet:
            verdict = "verified" if report.verified else "FAILS"
            print(f"{name:{width}}  {_counted(rows[-1])}  {verdict}  {verified.seconds:5.1f} s", flush=True)
            for failure in _failures(report):
                print(f"  step {failure['step']!r} ({failure['kind']}): {failure['detail']}")
    total: dict[str, object] = {kind: sum(int(str(row[kind])) for row in rows) for kind in ("steps", *KINDS)}
    good = all(row["verified"] for row in rows)
    if args.json:
        emit_json({"verdict": "verified" if good else "failed", **total, "derivations": rows})
    else:
        print(f"{len(rows)} derivations, {_counted(total)}: {'verified' if good else 'FAILED'}")
    return ExitCode.PROVED if good else ExitCode.REFUTED


def _row(verified: Verified) -> dict[str, object]:
    report = verified.report
    return {
        "name": report.derivation,
        "verified": report.verified,
        "steps": len(report.steps),
        **{kind: report.count(kind) for kind in KINDS},
        "seconds": round(verified.seconds, 3),
        "cpu_seconds": round(verified.cpu_seconds, 3),
        "failures": _failures(report),
    }


def _counted(row: dict[str, object]) -> str:
    counts = ", ".join(f"{row[kind]:2} {kind}" for kind in KINDS)
    return f"{row['steps']:3} steps ({counts})"


# ---- listing and printing


def _list(args: argparse.Namespace) -> int:
    from relucert.symbolic import library

    derivations = _loaded(library.names())
    if args.json:
        emit_json(
            {
                "derivations": [
                    {
                        "name": item.name,
                        "title": item.title,
                        "source": item.source,
                        "steps": len(item.steps),
                        "results": [result.name for result in item.results],
                    }
                    for item in derivations
                ]
            }
        )
        return ExitCode.PROVED
    width = max((len(item.name) for item in derivations), default=0)
    for item in derivations:
        print(f"{item.name:{width}}  {len(item.steps):3} steps  {item.title}")
    print(f"{len(derivations)} derivations, {sum(len(item.steps) for item in derivations)} steps")
    return ExitCode.PROVED


def _print_one(args: argparse.Namespace) -> int:
    from relucert.cli.files import require_writable, write_atomically
    from relucert.symbolic.printers.numpy_pieces import CannotPrint

    _fits_format(args)
    (derivation,) = _loaded(args.names)
    shown = _instance(derivation, args.set)
    if args.output is not None:
        require_writable(args.output)
    report = _verified(derivation.name).report  # of the general statement: its cases hold with it
    try:
        text = _printed(shown, report, args)
    except (CannotPrint, ValueError) as error:
        raise UserError(
            one_line(f"{derivation.name} cannot be printed: {error}"), cure="choose another --to or --notation"
        ) from None
    if args.output is not None:
        write_atomically(args.output, text.encode())
    if args.json:
        values = {"name": derivation.name, "verified": report.verified, "failures": _failures(report)}
        where = {"text": text} if args.output is None else {"output": str(args.output)}
        emit_json({"verdict": "verified" if report.verified else "failed", **values, **where})
    elif args.output is None:
        sys.stdout.write(text)
    _complain(report)
    return ExitCode.PROVED if report.verified else ExitCode.REFUTED


def _fits_format(args: argparse.Namespace) -> None:
    """Options that the format cannot follow are a mistake."""
    if args.to in ("numpy", "srepr"):
        for option, used in {"--fragment": args.fragment, "--notation": args.notation is not None}.items():
            if used:
                raise UserError(f"{option} has no meaning for --to {args.to}", cure="leave it out")
    if args.to == "numpy" and not args.steps:
        raise UserError("--to numpy has no steps", cure="leave out --no-steps")
    if args.to == "html":
        import latex2mathml  # noqa: F401  a missing package is said before the work
    _notation(args)


def _notation(args: argparse.Namespace) -> Notation:
    from relucert.symbolic.printers.notation import DEFAULT, UnknownNotation, notation

    try:
        return DEFAULT if args.notation is None else notation(args.notation)
    except UnknownNotation as error:
        raise UserError(one_line(str(error))) from None


def _instance(derivation: Derivation, settings: Sequence[str]) -> Derivation:
    from relucert.symbolic.instance import CannotSet, instance

    values: dict[str, Fraction] = {}
    for text in settings:
        name, equals, number = text.partition("=")
        if not equals or not name.strip():
            raise UserError(f"--set {one_line(text)!r} is no assignment", cure="write for example --set k=4")
        if name.strip() in values:
            raise UserError(f"--set gives {name.strip()} two values", cure="leave one out")
        try:
            values[name.strip()] = decimal_argument(number.strip())
        except argparse.ArgumentTypeError as error:
            raise UserError(f"--set {name.strip()}: {error}") from None
    try:
        return instance(derivation, values) if values else derivation
    except CannotSet as error:
        raise UserError(one_line(f"--set: {error}")) from None


def _printed(derivation: Derivation, report: Report, args: argparse.Namespace) -> str:
    if args.to == "numpy":
        from relucert.symbolic.printers.numpy_code import module

        return module(derivation, verified=report.verified)
    if args.to == "srepr":
        from relucert.symbolic.printers.srepr import srepr

        return srepr(derivation, report, steps=args.steps)
    from relucert.symbolic.printers.document import document
    from relucert.symbolic.printers.html import html
    from relucert.symbolic.printers.markdown import markdown

    write = {"latex": document, "md": markdown, "html": html}[args.to]
    return write(derivation, report, notation=_notation(args), steps=args.steps, fragment=args.fragment)


def _write_all(args: argparse.Namespace) -> int:
    from relucert.cli.files import write_atomically
    from relucert.symbolic import library

    _fits_format(args)
    folder: Path = args.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {folder}", where=error.strerror, cure="choose another one") from None
    names = library.names()
    derivations, reports = dict(zip(names, _loaded(names), strict=True)), {}
    for name, verified in _all_verified(names, args.jobs, args.quiet):
        reports[name] = report = verified.report
        write_atomically(folder / _file_name(name, args.to), _printed(derivations[name], report, args).encode())
        _complain(report)
    for file, text in _index(derivations, reports, args).items():
        write_atomically(folder / file, text.encode())
    good = all(report.verified for report in reports.values())
    if args.json:
        files = [_file_name(name, args.to) for name in names]
        failed = [name for name, report in reports.items() if not report.verified]
        values = {"folder": str(folder), "files": files, "failed": failed}
        emit_json({"verdict": "verified" if good else "failed", **values})
    elif not args.quiet:
        print(f"{len(names)} derivations written to {folder}: {'verified' if good else 'NOT ALL VERIFIED'}")
    return ExitCode.PROVED if good else ExitCode.REFUTED


def _file_name(name: str, form: str) -> str:
    return f"{name.replace('-', '_') if form == 'numpy' else name}.{EXTENSIONS[form]}"


def _index(derivations: dict[str, Derivation], reports: dict[str, Report], args: argparse.Namespace) -> dict[str, str]:
    """The index: for LaTeX the collection in one article, for NumPy a package."""
    items = list(derivations.values())
    if args.to == "latex":
        from relucert.symbolic.printers.document import collection

        pairs = [(item, reports[item.name]) for item in items]
        return {"index.tex": collection(pairs, notation=_notation(args), steps=args.steps)}
    if args.to == "md":
        from relucert.symbolic.printers.markdown import index

        return {"index.md": index(items)}
    if args.to == "html":
        from relucert.symbolic.printers.html import index as html_index

        return {"index.html": html_index(items)}
    if args.to == "numpy":
        from relucert.symbolic.printers.numpy_code import package

        return {"__init__.py": package(items)}
    return {"index.txt": "".join(f"{item.name}.txt\t{item.title}\n" for item in items)}
