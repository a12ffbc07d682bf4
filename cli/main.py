"""The command `relucert`: loads the one sub-command that is called and turns every failure into one line and a code."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from relucert.cli.output import ExitCode, Parser, UserError, emit_json, one_line

# name: (module, one line for --help).  A module has add_arguments(parser) and run(args) -> int, and is imported only
# when its command is the one called, so that --help and errors never wait for NumPy.
COMMANDS = {
    "certify": ("relucert.cli.certify", "prove how far a network is from the global optimum"),
    "check": ("relucert.cli.check", "replay a certificate and say what it proves"),
    "explain": ("relucert.cli.explain", "show a certificate in words and pictures"),
    "prove": ("relucert.cli.prove", "prove or refute an inequality between real functions"),
    "reduce": ("relucert.cli.reduce", "reduce an instance to another problem, with maps of witnesses"),
    "decide": ("relucert.cli.decide", "decide an instance, with a witness or a certificate"),
    "push": ("relucert.cli.push", "carry a witness along a chain of reductions"),
    "pull": ("relucert.cli.pull", "carry a witness back to the source of a chain"),
    "derive": ("relucert.cli.derive", "derive population losses of ReLU networks, checking every step"),
    "landscape": ("relucert.cli.landscape", "certify all critical points of a population loss"),
    "descend": ("relucert.cli.descend", "run gradient descent thousands of times next to the theory"),
    "claims": ("relucert.cli.claims", "check the ledger of a paper's claims"),
    "crosscheck": ("relucert.cli.crosscheck", "compare kernels, printed formulas, samples and differences"),
}

# The shell's own codes for these two signals; neither is a verdict.
INTERRUPTED, BROKEN_PIPE = 130, 141


class _PrintVersion(argparse.Action):
    """Looks the version up only when asked: importlib.metadata costs more than everything else in --help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"relucert {version('relucert')}")
        except PackageNotFoundError:
            print("relucert (not installed, run from its sources)")
        parser.exit()


def _help_formatter(prog: str) -> argparse.HelpFormatter:
    """A column that the longest command fits: argparse forgets that commands are indented once more."""
    formatter = argparse.HelpFormatter(prog)
    formatter._action_max_length = 4 + max(map(len, COMMANDS))
    return formatter


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """The parser of all commands; only `command` gets its own options, because only its module is imported."""
    parser = Parser(
        prog="relucert",
        description="Proofs about two-layer ReLU networks, replayed in exact arithmetic: training, theory, hardness.",
        epilog="Options of one command: relucert COMMAND --help",
        formatter_class=_help_formatter,
    )
    parser.add_argument("--version", action=_PrintVersion, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        sub_parser = commands.add_parser(name, help=summary)
        if name == command:
            importlib.import_module(module).add_arguments(sub_parser)
    return parser


def _named_command(arguments: Sequence[str]) -> str | None:
    """The first word that is no option; no option before the command takes a value."""
    name = next((word for word in arguments if not word.startswith("-")), None)
    if name is not None and name not in COMMANDS:
        from difflib import get_close_matches

        near = get_close_matches(name, COMMANDS, n=1)
        raise UserError(f"unknown command {name!r}", cure=f"did you mean {near[0]}?" if near else _choices())
    return name


def _choices() -> str:
    return f"choose {', '.join(COMMANDS)}"


def _run(arguments: Sequence[str]) -> int:
    command = _named_command(arguments)
    parser = build_parser(command)
    if command is None and not {"-h", "--help", "--version"} & set(arguments):
        raise UserError("no command given", cure=f"{_choices()}, or see relucert --help")
    args = parser.parse_args(arguments)
    return int(importlib.import_module(COMMANDS[args.command][0]).run(args))


def _explained(error: Exception) -> str | None:
    """The one line for a failure that the user can repair; None for a fault of this program."""
    if isinstance(error, UserError):
        return str(error)
    readers = sys.modules.get("relucert.certify.read.errors")  # whoever raised its InputError has imported it
    if readers is not None and isinstance(error, readers.InputError):
        return one_line(str(error))
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("relucert"):
        package = error.name.partition(".")[0]
        return f"the package {package} is not installed: python -m pip install {package}, or relucert[all]"
    if isinstance(error, OSError) and error.strerror:
        if error.filename is None:  # an open file, most likely standard output
            return f"{error.strerror}: check where the output goes"
        return one_line(f"{error.strerror} ({error.filename}): check the path and its permissions")
    return None


def _report(message: str, as_json: bool) -> None:
    if as_json:
        emit_json({"verdict": "error", "error": message})
    print(f"relucert: error: {message}", file=sys.stderr)


def _handled(arguments: Sequence[str]) -> int:
    """Run the command; every exception but a broken pipe becomes a message and an exit code."""
    as_json = "--json" in arguments
    try:
        return _run(arguments)
    except SystemExit as leaving:  # --help and --version
        return leaving.code if isinstance(leaving.code, int) else ExitCode.PROVED
    except KeyboardInterrupt:
        print("relucert: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except MemoryError:
        _report("out of memory: give the search a smaller --memory, or use a larger machine", as_json)
        return ExitCode.UNDECIDED
    except Exception as error:
        if os.environ.get("RELUCERT_DEBUG") == "1":
            import traceback

            traceback.print_exc()
        message = _explained(error)
        if message is not None:
            _report(message, as_json)
            return ExitCode.INPUT_ERROR
        _report(
            one_line(f"internal error: {type(error).__name__}: {error} (RELUCERT_DEBUG=1 shows where)"),
            as_json,
        )
        return ExitCode.INTERNAL_ERROR


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `relucert` with these arguments (default: those of the process) and return its exit code."""
    # The matrices here are small: BLAS threads cost several times more than they save.  Before NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name that the terminal cannot show is no crash
    try:
        code = _handled(sys.argv[1:] if arguments is None else arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a failure can still change the exit code
    except BrokenPipeError:
        # the reader has gone; the interpreter's own last flush must not complain about it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        print(f"relucert: error: cannot write to standard output ({error.strerror})", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.INPUT_ERROR
    return code


if __name__ == "__main__":
    sys.exit(main())
