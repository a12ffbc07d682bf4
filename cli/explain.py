"""relucert explain CERT: a certificate for people, as Markdown or HTML, with a picture of the dual function."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from urllib.parse import quote

from relucert.cli.files import write_atomically
from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json

EXAMPLES = """examples:
  relucert explain net.cert.json
  relucert explain net.cert.json -o report.html --plot dual.svg"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert explain`."""
    parser.description = "Describe a certificate: problem, numbers, tree statistics, where the bound is tight."
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("certificate", type=Path, metavar="CERT")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=".md or .html (default: Markdown on stdout)")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help=".svg or .png: the dual function and the hidden units"
    )
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point."""
    from relucert.certify.check.real.door import kind
    from relucert.cli.explanation import explain
    from relucert.cli.explanation_report import as_html, as_markdown

    try:
        data = args.certificate.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {error.filename}: {error.strerror}", cure="check the path") from None
    explanation = explain(data)
    if not explanation.valid and kind(data) in ("real-formula", "zero-set", "descent"):
        drawn = ", relucert prove --plot draws it" if kind(data) == "real-formula" else ""
        raise UserError(
            "the certificate is about real functions",
            where=str(args.certificate),
            cure=f"relucert check says what it proves{drawn}",
        )
    if not explanation.valid:
        raise UserError(
            f"not a valid certificate: {explanation.reason}", where=str(args.certificate), cure="use an unaltered one"
        )
    if args.plot is not None:
        from relucert.cli.explanation_plot import plot_dual

        plot_dual(explanation, args.plot)
    picture = None if args.plot is None else _link(args.plot, args.output)
    if args.json:
        emit_json(explanation.summary)
    elif args.output is None:
        print(as_markdown(explanation, picture))
    else:
        text = as_html(explanation, picture) if args.output.suffix == ".html" else as_markdown(explanation, picture)
        write_atomically(args.output, text.encode())
    return ExitCode.PROVED


def _link(picture: Path, report: Path | None) -> str:
    """The picture's place as seen from the report; in full when nobody knows where the report is put.

    Whoever redirects stdout chooses a folder that is not told to us: a relative link would hold in one folder only.
    """
    if report is not None:
        try:
            return quote(Path(os.path.relpath(picture, report.parent)).as_posix())
        except ValueError:  # another drive
            pass
    return picture.absolute().as_uri()
