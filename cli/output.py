"""What every sub-command shares: exit codes, one-line errors, --json and --quiet, numbers typed by people."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from fractions import Fraction
from typing import Any

_DECIMAL = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,4}))?", re.ASCII)
_RATIO = re.compile(r"([+-]?\d+)/(\d+)", re.ASCII)
MAX_DIGITS = 1000  # of a number on the command line, far below what int() and the certificate format refuse
MAX_EXPONENT = 1000


class ExitCode(IntEnum):
    """What the process returns; a verified YES and a verified NO of a decision are both PROVED."""

    PROVED = 0  # proved or valid, as declared
    REFUTED = 1  # refuted, invalid or vacuous
    INPUT_ERROR = 2  # usage or input error
    MODULO = 3  # valid only modulo an oracle, or numeric only
    UNDECIDED = 4  # time, memory or depth limit
    NOTHING_TO_CHECK = 5
    INTERNAL_ERROR = 70


class UserError(Exception):
    """A mistake that the user can repair, shown as one line ``what (where): cure`` and never as a traceback.

    Parameters
    ----------
    what : str
        What is wrong, e.g. ``"--gap must be at least 0 and below 1"``.
    where : str, optional
        The file, line, option or field.
    cure : str, optional
        What to do about it, as an imperative clause without a full stop.
    """

    def __init__(self, what: str, *, where: str | None = None, cure: str | None = None) -> None:
        place = "" if where is None else f" ({where})"
        remedy = "" if cure is None else f": {cure}"
        super().__init__(one_line(f"{what}{place}{remedy}"))
        self.what, self.where, self.cure = what, where, cure


def one_line(text: str) -> str:
    """Line breaks collapsed and unprintable characters escaped: file names and cells are foreign text."""
    collapsed = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in collapsed)


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaints are UserErrors, and which does not guess abbreviated options."""

    def __init__(self, *args: object, **options: object) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise instead of printing the usage and leaving, so that --json errors stay JSON."""
        raise UserError(message, cure=f"see {self.prog} --help")


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """The options ``--json`` and ``--quiet`` that every sub-command takes."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout, errors included")
    group.add_argument("--quiet", action="store_true", help="no progress and no notes on stderr")


def emit_json(values: Mapping[str, object]) -> None:
    """One JSON object on one line of stdout; NaN and infinity are refused because they are not JSON."""
    print(json.dumps(values, allow_nan=False))


def show_settings(kind: str, entries: Sequence[Mapping[str, Any]], *, as_json: bool) -> int:
    """What ``--list`` shows: of every entry "name", "summary" and "settings", each with "name", "default", "help"."""
    if as_json:
        emit_json({kind: entries})
        return ExitCode.PROVED
    for entry in entries:
        print(f"{entry['name']}\n    {entry['summary']}")
        for setting in entry["settings"]:
            print(f"      {setting['name']}={setting['default']}  {setting['help']}")
    return ExitCode.PROVED


def decimal_argument(text: str) -> Fraction:
    """A number that a person types, exactly: ``0.01``, ``1e-6``, ``3``, ``1/3`` (an argparse ``type``)."""
    if len(text) <= MAX_DIGITS:
        ratio = _RATIO.fullmatch(text)
        if ratio is not None and int(ratio[2]) != 0:
            return Fraction(int(ratio[1]), int(ratio[2]))
        decimal = _DECIMAL.fullmatch(text)
        if decimal is not None and abs(int(decimal[3] or "0")) <= MAX_EXPONENT:
            return Fraction(text)
    shown = text if len(text) <= 40 else f"{text[:37]}..."
    raise argparse.ArgumentTypeError(
        f"{shown!r} is not a number: write a decimal like 0.01 or 1e-6, or a ratio like 1/3"
    )


def positive_argument(kind: type[int] | type[float]) -> Callable[[str], int | float]:
    """An argparse ``type``: a finite number above 0."""

    def convert(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(0)
        if not 0 < value < float("inf"):
            noun = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f"{one_line(text)!r} is not a {noun} above 0")
        return value

    return convert


def seed_argument(text: str) -> int:
    """An argparse ``type``: a whole number from 0 on."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"{one_line(text)!r} is not a whole number from 0 on")
    return int(text)
