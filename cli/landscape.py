"""relucert landscape MODEL: all critical points of a population loss, each with a certificate."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.output import ExitCode, UserError, add_output_options, emit_json, positive_argument, show_settings

if TYPE_CHECKING:
    from types import ModuleType

    from relucert.certify.landscapes.theorem import Parameter
    from relucert.certify.search.landscape import SettledLandscape, SettledPart, SettledPoint

MODELS = ("non-overlapping", "overlapping", "both-layers", "symmetric", "leaky")
FORMAT, VERSION, INDEX = "relucert-landscape", 2, "index.json"
MOST_VALUES = 1000
EXAMPLES = """examples:
  relucert landscape --list
  relucert landscape non-overlapping --set k=2..10 -o landscape/       certificates, each for `relucert check`
  relucert landscape both-layers --set teacher=1,-4/5
  relucert landscape leaky --set k=2 alpha=1/20,1/5 --json
  relucert check landscape/                                            replay all of them"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `relucert landscape`."""
    parser.description = (
        "Certify all critical points of a population loss: boxes that hold exactly one each, their kind, and a bound "
        "of the gradient away from them. Which part is replayed, which derived: docs/landscapes.md."
    )
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", nargs="?", metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--list", action="store_true", help="the models and their settings")
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="settings, e.g. k=2..10"
    )
    parser.add_argument("--output", "-o", type=Path, metavar="DIR", help="write the certificates and an index")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="picture of the landscape: .svg, .png, .pdf")
    seconds = positive_argument(float)
    parser.add_argument("--time", type=seconds, default=60.0, metavar="S", help="seconds for one part (default 60)")
    add_output_options(parser)


def run(args: argparse.Namespace) -> int:
    """Entry point; every verdict is the checker's."""
    if args.list:
        return _list(args.json)
    if args.model is None:
        raise UserError("no model named", cure="relucert landscape --list shows them")
    model = model_named(args.model)
    values = _values(model.PARAMETERS, args.set)
    folder = _folder(args.output)
    if args.plot is not None:
        from relucert.cli.landscape_plot import require_plottable

        require_plottable(args.model, args.plot)
    from relucert.certify.search.landscape import settle

    progress = _progress if not args.quiet and not args.json and sys.stderr.isatty() else lambda _: None
    settled = settle(model.landscapes(values), time=args.time, progress=progress)
    progress("")
    answer = _answer(args.model, values, settled)
    if folder is not None:
        _write(folder, settled, answer)
    if args.plot is not None:
        from relucert.cli.files import write_atomically
        from relucert.cli.landscape_plot import draw

        write_atomically(args.plot, draw(settled, args.plot))
    if args.json:
        emit_json(answer)
    else:
        print(answer["verdict"].upper() if args.quiet else _text(settled, folder))
    return _code(settled)


def _code(settled: Sequence[SettledLandscape]) -> int:
    if any(part.verdict == "refuted" for entry in settled for part in entry.parts):
        return ExitCode.REFUTED
    return ExitCode.PROVED if all(entry.proved for entry in settled) else ExitCode.UNDECIDED


def model_named(name: str) -> ModuleType:
    from importlib import import_module

    if name not in MODELS:
        from difflib import get_close_matches

        near = get_close_matches(name, MODELS, n=1)
        cure = f"did you mean {near[0]}?" if near else f"choose {', '.join(MODELS)}"
        raise UserError(f"unknown model {name!r}", cure=cure)
    return import_module(f"relucert.certify.landscapes.{name.replace('-', '_')}")


def _list(as_json: bool) -> int:
    found = []
    for name in MODELS:
        model = model_named(name)
        settings = [{"name": p.name, "default": p.default, "help": p.help} for p in model.PARAMETERS]
        found.append({"name": name, "summary": model.SUMMARY, "settings": settings})
    return show_settings("models", found, as_json=as_json)


# ---- settings


def settings_from(parameters: Sequence[Parameter], texts: dict[str, list[str]]) -> dict[str, tuple[Fraction, ...]]:
    """The settings of an index."""
    return {parameter.name: _numbers(parameter, ",".join(texts[parameter.name])) for parameter in parameters}


def _values(parameters: Sequence[Parameter], items: Sequence[str]) -> dict[str, tuple[Fraction, ...]]:
    known = {parameter.name: parameter for parameter in parameters}
    texts = {parameter.name: parameter.default for parameter in parameters}
    given: set[str] = set()
    for item in items:
        name, sign, value = item.partition("=")
        if not sign or name not in known or name in given:
            what = f"--set {item}: {'given twice' if name in given else 'no such setting'}"
            raise UserError(what, cure=f"settings here are {', '.join(known)}, see relucert landscape --list")
        given.add(name)
        texts[name] = value
    return {name: _numbers(known[name], text) for name, text in texts.items()}


def _numbers(parameter: Parameter, text: str) -> tuple[Fraction, ...]:
    from relucert.cli.output import decimal_argument

    if text == "" and parameter.default == "":
        return ()
    what = f"--set {parameter.name}={text}"
    try:
        if parameter.kind == "whole" and ".." in text:
            first, _, last = text.partition("..")
            if not 0 <= int(last) - int(first) < MOST_VALUES:
                raise ValueError
            found = tuple(Fraction(number) for number in range(int(first), int(last) + 1))
        else:
            found = tuple(decimal_argument(part.strip()) for part in text.split(","))
    except (ValueError, argparse.ArgumentTypeError):
        example = parameter.default or "1,-4/5"
        raise UserError(f"{what}: not understood", cure=f"write for example {parameter.name}={example}") from None
    if parameter.kind == "rational" and len(found) != 1:
        raise UserError(f"{what}: needs one number", cure=f"write for example {parameter.name}={parameter.default}")
    if parameter.kind == "whole" and any(number.denominator != 1 for number in found):
        raise UserError(f"{what}: needs whole numbers", cure=f"write for example {parameter.name}={parameter.default}")
    low, high = parameter.least, parameter.most
    if any((low is not None and number < low) or (high is not None and number > high) for number in found):
        ends = f"{low} or more" if high is None else f"{low} to {high}"
        raise UserError(f"{what}: out of range", cure=f"choose {ends}")
    if parameter.name == "teacher" and (len(found) < 2 or not any(found)):
        raise UserError(f"{what}: needs two or more numbers, not all zero", cure="write for example teacher=1,-4/5")
    return found


# ---- what is said


def _text(settled: Sequence[SettledLandscape], folder: Path | None) -> str:
    lines = []
    for entry in settled:
        lines += ["", entry.landscape.name, *(f"  {sentence.text}" for sentence in entry.landscape.says)]
        for point in entry.points:
            lines += _point_lines(point)
        for part in entry.parts:
            lines.append(f"  {part.verdict:9} {part.grade or '-':8} {part.part.name}: {part.part.says}{_found(part)}")
        if entry.landscape.derivations:
            lines.append(f"  derived (relucert derive NAME): {', '.join(entry.landscape.derivations)}")
    proved = sum(part.verdict == "proved" for entry in settled for part in entry.parts)
    total = sum(len(entry.parts) for entry in settled)
    seconds = sum(part.seconds for entry in settled for part in entry.parts)
    verdict = "PROVED" if all(entry.proved for entry in settled) else "UNDECIDED"
    if any(part.verdict == "refuted" for entry in settled for part in entry.parts):
        verdict = "REFUTED"
    lines += ["", f"{verdict}: {proved} of {total} certificates, {seconds:.1f} s"]
    if folder is not None:
        lines.append(f"written to {folder}; replay: relucert check {folder}")
    return "\n".join(lines).lstrip("\n")


def _found(part: SettledPart) -> str:
    if part.bound is not None:
        if part.verdict != "proved":
            return f" ({part.reason})"
        share = "" if not part.least else f", {float(part.bound) / part.least:.2f} of the least value of samples"
        return f"; at least {float(part.bound):g}{share}"
    return f" ({part.reason})" if part.reason else ""


def _point_lines(entry: SettledPoint) -> list[str]:
    point = entry.point
    state = "" if entry.proved else "  (NOT PROVED)"
    sides = [f"{name} = {value}" for name, value in point.at]
    sides += [f"{name} in [{_decimal(low)}, {_decimal(high)}]" for name, low, high in entry.box]
    loss = "" if entry.loss is None else "loss 0" if entry.loss[0] == entry.loss[1] == 0 else (
        f"loss in [{_decimal(entry.loss[0])}, {_decimal(entry.loss[1])}]")  # fmt: skip
    return [f"  * {point.kind}: {point.closed}{state}", f"      {', '.join([*sides, loss])}"]


def _decimal(value: Fraction) -> str:
    """The number itself: boxes have decimal ends."""
    from relucert.certify.claim import spell_rational

    digits, rest = 0, value
    while rest.denominator != 1 and digits < 12:
        digits, rest = digits + 1, rest * 10
    if rest.denominator != 1:
        return spell_rational(value)
    text = str(abs(rest.numerator)).rjust(digits + 1, "0")
    whole, part = text[: len(text) - digits], text[len(text) - digits :].rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' + part if part else ''}"


def _answer(model: str, values: dict[str, tuple[Fraction, ...]], settled: Sequence[SettledLandscape]) -> dict[str, Any]:
    """What --json prints and index.json holds."""
    codes = {ExitCode.PROVED: "proved", ExitCode.REFUTED: "refuted"}
    return {
        "format": FORMAT,
        "version": VERSION,
        "verdict": codes.get(ExitCode(_code(settled)), "undecided"),
        "model": model,
        "settings": {name: [str(number) for number in numbers] for name, numbers in values.items()},
        "theorems": [
            {
                "name": entry.landscape.name,
                "proved": entry.proved,
                "says": [
                    {"sentence": sentence.text, "needs": list(sentence.needs), "points": list(sentence.points)}
                    for sentence in entry.landscape.says
                ],
                "setting": entry.landscape.setting,
                "derivations": list(entry.landscape.derivations),
                "points": [_point_json(point) for point in entry.points],
                "parts": [_part_json(entry, part) for part in entry.parts],
            }
            for entry in settled
        ],
    }


def _point_json(entry: SettledPoint) -> dict[str, Any]:
    return {
        "name": entry.point.name,
        "kind": entry.point.kind,
        "closed_form": entry.point.closed,
        "at": dict(entry.point.at),
        "box": {name: [_decimal(low), _decimal(high)] for name, low, high in entry.box},
        "loss": None if entry.loss is None else [_decimal(end) for end in entry.loss],
        "parts": [*entry.point.by, *entry.point.zeros],
        "proved": entry.proved,
    }


def _part_json(entry: SettledLandscape, part: SettledPart) -> dict[str, Any]:
    return {
        "name": part.part.name,
        "file": None if part.certificate is None else f"{entry.landscape.name}/{part.part.name}.json",
        "says": part.part.says,
        "verdict": part.verdict,
        "reason": part.reason,
        "grade": part.grade,
        "bound": None if part.bound is None else str(part.bound),
        "least_of_samples": None if part.least is None else float(f"{part.least:.4g}"),
        "claim_sha256": part.sha256,
        "seconds": round(part.seconds, 2),
    }


# ---- files


def _folder(path: Path | None) -> Path | None:
    """The folder, which may be there already if it holds an earlier index or nothing."""
    if path is None:
        return None
    if path.exists() and not path.is_dir():
        raise UserError(f"{path} is no folder", cure="name a new folder")
    if path.is_dir() and any(path.iterdir()) and not (path / INDEX).is_file():
        raise UserError(f"{path} holds other files", cure="name a new folder")
    if not path.parent.is_dir():
        raise UserError(f"{path.parent} is not a directory", cure="create it or choose another folder")
    return path


def _write(folder: Path, settled: Sequence[SettledLandscape], answer: dict[str, Any]) -> None:
    """Certificates first, the index last: a folder with an index is complete."""
    from relucert.cli.files import write_atomically

    for entry in settled:
        place = folder / entry.landscape.name
        place.mkdir(parents=True, exist_ok=True)
        for part in entry.parts:
            if part.certificate is not None:
                write_atomically(place / f"{part.part.name}.json", part.certificate)
    write_atomically(folder / INDEX, json.dumps(answer, indent=1).encode() + b"\n")


def _progress(text: str) -> None:
    print(f"\r{text[:79]:79}", end="" if text else "\r", file=sys.stderr, flush=True)
