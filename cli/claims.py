"""relucert claims: a ledger of theory claims, checked next to a paper."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from relucert.cli.output import ExitCode, Parser, UserError, add_output_options, emit_json, one_line, positive_argument

if TYPE_CHECKING:
    from relucert.claims.errors import LedgerError
    from relucert.claims.ledger import Ledger
    from relucert.claims.outcome import Outcome, Report

FORMATS = {
    "html": "a page that needs no network: search, verdicts, formulas, what has to be believed",
    "markdown": "the summary of a job",
    "junit": "test cases as XML",
    "sarif": "SARIF 2.1.0, at the lines of the paper and of the ledger",
    "badge": "JSON for a badge of shields.io",
}
INTERRUPTED = 130  # the shell's own code
EXAMPLES = """examples:
  relucert claims init paper.tex                   a first claims.toml from the theorems of a paper
  relucert claims check                            ./claims.toml: search what is open, replay what is recorded
  relucert claims update                           write the certificates and their hashes
  relucert claims check --frozen --json            in CI: replay only
  relucert claims check --html report.html --sarif claims.sarif --junit claims.xml
  relucert claims show lem:sine                    the author's words and the checker's
  relucert claims why lem:sine                     why it is not settled
  relucert claims latex -o claims.tex              marks for the theorems and a table for the appendix
  relucert claims graph -o claims.svg              what rests on what
  relucert claims check --library --frozen         the theorems of the field, replayed

exit codes: 0 as declared, 1 not as declared, 2 input error (also: labels that do not fit the paper), 3 as declared, but
some only sampled or modulo an oracle, 4 undecided, 5 no claims"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `relucert claims` and their options."""
    parser.description = "Check a ledger of theory claims: what is proved, how, and what drifted (docs/claims.md)."
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(
        title="commands", dest="action", metavar="ACTION", required=True, parser_class=Parser
    )
    check = commands.add_parser("check", help="check every claim")
    _add_paths(check)
    check.add_argument("--only", action="append", default=[], metavar="ID", help="only this claim; may be repeated")
    check.add_argument(
        "--grade", choices=("exact", "interval", "symbolic"), help="proofs of weaker grades do not count"
    )
    files = check.add_argument_group("files for people and CI systems")
    for name, summary in FORMATS.items():
        files.add_argument(f"--{name}", type=Path, metavar="FILE", help=summary)
    update = commands.add_parser("update", help="make the certificates that are missing or stale, and record them")
    update.add_argument("ids", nargs="*", metavar="ID", help="ids or labels (default: all)")
    update.add_argument("--ledger", action="append", type=Path, default=[], metavar="PATH", help="default claims.toml")
    for name, summary in (("show", "one claim in the author's words and the checker's"),
                          ("why", "why a claim is not settled, and what might help")):  # fmt: skip
        one = commands.add_parser(name, help=summary)
        one.add_argument("id", metavar="ID", help="id or label")
        _add_paths(one)
    init = commands.add_parser("init", help="write a first ledger from a paper's theorems")
    init.add_argument("paper", type=Path, metavar="PAPER.tex")
    init.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: claims.toml beside the paper")
    latex = commands.add_parser("latex", help="macros with which the paper typesets how its theorems stand")
    graph = commands.add_parser("graph", help="an SVG of what rests on what")
    for writing in (latex, graph):
        _add_paths(writing)
        writing.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    for sub_parser in commands.choices.values():
        if sub_parser is not init:
            _add_running(sub_parser, frozen=sub_parser is not update)
        add_output_options(sub_parser)


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="ledgers, or folders with a claims.toml (default: here)"
    )
    parser.add_argument("--library", action="store_true", help="the theorems of the field that come with relucert")


def _add_running(parser: argparse.ArgumentParser, *, frozen: bool) -> None:
    group = parser.add_argument_group("running")
    if frozen:
        group.add_argument(
            "--frozen", action="store_true", help="replay recorded certificates; search for none, trust no cache"
        )
    group.add_argument("--allow-code", action="store_true", help="run the Python functions that claims name")
    group.add_argument("--jobs", type=positive_argument(int), metavar="N", help="processes (default: one per core)")
    group.add_argument("--cache", type=Path, metavar="FOLDER", help="of what was found before (default: the user's)")
    group.add_argument("--no-cache", action="store_true", help="settle everything anew and keep nothing")


def run(args: argparse.Namespace) -> int:
    """Entry point: one of the actions."""
    from relucert.claims.errors import LedgerError

    actions = {"check": _check, "update": _update, "show": _show, "why": _why, "init": _init, "latex": _latex,
               "graph": _graph}  # fmt: skip
    try:
        return actions[args.action](args)
    except LedgerError as error:
        raise _explained(error) from None


def _explained(error: LedgerError) -> UserError:
    where = None if error.where is None else one_line(error.where)
    return UserError(one_line(error.what), where=where, cure=error.cure and one_line(error.cure))


def _cache(args: argparse.Namespace) -> Path | None:
    from relucert.claims.cache import default_folder

    return None if args.no_cache else args.cache or default_folder()


def _report(args: argparse.Namespace, only: list[str]) -> Report:
    from relucert.claims.run import LIBRARY, check_ledgers

    progress = _Progress(args.quiet)
    try:
        return check_ledgers(
            [*args.paths, LIBRARY] if args.library else args.paths,
            frozen=args.frozen,
            allow_code=args.allow_code,
            jobs=args.jobs,
            cache=_cache(args),
            only=only,
            grade=getattr(args, "grade", None),
            progress=progress.step,
        )
    finally:
        progress.end()


def _check(args: argparse.Namespace) -> int:
    from relucert.cli.claims_text import as_table
    from relucert.cli.files import require_writable, write_atomically

    wanted = {name: path for name in FORMATS if (path := getattr(args, name)) is not None}
    for path in wanted.values():
        require_writable(path)
    report = _report(args, args.only)
    for name, path in wanted.items():
        write_atomically(path, _formatted(report, name).encode())
    if args.json:
        from relucert.claims.as_json import report_json

        emit_json(report_json(report))
    else:
        print(report.summary() if args.quiet else as_table(report))
    if report.interrupted:
        return _interrupted()
    return int(report.exit_code)


def _formatted(report: Report, name: str) -> str:
    """The report in a format: the function has the format's name, in the module of that name."""
    from importlib import import_module

    return str(getattr(import_module(f"relucert.claims.outputs.{name}"), name)(report))


def _interrupted() -> int:
    print("relucert: interrupted; what was finished is kept", file=sys.stderr)
    return INTERRUPTED


def _update(args: argparse.Namespace) -> int:
    from relucert.claims.as_json import outcome_json
    from relucert.claims.run import find_ledgers
    from relucert.claims.update import update_ledgers
    from relucert.cli.claims_text import row

    ledgers = find_ledgers(args.ledger, allow_code=args.allow_code)
    progress = _Progress(args.quiet)
    try:
        done = update_ledgers(
            ledgers,
            only=args.ids,
            allow_code=args.allow_code,
            jobs=args.jobs,
            cache=_cache(args),
            progress=progress.step,
        )
    finally:
        progress.end()
    bad = [outcome for outcome in done.outcomes if outcome.exit_code != 0]
    if args.json:
        emit_json(
            {"verdict": "updated", "written": done.written, "claims": [outcome_json(one) for one in done.outcomes]}
        )
    else:
        for name, path in done.written.items():
            print(f"recorded  {name}  {path}")
        for outcome in bad:
            print(row(outcome))
        print(
            f"{len(done.written)} certificates recorded, {len(done.outcomes)} claims, {len(bad)} not proved as declared"
        )
    if done.interrupted:
        return _interrupted()
    if not done.outcomes:
        return ExitCode.NOTHING_TO_CHECK
    return max((int(outcome.exit_code) for outcome in bad), default=0)


def _one(args: argparse.Namespace) -> tuple[Outcome, Ledger]:
    report = _report(args, [args.id])
    if not report.outcomes:
        raise KeyboardInterrupt
    outcome = report.outcomes[0]
    return outcome, next(ledger for ledger in report.ledgers if outcome.claim in ledger.claims)


def _show(args: argparse.Namespace) -> int:
    from relucert.claims.as_json import outcome_json
    from relucert.cli.claims_text import shown

    outcome, ledger = _one(args)
    if args.json:
        emit_json(outcome_json(outcome))
    else:
        print(shown(outcome, ledger))
    return int(outcome.exit_code)


def _why(args: argparse.Namespace) -> int:
    from relucert.claims.as_json import outcome_json
    from relucert.cli.claims_text import why

    outcome, _ = _one(args)
    if args.json:
        emit_json(outcome_json(outcome))
    else:
        print(why(outcome))
    return int(outcome.exit_code)


def _init(args: argparse.Namespace) -> int:
    from relucert.claims.ledger import Place
    from relucert.claims.paper.skeleton import skeleton
    from relucert.claims.paper.source import read_source
    from relucert.claims.paper.theorems import contents
    from relucert.claims.run import NAME, checker
    from relucert.cli.files import write_atomically

    output: Path = args.output or args.paper.parent / NAME
    if output.exists():
        raise UserError(f"{output} is already there", cure="say -o OTHER.toml, or remove it")
    folder = output.parent
    try:
        tex = args.paper.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise UserError(f"{args.paper} is not inside {folder}", cure="write the ledger beside the paper") from None
    paper = contents(read_source(folder, tex, Place(args.paper)))
    labelled = [theorem for theorem in paper.theorems if theorem.labels]
    write_atomically(output, skeleton(paper, tex, checker()).encode())
    if args.json:
        emit_json({"ledger": str(output), "claims": len(labelled), "theorems": len(paper.theorems)})
    else:
        print(f"{output}: {len(labelled)} claims for {len(paper.theorems)} theorems, all open")
    if not args.quiet:
        for theorem in paper.theorems:
            if not theorem.labels:
                place = f"{theorem.place}"
                print(f"relucert: a {theorem.environment} has no label ({place}): add one", file=sys.stderr)
    return ExitCode.PROVED if labelled else ExitCode.NOTHING_TO_CHECK


def _latex(args: argparse.Namespace) -> int:
    from relucert.claims.latex import macros

    report = _report(args, [])
    name = args.output.stem if args.output is not None else "claims"
    return _written(args, report, macros(report, name))


def _graph(args: argparse.Namespace) -> int:
    from relucert.claims.graph import graph_of
    from relucert.claims.graph_svg import svg

    report = _report(args, [])
    if len(report.ledgers) != 1:
        raise UserError("a graph shows one ledger", cure="name one PATH")
    ledger = report.ledgers[0]
    title = f"{ledger.title or ledger.path.name}: {report.summary()}"
    return _written(args, report, svg(graph_of(ledger, report.outcomes), title))


def _written(args: argparse.Namespace, report: Report, text: str) -> int:
    """Into the file or on standard output; that not all is as declared is said, and is no failure of writing."""
    from relucert.cli.files import write_atomically

    if report.interrupted:
        return _interrupted()
    if args.output is not None:
        write_atomically(args.output, text.encode())
    if args.json:
        where = {"text": text} if args.output is None else {"output": str(args.output)}
        emit_json({**where, "summary": report.summary(), "exit_code_of_check": int(report.exit_code)})
    elif args.output is None:
        sys.stdout.write(text)
    if not args.quiet:
        print(f"relucert: {report.summary()}", file=sys.stderr)
    return ExitCode.PROVED if report.outcomes else ExitCode.NOTHING_TO_CHECK


class _Progress:
    """Claims as they come: one line rewritten on a terminal; elsewhere a line for each that was not known before."""

    def __init__(self, quiet: bool) -> None:
        self.quiet, self.terminal, self.open = quiet, sys.stderr.isatty(), False

    def step(self, outcome: Outcome, known: int, of: int) -> None:
        if self.quiet or (outcome.cached and not self.terminal):
            return
        text = f"[{known}/{of}] {outcome.claim.id}: {outcome.verdict} ({outcome.settled.seconds:.1f} s)"
        if self.terminal:
            print(f"\r{text[:78]:<78}", end="", file=sys.stderr, flush=True)
            self.open = True
        else:
            print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.open:
            print(f"\r{'':<78}\r", end="", file=sys.stderr, flush=True)
